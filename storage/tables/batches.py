"""Batches: one act on many instances, worked off item by item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_DUE = text("due_at IS NOT NULL")


class Batch(Base):
    """One act on many instances. Its counts are written with the outcome of each item, so nothing is ever counted."""

    __tablename__ = "batch"
    __table_args__ = (
        Index("ix_batch_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_batch_created", "created_at", "id"),
        Index("ix_batch_created_by", "created_by", "created_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """The act: one of services.batch_kinds.KINDS, or one on tasks (services.bulk_kinds.BULK)."""
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str]
    state: Mapped[str]
    """waiting, running, completed or cancelled."""
    total: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was looked after last; the one that waited longest is next. Null: nothing is left to do."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    run_by: Mapped[str]
    """Who asked for it last (who tried it again, else who made it); each item is done with this person's rights."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class BatchItem(Base):
    """One instance of a batch, or one of its tasks, and what came of it; written in the transaction of the act."""

    __tablename__ = "batch_item"
    __table_args__ = (Index("ix_batch_item_state", "batch_id", "state", "position"),)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    task_id: Mapped[str | None]
    """The task that it is about; null: the instance as a whole."""
    given: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What is said of this item alone: to whom its task goes, what of its instance was seen."""
    state: Mapped[str]
    """waiting, done or failed; what waits when its batch is cancelled is never done."""
    code: Mapped[str | None]
    """Of the error, where it failed."""
    message_vi: Mapped[str | None]
    message_en: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(Moment)
