"""What is too old to be needed, and its deletion: some rows at a time, found by an index, so that nobody waits long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, inspect, select, tuple_

from storage.database import session
from storage.tables import (
    BufferedMessage,
    Conversation,
    Document,
    Draft,
    ExternalTask,
    IdempotencyRecord,
    Incident,
    Notice,
    OutboxMessage,
    Presence,
    SignIn,
)


def sign_ins(before: datetime, most: int) -> int:
    """Sign out browsers that were idle too long."""
    return _forget(SignIn, SignIn.seen_at < before, SignIn.seen_at, most)


def presences(before: datetime, most: int) -> int:
    """Forget who looked at what."""
    return _forget(Presence, Presence.seen_at < before, Presence.seen_at, most)


def answers(before: datetime, most: int) -> int:
    """Delete answers kept for retries."""
    return _forget(IdempotencyRecord, IdempotencyRecord.created_at < before, IdempotencyRecord.created_at, most)


def uploads(before: datetime, most: int) -> int:
    """Delete uploads that no filing ever used and no draft keeps."""
    kept = exists().where(Draft.id == Document.draft_id)
    staged = and_(Document.dossier_id.is_(None), Document.origin == "upload", Document.created_at < before, ~kept)
    return _forget(Document, staged, Document.dossier_id, most)


def drafts(before: datetime, most: int) -> int:
    """Delete drafts that nobody has saved since."""
    return _forget(Draft, Draft.saved_at < before, Draft.saved_at, most)


def dropped_drafts(before: datetime, most: int) -> int:
    """Delete drafts that were thrown away before."""
    return _forget(Draft, Draft.dropped_at < before, Draft.dropped_at, most)


def work(before: datetime, most: int) -> int:
    """Delete work for programs and connectors that ended before."""
    return _forget(ExternalTask, ExternalTask.ended_at < before, ExternalTask.ended_at, most)


def notices(before: datetime, most: int) -> int:
    """Delete notices that were read before."""
    return _forget(Notice, Notice.read_at < before, Notice.read_at, most)


def incidents(before: datetime, most: int) -> int:
    """Delete incidents that were resolved before."""
    return _forget(Incident, Incident.resolved_at < before, Incident.resolved_at, most)


def letters(before: datetime, most: int) -> int:
    """Delete calls to the outside that were made; those that failed for good stay for an operator."""
    return sum(
        _forget(
            OutboxMessage, and_(OutboxMessage.state == state, OutboxMessage.due_at < before), OutboxMessage.due_at, most
        )
        for state in ("sent", "kept")
    )


def messages(before: datetime, most: int) -> int:
    """Delete messages that were delivered or came too late, once their time to live is over."""
    over = and_(BufferedMessage.expires_at < before, BufferedMessage.state != "waiting")
    return _forget(BufferedMessage, over, BufferedMessage.expires_at, most)


def conversations(before: datetime, most: int) -> int:
    """Delete what instances that ended before knew of those they talked with."""
    return _forget(Conversation, Conversation.ended_at < before, Conversation.ended_at, most)


def _forget(kind: Any, is_old: ColumnElement[bool], order: Any, most: int) -> int:
    """Delete the first of them; give how many that were."""
    keys = inspect(kind).primary_key
    key = keys[0] if len(keys) == 1 else tuple_(*keys)
    first = select(*keys).where(is_old).order_by(order).limit(most)
    done = session().execute(delete(kind).where(key.in_(first)), execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    return done.rowcount
