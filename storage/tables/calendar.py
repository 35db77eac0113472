"""The office's own calendar: what was entered over the national one, and how long it held; and each change of it."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_DAY_IN_FORCE = text("until IS NULL AND kind <> 'year'")
_YEAR_IN_FORCE = text("until IS NULL AND kind = 'year'")


class CalendarEntry(Base):
    """What was entered for one day, from `since` until `until`; rows are closed and never changed or deleted.

    So the calendar can be told as it was known at any moment: a dossier that has ended is read with that of its end
    (rule 34 of docs/decisions/0006-clock.md).
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (
        Index(
            "uq_calendar_entry_day", "agency", "day", unique=True,
            sqlite_where=_DAY_IN_FORCE, postgresql_where=_DAY_IN_FORCE,
        ),
        Index(
            "uq_calendar_entry_year", "agency", "day", unique=True,
            sqlite_where=_YEAR_IN_FORCE, postgresql_where=_YEAR_IN_FORCE,
        ),
        Index("ix_calendar_entry_change", "change_id"),
    )  # fmt: skip
    id: Mapped[str] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(default="")
    """Code of the agency whose day it is; empty: everybody's."""
    day: Mapped[datetime.date]
    kind: Mapped[str]
    """off, working, hours, or year (of 1 January): the whole year was imported, the library does not count in it."""
    as_weekday: Mapped[int | None]
    """Whose hours a working day has (0 = Monday); null: its own."""
    periods: Mapped[list[list[int]] | None] = mapped_column(JSON)
    """Working periods of `hours`, in minutes of the day."""
    note: Mapped[str] = mapped_column(default="")
    note_en: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime.datetime] = mapped_column(Moment)
    until: Mapped[datetime.datetime | None] = mapped_column(Moment)
    change_id: Mapped[str] = mapped_column(default="")
    """The change that entered it; empty: entered before changes were kept."""


class CalendarChange(Base):
    """Some days that are entered, imported or taken back together: planned, looked at, and then applied at one go."""

    __tablename__ = "calendar_change"
    __table_args__ = (Index("ix_calendar_change_created", "created_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """days, import or undo."""
    state: Mapped[str]
    """planned, applied, undone or discarded."""
    agency: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    """The year that is imported."""
    reason: Mapped[str] = mapped_column(default="")
    edits: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """{"day", "kind", "as_weekday", "periods", "note", "note_en"}; kind `none` takes an entered day back."""
    undoes: Mapped[str | None]
    """The change that this one takes back."""
    looked: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """How far what it would move was counted (services/calendar_looks.py), while it is planned."""
    batches: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of the batches that compute the dossiers anew."""
    created_at: Mapped[datetime.datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    applied_at: Mapped[datetime.datetime | None] = mapped_column(Moment)
    applied_by: Mapped[str | None]


class CalendarMove(Base):
    """A dossier whose due date a change has moved, as its event `dossier.due_moved` says; for the list of them."""

    __tablename__ = "calendar_move"
    __table_args__ = (Index("ix_calendar_move_at", "change_id", "moved_at", "dossier_id"),)
    change_id: Mapped[str] = mapped_column(ForeignKey("calendar_change.id"), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    due_before: Mapped[datetime.datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime.datetime | None] = mapped_column(Moment)
    moved_at: Mapped[datetime.datetime] = mapped_column(Moment)


class CalendarShift(Base):
    """A timer in working time, or the time to answer of a paused dossier, that a change has moved; for the lists."""

    __tablename__ = "calendar_shift"
    __table_args__ = (Index("ix_calendar_shift_at", "change_id", "moved_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    """Of the change, the instance and the element."""
    change_id: Mapped[str] = mapped_column(ForeignKey("calendar_change.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    element_id: Mapped[str]
    """Of the timer's event; empty: the time to answer."""
    name: Mapped[str]
    name_en: Mapped[str]
    due_before: Mapped[datetime.datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime.datetime | None] = mapped_column(Moment)
    moved_at: Mapped[datetime.datetime] = mapped_column(Moment)
