"""One step: an instance is loaded, something happens to it, and what came of that is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bpmn.definition import Definition
from bpmn.spiff.events import Subscription
from engine import state as states
from engine.correlation import Labels, labels_waiting
from engine.events import Ports, Status, Step, Wait, WaitKind
from engine.spiff.faults import FAULTS, engine_error, incident
from engine.spiff.instance import Instance
from engine.spiff.run import MOST_BYTES, SMALL, Run
from engine.spiff.token import Token, seen_in
from errors import NotAwaited, TaskNotOpen, TooLarge
from expressions.budget import counted
from texts import Text

TOO_LARGE = Text(
    vi=f"Dữ liệu của một lần chạy tối đa {MOST_BYTES:,} byte. Hãy gửi ít hơn, hoặc gửi thành tệp.",
    en=f"The variables of one instance take at most {MOST_BYTES:,} bytes. Send less, or send it as files.",
)
NO_MOMENT = datetime.min.replace(tzinfo=UTC)
"""Reading takes no step, so its moment is never asked."""


def at_rest(definition: Definition, state: bytes) -> Instance:
    """Load an instance to look at it."""
    return loaded(definition, state, NO_MOMENT, Ports(version=definition.called_version))


def loaded(definition: Definition, state: bytes, now: datetime, ports: Ports) -> Instance:
    """Load an instance for one step."""
    run = Run(now=now, ports=ports)
    run.bytes_left -= len(state)
    return states.load(definition, state, run)


def take(instance: Instance, values: Mapping[str, Any]) -> None:
    """Let variables in that come from outside. Raises Invalid where they cannot be kept, TooLarge."""
    size = states.refuse_what_cannot_be_kept(values)
    if size > SMALL and size > instance.run.bytes_left:
        raise TooLarge(TOO_LARGE)


def open_task(instance: Instance, task_id: str) -> Token:
    """Give the token of an open task or of work outside. Raises TaskNotOpen."""
    task = instance.find(task_id)
    if task is None or not (task.is_task or task.is_work):
        raise TaskNotOpen
    return task


def delivered(instance: Instance, payload: Mapping[str, Any], give: Callable[[], bool]) -> Step:
    """Give something from outside to what waits for it. Raises NotAwaited where nothing does."""
    take(instance, payload)

    def deliver() -> None:
        if not give():
            raise NotAwaited

    return step(instance, deliver)


def step(instance: Instance, happen: Callable[[], None]) -> Step:
    """Let something happen, run to the next wait, and say what came of it.

    What goes wrong with a token is noted there as an incident; a fault that is no token's is raised as EngineError.
    """
    try:
        with counted(instance.run.work):
            happen()
            instance.advance()
    except FAULTS as problem:
        raise engine_error(problem) from problem
    incidents = tuple(map(incident, instance.faulty()))
    waiting = tuple(instance.subscriptions())
    events = instance.run.history()
    return Step(
        state=states.dump(instance),
        status=_status(instance),
        error_code=instance.error_code,
        variables=dict(instance.data),
        opened=_opened(instance, {event.activation_id for event in events if event.kind == "entered"}),
        looked=partial(waits_of, instance, waiting),
        events=events,
        next_due=min((datetime.fromisoformat(one.due) for one in waiting if one.due), default=None),
        thrown=tuple(instance.run.thrown),
        stored=instance.run.stored_now,
        incidents=incidents,
        error_message=instance.error_message,
        rulings=tuple(instance.run.rulings),
    )


def _opened(instance: Instance, entered: Collection[str]) -> tuple[Wait, ...]:
    """Give the tasks among what was entered that are open."""
    if not entered:
        return ()
    tokens = (token for scope in instance.scopes for token in scope.tasks.values() if token.id in entered)
    return tuple(_wait(token, WaitKind.TASK) for token in tokens if token.is_task)


def _status(instance: Instance) -> Status:
    if instance.is_cancelled:
        return Status.CANCELLED
    if instance.error_code is not None:
        return Status.FAILED
    return Status.COMPLETED if instance.completed else Status.RUNNING


def waits_of(instance: Instance, subscriptions: Iterable[Subscription] | None = None) -> tuple[Wait, ...]:
    """Give everything that an instance waits for; `subscriptions`: what was asked of it already."""
    scopes, compiled = instance.scopes, instance.compiled
    found = [_wait(token, WaitKind.TASK) for scope in scopes for token in scope.tasks.values() if token.is_task]
    if compiled.has_work:
        found += [_work(token) for scope in scopes for token in scope.tasks.values() if token.is_work]
    for waiting in instance.subscriptions() if subscriptions is None else subscriptions:
        labels = labels_waiting(instance, waiting) if waiting.kind == "message" else None
        found.append(_wait(waiting.token, WaitKind(waiting.kind), waiting, labels))
    return tuple(found)


def _wait(token: Any, kind: WaitKind, subscription: Subscription | None = None, labels: Labels | None = None) -> Wait:
    spec, chain = token.task_spec, [] if subscription else token.chain()
    return Wait(
        id=token.id,
        kind=kind,
        process_key=token.workflow.address,
        element_id=spec.bpmn_id,
        element_name=spec.bpmn_name or "",
        element_type=spec.element_type,
        due_at=datetime.fromisoformat(subscription.due) if subscription and subscription.due else None,
        name=subscription.name if subscription else "",
        found_by=labels,
        variables=seen_in(chain) if len(chain) > 1 else None,
    )


def _work(token: Token) -> Wait:
    name, *retries = token.internal_data["work"]
    kind = WaitKind.JOB if token.task_spec.connector else WaitKind.EXTERNAL_TASK
    return replace(_wait(token, kind), name=name, retries="".join(retries))
