"""The calendar of the office: the national days off, and the days that an administrator entered or imported.

Due dates are computed with it, never typed. What is entered, imported or taken back is a change (calendar_changes.py):
it shows first which open dossiers it moves, and a batch then computes those anew, each with an event of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clock.calendar import vietnam
from errors import NotFound
from services import calendar_changes, loading
from services.calendar_edits import Typed, read_day
from services.clocks import YEARS
from services.permissions import Viewer
from storage.database import verb
from storage.queries import calendar as queries
from storage.queries import catalogue
from texts import Text

__all__ = ["Day", "agencies", "days_of", "is_imported", "own_day", "read_day", "remove_day", "save_day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that is not as its weekday says; `name` is why."""

    day: date
    kind: str
    """off, working, or hours (its own working periods)."""
    as_weekday: int | None
    """Whose hours a working day has (0 is Monday); None: its own."""
    name: Text
    is_own: bool
    """Entered or imported here, not known from the national calendar."""
    national: Text | None
    """What the national calendar calls an own day."""
    periods: tuple[tuple[int, int], ...] = ()
    agency: str = ""


def days_of(year: int, agency: str = "") -> tuple[Day, ...]:
    """Give the days off and make-up days of a year in order, and what was entered over them.

    `agency`: with the days of its own, too.
    """
    entries = [entry for entry in queries.entries() if entry.day.year == year and entry.agency in ("", agency)]
    imported = any(entry.kind == "year" for entry in entries)
    national = {day.day: day for day in _national(year)}
    common = {each.day: _own(each, national.get(each.day)) for each in entries if not each.agency and _is_day(each)}
    base = common if imported else national | common
    own = {each.day: _own(each, base.get(each.day)) for each in entries if each.agency}
    return tuple(sorted((base | own).values(), key=lambda day: day.day))


def is_imported(year: int) -> bool:
    """Say whether the days of a year were imported, so that the library does not count in it any more."""
    return any(entry.kind == "year" and entry.day.year == year for entry in queries.entries())


def agencies() -> Mapping[str, Text]:
    """Give the agencies whose procedures are in force, or that have days of their own, by code."""
    found = {}
    for row in catalogue.in_force():
        procedure = loading.load(row).procedure
        if procedure is not None and procedure.agency_code:
            found[procedure.agency_code] = procedure.agency_name
    own = {entry.agency for entry in queries.entries() if entry.agency}
    return {code: found.get(code) or Text(code, code) for code in sorted({*found, *own})}


def own_day(day: date, agency: str = "") -> Day:
    """Give a day that was entered here; raise NotFound."""
    found = next((each for each in days_of(day.year, agency) if each.day == day and each.is_own), None)
    if found is None or found.agency != agency:
        raise NotFound()
    return found


@verb
def save_day(
    viewer: Viewer, *, day: str, kind: str, as_weekday: str, note: str, now: datetime, is_new: bool = False
) -> date:
    """Enter a day, or change one, without a look at what it moves; texts as they were typed.

    Raises Invalid, or Duplicate for a new one that exists.
    """
    typed = [Typed(day=day, kind=kind, as_weekday=as_weekday, note=note)]
    change = calendar_changes.plan(viewer, typed, reason=note, now=now, is_new=is_new)
    calendar_changes.apply(viewer, change.id, now=now)
    return date.fromisoformat(change.edits[0]["day"])


@verb
def remove_day(viewer: Viewer, day: date, *, now: datetime, agency: str = "") -> None:
    """Take an entered day back: what the national calendar says holds again."""
    change = calendar_changes.plan_removal(viewer, day, agency=agency, now=now)
    calendar_changes.apply(viewer, change.id, now=now)


def _is_day(entry: queries.Entry) -> bool:
    return entry.kind != "year"


def _national(year: int) -> tuple[Day, ...]:
    if year not in YEARS:
        return ()
    first, last = date(year, 1, 1), date(year, 12, 31)
    calendar = vietnam(YEARS)
    off = [
        Day(day=day, kind="off", as_weekday=None, name=name, is_own=False, national=None)
        for day, name in calendar.days_off(first, last)
    ]
    return (
        *off,
        *(
            Day(day=day, kind="working", as_weekday=makeup.weekday, name=makeup.name, is_own=False, national=None)
            for day, makeup in calendar.makeup_days(first, last)
        ),
    )


def _own(entry: queries.Entry, national: Day | None) -> Day:
    return Day(
        day=entry.day, kind=entry.kind, as_weekday=entry.as_weekday, name=Text(entry.note, entry.note_en or entry.note),
        is_own=True, national=national.name if national else None, periods=entry.periods, agency=entry.agency,
    )  # fmt: skip
