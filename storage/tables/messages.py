"""Who waits for which message or signal, and messages that came early."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Subscription(Base):
    """An instance waits for a message or signal of this name."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_kind_name", "kind", "name"),)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    wait_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    element_id: Mapped[str]


class BufferedMessage(Base):
    """A message from outside: kept until somebody waits for it or its time to live ends; its id makes it idempotent."""

    __tablename__ = "buffered_message"
    __table_args__ = (Index("ix_buffered_message_name_state", "name", "state"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    business_key: Mapped[str | None]
    correlation: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str]
    """waiting, delivered or expired."""
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
