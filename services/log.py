"""The event log: append to a chain, prove the chains, read an instance's history out of it.

One act is one event. `hash` = SHA-256 over the hash before it and the event's own columns, so that a changed, moved or
missing event breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from services import logtext, seals
from services.permissions import Permission, Viewer, require
from storage.database import session, snapshot, verb
from storage.queries import log as queries
from storage.rows import instances
from storage.rows.seals import Head
from storage.tables import Instance, LogEvent
from texts import Text

PROOFS, CHECKPOINTS = "log", "checkpoints"
"""The chains of verifications and of checkpoints (services/checkpoints.py)."""
NAMED = ("batches", "bundle_drafts", "calendar", "definitions", "outbox", "people", "views", PROOFS)
"""The chains that are no instance's and that a checkpoint seals."""
SEALS_CHANGED = Text(
    "các dấu chốt sổ không khớp với lần chốt gần nhất: có dấu bị sửa, thêm hoặc xoá",
    "the seals are not those of the last checkpoint: one was changed, put in or taken out",
)
MOST_BREAKS = 50
"""So many breaks are written down with a verification; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One chain that is not whole, and what is wrong with it."""

    chain: str
    text: Text

    def __str__(self) -> str:
        return f"{self.chain}: {self.text.en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What `verify` found: how many chains and events, and each break."""

    chains: int
    events: int
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A verification that was asked for and written down; `breaks` are the first of `broken`."""

    at: datetime
    actor: str
    chains: int
    events: int
    broken: int
    breaks: tuple[Break, ...]


def append(instance: Instance, kind: str, *, actor: str, now: datetime, data: Mapping[str, Any]) -> None:
    """Append one event to an instance's chain; the head stands in the instance's row, which the caller has locked."""
    event = _event(
        instance.id, instance.log_seq + 1, instance.log_hash, kind, actor, now, logtext.short(instance.id, data)
    )
    instance.log_seq, instance.log_hash = event["seq"], event["hash"]
    instances.append_event(event)


def append_to(chain: str, kind: str, *, actor: str, now: datetime, data: Mapping[str, Any]) -> None:
    """Append one event to a chain that is no instance's (people, definitions); a rare act, so its head is looked up."""
    if chain not in NAMED:
        raise ValueError(f"no checkpoint would seal the chain {chain!r}")
    append_after(instances.last_event(chain), chain, kind, actor=actor, now=now, data=data)


def append_after(
    head: LogEvent | None, chain: str, kind: str, *, actor: str, now: datetime, data: Mapping[str, Any]
) -> LogEvent:
    """Append one event to a chain that is no instance's, if `head` is its last one still (else another was first)."""
    event = _event(chain, head.seq + 1 if head else 1, head.hash if head else b"", kind, actor, now, data)
    row = LogEvent(**event)
    session().add(row)
    session().flush()
    return row


def prove(viewer: Viewer, *, now: datetime) -> Verified:
    """Verify all chains and write into the chain "log" who asked and what was found."""
    require(viewer, Permission.OPERATE)
    found = verify()
    _note(viewer, found, now=now)
    return found


@verb
def _note(viewer: Viewer, found: Verified, *, now: datetime) -> None:
    breaks = [{"chain": each.chain, "vi": each.text.vi, "en": each.text.en} for each in found.breaks[:MOST_BREAKS]]
    data = {"chains": found.chains, "events": found.events, "broken": len(found.breaks), "breaks": breaks}
    append_to(PROOFS, "log.verified", actor=viewer.username, now=now, data=data)


def proofs(limit: int = 10) -> tuple[Proof, ...]:
    """Give the latest verifications that were written down, the newest first."""
    return tuple(_proof(row) for row in queries.latest(PROOFS, limit))


def verify() -> Verified:
    """Recompute every chain; also hold each instance's head against its chain, so that a cut-off end is found."""
    with snapshot():
        return _verify()


def _verify() -> Verified:
    chains, events, breaks = 0, 0, []
    heads = queries.instance_heads()
    for chain, rows in queries.by_chain():
        chains += 1
        previous, number = b"", 0
        for number, row in enumerate(rows, start=1):
            events += 1
            wanted = digest(previous, row.chain, row.seq, row.at, row.kind, row.actor, row.data)
            if row.seq != number or row.hash != wanted:
                breaks.append(_unlike(row, number))
                break
            previous = row.hash
        else:
            if chain in heads and heads[chain] != (number, previous):
                breaks.append(_unlike_head(chain, written=heads[chain][0], found=number))
        heads.pop(chain, None)
    breaks += [_unlike_head(chain, written=seq, found=0) for chain, (seq, _) in heads.items() if seq]
    breaks += _unsealed({each.chain for each in breaks})
    return Verified(chains=chains, events=events, breaks=tuple(breaks))


def sealed_by(event: LogEvent | None) -> tuple[int, int]:
    """Give of how many chains an event of CHECKPOINTS tells, and the number that stands for their heads."""
    if event is None:
        return 0, seals.NOTHING
    data = orjson.loads(event.data)
    return data["chains"], int(data["product"], 16)


def _unsealed(known: Container[str]) -> list[Break]:
    """Say which chains are not what a checkpoint saw, those named that are not known to be broken."""
    found = seals.compared()
    breaks = [_unlike_seal(head) for head in found.gone if head.chain not in known]
    if (found.chains, found.product) != sealed_by(instances.last_event(CHECKPOINTS)):
        breaks.append(Break(chain=CHECKPOINTS, text=SEALS_CHANGED))
    return breaks


def _unlike_seal(head: Head) -> Break:
    return Break(
        chain=head.chain,
        text=Text(
            f"lần chốt sổ đã thấy sự kiện {head.seq}, nay không còn hoặc đã khác: chuỗi bị xoá, cắt hoặc viết lại",
            f"a checkpoint saw event {head.seq}, which is gone or another now: the chain was removed, cut or rewritten",
        ),
    )


def _unlike(row: LogEvent, number: int) -> Break:
    return Break(
        chain=row.chain,
        text=Text(
            f"sự kiện {row.seq} ({row.kind}) không nối tiếp sự kiện {number - 1}: có sự kiện bị sửa, chèn hoặc xoá",
            f"event {row.seq} ({row.kind}) does not follow event {number - 1}: one was changed, put in or taken out",
        ),
    )


def _unlike_head(chain: str, *, written: int, found: int) -> Break:
    if written == found:
        text = Text(
            f"sự kiện cuối ({found}) không phải là sự kiện đã ghi", f"the last event ({found}) is not what was written"
        )
    else:
        text = Text(f"đã ghi {written} sự kiện, nay có {found}", f"{written} events were written, {found} are there")
    return Break(chain=chain, text=text)


def digest(previous: bytes, chain: str, seq: int, at: datetime, kind: str, actor: str, data: str) -> bytes:
    """Compute an event's hash from its columns; the moment counts in UTC with microseconds."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = orjson.dumps([chain, seq, moment, kind, actor, data])
    return hashlib.sha256(previous + content).digest()


def _event(
    chain: str, seq: int, previous: bytes, kind: str, actor: str, now: datetime, data: Mapping[str, Any]
) -> dict[str, Any]:
    text = orjson.dumps(data, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
    whole = digest(previous, chain, seq, now, kind, actor, text)
    return {"chain": chain, "seq": seq, "at": now, "kind": kind, "actor": actor, "data": text, "hash": whole}


def events_of(chain: str) -> Iterator[tuple[LogEvent, dict[str, Any]]]:
    """Give the events of a chain in order, each with its data read."""
    for row in instances.chain_events(chain):
        yield row, logtext.whole(chain, orjson.loads(row.data))


def _proof(row: LogEvent) -> Proof:
    data = orjson.loads(row.data)
    return Proof(
        at=row.at,
        actor=row.actor,
        chains=data["chains"],
        events=data["events"],
        broken=data["broken"],
        breaks=tuple(Break(chain=each["chain"], text=Text(each["vi"], each["en"])) for each in data["breaks"]),
    )
