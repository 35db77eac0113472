"""Notices, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update

from storage.database import session
from storage.tables import Notice, Person


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


def of_person(username: str, notice_id: str) -> Notice | None:
    """Load one of a person's notices."""
    found = session().get(Notice, notice_id)
    return found if found is not None and found.username == username else None


def waiting_for_digest(today: date, after: str, limit: int) -> Sequence[str]:
    """Give people behind a user name who have something for a digest and had none today."""
    waits = (Notice.mail == "digest", Notice.read_at.is_(None))
    query = (
        select(Person.username)
        .where(
            Person.username > after, Person.is_active,
            Person.username.in_(select(Notice.username).where(*waits).distinct()),
            or_(Person.digested_on.is_(None), Person.digested_on < today),
        )
        .order_by(Person.username)
    )  # fmt: skip
    return session().scalars(query.limit(limit)).all()


def take_for_digest(username: str, now: datetime) -> Sequence[Notice]:
    """Give what waits for a person's digest, the latest first; it waits no longer."""
    query = select(Notice).where(
        Notice.username == username, Notice.mail == "digest", Notice.read_at.is_(None), Notice.created_at <= now
    )
    found = session().scalars(query.order_by(Notice.created_at.desc(), Notice.id)).all()
    for row in found:
        row.mail = ""
    return found
