"""Once: the answer to a request with a key is kept in the transaction of what it did, and given again for a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from errors import IdempotencyMismatch
from services.permissions import Viewer
from storage.database import session, verb
from storage.rows import jobs as rows
from storage.tables import IdempotencyRecord

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer: its status and its body."""

    status: int
    body: bytes


@verb
def once(viewer: Viewer, key: str, fingerprint: bytes, act: Callable[[], tuple[int, bytes]], *, now: datetime) -> Kept:
    """Run `act`, whose verbs join this transaction, and keep its (status, JSON) under the caller's key.

    The same key and fingerprint again within a day give the kept answer and do nothing; of two at the same moment one
    waits and gets the other's answer. What was refused changed nothing and is not kept. Raises IdempotencyMismatch.
    """
    before = rows.answer(viewer.username, key)
    if before is not None and before.created_at > now - KEPT:
        if before.body_hash != fingerprint:
            raise IdempotencyMismatch()
        return Kept(status=before.status, body=before.answer.encode())
    status, body = act()
    record = before or IdempotencyRecord(username=viewer.username, idempotency_key=key)
    record.body_hash, record.status, record.answer, record.created_at = fingerprint, status, body.decode(), now
    session().add(record)
    return Kept(status=status, body=body)
