"""Subscriptions and buffered messages, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from storage.database import session
from storage.tables import BufferedMessage, Instance, Subscription


def subscribers(kind: str, name: str, business_key: str | None = None) -> Sequence[str]:
    """Give ids of running instances that wait for a message or signal, the oldest first."""
    query = (
        select(Instance.id)
        .join(Subscription, Subscription.instance_id == Instance.id)
        .where(Subscription.kind == kind, Subscription.name == name, Instance.status == "running")
        .order_by(Instance.started_at, Instance.id)
        .distinct()
    )
    if kind == "message" and business_key is not None:
        query = query.where(Instance.business_key == business_key)
    return list(dict.fromkeys(row for row in session().scalars(query.add_columns(Instance.started_at))))


def subscribe(instance_id: str, waits: Iterable[dict[str, str]]) -> None:
    """Replace what an instance waits for: rows of wait_id, kind, name and element_id."""
    session().execute(delete(Subscription).where(Subscription.instance_id == instance_id))
    rows = [{"instance_id": instance_id, **wait} for wait in waits]
    if rows:
        session().execute(insert(Subscription), rows)


def meet(names: Iterable[str], *, sending: bool) -> bool:
    """Keep senders and receivers of these messages from missing each other until the commit; False: they cannot.

    On PostgreSQL neither sees what the other has not committed yet: a sender holds the name alone before it keeps a
    message, and whoever begins to wait holds it shared before looking for one. SQLite has one writer at a time.
    """
    if session().get_bind().dialect.name != "postgresql":
        return False
    hold = func.pg_advisory_xact_lock if sending else func.pg_advisory_xact_lock_shared
    for name in sorted(set(names)):
        session().execute(select(hold(func.hashtextextended(f"message:{name}", 0))))
    return True


def buffered(name: str, business_key: str | None, now: datetime) -> Sequence[BufferedMessage]:
    """Give messages of this name that came early and still live, the oldest first."""
    query = select(BufferedMessage).where(
        BufferedMessage.name == name, BufferedMessage.state == "waiting", BufferedMessage.expires_at > now
    )
    found = session().scalars(query.order_by(BufferedMessage.expires_at)).all()
    return [row for row in found if row.business_key in (None, business_key)]


def by_id(message_id: str) -> BufferedMessage | None:
    """Find a message by its id."""
    return session().get(BufferedMessage, message_id, with_for_update=True)


def expire(now: datetime) -> None:
    """Mark messages whose time to live is over."""
    session().execute(
        update(BufferedMessage)
        .where(BufferedMessage.state == "waiting", BufferedMessage.expires_at <= now)
        .values(state="expired")
    )


def names(instance_id: str) -> Sequence[str]:
    """Give the names of the messages that an instance waits for."""
    query = select(Subscription.name).where(Subscription.instance_id == instance_id, Subscription.kind == "message")
    return session().scalars(query).all()
