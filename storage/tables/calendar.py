"""Days that differ from the national calendar: decreed days off and make-up working days."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base


class CalendarDay(Base):
    """One overridden day: `off`, or `working` with the hours of weekday `as_weekday` (0 = Monday)."""

    __tablename__ = "calendar_day"
    day: Mapped[datetime.date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    as_weekday: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
