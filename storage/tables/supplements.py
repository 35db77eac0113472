"""Supplement requests: letters that officers compose, and that a head may have to approve before they go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_PENDING = text("state IN ('proposed', 'returned')")


class Supplement(Base):
    """The request that is composed on one task, from its first point to its going out.

    What went out stands in the task's answers and in the log; this row is what it was made of.
    """

    __tablename__ = "supplement"
    __table_args__ = (Index("ix_supplement_pending", "proposed_by", sqlite_where=_PENDING, postgresql_where=_PENDING),)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    act: Mapped[str]
    state: Mapped[str]
    """draft, proposed, returned or sent."""
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Points as they were typed: component, problem, basis, todo."""
    reply_by: Mapped[str]
    note: Mapped[str]
    version: Mapped[int]
    """Counts the savings; who saves names the version that was seen."""
    saved_by: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(Moment)
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the task's form holds, while the request waits for its approval."""
    documents: Mapped[list[str]] = mapped_column(JSON)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Who had the task before it went to those who approve: {"groups", "users", "owner", "delegation"}."""
    proposed_by: Mapped[str | None]
    proposed_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    comment: Mapped[str]
    """Why it was returned."""
