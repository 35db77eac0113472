"""Apologies: slips that say sorry and give a new appointment (form 04), drafted by the server, sent by a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_DRAFTED = text("state = 'drafted'")


class Apology(Base):
    """The one apology of a dossier: the law gives a new appointment at most once (DOMAIN.md 1.2)."""

    __tablename__ = "apology"
    __table_args__ = (
        Index("ix_apology_drafted", "unit_code", "due_at", sqlite_where=_DRAFTED, postgresql_where=_DRAFTED),
    )
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    unit_code: Mapped[str]
    state: Mapped[str]
    """drafted, approved or dropped."""
    why: Mapped[str]
    """What drafted it: likely_late, at_risk or breached."""
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    """The appointment that is not kept."""
    days: Mapped[int]
    """Working days more, as proposed or approved."""
    reason: Mapped[str] = mapped_column(default="")
    appointment_at: Mapped[datetime | None] = mapped_column(Moment)
    """The new appointment, computed when it was approved."""
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str | None]
    document_id: Mapped[str | None]
