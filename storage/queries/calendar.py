"""Reads of the entered days and of the changes that entered them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.tables import CalendarChange, CalendarEntry, CalendarMove, CalendarShift, Dossier, Instance


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered for one day; hashable, so that a calendar is built once for the same entries."""

    agency: str
    day: datetime.date
    kind: str
    as_weekday: int | None
    periods: tuple[tuple[int, int], ...]
    note: str
    note_en: str


Entries = tuple[Entry, ...]
Change = CalendarChange
"""A change as pages read it."""
_COLUMNS = (
    CalendarEntry.agency, CalendarEntry.day, CalendarEntry.kind, CalendarEntry.as_weekday, CalendarEntry.periods,
    CalendarEntry.note, CalendarEntry.note_en,
)  # fmt: skip
_NOW = select(*_COLUMNS).where(CalendarEntry.until.is_(None)).order_by(CalendarEntry.day, CalendarEntry.id)
_EVER = select(*_COLUMNS, CalendarEntry.since, CalendarEntry.until).order_by(CalendarEntry.day, CalendarEntry.id)
_MOVES = Order(column=CalendarMove.moved_at, id=CalendarMove.dossier_id, descending=True)
_SHIFTS = Order(column=CalendarShift.moved_at, id=CalendarShift.id, descending=True)
_CHANGES = Order(column=CalendarChange.created_at, id=CalendarChange.id, descending=True)


def entries() -> Entries:
    """Give what is entered now; read once in a request, however many limits ask."""
    known: dict[str, Any] = session().info
    if "calendar_entries" not in known:
        known["calendar_entries"] = tuple(_entry(row) for row in session().execute(_NOW))
    found: Entries = known["calendar_entries"]
    return found


@contextmanager
def supposing(wanted: Entries) -> Iterator[None]:
    """Let these be what is entered for a while, for a look at what a change would do."""
    known, before = session().info, entries()
    known["calendar_entries"] = wanted
    try:
        yield
    finally:
        known["calendar_entries"] = before


def entries_at(moment: datetime.datetime) -> Entries:
    """Give what was entered as it was known at a moment; the whole history is read once in a request."""
    known: dict[str, Any] = session().info
    if "calendar_history" not in known:
        known["calendar_history"] = [(_entry(row), row.since, row.until) for row in session().execute(_EVER)]
    history: Sequence[tuple[Entry, datetime.datetime, datetime.datetime | None]] = known["calendar_history"]
    return tuple(entry for entry, since, until in history if since <= moment and (until is None or moment < until))


def changes(*, after: Place | None = None, limit: int) -> tuple[Sequence[CalendarChange], Place | None]:
    """Give one page of the changes that were not thrown away, the latest first."""
    query: Any = select(CalendarChange.id, CalendarChange.created_at)
    rows, following = page(query.where(CalendarChange.state != "discarded"), _CHANGES, after, limit)
    ids = [row.id for row in rows]
    found = {each.id: each for each in session().scalars(select(CalendarChange).where(CalendarChange.id.in_(ids)))}
    return [found[each] for each in ids], following


def change(change_id: str) -> CalendarChange | None:
    """Give a change as it is now."""
    return session().get(CalendarChange, change_id, populate_existing=True)


def moved(change_id: str, *, after: Place | None = None, limit: int) -> tuple[Sequence[Any], Place | None]:
    """Give one page of the dossiers that a change has moved, the latest first."""
    columns: list[Any] = [
        CalendarMove.dossier_id.label("id"), CalendarMove.due_before, CalendarMove.due_at, CalendarMove.moved_at,
        Dossier.code, Dossier.procedure_name, Dossier.procedure_name_en, Dossier.unit_code, Dossier.applicant_name,
    ]  # fmt: skip
    query = select(*columns).join(Dossier, Dossier.id == CalendarMove.dossier_id)
    return page(query.where(CalendarMove.change_id == change_id), _MOVES, after, limit)


def shifts(
    change_id: str, *, timers: bool, after: Place | None = None, limit: int
) -> tuple[Sequence[Any], Place | None]:
    """Give one page of the timers, or of the times to answer, that a change has moved, the latest first."""
    columns: list[Any] = [
        CalendarShift.id, CalendarShift.instance_id, CalendarShift.element_id, CalendarShift.name,
        CalendarShift.name_en, CalendarShift.due_before, CalendarShift.due_at, CalendarShift.moved_at,
        Dossier.id.label("dossier_id"), Dossier.code, Dossier.procedure_name, Dossier.procedure_name_en,
        Dossier.applicant_name, Instance.definition_id,
    ]  # fmt: skip
    query = select(*columns).join(Instance, Instance.id == CalendarShift.instance_id)
    query = query.outerjoin(Dossier, Dossier.instance_id == CalendarShift.instance_id)
    kind = CalendarShift.element_id != "" if timers else CalendarShift.element_id == ""
    return page(query.where(CalendarShift.change_id == change_id, kind), _SHIFTS, after, limit)


def count_shifts(change_id: str) -> Mapping[str, int]:
    """Count the times to answer (`paused`) and the timers (`timers`) that a change has moved."""
    is_answer = CalendarShift.element_id == ""
    query = select(is_answer, func.count()).where(CalendarShift.change_id == change_id).group_by(is_answer)
    found = {bool(row[0]): row[1] for row in session().execute(query)}
    return {"paused": found.get(True, 0), "timers": found.get(False, 0)}


def count_moved(change_id: str) -> int:
    """Count the dossiers that a change has moved."""
    query = select(func.count()).select_from(CalendarMove).where(CalendarMove.change_id == change_id)
    return session().execute(query).scalar_one()


def _entry(row: Any) -> Entry:
    periods = tuple((start, end) for start, end in row.periods or ())
    return Entry(row.agency, row.day, row.kind, row.as_weekday, periods, row.note, row.note_en)
