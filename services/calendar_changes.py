"""Changes of the calendar: planned, looked at, applied at one go, taken back; a batch moves the dossiers they concern.

The days change in one transaction, together with the making of the batch. What was entered before is closed, not
deleted, so that the calendar of any earlier moment can be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import uuid4

from clock.calendar import DayOverride, announced
from errors import Detail, Duplicate, Invalid, NotFound, WrongState
from services import batches, calendar_edits, calendar_moves, clocks, log
from services.calendar_edits import NO_YEAR, NONE, OF_YEAR, YEAR, Edit, Typed, kept
from services.calendar_moves import Wanted
from services.permissions import Permission, Viewer, require
from storage.database import session, verb
from storage.queries import calendar as queries
from storage.queries.calendar import Entry
from storage.rows import calendar as rows
from storage.tables import CalendarChange, CalendarEntry
from texts import Text

CHAIN = "calendar"
WHY = "Lịch làm việc thay đổi"
"""The reason of the batch where the change gives none."""
LONGEST_AGENCY = 60


@verb
def plan(
    viewer: Viewer, typed: Sequence[Typed], *, reason: str, now: datetime, agency: str = "", is_new: bool = False
) -> CalendarChange:
    """Keep days that are to be entered, to be looked at before they count; texts as they were typed.

    `is_new`: none of them is entered yet. Raises Invalid with all that is wrong, Duplicate for a day that is entered.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    edits, problems = calendar_edits.read(typed, years=clocks.covered_years())
    problems += filter(None, [calendar_edits.note_problem(reason, "reason")])
    problems += _agency_problems(agency, edits)
    if problems:
        raise Invalid(details=problems)
    known = {entry.day for entry in queries.entries() if entry.agency == agency and entry.kind != YEAR}
    if is_new and (before := [edit.day for edit in edits if edit.day in known]):
        message = Text("Ngày này đã được nhập; hãy sửa dòng của ngày đó.", "This day was entered already: change it.")
        field = "day" if len(typed) == 1 else f"days.{[edit.day for edit in edits].index(before[0])}.day"
        raise Duplicate(details=[Detail(field=field, code="duplicate", message=message)])
    return _planned(viewer, "days", edits, agency=agency, reason=reason.strip(), now=now)


@verb
def plan_removal(viewer: Viewer, day: date, *, now: datetime, agency: str = "") -> CalendarChange:
    """Plan to take an entered day back; raise NotFound where none is entered."""
    require(viewer, Permission.MANAGE_PEOPLE)
    entry = rows.entry(agency, day)
    if entry is None:
        raise NotFound()
    return _planned(viewer, "days", [Edit(day=day, kind=NONE)], agency=agency, reason=entry.note, now=now)


@verb
def plan_import(viewer: Viewer, year: int, *, now: datetime) -> CalendarChange:
    """Plan to enter what the library knows of a year; days that were entered by hand stay as they are.

    Raises Invalid for a year that cannot be imported, WrongState where nothing of it is left to enter.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    if year not in clocks.IMPORTABLE:
        first, last = clocks.IMPORTABLE[0], clocks.IMPORTABLE[-1]
        message = Text(f"Chọn một năm từ {first} đến {last}.", f"Choose a year from {first} to {last}.")
        raise Invalid(details=[Detail(field="year", code="range", message=message)])
    edits = list(missing(year))
    if not edits:
        raise WrongState(Text("Năm này đã nhập đủ.", "Everything of this year is entered already."))
    return _planned(viewer, "import", edits, agency="", reason=f"Nhập lịch năm {year}", now=now, year=year)


@verb
def plan_undo(viewer: Viewer, change_id: str, *, now: datetime) -> CalendarChange:
    """Plan to take an applied change back; days that were changed since stay as they are now.

    Raises NotFound, WrongState where it was not applied or every day of it was changed since.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    change = rows.change(change_id)
    if change is None:
        raise NotFound()
    edits = list(_back(change)) if change.state == "applied" else []
    if not edits:
        raise WrongState(Text("Lần đổi lịch này không hoàn lại được nữa.", "This change can no longer be undone."))
    return _planned(
        viewer, "undo", edits, agency=change.agency, reason=change.reason, now=now, year=change.year, undoes=change.id
    )


def apply(viewer: Viewer, change_id: str, *, now: datetime) -> CalendarChange:
    """Let a planned change count, and have all open dossiers computed anew that it moves; twice is once.

    Raises NotFound, WrongState where it was thrown away.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    change = rows.change(change_id)
    if change is None:
        raise NotFound()
    if change.state in ("applied", "undone"):
        return change
    affected = calendar_moves.affected(wanted(change, now=now))  # it may take a while, and nobody waits for it
    return _apply(viewer, change_id, affected, now=now)


@verb
def discard(viewer: Viewer, change_id: str) -> CalendarChange:
    """Throw a planned change away. Raises NotFound, WrongState."""
    require(viewer, Permission.MANAGE_PEOPLE)
    change = rows.change(change_id, lock=True)
    if change is None:
        raise NotFound()
    if change.state not in ("planned", "discarded"):
        raise WrongState()
    change.state = "discarded"
    return change


def wanted(change: CalendarChange, *, now: datetime) -> Wanted:
    """Give the edits of a change, for a look at what they move."""
    return Wanted(edits=[kept(edit) for edit in change.edits], agency=change.agency, now=now)


def missing(year: int) -> Iterable[Edit]:
    """Give what an import of a year would enter: what the library knows and nobody has entered."""
    own = [entry for entry in queries.entries() if not entry.agency and entry.day.year == year]
    days = {entry.day for entry in own if entry.kind != YEAR}
    if len(days) == len(own):  # the year itself is an entry once it was imported
        yield Edit(day=date(year, 1, 1), kind=YEAR)
    yield from (_announced(row) for row in announced(year) if row.date not in days)


@verb
def _apply(viewer: Viewer, change_id: str, affected: Sequence[str], *, now: datetime) -> CalendarChange:
    change = rows.change(change_id, lock=True)
    if change is None:
        raise NotFound()
    if change.state in ("applied", "undone"):
        return change
    if change.state != "planned":
        raise WrongState()
    edits = [kept(edit) for edit in change.edits]
    for edit in edits:
        _enter(change, edit, now)
    session().flush()
    rows.forget_read()
    change.state, change.applied_at, change.applied_by = "applied", now, viewer.username
    if change.undoes and (undone := rows.change(change.undoes, lock=True)) is not None:
        undone.state = "undone"
    change.batches = [
        batches.create(
            viewer, "recompute_due", affected[first : first + batches.MOST], change.reason or WHY, now=now,
            parameters={"change": change.id},
        ).id
        for first in range(0, len(affected), batches.MOST)
    ]  # fmt: skip
    data = {
        "change": change.id, "kind": change.kind, "agency": change.agency, "reason": change.reason,
        "days": [edit.kept for edit in edits], "batches": change.batches, "undoes": change.undoes,
    }  # fmt: skip
    log.append_to(CHAIN, "calendar.changed", actor=viewer.username, now=now, data=data)
    return change


def _enter(change: CalendarChange, edit: Edit, now: datetime) -> None:
    """Close what is entered for a day, and enter the new; a day that is entered so already stays as it is."""
    is_year = edit.kind in OF_YEAR
    before = rows.entry(change.agency, edit.day, year=is_year)
    if before is not None and not edit.takes_back and _entry(before) == edit.entry(change.agency):
        return
    if before is not None:
        before.until = now
        session().flush()
    if not edit.takes_back:
        session().add(
            CalendarEntry(
                id=uuid4().hex,
                agency=change.agency,
                day=edit.day,
                kind=edit.kind,
                as_weekday=edit.as_weekday,
                periods=[list(period) for period in edit.periods] or None,
                note=edit.note,
                note_en=edit.note_en,
                since=now,
                until=None,
                change_id=change.id,
            )
        )


def _back(change: CalendarChange) -> Iterable[Edit]:
    """Give the edits that bring back what held before a change."""
    if change.applied_at is None:
        return
    mine = {(row.day, row.kind == YEAR): row for row in rows.of_change(change.id)}
    closed = {(row.day, row.kind == YEAR): row for row in rows.closed_at(change.agency, change.applied_at)}
    for edit in (kept(each) for each in change.edits):
        is_year = edit.kind in OF_YEAR
        key = (edit.day, is_year)
        now_, own, before = rows.entry(change.agency, edit.day, year=is_year), mine.get(key), closed.get(key)
        if own is not None and (now_ is None or now_.id != own.id):
            continue  # somebody changed it since
        if own is None and (before is None or now_ is not None):
            continue  # it changed nothing, or the day was entered again
        if before is None:
            yield Edit(day=edit.day, kind=NO_YEAR if is_year else NONE)
        else:
            yield _edit(_entry(before))


def _planned(
    viewer: Viewer, kind: str, edits: Sequence[Edit], *, agency: str, reason: str, now: datetime,
    year: int | None = None, undoes: str | None = None,
) -> CalendarChange:  # fmt: skip
    change = CalendarChange(
        id=uuid4().hex, kind=kind, state="planned", agency=agency, year=year, reason=reason,
        edits=[edit.kept for edit in edits], undoes=undoes, batches=[], created_at=now, created_by=viewer.username,
    )  # fmt: skip
    session().add(change)
    session().flush()
    return change


def _agency_problems(agency: str, edits: Collection[Edit]) -> Iterable[Detail]:
    if not agency:
        return
    if len(agency) > LONGEST_AGENCY or not agency.isprintable():
        message = Text("Mã cơ quan không hợp lệ.", "This is no agency's code.")
        yield Detail(field="agency", code="unknown", message=message)
    everybody = clocks.calendar()
    for edit in edits:
        if edit.kind != "off" and edit.day in everybody.rules.days_off:
            message = Text(
                "Ngày này cả nước nghỉ: lịch riêng của một cơ quan không đổi được.",
                "This is a day off for everybody: an agency's own calendar cannot change that.",
            )
            yield Detail(field="day", code="national", message=message)


def _announced(row: DayOverride) -> Edit:
    return Edit(day=row.date, kind=row.kind, as_weekday=row.as_weekday, note=row.note.vi, note_en=row.note.en)


def _entry(row: CalendarEntry) -> Entry:
    periods = tuple((start, end) for start, end in row.periods or ())
    return Entry(row.agency, row.day, row.kind, row.as_weekday, periods, row.note, row.note_en)


def _edit(entry: Entry) -> Edit:
    return Edit(
        day=entry.day, kind=entry.kind, as_weekday=entry.as_weekday, periods=entry.periods, note=entry.note,
        note_en=entry.note_en,
    )  # fmt: skip
