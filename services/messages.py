"""Events from outside: messages (buffered when early, idempotent by id) and signals (broadcast, starting too).

To whom a message goes, in this order: a running instance whose waiting event fits (engine/correlation.py), one whose
key or variables agree before one that goes by the name alone, then who has waited longest; else the process that begins
with it and was published first; else it is kept until somebody waits for it or its time to live ends. It is given once.
One whose key, variables or conversation mean a suspended instance is kept for it until that is resumed; one that goes
by its name alone goes to an instance that runs. A signal passes suspended instances by.
A message that an instance throws carries that instance's keys. Where nothing else tells who is meant, it goes to the
instances that it talks with (those that sent it a message or got one of its), and never to those of another business
key or those that talk with another instance of its process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from engine import correlation as correlations
from engine import runner
from engine.correlation import label, stands_in_index
from engine.state import portable, restored
from errors import NotAwaited
from services import early, instances, loading, starting
from services.permissions import SYSTEM, Permission, Viewer, require
from services.record import record
from services.runs import Run, hold
from storage.database import session, verb
from storage.rows import messages as rows
from storage.tables import BufferedMessage, Instance

LIVES = timedelta(hours=1)
"""How long an early message is kept where its sender does not say."""
THROWN_LIVES = timedelta(days=90)
"""How long a message is kept that an instance threw to somebody: who is meant may have weeks of work to do before.

Also one that means a suspended instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlated:
    """What became of a message: delivered, started, buffered or duplicate; and the instances it reached."""

    result: str
    instances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The instance that threw a message: what it knows of its conversations, and where its message flows lead."""

    id: str
    key: str
    carried: Mapping[str, Any]
    to: tuple[str, ...] = ()


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
    sender: Sender | None = None,
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
        correlation=portable(correlation) if correlation is not None else None,
        payload=portable(payload),
        state="delivered",
        sent_at=now,
        expires_at=now + (time_to_live if time_to_live is not None else LIVES),
        label=None,
        carried=portable(sender.carried) if sender else None,
        sender_id=sender.id if sender else None,
        sender_key=sender.key if sender else None,
        to_keys=list(sender.to) or None if sender else None,
    )
    session().add(message)
    session().flush()
    reached = _reach(viewer, message, now)
    if reached is None and rows.meet([name], sending=True):
        reached = _reach(viewer, message, now)
    if reached is not None and reached.status == "suspended":
        message.state, message.addressee_id, message.label = "waiting", reached.id, _label_kept(message)
        message.expires_at = now + (time_to_live if time_to_live is not None else THROWN_LIVES)
        return Correlated(result="buffered")
    if reached is not None:
        return Correlated(result="delivered", instances=(reached.id,))
    started = starting.by_message(
        early.message_of(message), actor=viewer.username, now=now, to=sender.to if sender else (),
        sender=(sender.id, sender.key) if sender else None,
    )  # fmt: skip
    if started:
        return Correlated(result="started", instances=(started,))
    message.state, message.label = "waiting", _label_kept(message)
    partners = _partners(message)
    message.addressee_id = partners[0] if len(partners) == 1 else None
    if sender and time_to_live is None and (partners or sender.to or sender.carried or correlation or business_key):
        message.expires_at = now + THROWN_LIVES
    return Correlated(result="buffered")


@verb
def signal(
    viewer: Viewer,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    signal_id: str | None = None,
    thrown_by: str | None = None,
    thrown_at: datetime | None = None,
) -> tuple[str, ...]:
    """Broadcast a signal: everyone who waits for it gets it, and processes that begin with it start.

    The same signal id again does nothing. One that an instance threw (`thrown_by`, which had it at once) is for those
    who waited at that moment (`thrown_at`).
    """
    require(viewer, Permission.OPERATE)
    if signal_id is not None:
        if rows.by_id(signal_id) is not None:
            return ()
        session().add(BufferedMessage(id=signal_id, name=name, payload={}, state="delivered", expires_at=now + LIVES))
    hearing: dict[str, set[tuple[str, str]]] = {}
    for instance_id, key, element_id in rows.hearing(name, until=thrown_at):
        hearing.setdefault(instance_id, set()).add((key, element_id))
    reached, heard = [], set()
    for instance_id in sorted(hearing.keys() - {thrown_by}):  # one order for all writers: no deadlock
        run = hold(instance_id, actor=viewer.username, now=now)
        catch_up(run)
        try:
            step = runner.deliver_signal(
                run.loaded.definition, run.instance.state, name, payload, now=now, ports=run.ports
            )
        except NotAwaited:
            continue
        run.notes = {"signal": name}
        record(run, step, "signal.delivered")
        instances.drain(run)
        reached.append(instance_id)
        heard |= hearing[instance_id]
    return (*reached, *starting.by_signal(name, payload, actor=viewer.username, now=now, heard=heard))


def catch_up(run: Run) -> None:
    """Let timers happen that were due before what comes now: the order of the clock, not that of the ticks, decides."""
    due_at = run.instance.next_due_at
    if run.instance.status != "running" or due_at is None or due_at > run.now or run.instance.faults:
        return
    step = runner.fire_timers(run.loaded.definition, run.instance.state, now=run.now, ports=run.ports)
    record(run, step, "timer.fired")
    instances.drain(run)


def _reach(viewer: Viewer, message: BufferedMessage, now: datetime) -> Instance | None:
    """Deliver a message to the first instance that waits for it and fits; give that.

    It is not delivered where that one is suspended: it is meant, but it must wait.
    """
    tried: set[str] = set()
    for instance_id in _candidates(message):
        if instance_id not in tried and (reached := _deliver(viewer, instance_id, message, now)) is not None:
            return reached
        tried.add(instance_id)
    return None


def _candidates(message: BufferedMessage) -> Iterator[str]:
    """Give the instances that a message may be for, found by labels, the best first."""
    name, correlation = message.name, restored(message.correlation or {})
    keyed = [loading.load(id_).definition for id_ in rows.definitions_waiting(name)]
    keyed = [definition for definition in keyed if definition.compiled.correlations]
    said = early.message_of(message)
    labels = {found for definition in keyed for found in correlations.labels_of(definition, said)}
    if correlation:
        named = next((item for item in correlation.items() if stands_in_index(item[1])), None)
        labels |= {label(name, *named)} if named else set()
        yield from rows.labelled(name, labels)
        yield from rows.partly_labelled(name) if named else rows.anyone(name)
        if any(correlations.properties_of(definition) & correlation.keys() for definition in keyed):
            yield from rows.open_to_all(name, definitions=[definition.id for definition in keyed])
        return
    if message.business_key is not None:
        labels.add(label(name, "key", message.business_key))
    yield from rows.labelled(name, labels)
    if message.sender_id is not None:
        yield from _candidates_of_sender(message)
    elif message.business_key is not None:
        yield from rows.of_business_key(name, message.business_key)
        yield from rows.partly_labelled(name)
    else:
        yield from rows.open_to_all(name)


def _candidates_of_sender(message: BufferedMessage) -> Iterator[str]:
    partners = _partners(message)
    if partners:
        yield from rows.among(message.name, partners)
        return
    yield from rows.open_to_all(
        message.name, business_key=message.business_key, keys=message.to_keys or (),
        sender=(message.sender_id or "", message.sender_key or ""),
    )  # fmt: skip


def _partners(message: BufferedMessage) -> list[str]:
    """Give the instances that the sender talks with and that may wait for this message."""
    if message.sender_id is None:
        return []
    return [
        id_
        for id_, key, definition_id in rows.partners(message.sender_id)
        if (not message.to_keys or key in message.to_keys) and message.name in loading.load(definition_id).messages
    ]


def _label_kept(message: BufferedMessage) -> str | None:
    """Give the label under which whoever a kept message is for must wait; None where it does not have to."""
    correlation = restored(message.correlation or {})
    if message.sender_id is None and not correlation and message.business_key is not None:
        return label(message.name, "key", message.business_key)
    return next((label(message.name, k, v) for k, v in correlation.items() if stands_in_index(v)), None)


def _deliver(viewer: Viewer, instance_id: str, message: BufferedMessage, now: datetime) -> Instance | None:
    run = hold(instance_id, actor=viewer.username, now=now)
    if run.instance.status == "suspended":
        said = [early.message_of(message)]
        fits = runner.first_that_fits(run.loaded.definition, run.instance.state, said) is not None
        return run.instance if fits else None
    catch_up(run)
    if run.instance.status != "running":
        return None
    run.notes = {"message": message.name, "message_id": message.id}
    try:
        early.deliver(run, message, now=now)
    except NotAwaited:
        return None
    instances.drain(run)
    return run.instance


def thrown_handler(key: str, payload: Mapping[str, Any], now: datetime) -> None:
    """Deliver what a diagram threw; the outbox's key makes a repeated delivery a duplicate."""
    name, content = payload["name"], restored(payload["payload"])
    if payload["kind"] == "signal":
        at = datetime.fromisoformat(payload["at"]) if "at" in payload else None
        signal(SYSTEM, name, content, now=now, signal_id=key, thrown_by=payload.get("from"), thrown_at=at)
        return
    sender = None
    if "from" in payload:
        carried = restored(payload["carried"])
        sender = Sender(id=payload["from"], key=payload["from_key"], carried=carried, to=tuple(payload["to"]))
    send(
        SYSTEM, name, content, now=now, correlation=restored(payload.get("correlation") or {}) or None,
        business_key=payload.get("business_key"), message_id=key, sender=sender,
    )  # fmt: skip
