"""Checkpoints: once a day, and on demand, the heads of all chains become one event of a chain of their own.

From then on a chain that is removed whole, with its instance's row, is found as well as one that was cut or written
anew. A first checkpoint of many chains goes in portions; each leaves all in order, whatever is killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from services import log, seals
from services.permissions import SYSTEM, Permission, Viewer, require
from storage.database import verb
from storage.rows import instances
from storage.rows import seals as rows
from storage.rows.seals import Head
from storage.tables import LogEvent

EVERY = timedelta(hours=24)
PORTION = 1_000
"""Chains that one transaction seals."""
DONE, PART = "log.checkpoint", "log.sealed"
"""Kinds of event: of a whole checkpoint, of one portion of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One checkpoint that was made."""

    at: datetime
    actor: str
    chains: int
    fingerprint: str
    """Of all heads; written down elsewhere it proves that none was exchanged since."""


def daily(*, now: datetime) -> bool:
    """Make a checkpoint where the last one is a day old; say whether one was made."""
    last = latest()
    if last is not None and last.at > now - EVERY:
        return False
    make(SYSTEM, now=now)
    return True


def make(viewer: Viewer, *, now: datetime) -> Checkpoint:
    """Seal every chain that has grown, and write down what stands for all of them."""
    require(viewer, Permission.OPERATE)
    _seal(log.NAMED, now=now)
    after = ""
    while grown := rows.grown(after, PORTION):
        _seal(grown, now=now)
        after = grown[-1]
    return _close(viewer, now=now)


def latest() -> Checkpoint | None:
    """Give the last whole checkpoint."""
    row = rows.latest(log.CHECKPOINTS, DONE)
    return None if row is None else _read(row)


@verb
def _seal(chains: Sequence[str], *, now: datetime) -> None:
    """Seal chains as they stand; one that lacks what was sealed of it stays as it is, so that it is found."""
    last = instances.last_event(log.CHECKPOINTS)
    number, whole = log.sealed_by(last)
    before = rows.sealed(chains)
    new = [head for head in _heads(chains) if _has_grown(head, before)]
    if not new:
        return
    old = [before[head.chain][0] for head in new if head.chain in before]
    whole = seals.replaced(whole, old=old, new=new)
    rows.seal(new)
    data = {"sealed": len(new), "chains": number + len(new) - len(old), "product": f"{whole:x}"}
    log.append_after(last, log.CHECKPOINTS, PART, actor=SYSTEM.username, now=now, data=data)


@verb
def _close(viewer: Viewer, *, now: datetime) -> Checkpoint:
    last = instances.last_event(log.CHECKPOINTS)
    number, whole = log.sealed_by(last)
    data = {"chains": number, "product": f"{whole:x}"}
    return _read(log.append_after(last, log.CHECKPOINTS, DONE, actor=viewer.username, now=now, data=data))


def _heads(chains: Sequence[str]) -> list[Head]:
    if chains is not log.NAMED:
        return rows.heads(chains)
    found = [instances.last_event(chain) for chain in chains]
    return [Head(row.chain, row.seq, row.hash) for row in found if row is not None]


def _has_grown(head: Head, before: dict[str, tuple[Head, bool]]) -> bool:
    if head.chain not in before:
        return head.seq > 0
    was, is_there = before[head.chain]
    return is_there and head.seq > was.seq


def _read(row: LogEvent) -> Checkpoint:
    data = orjson.loads(row.data)
    return Checkpoint(
        at=row.at, actor=row.actor, chains=data["chains"], fingerprint=seals.fingerprint(int(data["product"], 16))
    )
