"""Modify a running instance: cancel, start and move tokens, all in one step; say what is active.

The reference is process instance modification of Camunda 7. Where it and Camunda 8 differ, or say nothing:

- Instructions are applied in their order, then the instance goes on: nothing runs or ends between them. A sub-process
  whose last token is taken away stays open until all are applied; then it is cancelled and no flow leaves it. An
  instance in which nothing is left ends as cancelled.
- Scopes around an element are opened where none is, with their boundary events and event sub-processes; an event
  sub-process that interrupts takes the place of what runs around it, as if its event had happened. A loop that is
  opened for something inside it has one instance, without an item.
- Before a loop means all of it. One more instance of an open parallel loop: name the loop as the ancestor.
- Before a join the token counts for an incoming flow that has none: it waits for the others as if it had come by it.
- After an element means by the flows by which it would be left now, conditions evaluated; `flow_id` names one.
- Before a boundary event means that it happens, beside its activity, which goes on unless it is cancelled too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.definition import Definition
from bpmn.spiff.loops import Loop
from engine.events import Ports, Step
from engine.instructions import WHOLE, Instruction, Kind, Misplaced
from engine.spiff.faults import FAULT
from engine.spiff.instance import Instance
from engine.spiff.modification import Modification
from engine.spiff.scope import Scope
from engine.spiff.token import Token
from engine.steps import at_rest, loaded, step, take
from errors import Detail, Invalid
from texts import Text

__all__ = ["WHOLE", "Activation", "Instruction", "Kind", "activations", "modify"]


def modify(
    definition: Definition, state: bytes, instructions: Sequence[Instruction], *, now: datetime, ports: Ports
) -> Step:
    """Apply instructions to an instance and run it to its next wait.

    Raises Invalid with all that is wrong, each by its field (`instructions.0.element_id`); then nothing has changed.
    """
    instance = loaded(definition, state, now, ports)

    def happen() -> None:
        change = Modification(instance)
        problems = [
            problem for index, one in enumerate(instructions) for problem in _applied(instance, change, index, one)
        ]
        if problems:
            raise Invalid(details=problems)
        change.end()

    return step(instance, happen)


def _applied(instance: Instance, change: Modification, index: int, one: Instruction) -> list[Detail]:
    """Apply an instruction; give what is wrong with it."""
    where = f"instructions.{index}."
    try:
        take(instance, one.variables)
        change.apply(one)
    except Misplaced as wrong:
        return [Detail(field=where + wrong.field, code=wrong.code, message=Text(wrong.vi, wrong.en))]
    except Invalid as refused:
        return [Detail(field=f"{where}variables", code=refused.code, message=refused.text)]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One token, or an open scope: what an instruction can name."""

    id: str
    parent_id: str | None
    """The activation around it; None: this is the instance itself."""
    process_key: str
    element_id: str
    element_name: str
    element_type: str
    has_incident: bool = False
    is_loop: bool = False
    """It stands for all instances of a loop, which have it as their parent."""
    local: Mapping[str, Any] | None = None
    """Variables of its own: counter and item of an instance of a loop."""


def activations(definition: Definition, state: bytes) -> tuple[Activation, ...]:
    """Give everything that is active, outer scopes first; the instance itself has the first place."""
    instance = at_rest(definition, state)
    whole = Activation(
        id=WHOLE,
        parent_id=None,
        process_key=instance.address,
        element_id=instance.spec.process_key,
        element_name=definition.process.name,
        element_type="process",
    )
    if instance.completed:
        return (whole,)
    tokens = [token for scope in instance.scopes for token in scope.tasks.values()]
    return (whole, *(_activation(instance, token) for token in tokens if _is_shown(token)))


def _is_shown(token: Token) -> bool:
    return not token.armed and token.task_spec.is_reported and token._state != TaskState.CANCELLED


def _activation(instance: Instance, token: Token) -> Activation:
    spec = token.task_spec
    return Activation(
        id=token.id,
        parent_id=_around(instance, token),
        process_key=token.workflow.address,
        element_id=spec.bpmn_id,
        element_name=spec.bpmn_name or "",
        element_type=spec.element_type,
        has_incident=FAULT in token.internal_data,
        is_loop=isinstance(spec, Loop),
        local=token.local,
    )


def _around(instance: Instance, token: Token) -> str:
    """Give the id of the nearest activation around that is shown."""
    at: Token | None = token
    while at is not None:
        scope: Scope = at.workflow
        at = at.parent or scope.holder
        if at is not None and _is_shown(at):
            return at.id
    return WHOLE
