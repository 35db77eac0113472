"""The event log: append to a chain, prove the chains, read an instance's history out of it.

One act is one event. `hash` = SHA-256 over the hash before it and the event's own columns, so that a changed, moved or
missing event breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from storage.database import session
from storage.queries import log as queries
from storage.rows import instances
from storage.tables import Instance, LogEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What `verify` found: how many chains and events, and each break in words."""

    chains: int
    events: int
    breaks: tuple[str, ...]


def append(instance: Instance, kind: str, *, actor: str, now: datetime, data: Mapping[str, Any]) -> None:
    """Append one event to an instance's chain; the head stands in the instance's row, which the caller has locked."""
    event = _event(instance.id, instance.log_seq + 1, instance.log_hash, kind, actor, now, data)
    instance.log_seq, instance.log_hash = event.seq, event.hash
    session().add(event)


def append_to(chain: str, kind: str, *, actor: str, now: datetime, data: Mapping[str, Any]) -> None:
    """Append one event to a chain that is no instance's (people, definitions); a rare act, so its head is looked up."""
    head = instances.last_event(chain)
    session().add(_event(chain, head.seq + 1 if head else 1, head.hash if head else b"", kind, actor, now, data))
    session().flush()


def verify() -> Verified:
    """Recompute every chain; also hold each instance's head against its chain, so that a cut-off end is found."""
    chains, events, breaks = 0, 0, []
    heads = queries.instance_heads()
    for chain, rows in queries.by_chain():
        chains += 1
        previous, number = b"", 0
        for number, row in enumerate(rows, start=1):
            events += 1
            wanted = digest(previous, row.chain, row.seq, row.at, row.kind, row.actor, row.data)
            if row.seq != number or row.hash != wanted:
                breaks.append(f"{chain}: event {row.seq} ({row.kind}) does not follow event {number - 1}")
                break
            previous = row.hash
        else:
            if chain in heads and heads[chain] != (number, previous):
                breaks.append(f"{chain}: {heads[chain][0]} events were written, {number} are left")
        heads.pop(chain, None)
    breaks += [f"{chain}: all {seq} events are gone" for chain, (seq, _) in heads.items() if seq]
    return Verified(chains=chains, events=events, breaks=tuple(breaks))


def digest(previous: bytes, chain: str, seq: int, at: datetime, kind: str, actor: str, data: str) -> bytes:
    """Compute an event's hash from its columns; the moment counts in UTC with microseconds."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = orjson.dumps([chain, seq, moment, kind, actor, data])
    return hashlib.sha256(previous + content).digest()


def _event(
    chain: str, seq: int, previous: bytes, kind: str, actor: str, now: datetime, data: Mapping[str, Any]
) -> LogEvent:
    text = orjson.dumps(data, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
    return LogEvent(
        chain=chain,
        seq=seq,
        at=now,
        kind=kind,
        actor=actor,
        data=text,
        hash=digest(previous, chain, seq, now, kind, actor, text),
    )


def events_of(chain: str) -> Iterator[tuple[LogEvent, dict[str, Any]]]:
    """Give the events of a chain in order, each with its data read."""
    for row in instances.chain_events(chain):
        yield row, orjson.loads(row.data)
