"""Lists of the outbox for operators: a range of an index for each state, so what was sent long ago costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.tables import OutboxMessage

STATES = ("dead", "waiting", "kept", "sent")
"""What needs somebody first comes first."""
MOST_COUNTED = 1000
"""Counts stop here: counting must not cost more than the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A call to the outside as it stands now."""

    id: str
    kind: str
    idempotency_key: str
    payload: Mapping[str, Any]
    state: str
    due_at: datetime
    tries: int
    last_error: str
    created_at: datetime
    sent_at: datetime | None


_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = tuple(getattr(OutboxMessage, name) for name in MessageRow.__slots__)


def counts() -> Mapping[str, int]:
    """Count the messages that are not sent, by state, each up to MOST_COUNTED."""
    found = {}
    for state in STATES:
        if state != "sent":
            some = select(OutboxMessage.id).where(OutboxMessage.state == state).limit(MOST_COUNTED).subquery()
            found[state] = session().execute(select(func.count()).select_from(some)).scalar_one()
    return found


def listed(state: str, *, after: Place | None = None, limit: int = 50) -> tuple[tuple[MessageRow, ...], Place | None]:
    """Give a page of the messages of a state (what waits: soonest due first, else the latest first), and the next."""
    order = Order(column=OutboxMessage.due_at, id=OutboxMessage.id, descending=state != "waiting")
    rows, next_ = page(select(*_COLUMNS).where(OutboxMessage.state == state), order, after, limit)
    return tuple(MessageRow(**row._mapping) for row in rows), next_


def one(message_id: str) -> MessageRow | None:
    """Give one message."""
    found = session().execute(select(*_COLUMNS).where(OutboxMessage.id == message_id)).one_or_none()
    return MessageRow(**found._mapping) if found else None
