"""Dossiers: what applicants file. Every column below `status` is derived from the log of its instance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_DUE = text("ended_at IS NULL AND due_at IS NOT NULL")


class Dossier(Base):
    """What an applicant filed; it owns one main instance."""

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_unit_key_filed", "unit_code", "key", "filed_at"),
        Index("ix_dossier_applicant_filed", "applicant", "filed_at"),
        Index("ix_dossier_closed", "finished_at", "ended_at"),
        Index("ix_dossier_open_due", "due_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    check_code: Mapped[str]
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), unique=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"), index=True)
    key: Mapped[str]
    procedure_name: Mapped[str]
    procedure_name_en: Mapped[str]
    case_id: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="online")
    applicant: Mapped[str] = mapped_column(ForeignKey("person.username"))
    applicant_name: Mapped[str]
    unit_code: Mapped[str]
    form_id: Mapped[str] = mapped_column(default="")
    """Definition id of the form it was filed with."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    search_text: Mapped[str]
    filed_at: Mapped[datetime] = mapped_column(Moment, index=True)
    status: Mapped[int]
    """The national status, 1 to 10 (DOMAIN.md 1.6)."""
    status_before_withdrawal: Mapped[int | None]
    acceptance_due_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    clock: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The clock's events in order, in the form of the vectors: {"type", "at", …}."""
    clock_state: Mapped[str] = mapped_column(default="not_started")
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    due_unit: Mapped[str | None]
    """What the limit in force counts (clock.model.Unit); null: none runs, or it was last read before this was kept."""
    due_soon_at: Mapped[datetime | None] = mapped_column(Moment)
    next_deadline_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    at_risk_at: Mapped[datetime | None] = mapped_column(Moment)
    breached_at: Mapped[datetime | None] = mapped_column(Moment)
    likely_late_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was said that it is likely to be late, before it was at risk."""
    appointment_at: Mapped[datetime | None] = mapped_column(Moment)
    """The one new appointment that was given with an apology; whether it is late still counts from `due_at`."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    """Status 9: the moment that decides on time or late."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    """Status 3, 8 or 10: nothing more will happen."""


class Counter(Base):
    """The last number given in a series; counted up in the transaction that uses it, so a series has no gap."""

    __tablename__ = "counter"
    scope: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
