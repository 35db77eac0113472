"""Modifications: an operator cancels, starts and moves tokens of an instance; a preview says before what would come.

Works on running and on suspended instances; a suspended one stays suspended. One of a dossier must not end by it: a
dossier is stopped, which tells its applicant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine import modification, runner
from engine.events import ElementEvent, Step, Wait, WaitKind
from engine.modification import Activation, Instruction, Kind
from errors import Detail, Invalid, WrongState
from services import instances, loading
from services.loading import Loaded
from services.permissions import Permission, Viewer, require
from services.record import record
from services.rehearsal import Rehearsed, rehearsed
from services.runs import Run, hold
from services.statuses import Status
from storage.database import is_inside, session, verb
from storage.rows import dossiers
from storage.tables import Instance
from texts import Text

__all__ = ["Activation", "Instruction", "Kind", "Line", "Preview", "activations", "modify", "preview"]

MOST = 100
"""Instructions of one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One element, wait or thing sent, as a preview tells it."""

    kind: str
    """Of an element its type; of a wait and of what is sent what it is."""
    element_id: str
    element_name: str
    process_key: str
    step: Text
    name: str = ""
    """Of a message or signal, a topic or connector, a paper."""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a modification would do."""

    status: str
    """Of the instance afterwards."""
    error_code: str | None
    cancelled: tuple[Line, ...]
    """Elements that are active now and would be taken away."""
    started: tuple[Line, ...]
    """Elements that would be active."""
    passed: tuple[Line, ...]
    """Elements that would be run through at once."""
    lost: tuple[Line, ...]
    """Tasks, timers, messages and the like that would not be waited for any more."""
    awaited: tuple[Line, ...]
    """Those that would be waited for."""
    sent: tuple[Line, ...]
    """What would leave the instance: messages, signals, work for programs and connectors, papers."""
    incidents: tuple[Line, ...]
    """Faults that would hold something up; `name` says of what kind."""
    variables: tuple[str, ...]
    """Names of the process's variables that would change."""
    statuses: tuple[Status, ...] = ()
    """That the dossier would pass through, in order."""


@verb
def modify(
    viewer: Viewer, instance_id: str, instructions: Sequence[Instruction], reason: str, *, now: datetime
) -> Instance:
    """Apply instructions to an instance, all or none; it has run to its next wait.

    Raises Invalid with every instruction that cannot be followed (`instructions.0.element_id`), WrongState where the
    instance has ended, Conflict where that of a dossier would end by it.
    """
    require(viewer, Permission.MODIFY_INSTANCES)
    reason = instances.reason_given(reason)
    run = hold(instance_id, actor=viewer.username, now=now)
    step, _ = _step(run, instructions)
    run.notes = {"reason": reason, "instructions": [_told(one) for one in instructions]}
    record(run, step, "instance.modified")
    instances.drain(run)
    return run.instance


def preview(viewer: Viewer, instance_id: str, instructions: Sequence[Instruction], *, now: datetime) -> Preview:
    """Say what `modify` would do; nothing changes, nothing leaves. Raises what it would raise."""
    require(viewer, Permission.MODIFY_INSTANCES)
    instance = instances.readable(viewer, instance_id)
    loaded = loading.load(instance.definition_id)
    dossier = dossiers.of_instance(instance.id) if loaded.procedure is not None else None
    run = Run(instance=instance, loaded=loaded, dossier=dossier, actor=viewer.username, now=now)
    try:
        return _preview(instance, loaded, *_step(run, instructions))
    finally:
        if not is_inside():
            session().rollback()  # a script may have read a data store, which is held until then


def activations(viewer: Viewer, instance_id: str) -> tuple[Activation, ...]:
    """Give everything that is active in an instance that the viewer may read; the first is the instance itself."""
    instance = instances.readable(viewer, instance_id)
    loaded = loading.load(instance.definition_id)
    found = modification.activations(loaded.definition, instance.state)
    if instance.status not in instances.OPEN:
        found = found[:1]
    whole = modification.WHOLE
    return tuple(
        replace(
            one,
            id=one.id if one.id != whole else instance.id,
            parent_id=one.parent_id if one.parent_id != whole else instance.id,
        )
        for one in found
    )


def _step(run: Run, instructions: Sequence[Instruction]) -> tuple[Step, Rehearsed]:
    """Apply instructions, and try out what the step would do to the dossier."""
    instance, loaded = run.instance, run.loaded
    if instance.status not in instances.OPEN:
        raise WrongState(Text("Phiên chạy này đã kết thúc.", "This instance has ended."))
    if not 0 < len(instructions) <= MOST:
        message = Text(f"Cần từ 1 đến {MOST} chỉ dẫn.", f"Send 1 to {MOST} instructions.")
        raise Invalid(details=[Detail(field="instructions", code="entries", message=message)])
    meant = [
        replace(one, ancestor_id=modification.WHOLE) if one.ancestor_id == instance.id else one for one in instructions
    ]
    step = modification.modify(loaded.definition, instance.state, meant, now=run.now, ports=run.ports)
    return step, rehearsed(run, step)


def _told(one: Instruction) -> dict[str, Any]:
    """What the log says of an instruction: of variables their names."""
    more = {
        "to": one.to_element_id,
        "activation": one.activation_id,
        "ancestor": one.ancestor_id,
        "flow": one.flow_id,
        "process": one.process_key,
        "variables": sorted(one.variables),
    }
    return {"kind": one.kind.value, "element": one.element_id} | {name: value for name, value in more.items() if value}


def _preview(instance: Instance, loaded: Loaded, step: Step, done: Rehearsed) -> Preview:
    definition, state = loaded.definition, instance.state
    before, variables = runner.waits(definition, state), runner.variables(definition, state)
    faults = {incident.id for incident in runner.incidents(definition, state)}
    awaited, lost = _apart(step.waits, before), _apart(before, step.waits)
    ended = {event.activation_id for event in step.events if event.kind in ("cancelled", "completed", "failed")}
    entered = [event for event in step.events if event.kind == "entered" and event.activation_id not in ended]
    new = {event.activation_id for event in step.events if event.kind == "entered"}
    gone = [event for event in step.events if event.kind == "cancelled" and event.activation_id not in new]
    outside = (WaitKind.EXTERNAL_TASK, WaitKind.JOB)
    return Preview(
        status=instance.status if step.status == "running" else step.status.value,
        error_code=step.error_code,
        cancelled=tuple(_of_event(loaded, event) for event in gone),
        started=tuple(_of_event(loaded, event) for event in entered),
        passed=tuple(_of_event(loaded, event) for event in step.events if event.kind in ("passed", "completed")),
        lost=tuple(_of_wait(loaded, wait) for wait in lost),
        awaited=tuple(_of_wait(loaded, wait) for wait in awaited),
        sent=(
            *(_line(loaded, each.kind, each.process_key, each.element_id, "", name=each.name) for each in step.thrown),
            *(_of_wait(loaded, wait) for wait in awaited if wait.kind in outside),
            *(
                _line(loaded, "paper", loaded.definition.key, paper.element_id, "", name=paper.kind)
                for paper in done.papers
            ),
        ),
        statuses=done.statuses,
        incidents=tuple(
            _line(loaded, "incident", each.process_key, each.element_id, each.element_name, name=each.kind)
            for each in step.incidents
            if each.id not in faults
        ),
        variables=tuple(
            sorted(
                name
                for name in variables.keys() | step.variables.keys()
                if variables.get(name) != step.variables.get(name) or (name in variables) != (name in step.variables)
            )
        ),
    )


def _apart(these: Iterable[Wait], those: Iterable[Wait]) -> list[Wait]:
    known = {(wait.id, wait.kind, wait.name, wait.due_at) for wait in those}
    return [wait for wait in these if (wait.id, wait.kind, wait.name, wait.due_at) not in known]


def _of_event(loaded: Loaded, event: ElementEvent) -> Line:
    return _line(loaded, event.element_type, event.process_key, event.element_id, event.element_name)


def _of_wait(loaded: Loaded, wait: Wait) -> Line:
    line = _line(loaded, wait.kind.value, wait.process_key, wait.element_id, wait.element_name, name=wait.name)
    return replace(line, due_at=wait.due_at)


def _line(loaded: Loaded, kind: str, process_key: str, element_id: str, element_name: str, *, name: str = "") -> Line:
    element = loaded.element(process_key, element_id)
    shown = element_name or (element.name if element else "")
    return Line(
        kind=kind,
        element_id=element_id,
        element_name=shown,
        process_key=process_key,
        step=loaded.step_name(process_key, element_id, shown or element_id),
        name=name,
    )
