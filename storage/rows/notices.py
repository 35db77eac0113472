"""Notices, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from storage.database import session
from storage.tables import Notice


def told(key: str, usernames: Iterable[str]) -> frozenset[str]:
    """Give those of these people who were told this already."""
    query = select(Notice.username).where(Notice.key == key, Notice.username.in_(list(usernames)))
    return frozenset(session().scalars(query))


def mark_read(username: str, notice_ids: Sequence[str] | None, now: datetime) -> int:
    """Mark a person's unread notices as read, these or all; say how many were."""
    written = update(Notice).where(Notice.username == username, Notice.read_at.is_(None)).values(read_at=now)
    if notice_ids is not None:
        written = written.where(Notice.id.in_(notice_ids))
    options = {"synchronize_session": False, "preserve_rowcount": True}
    return cast("CursorResult[Any]", session().execute(written, execution_options=options)).rowcount
