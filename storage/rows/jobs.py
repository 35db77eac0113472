"""The outbox, kept answers and the lease, for verbs and jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from storage.database import session
from storage.tables import IdempotencyRecord, Lease, OutboxMessage


def waiting(now: datetime, limit: int) -> Sequence[str]:
    """Give ids of outbox messages that are due."""
    query = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == "waiting", OutboxMessage.due_at <= now)
        .order_by(OutboxMessage.due_at)
        .limit(limit)
    )
    return session().scalars(query).all()


def message(message_id: str, *, lock: bool = False) -> OutboxMessage | None:
    """Load an outbox message."""
    return session().get(OutboxMessage, message_id, with_for_update=lock or None, populate_existing=True)


def of_instance(instance_id: str, since: datetime) -> Sequence[OutboxMessage]:
    """Load and hold the calls that an instance's acts have wanted since."""
    query = select(OutboxMessage).where(OutboxMessage.instance_id == instance_id, OutboxMessage.created_at >= since)
    return session().scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def put_down(now: datetime, *, holder: str = "", message_id: str = "") -> None:
    """Let the calls that a process is making, or this one if somebody makes it, be made by others, now."""
    making = (OutboxMessage.state == "waiting", OutboxMessage.held_by != "", OutboxMessage.due_at > now)
    which = OutboxMessage.id == message_id if message_id else OutboxMessage.held_by == holder
    session().execute(update(OutboxMessage).where(*making, which).values(held_by="", due_at=now))


def answer(username: str, key: str) -> IdempotencyRecord | None:
    """Find the answer kept for a key."""
    return session().get(IdempotencyRecord, (username, key))


def take_lease(name: str, holder: str, now: datetime, seconds: float, is_gone: Callable[[str], bool]) -> bool:
    """Hold or renew a lease; False while another process holds it."""
    lease = session().get(Lease, name, with_for_update=True, populate_existing=True)
    if lease is None:
        session().add(Lease(name=name, holder=holder, until=now + timedelta(seconds=seconds)))
        return True
    if lease.holder != holder and not is_gone(lease.holder) and lease.until > now:
        return False
    lease.holder, lease.until = holder, now + timedelta(seconds=seconds)
    return True
