"""Drafts: what somebody has typed and not sent yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_DROPPED = text("dropped_at IS NOT NULL")


class Draft(Base):
    """What was typed into the form of a filing or of a task, however wrong; it is deleted when it is sent.

    A filing's draft is its owner's alone. A task has one draft at most, shared by those who may work on it.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index("ix_draft_owner", "owner", "saved_at"),
        Index("ix_draft_task", "task_id", unique=True),
        Index("ix_draft_saved", "saved_at"),
        Index("ix_draft_dropped", "dropped_at", sqlite_where=_DROPPED, postgresql_where=_DROPPED),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """filing or task."""
    owner: Mapped[str]
    """Who has begun it."""
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id"))
    definition_id: Mapped[str]
    """The version whose form it was typed into."""
    key: Mapped[str]
    """Of the procedure, or of the process of the task."""
    case_id: Mapped[str]
    form: Mapped[str]
    """Definition id of the form; empty: there is none."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str]
    place: Mapped[str]
    """The page of the filing that was worked on last."""
    version: Mapped[int]
    """From 1, one up with each change: who saves says which one was seen."""
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[str]
    device: Mapped[str]
    """In short words: `Chrome, Android`."""
    set_aside: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The content that was not chosen when two people or devices had changed it at the same time."""
    dropped_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was thrown away; a day later it is deleted."""
