"""Overridden days, for verbs."""

from __future__ import annotations

import datetime

from storage.database import session
from storage.tables import CalendarDay


def load(day: datetime.date) -> CalendarDay | None:
    """Load an overridden day."""
    return session().get(CalendarDay, day, populate_existing=True)


def forget_read() -> None:
    """Drop what storage.queries.calendar keeps of the days in this session, because they change now."""
    session().info.pop("overrides", None)
