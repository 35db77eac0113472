"""Interests: who declared a conflict of interest in what an instance decides, and so keeps away from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Interest(Base):
    """One person's declaration about one instance; who is bound by one now also stands in `Instance.interested`."""

    __tablename__ = "interest"
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    username: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    """Personal, so it stands here and not in the log."""
    declared_at: Mapped[datetime] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[str | None]
