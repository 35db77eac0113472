"""Substitutions: who does somebody's tasks while they are away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_OPEN = text("closed_at IS NULL")


class Substitution(Base):
    """One person stands for another from one moment to another, in all processes or in some."""

    __tablename__ = "substitution"
    __table_args__ = (
        Index("ix_substitution_substitute", "substitute", "ends_at"),
        Index("ix_substitution_absent", "absent", "ends_at"),
        Index("ix_substitution_open", "ends_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    absent: Mapped[str] = mapped_column(ForeignKey("person.username"))
    substitute: Mapped[str] = mapped_column(ForeignKey("person.username"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    """Moved forward when it is ended early."""
    keys: Mapped[list[str]] = mapped_column(JSON)
    """Of the processes that it holds for; empty: all."""
    reason: Mapped[str]
    appointed_by: Mapped[str]
    appointed_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When what was taken for the absent one and not done had gone back to them; null: not yet."""
