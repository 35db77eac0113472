"""Presence: one row a person and instance, written by each heartbeat, read by the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import session
from storage.tables import Person, Presence

MOST = 10
"""People who are named; more look at nothing at once."""


def beat(instance_id: str, username: str, *, is_typing: bool, now: datetime) -> None:
    """Write down that somebody is there."""
    dialect = session().get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    said = {"seen_at": now, "is_typing": is_typing}
    statement = insert(Presence).values(instance_id=instance_id, username=username, **said)
    session().execute(
        statement.on_conflict_do_update(index_elements=[Presence.instance_id, Presence.username], set_=said)
    )


def others(instance_id: str, username: str, since: datetime) -> Sequence[tuple[str, bool]]:
    """Give (name, is typing) of who else was there since a moment."""
    query = (
        select(Person.name, Presence.is_typing)
        .join(Person, Person.username == Presence.username)
        .where(Presence.instance_id == instance_id, Presence.username != username, Presence.seen_at >= since)
        .order_by(Person.name)
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in session().execute(query)]
