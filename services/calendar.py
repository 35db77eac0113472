"""The calendar of the office: the national days off, and the days that an administrator entered over them.

Due dates are computed with it, never stored as typed: a running dossier follows a changed day from the next event of
its clock on (pause, resume, due soon, done).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clock.calendar import vietnam
from errors import Detail, Duplicate, Invalid, NotFound
from services import log
from services.clocks import YEARS
from services.permissions import Permission, Viewer, require
from storage.database import session, verb
from storage.queries import calendar as queries
from storage.rows import calendar as rows
from storage.tables import CalendarDay
from texts import Text

CHAIN = "calendar"
KINDS = ("off", "working")
LONGEST_NOTE = 200
SATURDAY = 5
WEEKDAYS = range(SATURDAY)
"""Whose hours a working day can have: Monday to Friday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that is not as its weekday says; `name` is why."""

    day: date
    kind: str
    """off, or working."""
    as_weekday: int | None
    """Whose hours a working day has (0 is Monday); None: its own."""
    name: Text
    is_own: bool
    """Entered here, not known from the national calendar."""
    national: Text | None
    """What the national calendar calls an own day."""


def days_of(year: int) -> tuple[Day, ...]:
    """Give the days off and make-up days of a year in order, and what was entered over them."""
    national = {day.day: day for day in _national(year)}
    own = {row[0]: _own(row, national.get(row[0])) for row in queries.overrides() if row[0].year == year}
    return tuple(sorted((national | own).values(), key=lambda day: day.day))


def own_day(day: date) -> Day:
    """Give a day that was entered here; raise NotFound."""
    found = next((each for each in days_of(day.year) if each.day == day and each.is_own), None)
    if found is None:
        raise NotFound()
    return found


@verb
def save_day(
    viewer: Viewer, *, day: str, kind: str, as_weekday: str, note: str, now: datetime, is_new: bool = False
) -> date:
    """Enter a day, or change one; texts as they were typed. Raise Invalid, or Duplicate for a new one that exists."""
    require(viewer, Permission.MANAGE_PEOPLE)
    on = read_day(day)
    problems = list(_problems(on, kind, as_weekday, note))
    if on is None or problems:
        raise Invalid(details=problems)
    weekday = int(as_weekday) if kind == "working" and as_weekday else None
    row = rows.load(on)
    if row is not None and is_new:
        message = Text("Ngày này đã được nhập; hãy sửa dòng của ngày đó.", "This day was entered already: change it.")
        raise Duplicate(details=[Detail(field="day", code="duplicate", message=message)])
    if row is None:
        row = CalendarDay(day=on)
        session().add(row)
    row.kind, row.as_weekday, row.note = kind, weekday, note.strip()
    data = {"day": on.isoformat(), "kind": kind, "as_weekday": weekday, "note": row.note}
    _changed(viewer, "day.saved", data, now=now)
    return on


@verb
def remove_day(viewer: Viewer, day: date, *, now: datetime) -> None:
    """Take an entered day back: what the national calendar says holds again."""
    require(viewer, Permission.MANAGE_PEOPLE)
    row = rows.load(day)
    if row is None:
        raise NotFound()
    session().delete(row)
    _changed(viewer, "day.removed", {"day": day.isoformat(), "kind": row.kind, "note": row.note}, now=now)


def read_day(text: str) -> date | None:
    """Read a day as a date field sends it (2026-09-30) or as people here write it (30/09/2026)."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no offset
        except ValueError:
            continue
    return None


def _changed(viewer: Viewer, kind: str, data: Mapping[str, object], *, now: datetime) -> None:
    session().flush()
    rows.forget_read()
    log.append_to(CHAIN, kind, actor=viewer.username, now=now, data=data)


def _problems(on: date | None, kind: str, as_weekday: str, note: str) -> Iterable[Detail]:
    if on is None:
        message = Text("Ngày phải có dạng 30/09/2026.", "Give a day such as 2026-09-30.")
        yield Detail(field="day", code="date", message=message)
    elif on.year not in YEARS:
        years = f"{YEARS[0]}–{YEARS[-1]}"
        message = Text(f"Lịch chỉ có các năm {years}.", f"The calendar has the years {years} only.")
        yield Detail(field="day", code="range", message=message)
    if kind not in KINDS:
        message = Text("Chọn ngày nghỉ hoặc ngày làm việc.", "Choose a day off or a working day.")
        yield Detail(field="kind", code="choice", message=message)
    if as_weekday and as_weekday not in {str(number) for number in WEEKDAYS}:
        message = Text("Chọn một ngày từ thứ Hai đến thứ Sáu.", "Choose one of Monday to Friday.")
        yield Detail(field="as_weekday", code="choice", message=message)
    elif kind == "working" and not as_weekday and on is not None and on.weekday() >= SATURDAY:
        message = Text(
            "Thứ Bảy, Chủ nhật làm bù cần cho biết theo giờ của thứ nào.",
            "A working Saturday or Sunday must say which weekday's hours it has.",
        )
        yield Detail(field="as_weekday", code="required", message=message)
    if len(note.strip()) > LONGEST_NOTE or not note.isprintable():
        message = Text(
            f"Ghi chú là một dòng, dài nhất {LONGEST_NOTE} ký tự.",
            f"A note is one line of at most {LONGEST_NOTE} characters.",
        )
        yield Detail(field="note", code="length", message=message)


def _national(year: int) -> Iterable[Day]:
    if year not in YEARS:
        return
    first, last = date(year, 1, 1), date(year, 12, 31)
    calendar = vietnam(YEARS)
    for day, name in calendar.days_off(first, last):
        yield Day(day=day, kind="off", as_weekday=None, name=name, is_own=False, national=None)
    for day, makeup in calendar.makeup_days(first, last):
        yield Day(day=day, kind="working", as_weekday=makeup.weekday, name=makeup.name, is_own=False, national=None)


def _own(row: queries.Override, national: Day | None) -> Day:
    day, kind, as_weekday, note = row
    name = Text(note, note)
    before = national.name if national else None
    return Day(day=day, kind=kind, as_weekday=as_weekday, name=name, is_own=True, national=before)
