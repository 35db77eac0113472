"""The outbox: calls to the outside, written in the commit of the act that wants them, made afterwards, at least once.

A call is made with no transaction open, by one process at a time, and carries its idempotency key; it is tried again
with growing pauses and is dead after the last try, to be seen in the operator's outbox page and sent again from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from connectors.base import Mailer
from errors import MotcuaError, NotFound, WrongState
from services import log
from services.permissions import Permission, Viewer, require
from storage.database import session, verb
from storage.rows import handing
from storage.rows import jobs as rows
from storage.tables import OutboxMessage

PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600))
"""How long to wait after each failed try; the message is dead after the last."""

LEASE = timedelta(minutes=2)
"""Longer than any call takes; after it whoever made the call is taken to be gone."""

SOMEBODY = "a process"
"""Who makes a call and does not say where it runs."""

_silent: ContextVar[bool] = ContextVar("nobody_is_called", default=False)

Handler = Callable[[str, Mapping[str, Any], datetime], None]
"""Makes one call: (idempotency key, payload, now). Raises when it must be tried again."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A handler that calls nobody: what it does is rows, kept with the note that it is done."""

    call: Handler

    def __call__(self, key: str, payload: Mapping[str, Any], now: datetime) -> None:
        self.call(key, payload, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    kind: str
    key: str
    payload: Mapping[str, Any]
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How one try ended: the state of the message now."""

    id: str
    state: str


def add(
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
    instance_id: str | None = None,
) -> None:
    """Write a call into the present transaction; `instance_id`: whose act wants it."""
    if _silent.get() and kind in ("email", "paper"):
        return
    message = OutboxMessage(
        id=uuid4().hex,
        kind=kind,
        idempotency_key=key,
        payload=dict(payload),
        instance_id=instance_id,
        state="waiting",
        due_at=due_at or now,
        tries=0,
        last_error="",
        created_at=now,
    )
    session().add(message)
    _hand_over(message)


@contextmanager
def silent() -> Iterator[None]:
    """Let nothing be mailed or printed of what is done inside: demo data tell of what was long ago.

    A paper is printed when somebody opens it.
    """
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def due(now: datetime, limit: int = 100) -> list[str]:
    """Give ids of calls that are due."""
    return list(rows.waiting(now, limit))


@verb
def take_up(holder: str, *, now: datetime) -> None:
    """Let the calls be made now that a process was making which is gone; each keeps its key."""
    rows.put_down(now, holder=holder)


def send(message_id: str, handlers: Mapping[str, Handler], *, now: datetime, holder: str = SOMEBODY) -> Sent:
    """Make one call that is due, once: whoever else tries it meanwhile is told how it stands.

    `holder`: the process that makes it, so that the call can be taken up when that one is gone.
    """
    try:
        taken = _take(message_id, handlers, now=now, holder=holder)
    except Exception as error:  # noqa: BLE001  # nothing of it was kept: it is tried again
        return _noted(message_id, None, "", _said(error), now=now)
    if isinstance(taken, Sent):
        return taken
    session().rollback()  # no transaction may be open while the outside is called
    try:
        handlers[taken.kind](taken.key, taken.payload, now)
    except KeptForReading:
        return _noted(message_id, taken.tries, "kept", "", now=now)
    except Exception as error:  # noqa: BLE001  # whatever the outside does must not stop the other messages
        return _noted(message_id, taken.tries, "", _said(error), now=now)
    return _noted(message_id, taken.tries, "sent", "", now=now)


@verb
def _take(message_id: str, handlers: Mapping[str, Handler], *, now: datetime, holder: str) -> _Taken | Sent:
    """Hold a message for as long as its call may take, so that no other process makes it too.

    What stays inside this database is done in this transaction, and so exactly once.
    """
    message = rows.message(message_id, lock=True)
    if message is None or message.state != "waiting" or message.due_at > now:
        return Sent(id=message_id, state=message.state if message else "gone")
    if message.tries > len(PAUSES):  # whoever made the last call ended before it could say how that went
        message.last_error = message.last_error or "no process lived to the end of the call"
        message.state, message.held_by = "dead", ""
        return Sent(id=message_id, state="dead")
    message.tries += 1
    handler = handlers[message.kind]
    if isinstance(handler, Inside):
        message.last_error = ""
        try:
            handler(message.idempotency_key, message.payload, now)
        except KeptForReading:
            message.state = "kept"
        else:
            message.state, message.sent_at = "sent", now
        return Sent(id=message_id, state=message.state)
    message.due_at, message.held_by = now + LEASE, holder
    return _Taken(
        kind=message.kind, key=message.idempotency_key, payload=dict(message.payload), tries=message.tries
    )  # fmt: skip


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


class KeptForReading(MotcuaError):
    """No mail server is configured: the message is kept, to be read in the outbox page."""

    code = "kept"
    vi = "Chưa cấu hình máy chủ thư: thư được giữ lại để đọc ở trang hộp gửi."


def email_handler(mailer: Mailer | None, *, address: str = "") -> Handler:
    """Give the handler of e-mails; without a mail server they are kept for reading.

    A payload with a `path` ends with its link, where the address of the pages (`address`) is known.
    """

    def handle(key: str, payload: Mapping[str, Any], _now: datetime) -> None:
        if mailer is None:
            raise KeptForReading()
        link = f"\n\n{address.rstrip('/')}{payload['path']}\n" if address and payload.get("path") else ""
        mailer.send(key=key, to=payload["to"], subject=payload["subject"], body=payload["body"] + link)

    return handle if mailer is not None else Inside(handle)


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
    _hand_over(message)
    log.append_to("outbox", "message.sent_again", actor=viewer.username, now=now, data=data)


@verb
def _noted(message_id: str, tries: int | None, state: str, error: str, *, now: datetime) -> Sent:
    """Write how a call went; `tries`: the number of this try, None where it was not counted."""
    message = rows.message(message_id, lock=True)
    if message is None or message.state != "waiting":
        return Sent(id=message_id, state=message.state if message else "gone")
    if tries is None:
        message.tries += 1
    elif tries != message.tries and not state:  # it took so long that another process makes the call now
        return Sent(id=message_id, state=message.state)
    message.last_error, message.held_by = error, ""
    if state:
        message.state, message.sent_at = state, now if state == "sent" else None
    elif message.tries > len(PAUSES):
        message.state = "dead"
    else:
        message.due_at = now + PAUSES[message.tries - 1]
    _hand_over(message)
    return Sent(id=message_id, state=message.state)


def _hand_over(message: OutboxMessage) -> None:
    due_at = message.due_at if message.state == "waiting" else None
    handing.hand_over(handing.Kind.MESSAGE, message.id, due_at, instance_id=message.id)
