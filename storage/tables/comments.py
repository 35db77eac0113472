"""What officers say beside the law's record: comments for colleagues and notes for oneself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Comment(Base):
    """A remark about an instance for colleagues; applicants never see it. It is neither changed nor deleted."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_instance_at", "instance_id", "at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    task_id: Mapped[str | None]
    """The task on whose page it was written."""
    author: Mapped[str]
    behalf: Mapped[str | None]
    """For which absent colleague a substitute wrote it; null: in their own name."""
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
