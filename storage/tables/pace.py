"""How long steps take, summed up from the latest ones; and how far a job has come that goes over rows once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class StepPace(Base):
    """How long one step takes, and how long a dossier takes from its beginning to the end, in working minutes.

    Of the latest that were done, so that it follows how work is done now, and costs the same however much was done.
    """

    __tablename__ = "step_pace"
    process_key: Mapped[str] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    steps: Mapped[int]
    """How many steps were looked at."""
    step_median: Mapped[int | None]
    step_most: Mapped[int | None]
    """Four of five are done within it."""
    rests: Mapped[int]
    """How many dossiers that were finished after such a step were looked at."""
    rest_median: Mapped[int | None]
    rest_most: Mapped[int | None]
    """Four of five dossiers are finished within it."""
    computed_at: Mapped[datetime] = mapped_column(Moment)


class Mark(Base):
    """How far a job has come: the moment and the id of the last row that it went over."""

    __tablename__ = "mark"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    row_id: Mapped[str] = mapped_column(default="")
