"""Work for later: calls to the outside, answers kept for retries, and who may tick."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_OF_ONE = text("instance_id IS NOT NULL")


class OutboxMessage(Base):
    """A call to the outside, written in the commit of the act that wants it; sent at least once, with its key."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_state_due", "state", "due_at"),
        Index("ix_outbox_message_instance", "instance_id", sqlite_where=_OF_ONE, postgresql_where=_OF_ONE),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """email, message, or paper (a document to print)."""
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    instance_id: Mapped[str | None]
    """The instance whose act wants it: an act whose calls were not made can be undone."""
    state: Mapped[str]
    """waiting, sent, kept (no mail server is configured: to be read in the outbox page) or dead."""
    due_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    held_by: Mapped[str] = mapped_column(default="")
    """Which process makes the call now; empty where none does."""
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class IdempotencyRecord(Base):
    """The answer to a POST with an Idempotency-Key, given again for 24 hours."""

    __tablename__ = "idempotency_record"
    username: Mapped[str] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Lease(Base):
    """Which process may tick until when, so that several web processes do not do the same work.

    One row never ends: the name under which this database marks a store of contents as its own (services/contents.py).
    """

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime] = mapped_column(Moment)
