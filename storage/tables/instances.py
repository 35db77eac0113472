"""Instances: one row a run, its state as compact bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_KEYED, _DUE, _FAULTY = text("business_key IS NOT NULL"), text("next_due_at IS NOT NULL"), text("faults > 0")


class Instance(Base):
    """One run of a definition. The log's head stands here too, so that appending to its chain reads nothing.

    Every index is short and holds no row that nobody looks for by it: each is written for each instance.
    A list's index ends with the moment that it is sorted by; the few rows of one moment are sorted as they are read.
    """

    __tablename__ = "instance"
    __table_args__ = (
        Index("ix_instance_key_status_started", "key", "status", "started_at"),
        Index("ix_instance_definition_status_started", "definition_id", "status", "started_at"),
        Index("ix_instance_status_started", "status", "started_at"),
        Index("ix_instance_started_by", "started_by"),
        Index("ix_instance_business_key", "business_key", sqlite_where=_KEYED, postgresql_where=_KEYED),
        Index("ix_instance_next_due", "next_due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_instance_faulty", "started_at", sqlite_where=_FAULTY, postgresql_where=_FAULTY),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"))
    key: Mapped[str]
    version: Mapped[int]
    business_key: Mapped[str | None]
    status: Mapped[str]
    """running, suspended (by an operator: nothing happens by itself), completed, failed or cancelled."""
    error_code: Mapped[str | None]
    state: Mapped[bytes]
    revision: Mapped[int] = mapped_column(nullable=False)
    """Compared and set by every save (see `version_id_col`)."""
    next_due_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its next timer is due; null: none. After a fault it is put off, see timers.fire."""
    faults: Mapped[int] = mapped_column(default=0)
    """How often in a row its due timers met a fault of our own."""
    incidents: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of its incidents are open, so that who has none never asks for them."""
    interested: Mapped[list[str] | None] = mapped_column(JSON)
    """Who declared a conflict of interest and may do none of its tasks, so that who has none never asks for them."""
    log_seq: Mapped[int] = mapped_column(default=0)
    log_hash: Mapped[bytes] = mapped_column(default=b"")
    started_at: Mapped[datetime] = mapped_column(Moment)
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": revision}


class StartTimer(Base):
    """A timer start event of a published process: when it happens next."""

    __tablename__ = "start_timer"
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The engine's own notes for computing the time after this one."""
    faults: Mapped[int] = mapped_column(default=0)
