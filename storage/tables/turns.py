"""Exceptions from the order of filing: each counts, with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class TurnException(Base):
    """Somebody took a task though another of the same step, filed before it, was waiting; derived from the log."""

    __tablename__ = "turn_exception"
    __table_args__ = (
        Index("ix_turn_exception_username_at", "username", "at"),
        Index("ix_turn_exception_instance", "instance_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    task_id: Mapped[str]
    ahead: Mapped[str]
    """The task that was first in turn."""
    username: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
