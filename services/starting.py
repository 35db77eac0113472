"""Starting: processes in force that begin by themselves, with a message, a signal or a condition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine import runner
from engine.correlation import Message, Trigger
from engine.starts import holds
from services import instances, loading
from services.permissions import Permission, Viewer, require
from services.record import record
from storage.database import verb
from storage.rows import definitions as rows
from storage.rows import messages
from storage.tables import Definition, StartEvent


def list_starts(row: Definition, loaded: loading.Loaded) -> None:
    """Note what begins a process by itself from its publication on."""
    starts = runner.starts(loaded.definition)
    rows.replace_starts(
        row,
        [
            StartEvent(
                definition_id=row.id,
                element_id=start.element_id,
                position=start.index,
                kind=start.kind,
                name="" if start.kind == "condition" else start.name,
                awaits_all=start.awaits_all,
            )
            for start in starts
        ],
    )


def beginning(kind: str, name: str) -> Iterator[StartEvent]:
    """Give what begins a process in force so, the process that was published first in front."""
    for row in rows.unlisted():
        list_starts(row, loading.parsed(row))
    yield from rows.starting(kind, name)


def by_message(
    message: Message, *, actor: str, now: datetime, to: Collection[str] = (), sender: tuple[str, str] | None = None
) -> str | None:
    """Start the first process in force that begins with a message (one of the keys `to`, if any); give its instance."""
    for start in beginning("message", message.name):
        if to and loading.load(start.definition_id).definition.key not in to:
            continue
        trigger = Trigger(index=start.position, payload=message.payload, message=message)
        return _begin(start, trigger, {"message": message.name}, actor, now, message.business_key, sender)
    return None


def by_signal(
    name: str, payload: Mapping[str, Any], *, actor: str, now: datetime, heard: Collection[tuple[str, str]] = ()
) -> Iterator[str]:
    """Start every process in force that begins with a signal; give the instances.

    `heard`: (process, element) where instances have just taken it: what needs several events is not begun twice.
    """
    for start in beginning("signal", name):
        if start.awaits_all and (loading.load(start.definition_id).definition.key, start.element_id) in heard:
            continue
        yield _begin(start, Trigger(index=start.position, payload=payload), {"signal": name}, actor, now)


@verb
def by_conditions(
    viewer: Viewer,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    business_key: str | None = None,
    key: str | None = None,
) -> tuple[str, ...]:
    """Start every process in force whose conditional start event holds for these variables; give the instances.

    `key`: only that process. The instances have the variables. A condition that fails on them does not hold.
    """
    require(viewer, Permission.OPERATE)
    started = []
    for row in beginning("condition", ""):
        definition = loading.load(row.definition_id).definition
        start = next(
            one
            for one in runner.starts(definition)
            if (one.kind, one.element_id, one.index) == ("condition", row.element_id, row.position)
        )
        if key in (None, definition.key) and holds(start, variables, now=now):
            trigger = Trigger(index=row.position, payload=variables)
            notes = {"condition": row.element_id}
            started.append(_begin(row, trigger, notes, viewer.username, now, business_key))
    return tuple(started)


def _begin(
    start: StartEvent,
    trigger: Trigger,
    notes: dict[str, Any],
    actor: str,
    now: datetime,
    business_key: str | None = None,
    sender: tuple[str, str] | None = None,
) -> str:
    run, step = instances.begin(
        start.definition_id, {}, actor=actor, now=now, business_key=business_key, start_element_id=start.element_id,
        trigger=trigger,
    )  # fmt: skip
    run.notes = notes
    record(run, step, "instance.started")
    if sender is not None:
        messages.converse(*sender, run.instance)
    instances.drain(run)
    return run.instance.id
