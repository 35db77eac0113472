"""Who waits for which message or signal, what begins a process, messages that came early, and who talks with whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_ENDED = text("ended_at IS NOT NULL")


class Subscription(Base):
    """An instance waits for a message or signal of this name."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("ix_subscription_kind_name", "kind", "name", "is_open", "since", "instance_id"),
        Index("ix_subscription_name_definition", "name", "definition_id"),
    )
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    wait_id: Mapped[str] = mapped_column(primary_key=True)
    """Of the wait; with its place (`#1`) where one event waits for several."""
    kind: Mapped[str]
    name: Mapped[str]
    element_id: Mapped[str]
    definition_id: Mapped[str]
    since: Mapped[datetime] = mapped_column(Moment)
    is_open: Mapped[bool] = mapped_column(default=True)
    """A message is for it by its name alone: it asks for no key, and no key of its conversation is known."""
    is_partial: Mapped[bool] = mapped_column(default=False)
    """Not all by which it can be found is among its labels."""
    labels: Mapped[list[str]] = mapped_column(JSON, default=list)


class SubscriptionLabel(Base):
    """By what a waiting instance is found: a digest of a message's name and a key, or a variable, with its value."""

    __tablename__ = "subscription_label"
    __table_args__ = (
        ForeignKeyConstraint(
            ["instance_id", "wait_id"], ["subscription.instance_id", "subscription.wait_id"], ondelete="CASCADE"
        ),
        Index("ix_subscription_label_instance", "instance_id", "wait_id"),
    )
    label: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(primary_key=True)
    wait_id: Mapped[str] = mapped_column(primary_key=True)


class StartEvent(Base):
    """A message, signal or condition that begins a process in force."""

    __tablename__ = "start_event"
    __table_args__ = (Index("ix_start_event_kind_name", "kind", "name"),)
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    element_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Its place among the events of its element."""
    kind: Mapped[str]
    name: Mapped[str]
    """Of the message or signal; empty for a condition."""
    awaits_all: Mapped[bool] = mapped_column(default=False)
    """An instance that it created waits for further events of the same element or gateway."""


class BufferedMessage(Base):
    """A message from outside: kept until somebody waits for it or its time to live ends; its id makes it idempotent."""

    __tablename__ = "buffered_message"
    __table_args__ = (Index("ix_buffered_message_name_state", "name", "state", "label"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    business_key: Mapped[str | None]
    correlation: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str]
    """waiting, delivered or expired."""
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    label: Mapped[str | None]
    """Only who waits under this label can be meant; null: whoever waits for its name."""
    carried: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Correlation properties of the instance that threw it."""
    sender_id: Mapped[str | None]
    """The instance that threw it; null: it came from outside."""
    sender_key: Mapped[str | None]
    addressee_id: Mapped[str | None]
    """The instance that is meant: its sender talks with it, or it was suspended when the message came."""
    to_keys: Mapped[list[str] | None] = mapped_column(JSON)
    """Processes that its message flows lead to; null: any."""


class Conversation(Base):
    """Two instances talk with each other: one sent the other a message. Each has a row about the other."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    partner_key: Mapped[str]
    """Of the partner's process."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the instance ended; a partner may still hear its last words."""
