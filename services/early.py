"""Early messages: kept until somebody waits for them, given to whom they are for as soon as he does, once."""

from __future__ import annotations

from datetime import datetime

from engine import runner
from engine.correlation import Message
from engine.state import restored
from errors import NotAwaited
from services.record import record
from services.runs import Run
from storage.database import session
from storage.rows import messages as rows
from storage.tables import BufferedMessage, Instance


def drain(run: Run) -> None:
    """Deliver messages that came before this instance waited for them, until none fits any more."""
    tried: set[str] = set()
    while run.instance.status == "running" and (message := _next(run, tried)) is not None:
        tried.add(message.id)
        if give(run, message, now=run.now):
            message.state = "delivered"


def give(run: Run, message: BufferedMessage, *, now: datetime) -> bool:
    """Deliver an early message to an instance; False where it takes it not."""
    run.notes = {"message": message.name, "message_id": message.id}
    try:
        deliver(run, message, now=now)
    except NotAwaited:
        return False
    return True


def deliver(run: Run, message: BufferedMessage, *, now: datetime) -> None:
    """Give a message to an instance and record the step. Raises NotAwaited."""
    said = message_of(message)
    step = runner.deliver_message(
        run.loaded.definition, run.instance.state, said.name, said.payload, now=now, ports=run.ports,
        correlation=said.correlation, carried=said.carried, business_key=said.business_key,
    )  # fmt: skip
    record(run, step, "message.delivered")
    if message.sender_id is not None and message.sender_key is not None:
        rows.converse(message.sender_id, message.sender_key, run.instance)


def message_of(row: BufferedMessage) -> Message:
    """Give a kept message as the engine sees it."""
    return Message(
        name=row.name,
        payload=restored(row.payload),
        correlation=restored(row.correlation or {}),
        carried=restored(row.carried or {}),
        business_key=row.business_key,
    )


def is_for(message: BufferedMessage, instance: Instance, labels: frozenset[str]) -> bool:
    """Say whether a message may be for an instance, as far as the engine cannot: business key, flows, conversation.

    A message from outside with a business key is for instances of that one, or for a wait whose key it is; one thrown
    by an instance is not for those of another business key, nor for those that talk with another one of its kind.
    """
    if message.addressee_id not in (None, instance.id) or (message.to_keys and instance.key not in message.to_keys):
        return False
    if message.addressee_id == instance.id:
        return True
    if message.label is not None and message.label in labels:
        return True
    if message.sender_id is None:
        return message.business_key in (None, instance.business_key)
    if message.business_key is not None and instance.business_key not in (None, message.business_key):
        return False
    return not rows.talks_with_another(instance.id, message.sender_id, message.sender_key or "")


def _next(run: Run, tried: set[str]) -> BufferedMessage | None:
    """Give the next message that is for this instance."""
    session().flush()
    waits = [row for row in rows.subscriptions(run.instance.id).values() if row["kind"] == "message"]
    if waits:
        rows.meet({row["name"] for row in waits}, sending=False)
    for name in dict.fromkeys(row["name"] for row in waits):
        labels = frozenset(label for row in waits if row["name"] == name for label in row["labels"])
        found_by_all = any(row["is_partial"] for row in waits) or run.loaded.definition.compiled.correlations
        pages = rows.buffered(
            name, now=run.now, instance_id=run.instance.id, business_key=run.instance.business_key,
            labels=None if found_by_all else labels,
        )  # fmt: skip
        for page in pages:
            fitting = [m for m in page if m.id not in tried and is_for(m, run.instance, labels)]
            messages = [message_of(message) for message in fitting]
            place = runner.first_that_fits(run.loaded.definition, run.instance.state, messages) if messages else None
            if place is not None:
                return fitting[place]
    return None
