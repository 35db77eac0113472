"""Reads of the overridden days."""

from __future__ import annotations

import datetime

from sqlalchemy import select

from storage.database import session
from storage.tables import CalendarDay

Override = tuple[datetime.date, str, int | None, str]


def overrides() -> tuple[Override, ...]:
    """Give (day, kind, as_weekday, note) of every overridden day."""
    rows = session().execute(select(CalendarDay.day, CalendarDay.kind, CalendarDay.as_weekday, CalendarDay.note))
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)
