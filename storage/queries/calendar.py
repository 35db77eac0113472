"""Reads of the overridden days."""

from __future__ import annotations

import datetime

from sqlalchemy import select

from storage.database import session
from storage.tables import CalendarDay

Override = tuple[datetime.date, str, int | None, str]


def overrides() -> tuple[Override, ...]:
    """Give (day, kind, as_weekday, note) of every overridden day; read once in a request, however many limits ask."""
    known: dict[str, tuple[Override, ...]] = session().info
    if "overrides" not in known:
        query = select(CalendarDay.day, CalendarDay.kind, CalendarDay.as_weekday, CalendarDay.note)
        known["overrides"] = tuple((row[0], row[1], row[2], row[3]) for row in session().execute(query))
    return known["overrides"]
