"""The face of the engine: one function for each thing that can happen to an instance, each a pure step."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bpmn import timing
from bpmn.definition import Definition
from bpmn.spiff.events import kind_of
from engine.correlation import Message, Trigger
from engine.events import Incident, Ports, Step, Wait
from engine.spiff.faults import FAULT, Where, incident
from engine.spiff.instance import Instance
from engine.spiff.run import BUDGET, Run
from engine.starts import Start, StartTimer, awaited_messages, following, start_timers, starts
from engine.steps import at_rest, delivered, loaded, open_task, step, take, waits_of
from errors import Detail, EngineError, IncidentNotOpen, Invalid, WorkFailed
from texts import Text

__all__ = [
    "Message",
    "Start",
    "StartTimer",
    "Trigger",
    "awaited_messages",
    "cancel",
    "complete_task",
    "deliver_message",
    "deliver_signal",
    "fail",
    "fire_timers",
    "first_that_fits",
    "following",
    "follows_clock",
    "incidents",
    "replan",
    "retry",
    "set_variables",
    "start",
    "start_timers",
    "starts",
    "task_variables",
    "throw_error",
    "variables",
    "waits",
]

WHICH_START = Text(
    vi="Quy trình không có đúng một sự kiện bắt đầu thường: hãy nêu mã của sự kiện bắt đầu (start_element_id).",
    en="The process has not exactly one none start event: name the start event by its id (start_element_id).",
)
MAX_FIRINGS = 1_000
"""Timers that one step fires, unless half its budget is used before; the others stay due (`Step.next_due`)."""


def start(
    definition: Definition,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    ports: Ports,
    start_element_id: str | None = None,
    trigger: Trigger | None = None,
    seed: str = "",
) -> Step:
    """Start an instance and run it to its first wait.

    `start_element_id` names the start event that happened (or an instantiating receive task); None: the plain one.
    `trigger` says which of its events that was, and what it brought. The ids of its tasks begin with `seed`, which no
    other instance may have; empty: one is drawn.
    Raises Invalid where a variable cannot be kept, and where there is not just one plain one and none is named.
    """
    if start_element_id is None and definition.compiled.spec.is_ambiguous:
        raise Invalid(details=[Detail(field="start_element_id", code="required", message=WHICH_START)])
    seed = seed or base64.b32encode(secrets.token_bytes(10)).decode().lower()
    instance = Instance(definition.compiled, Run(now=now, ports=ports), seed=seed)
    take(instance, variables)
    instance.data = dict(variables)
    if start_element_id is None:
        return step(instance, instance.begin)
    take(instance, trigger.payload if trigger else {})
    return step(instance, lambda: instance.begin_at(start_element_id, trigger))


def complete_task(
    definition: Definition, state: bytes, task_id: str, answers: Mapping[str, Any], *, now: datetime, ports: Ports
) -> Step:
    """Complete a task, or work outside, with its answers, which are written to the variables of its scope.

    Raises TaskNotOpen where no task of that id is open.
    """
    instance = loaded(definition, state, now, ports)
    task = open_task(instance, task_id)
    take(instance, answers)

    def complete() -> None:
        task.write_all(answers)
        if task.is_work:
            task.internal_data.pop(FAULT, None)
            task.task_spec.done(task)
        else:
            task.run()

    return step(instance, complete)


def deliver_message(
    definition: Definition,
    state: bytes,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    ports: Ports,
    correlation: Mapping[str, Any] | None = None,
    carried: Mapping[str, Any] | None = None,
    business_key: str | None = None,
) -> Step:
    """Give a message to the event of that name that it fits best (correlation.py); its payload becomes variables.

    `correlation` maps `key`, variables or correlation properties to the values they must have where the event waits,
    `carried` properties to those of the sender. Raises NotAwaited where no event takes it.
    """
    message = Message(
        name=name,
        payload=payload,
        correlation=correlation or {},
        carried=carried or {},
        business_key=business_key,
    )
    instance = loaded(definition, state, now, ports)
    return delivered(instance, payload, lambda: instance.deliver_message(message))


def first_that_fits(definition: Definition, state: bytes, messages: Sequence[Message]) -> int | None:
    """Give the place of the first message that some waiting event takes, or None."""
    instance = at_rest(definition, state)
    return next((place for place, one in enumerate(messages) if instance.who_takes(one) is not None), None)


def deliver_signal(
    definition: Definition, state: bytes, name: str, payload: Mapping[str, Any], *, now: datetime, ports: Ports
) -> Step:
    """Give a signal to every event that waits for it. Raises NotAwaited where none does."""
    instance = loaded(definition, state, now, ports)
    return delivered(instance, payload, lambda: bool(instance.deliver_signal(name, payload)))


def fire_timers(definition: Definition, state: bytes, *, now: datetime, ports: Ports) -> Step:
    """Fire every timer that is due at `now`, the earliest first, missed periods of cycles included."""
    instance = loaded(definition, state, now, ports)

    def fire() -> None:
        for _ in range(MAX_FIRINGS):
            timer = instance.next_timer()
            if timer is None or timer[0] > now or instance.run.left_over < BUDGET / 2:
                return
            instance.fire(timer[1])
            instance.advance()

    return step(instance, fire)


def replan(definition: Definition, state: bytes, *, now: datetime, ports: Ports) -> Step | None:
    """Ask again when the timers are due that follow the dossier's clock, which has changed; None: none has moved."""
    instance = loaded(definition, state, now, ports)
    return step(instance, lambda: None) if instance.replan() else None


def throw_error(
    definition: Definition,
    state: bytes,
    task_id: str,
    code: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    ports: Ports,
    message: str = "",
) -> Step:
    """Let an open task end in a modelled error: what is around it catches the error, or the instance fails.

    Raises TaskNotOpen, and Invalid where a variable cannot be kept.
    """
    instance = loaded(definition, state, now, ports)
    task = open_task(instance, task_id)

    take(instance, variables)

    def throw() -> None:
        task.write_all(variables)
        instance.raise_error(task, code, message)

    return step(instance, throw)


def fail(
    definition: Definition,
    state: bytes,
    task_id: str,
    reason: str,
    *,
    now: datetime,
    ports: Ports,
    kind: type[EngineError] = WorkFailed,
) -> Step:
    """Let work outside, or a task, be an incident of that kind; it goes on waiting to be done.

    Raises TaskNotOpen.
    """
    instance = loaded(definition, state, now, ports)
    task = open_task(instance, task_id)
    return step(instance, lambda: instance.noted(task, Where.WORK, kind(reason=reason)))


def retry(
    definition: Definition,
    state: bytes,
    incident_id: str,
    *,
    now: datetime,
    ports: Ports,
    variables: Mapping[str, Any] | None = None,
) -> Step:
    """Try again what an incident holds up, from where it failed, after writing `variables` where it sees them.

    If it fails again, the incident of that id is still among those of the step. Raises IncidentNotOpen, and Invalid
    where a variable cannot be kept.
    """
    instance = loaded(definition, state, now, ports)
    token = instance.find(incident_id)
    if token is None or FAULT not in token.internal_data:
        raise IncidentNotOpen
    take(instance, variables or {})

    def again() -> None:
        token.write_all(variables or {})
        instance.retry(token)

    return step(instance, again)


def set_variables(
    definition: Definition, state: bytes, values: Mapping[str, Any], *, now: datetime, ports: Ports
) -> Step:
    """Change variables of the process itself from outside; conditional events may happen. Raises Invalid."""
    instance = loaded(definition, state, now, ports)
    take(instance, values)
    return step(instance, lambda: instance.data.update(values))


def cancel(definition: Definition, state: bytes, *, now: datetime, ports: Ports) -> Step:
    """End an instance from outside: everything that is active is cancelled."""
    instance = loaded(definition, state, now, ports)
    return step(instance, instance.abandon)


def variables(definition: Definition, state: bytes) -> dict[str, Any]:
    """Give the variables of the process itself."""
    return dict(at_rest(definition, state).data)


def task_variables(definition: Definition, state: bytes, task_id: str) -> dict[str, Any]:
    """Give all variables that an open task sees, the inner scopes' first. Raises TaskNotOpen."""
    return dict(open_task(at_rest(definition, state), task_id).data)


def incidents(definition: Definition, state: bytes) -> tuple[Incident, ...]:
    """Give every open incident of an instance."""
    return tuple(map(incident, at_rest(definition, state).faulty()))


def work_variables(definition: Definition, state: bytes, task_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give by id what open tasks and work see, reading the state once; those that are not open are left out."""
    instance = at_rest(definition, state)
    found = {task_id: instance.find(task_id) for task_id in task_ids}
    return {task_id: dict(token.data) for task_id, token in found.items() if token and (token.is_work or token.is_task)}


def catches_error(definition: Definition, state: bytes, task_id: str, code: str) -> bool:
    """Say whether something in the diagram catches an error of that code from an open task. Raises TaskNotOpen."""
    instance = at_rest(definition, state)
    return instance.is_caught(open_task(instance, task_id), code)


def incident_variables(definition: Definition, state: bytes, incident_id: str) -> dict[str, Any]:
    """Give all variables that what an incident holds up sees. Raises IncidentNotOpen."""
    token = at_rest(definition, state).find(incident_id)
    if token is None:
        raise IncidentNotOpen
    return dict(token.data)


def waits(definition: Definition, state: bytes) -> tuple[Wait, ...]:
    """Give everything that an instance waits for."""
    return waits_of(at_rest(definition, state))


def subscribes(definition: Definition) -> bool:
    """Say whether an instance may ever wait for a message or signal (or throw one)."""
    compiled = definition.compiled
    nodes = [node for spec in (compiled.spec, *compiled.subprocess_specs.values()) for node in spec.task_specs.values()]
    events = [event for node in nodes for event in getattr(node, "definitions", ())]
    return compiled.calls_out or any(kind_of(event) in ("message", "signal") for event in events)


def follows_clock(definition: Definition) -> bool:
    """Say whether an instance may have timers in working time, which move with the clock (`80 % of the limit`)."""
    compiled = definition.compiled
    nodes = [node for spec in (compiled.spec, *compiled.subprocess_specs.values()) for node in spec.task_specs.values()]
    events = [event for node in nodes for event in getattr(node, "definitions", ()) if kind_of(event) == "timer"]
    texts = [event.expression or "" for event in events]
    return any(timing.read(text) is not None or "{" in text for text in texts)  # what an expression gives is not known


def has_work(definition: Definition) -> bool:
    """Say whether an instance may ever wait for work of a program or connector."""
    return definition.compiled.has_work


def look(definition: Definition, state: bytes) -> tuple[dict[str, Any], tuple[Wait, ...]]:
    """Give the variables of the process itself and everything that the instance waits for, reading its state once."""
    instance = at_rest(definition, state)
    return dict(instance.data), waits_of(instance)
