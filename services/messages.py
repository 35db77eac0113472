"""Events from outside: messages (buffered when early, idempotent by id) and signals (broadcast, starting too)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from engine import runner
from engine.starts import starts
from errors import NotAwaited
from services import instances, loading
from services.permissions import SYSTEM, Permission, Viewer, require
from services.record import record
from services.runs import hold
from storage.database import session, verb
from storage.rows import definitions
from storage.rows import messages as rows
from storage.tables import BufferedMessage

LIVES = timedelta(hours=1)
"""How long an early message is kept where its sender does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlated:
    """What became of a message: delivered, started, buffered or duplicate; and the instances it reached."""

    result: str
    instances: tuple[str, ...] = ()


@verb
def send(
    viewer: Viewer,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    business_key: str | None = None,
    correlation: Mapping[str, Any] | None = None,
    time_to_live: timedelta | None = None,
    message_id: str | None = None,
) -> Correlated:
    """Deliver a message to the one instance that waits for it, start one that begins with it, or keep it.

    The same message id again is a duplicate and does nothing.
    """
    require(viewer, Permission.OPERATE)
    if message_id is not None and rows.by_id(message_id) is not None:
        return Correlated(result="duplicate")
    message = BufferedMessage(
        id=message_id or uuid4().hex,
        name=name,
        business_key=business_key,
        correlation=dict(correlation) if correlation is not None else None,
        payload=dict(payload),
        state="delivered",
        expires_at=now + (time_to_live if time_to_live is not None else LIVES),
    )
    session().add(message)
    session().flush()
    reached = _reach(viewer, message, now)
    if reached is None and rows.meet([name], sending=True):
        reached = _reach(viewer, message, now)
    if reached is not None:
        return Correlated(result="delivered", instances=(reached,))
    started = _start(viewer, "message", name, payload, now, business_key=business_key)
    if started:
        return Correlated(result="started", instances=started[:1])
    message.state = "waiting"
    return Correlated(result="buffered")


@verb
def signal(
    viewer: Viewer, name: str, payload: Mapping[str, Any], *, now: datetime, signal_id: str | None = None
) -> tuple[str, ...]:
    """Broadcast a signal: everyone who waits for it gets it, and processes that begin with it start.

    The same signal id again does nothing.
    """
    require(viewer, Permission.OPERATE)
    if signal_id is not None:
        if rows.by_id(signal_id) is not None:
            return ()
        session().add(BufferedMessage(id=signal_id, name=name, payload={}, state="delivered", expires_at=now + LIVES))
    reached = []
    for instance_id in sorted(rows.subscribers("signal", name)):  # one order for all writers: no deadlock
        run = hold(instance_id, actor=viewer.username, now=now)
        try:
            step = runner.deliver_signal(
                run.loaded.definition, run.instance.state, name, payload, now=now, ports=run.loaded.ports
            )
        except NotAwaited:
            continue
        run.notes = {"signal": name}
        record(run, step, "signal.delivered")
        instances.drain(run)
        reached.append(instance_id)
    return (*reached, *_start(viewer, "signal", name, payload, now))


def _reach(viewer: Viewer, message: BufferedMessage, now: datetime) -> str | None:
    """Deliver a message to the first instance that waits for it and fits; give its id."""
    waiting = rows.subscribers("message", message.name, message.business_key)
    return next((instance_id for instance_id in waiting if _deliver(viewer, instance_id, message, now)), None)


def _deliver(viewer: Viewer, instance_id: str, message: BufferedMessage, now: datetime) -> bool:
    run = hold(instance_id, actor=viewer.username, now=now)
    if run.instance.status != "running":
        return False
    try:
        step = runner.deliver_message(
            run.loaded.definition, run.instance.state, message.name, message.payload, now=now, ports=run.loaded.ports,
            correlation=message.correlation,
        )  # fmt: skip
    except NotAwaited:
        return False
    run.notes = {"message": message.name, "message_id": message.id}
    record(run, step, "message.delivered")
    instances.drain(run)
    return True


def _start(
    viewer: Viewer, kind: str, name: str, payload: Mapping[str, Any], now: datetime, *, business_key: str | None = None
) -> tuple[str, ...]:
    """Start every process in force that begins with this message or signal (a message: the first one only)."""
    started = []
    for row in definitions.all_published("process"):
        element_id = starts(loading.load(row.id).definition).get((kind, name))
        if element_id is None:
            continue
        run, step = instances.begin(
            row.id, payload, actor=viewer.username, now=now, business_key=business_key, start_element_id=element_id
        )
        run.notes = {kind: name}
        record(run, step, "instance.started")
        instances.drain(run)
        started.append(run.instance.id)
        if kind == "message":
            break
    return tuple(started)


def thrown_handler(key: str, payload: Mapping[str, Any], now: datetime) -> None:
    """Deliver what a diagram threw; the outbox's key makes a repeated delivery a duplicate."""
    if payload["kind"] == "signal":
        signal(SYSTEM, payload["name"], payload["payload"], now=now, signal_id=key)
    else:
        send(
            SYSTEM, payload["name"], payload["payload"], now=now, correlation=payload.get("correlation"), message_id=key
        )
