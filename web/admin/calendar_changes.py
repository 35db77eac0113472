"""/admin/calendar/changes: a change of the calendar, what it moves; and applying, undoing or dropping it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from errors import Conflict, NotFound
from services import calendar, calendar_changes, calendar_looks, calendar_moves
from services.calendar_edits import OF_YEAR, Edit, kept
from services.calendar_moves import Move
from services.clocks import IMPORTABLE
from storage.queries import batches as batch_queries
from storage.queries import calendar as queries
from storage.queries import people
from storage.queries.batches import BatchRow
from storage.queries.calendar import Change
from storage.queries.paging import Place
from texts import Text
from web import asked, cursors, sheets
from web.admin.places import PLACES, administrator
from web.admin.wording import BATCH_STATES, CHANGE_STATES, WEEKDAYS
from web.i18n import lang
from web.i18n.formats import t

blueprint = Blueprint("admin_calendar_changes", __name__)
PAGE = 50
TOGETHER = 1_000
FAILURES = 20
"""Of those that could not be computed anew; the page of the batch has them all."""
HEAD = (
    Text("Mã hồ sơ", "Dossier code"),
    Text("Thủ tục", "Procedure"),
    Text("Đơn vị", "Unit"),
    Text("Người nộp", "Applicant"),
    Text("Hẹn trả cũ", "Appointment before"),
    Text("Hẹn trả mới", "Appointment after"),
    Text("Dời mấy ngày", "Days moved"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A dossier that moves, or has moved."""

    dossier_id: str
    code: str
    procedure: Text
    unit_code: str
    applicant: str
    before: datetime | None
    after: datetime | None
    days: int

    @classmethod
    def planned(cls, move: Move) -> Moved:
        """Give what a look says."""
        return cls(
            dossier_id=move.dossier_id, code=move.code, procedure=move.procedure, unit_code=move.unit_code,
            applicant=move.applicant, before=move.before, after=move.after, days=move.days,
        )  # fmt: skip

    @classmethod
    def done(cls, row: Any) -> Moved:
        """Give what the batch has done."""
        return cls(
            dossier_id=row.id, code=row.code, procedure=Text(row.procedure_name, row.procedure_name_en),
            unit_code=row.unit_code, applicant=row.applicant_name, before=row.due_before, after=row.due_at,
            days=calendar_moves.days_between(row.due_before, row.due_at),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One day of a change, as the page shows it."""

    edit: Edit
    before: calendar.Day | None
    """What holds for the day now, where that is not its weekday."""


@blueprint.get("/admin/calendar/changes")
def listed() -> str:
    """Show one page of the changes, the latest first."""
    administrator()
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    rows, following = queries.changes(after=place, limit=PAGE)
    next_ = cursors.written(following)
    return render_template(
        "admin/calendar_changes.html",
        places=PLACES,
        changes=[(row, title(row)) for row in rows],
        who=people.names_of({row.created_by for row in rows}),
        states=CHANGE_STATES,
        next_url=asked.address("/admin/calendar/changes", after=next_) if next_ else "",
        first_url="/admin/calendar/changes" if place else "",
    )


@blueprint.post("/admin/calendar/import")
def import_year() -> Answer:
    """Plan the import of a year, and show what it adds."""
    viewer = administrator()
    written = asked.typed("year")
    year = int(written) if written.isascii() and written.isdecimal() and len(written) == 4 else 0
    if year not in IMPORTABLE:
        raise NotFound()
    try:
        change = calendar_changes.plan_import(viewer, year, now=datetime.now(UTC))
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
        return redirect(f"/admin/calendar?year={year}", 303)
    return redirect(f"/admin/calendar/changes/{change.id}", 303)


@blueprint.get("/admin/calendar/changes/<change_id>")
def shown(change_id: str) -> str:
    """Show a change: its days, what it moves or moved."""
    viewer = administrator()
    change = one(change_id)
    planned = change.state == "planned"
    wanted = calendar_changes.wanted(change, now=datetime.now(UTC))
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    after = (place[0], place[1]) if place and isinstance(place[0], datetime) else None
    before = asked.number("before") if place else 0
    lines, last = calendar_looks.page(wanted, after=after, limit=PAGE) if planned else ([], None)
    moved, following = ((), None) if planned else queries.moved(change.id, after=place, limit=PAGE)
    found = [row for each in change.batches if (row := batch_queries.one(each))]
    url, next_ = f"/admin/calendar/changes/{change.id}", cursors.written(last or following)
    return render_template(
        "admin/calendar_change.html",
        places=PLACES,
        change=change,
        title=title(change),
        url=url,
        days=_days(change),
        imports_year=any(kept(each).kind in OF_YEAR for each in change.edits),
        counted=calendar_looks.count_on(viewer, change, now=wanted.now) if planned else None,
        moves=[Moved.planned(move) for move in lines] if planned else [Moved.done(row) for row in moved],
        units=people.unit_names(sorted({row.unit_code for row in (*lines, *moved)})),
        before=before,
        first_url=url if place else "",
        next_url=asked.address(url, after=next_, before=before + len(lines or moved)) if next_ else "",
        states=CHANGE_STATES,
        weekdays=WEEKDAYS,
        author=_name(change.created_by),
        decided_by=_name(change.applied_by) if change.applied_by else "",
        **_progress(change, found),
    )


@blueprint.get("/admin/calendar/changes/<change_id>/counted")
def counted(change_id: str) -> str:
    """Count a second more what a planned change moves, and show how far that came (for htmx)."""
    viewer = administrator()
    change = one(change_id)
    if change.state != "planned":
        raise NotFound()
    found = calendar_looks.count_on(viewer, change, now=datetime.now(UTC))
    url = f"/admin/calendar/changes/{change.id}"
    return render_template("admin/calendar_counted.html", counted=found, url=url)


@blueprint.get("/admin/calendar/changes/<change_id>/progress")
def progress(change_id: str) -> str:
    """Show how far the batches of an applied change are (for htmx)."""
    administrator()
    change = one(change_id)
    found = [row for each in change.batches if (row := batch_queries.one(each))]
    url = f"/admin/calendar/changes/{change.id}"
    return render_template("admin/calendar_progress.html", url=url, is_alone=True, **_progress(change, found))


@blueprint.get("/admin/calendar/changes/<change_id>/moves.csv")
def exported(change_id: str) -> Response:
    """Stream the dossiers that a planned change moves, or that an applied one has moved."""
    administrator()
    change = one(change_id)
    wanted = calendar_changes.wanted(change, now=datetime.now(UTC))
    found = map(Moved.planned, calendar_moves.moves(wanted)) if change.state == "planned" else _done(change.id)
    return sheets.streamed(_csv(found, lang()), f"calendar-{change.id[:8]}.csv")


@blueprint.post("/admin/calendar/changes/<change_id>/apply")
def apply(change_id: str) -> Answer:
    """Let a change count; the dossiers follow by batch."""
    viewer = administrator()
    one(change_id)
    try:
        change = calendar_changes.apply(viewer, change_id, now=datetime.now(UTC))
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(_("Lịch mới đã có hiệu lực."), "ok")
        if change.batches:
            flash(_("Hạn của các hồ sơ đang được tính lại."), "ok")
    return redirect(f"/admin/calendar/changes/{change_id}", 303)


@blueprint.post("/admin/calendar/changes/<change_id>/discard")
def discard(change_id: str) -> Answer:
    """Throw a planned change away."""
    viewer = administrator()
    one(change_id)
    try:
        calendar_changes.discard(viewer, change_id)
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
        return redirect(f"/admin/calendar/changes/{change_id}", 303)
    flash(_("Đã bỏ, lịch giữ nguyên."), "ok")
    return redirect("/admin/calendar", 303)


@blueprint.post("/admin/calendar/changes/<change_id>/undo")
def undo(change_id: str) -> Answer:
    """Plan to take an applied change back, and show what that moves."""
    viewer = administrator()
    one(change_id)
    try:
        back = calendar_changes.plan_undo(viewer, change_id, now=datetime.now(UTC))
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
        return redirect(f"/admin/calendar/changes/{change_id}", 303)
    return redirect(f"/admin/calendar/changes/{back.id}", 303)


def title(change: Change) -> Text:
    """Name a change."""
    count = sum(kept(edit).kind not in OF_YEAR for edit in change.edits)
    if change.kind == "import":
        return Text(f"Nhập lịch năm {change.year}: {count} ngày", f"Import of {change.year}: {count} days")
    days = [kept(edit).day for edit in change.edits]
    first, last = min(days), max(days)
    span = Text(f"{last:%d/%m/%Y}", f"{last.day} {last:%b %Y}")
    if first != last:
        span = Text(f"{first:%d/%m}–{span.vi}", f"{first.day} {first:%b}–{span.en}")
    if change.kind == "undo":
        return Text(f"Hoàn lại {span.vi}", f"Taking back {span.en}")
    return Text(f"Đổi lịch {span.vi}", f"Change of {span.en}")


def _progress(change: Change, found: Sequence[BatchRow]) -> dict[str, object]:
    """What the look after applying shows: how far the batches are, how many moved, and the first that failed."""
    failed = [
        item for row in found if row.failed for item in batch_queries.items(row.id, state="failed", limit=FAILURES)
    ]
    return {
        "batches": found, "batch_states": BATCH_STATES, "moved": queries.count_moved(change.id) if found else 0,
        "is_open": any(row.is_open for row in found), "failed": failed[:FAILURES],
        "failures": sum(row.failed for row in found), "shifts": queries.count_shifts(change.id) if found else {},
        "paused": (change.looked or {}).get("summary", {}).get("paused", 0),
    }  # fmt: skip


def one(change_id: str) -> Change:
    """Give a change by the id of an address; raise NotFound."""
    change = queries.change(change_id) if change_id.isalnum() else None
    if change is None:
        raise NotFound()
    return change


def _days(change: Change) -> list[Line]:
    edits = [edit for edit in map(kept, change.edits) if edit.kind not in OF_YEAR]
    years = {edit.day.year for edit in edits}
    known = {day.day: day for year in years for day in calendar.days_of(year, change.agency)}
    planned = change.state == "planned"
    return [Line(edit=edit, before=known.get(edit.day) if planned else None) for edit in edits]


def _name(username: str) -> str:
    return people.names_of([username]).get(username, username)


def _done(change_id: str) -> Iterator[Moved]:
    place: Place | None = None
    while True:
        rows, place = queries.moved(change_id, after=place, limit=TOGETHER)
        yield from map(Moved.done, rows)
        if place is None:
            return


def _csv(moves: Iterator[Moved], language: str) -> Iterator[str]:
    yield sheets.MARK + sheets.line([label.in_(language) for label in HEAD])
    for move in moves:
        cells = [move.code, move.procedure.in_(language), move.unit_code, move.applicant]
        yield sheets.line([*cells, sheets.moment(move.before), sheets.moment(move.after), str(move.days)])
