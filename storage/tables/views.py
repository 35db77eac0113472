"""Saved views of the inbox: what somebody looks for again and again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_SHARED = text("shared_with IS NOT NULL")


class SavedView(Base):
    """Conditions, columns and order under a name. Whoever opens it sees of it what is theirs to see."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_owner", "owner", "name", unique=True),
        Index("ix_saved_view_shared", "shared_with", sqlite_where=_SHARED, postgresql_where=_SHARED),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("person.username"))
    name: Mapped[str]
    base: Mapped[str]
    """Among which tasks: own (one's own and one's groups') or unit (a head's)."""
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As they were typed: {"field", "comparison", "values"}; services/views.py says which there are."""
    columns: Mapped[list[str]] = mapped_column(JSON)
    order: Mapped[str]
    descending: Mapped[bool]
    shared_with: Mapped[str | None]
    """`g:CODE` or `n:UNIT`: who may open it, too."""
    version: Mapped[int]
    """Counts the changes; who changes it names the version that was seen."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
