"""Notices: what an officer is told in the page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_UNREAD = text("read_at IS NULL")
_READ = text("read_at IS NOT NULL")
_WAITS = text("read_at IS NULL AND mail = 'digest'")


class Notice(Base):
    """One thing that one person is told, once: whoever tells it again tells nothing."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("uq_notice_key", "username", "key", unique=True),
        Index("ix_notice_created", "username", "created_at", "id"),
        Index("ix_notice_unread", "username", "created_at", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notice_read", "read_at", sqlite_where=_READ, postgresql_where=_READ),
        Index("ix_notice_digest", "username", "created_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"))
    key: Mapped[str]
    """What it is about and what of it: `at_risk:task:ID`."""
    kind: Mapped[str]
    """One of services.notice_settings.KINDS, or another one."""
    text_vi: Mapped[str]
    text_en: Mapped[str]
    url: Mapped[str]
    """The page where something can be done about it."""
    dossier_id: Mapped[str | None]
    mail: Mapped[str] = mapped_column(default="")
    """`digest` until it was in one; empty: it waits for none."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
