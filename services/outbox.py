"""The outbox: calls to the outside, written in the commit of the act that wants them, made afterwards, at least once.

A call is made with no transaction open and carries its idempotency key; it is tried again with growing pauses and is
dead after the last try, to be seen in the operator's outbox page and sent again from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from connectors.base import Mailer
from errors import MotcuaError, NotFound, WrongState
from services import log
from services.permissions import Permission, Viewer, require
from storage.database import session, verb
from storage.rows import jobs as rows
from storage.tables import OutboxMessage

PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600))
"""How long to wait after each failed try; the message is dead after the last."""

Handler = Callable[[str, Mapping[str, Any], datetime], None]
"""Makes one call: (idempotency key, payload, now). Raises when it must be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How one try ended: the state of the message now."""

    id: str
    state: str


def add(kind: str, payload: Mapping[str, Any], *, key: str, now: datetime, due_at: datetime | None = None) -> None:
    """Write a call into the present transaction."""
    session().add(
        OutboxMessage(
            id=uuid4().hex,
            kind=kind,
            idempotency_key=key,
            payload=dict(payload),
            state="waiting",
            due_at=due_at or now,
            tries=0,
            last_error="",
            created_at=now,
        )
    )


def due(now: datetime, limit: int = 100) -> list[str]:
    """Give ids of calls that are due."""
    return list(rows.waiting(now, limit))


def send(message_id: str, handlers: Mapping[str, Handler], *, now: datetime) -> Sent:
    """Make one call outside any transaction, then note how it went."""
    message = rows.message(message_id)
    if message is None or message.state != "waiting":
        return Sent(id=message_id, state=message.state if message else "gone")
    kind, key, payload = message.kind, message.idempotency_key, dict(message.payload)
    session().rollback()  # no transaction may be open while the outside is called
    try:
        handlers[kind](key, payload, now)
    except KeptForReading:
        return _noted(message_id, "kept", "", now)
    except Exception as error:  # noqa: BLE001  # whatever the outside does must not stop the other messages
        return _noted(message_id, "", f"{type(error).__name__}: {error}"[:500], now)
    return _noted(message_id, "sent", "", now)


class KeptForReading(MotcuaError):
    """No mail server is configured: the message is kept, to be read in the outbox page."""

    code = "kept"
    vi = "Chưa cấu hình máy chủ thư: thư được giữ lại để đọc ở trang hộp gửi."


def email_handler(mailer: Mailer | None) -> Handler:
    """Give the handler of e-mails; without a mail server they are kept for reading."""

    def handle(key: str, payload: Mapping[str, Any], _now: datetime) -> None:
        if mailer is None:
            raise KeptForReading()
        mailer.send(key=key, to=payload["to"], subject=payload["subject"], body=payload["body"])

    return handle


@verb
def send_again(viewer: Viewer, message_id: str, *, now: datetime) -> None:
    """Put a dead or kept message back to be sent at once."""
    require(viewer, Permission.OPERATE)
    message = rows.message(message_id, lock=True)
    if message is None:
        raise NotFound()
    if message.state not in ("dead", "kept"):
        raise WrongState()
    data = {"message": message.id, "kind": message.kind, "was": message.state, "tries": message.tries}
    message.state, message.due_at, message.tries = "waiting", now, 0
    log.append_to("outbox", "message.sent_again", actor=viewer.username, now=now, data=data)


@verb
def _noted(message_id: str, state: str, error: str, now: datetime) -> Sent:
    message = rows.message(message_id, lock=True)
    if message is None or message.state != "waiting":
        return Sent(id=message_id, state=message.state if message else "gone")
    message.tries += 1
    message.last_error = error
    if state:
        message.state, message.sent_at = state, now if state == "sent" else None
    elif message.tries > len(PAUSES):
        message.state = "dead"
    else:
        message.due_at = now + PAUSES[message.tries - 1]
    return Sent(id=message_id, state=message.state)
