"""Instances and their log, for verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import CursorResult, Table, Update, bindparam, insert, inspect, select, update

from errors import ConcurrentUpdate
from storage.database import session, take_turn, write_last, write_now
from storage.tables import Instance, LogEvent

FAR = {"populate_existing": True}  # the row as it is now, not as this session read it before the lock

_INSTANCE = cast(Table, Instance.__table__)
_APPEND = insert(cast(Table, LogEvent.__table__))
_LOCK = select(Instance).where(Instance.id == bindparam("instance_id")).with_for_update().execution_options(**FAR)

_LOCK_DUE = (
    select(Instance)
    .where(
        Instance.id.in_(bindparam("ids", expanding=True)),
        Instance.status == "running",
        Instance.next_due_at <= bindparam("now"),
    )
    .order_by(Instance.next_due_at, Instance.id)
    .with_for_update(skip_locked=True)
    .execution_options(**FAR)
)


def lock(instance_id: str) -> Instance | None:
    """Load an instance and hold it until the end of the unit of work: writers of one instance queue up here."""
    take_turn(instance_id)
    return session().scalar(_LOCK, {"instance_id": instance_id})


def due(now: datetime, limit: int) -> Sequence[str]:
    """Give ids of instances with a timer due at `now`, the longest due first."""
    query = select(Instance.id).where(Instance.next_due_at <= now).order_by(Instance.next_due_at).limit(limit)
    return session().scalars(query).all()


def lock_due(instance_ids: Sequence[str], now: datetime) -> Sequence[Instance]:
    """Load and hold those of these running instances that have a timer due and that no other writer holds."""
    return session().scalars(_LOCK_DUE, {"ids": instance_ids, "now": now}).all()


def save_together(held: Sequence[Instance]) -> None:
    """Write instances that were changed with one statement, compared and set as the session does it one by one.

    They leave the session: nothing of them may be changed afterwards. Raises ConcurrentUpdate.
    """
    changed = {name for instance in held for name in inspect(instance).committed_state}
    rows = [
        {"of_id": each.id, "read": each.revision, "revision": each.revision + 1}
        | {name: getattr(each, name) for name in changed}
        for each in held
    ]
    for instance in held:
        session().expunge(instance)
    done = cast("CursorResult[Any]", session().execute(_saving(frozenset(changed)), rows)) if rows else None
    if done is not None and done.rowcount != len(rows):
        raise ConcurrentUpdate()


@lru_cache
def _saving(columns: frozenset[str]) -> Update:
    as_read = update(_INSTANCE).where(_INSTANCE.c.id == bindparam("of_id"), _INSTANCE.c.revision == bindparam("read"))
    return as_read.values({name: bindparam(name) for name in (*columns, "revision")})


def append_event(row: dict[str, Any]) -> None:
    """Append an event to an instance's chain with the commit."""
    write_last(_APPEND, row)


def last_event(chain: str) -> LogEvent | None:
    """Give the head of a chain that is no instance's."""
    return session().scalar(select(LogEvent).where(LogEvent.chain == chain).order_by(LogEvent.seq.desc()).limit(1))


def chain_events(chain: str, after: int = 0) -> Sequence[LogEvent]:
    """Give the events of a chain in order."""
    write_now()
    query = select(LogEvent).where(LogEvent.chain == chain, LogEvent.seq > after).order_by(LogEvent.seq)
    return session().scalars(query).all()
