"""What officers say beside the law's record: comments for colleagues, notes for oneself, and who is told of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_UNREAD = text("read_at IS NULL")


class Comment(Base):
    """A remark about an instance for colleagues; applicants never see it. It is neither changed nor deleted."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_instance_at", "instance_id", "at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    task_id: Mapped[str | None]
    """The task on whose page it was written."""
    author: Mapped[str]
    text: Mapped[str]
    """The log holds its SHA-256 only, so that personal data can one day be erased."""
    mentions: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)


class PrivateNote(Base):
    """What one person wrote down about an instance for themselves; nobody else reads it, nor does the log know."""

    __tablename__ = "private_note"
    username: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    text: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(Moment)


class Notification(Base):
    """Something that one officer is told, once; written in the commit of the act that it tells of."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_unread", "username", "at", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notification_username_at", "username", "at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str]
    kind: Mapped[str]
    """mention, transfer, …: what happened (services/notices.py)."""
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"))
    task_id: Mapped[str | None]
    actor: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
