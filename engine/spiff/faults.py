"""Faults: what goes wrong while a token runs stays noted at the token, which stays where it is until it is tried again.

A fault is part of the state, under FAULT in the token's notes. Where it happened says how it is tried again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.events import Incident
from errors import EngineError
from texts import Text

if TYPE_CHECKING:
    from engine.spiff.token import Token

Fault = TypeVar("Fault", bound=EngineError)
FAULTS = (EngineError, SpiffWorkflowException, RecursionError)
"""What a diagram may cause; anything else is a fault of our own and is not kept."""
FAULT, HELD, RAISED = "fault", "held", "raised"
"""Names among a token's notes: its fault; its place in the queue that a spent budget stopped; a raised BpmnError."""
LONGEST_REASON = 1_000


class Where(StrEnum):
    """What the token was about to do."""

    ENTRY = "entry"
    """Come to its element: timers, the items of a loop, what goes into its own scope."""
    RUN = "run"
    """Do the element's work."""
    GIVE = "give"
    """Hand out what came of it."""
    LEAVE = "leave"
    """Choose the flows to go by, count itself in its loop."""
    ARM = "arm"
    """Stand by for the event of an event sub-process."""
    CONDITION = "condition"
    """Look at the condition that it waits for; that is tried again whenever a variable may have changed."""
    WORK = "work"
    """Be done by a program or connector, which failed too often; it still waits to be done."""
    READY = "ready"
    """Go on: the budget of the step was spent."""


def located(fault: Fault, token: Token) -> Fault:
    """Give a fault with the element's id, if it has none yet."""
    if fault.element_id:
        return fault
    return type(fault)(fault.text, element_id=token.task_spec.bpmn_id, reason=fault.reason)


def engine_error(problem: Exception) -> EngineError:
    """Give what went wrong as an error of ours."""
    return problem if isinstance(problem, EngineError) else EngineError(reason=f"{type(problem).__name__}: {problem}")


def note(token: Token, where: Where, problem: Exception) -> None:
    """Write a fault to the token's notes."""
    fault = engine_error(problem)
    written = {"at": where.value, "kind": fault.code, "vi": fault.text.vi, "en": fault.text.en}
    if fault.reason:
        written["why"] = fault.reason[:LONGEST_REASON]
    if fault.element_id and fault.element_id != token.task_spec.bpmn_id:
        written["of"] = fault.element_id
    token.internal_data[FAULT] = written


def incident(token: Token) -> Incident:
    """Tell the fault of a token; its element may be one that hangs at the token's (a boundary event)."""
    written: dict[str, Any] = token.internal_data[FAULT]
    spec = token.task_spec
    element_id = written.get("of", spec.bpmn_id)
    if element_id != spec.bpmn_id:
        spec = next((s for s in token.workflow.spec.task_specs.values() if s.bpmn_id == element_id), spec)
    return Incident(
        id=token.id,
        process_key=token.workflow.address,
        element_id=element_id,
        element_name=spec.bpmn_name or "",
        kind=written["kind"],
        message=Text(vi=written["vi"], en=written["en"]),
        reason=written.get("why", ""),
    )
