"""Skipping: what a fault holds up counts as done, and its token goes on behind it.

What the element would have done, and what it would have handed out, is left undone; the token leaves as one that has
completed its element. How that goes depends on where it failed (faults.Where).
"""

from __future__ import annotations

from typing import Any

from bpmn.spiff.activities import Activity
from bpmn.spiff.compensation import Undo
from bpmn.spiff.events import EndEvent
from bpmn.spiff.gateways import EventBasedGateway, ParallelEventGateway
from bpmn.spiff.nodes import Flow
from engine.instructions import Misplaced
from engine.spiff.faults import FAULT, FAULTS, RAISED, Where
from engine.spiff.instance import Instance
from engine.spiff.layout import Layout
from engine.spiff.token import Token
from errors import StepBudgetExhausted
from expressions.failures import BpmnError


def skip(instance: Instance, token: Token, flow_id: str | None) -> None:
    """Let a token go on behind what it could not do.

    `flow_id` names the flow to go by; it is needed where the element cannot choose one. Raises Misplaced.
    """
    fault, node, scope = token.internal_data[FAULT], token.task_spec, token.workflow
    where = Where(fault["at"])
    if where is Where.ARM or (where is Where.CONDITION and token.armed and not _is_behind_gateway(token)):
        scope.drop(token)  # it does not stand by any more, and what it stood by for goes on
        return
    if where is Where.CONDITION:
        del token.internal_data[FAULT]
        node.happened(token)
        return
    flows = [] if isinstance(node, EndEvent | Undo) else flows_by(instance, token, flow_id)
    del token.internal_data[FAULT]
    if fault["kind"] == StepBudgetExhausted.code:
        instance.release()
    if where is Where.ENTRY:
        instance.run.entered(token)
    _leave(instance, token, flows, counts_blindly=where is Where.LEAVE)


def flows_by(instance: Instance, token: Token, flow_id: str | None) -> list[Flow]:
    """Give the flow that is named, or those that the element chooses now. Raises Misplaced where it cannot."""
    node, name = token.task_spec, token.task_spec.bpmn_id
    known = Layout(instance).visible_flows(token.workflow.spec, node)
    ids = ", ".join(flow.id for flow in known)
    if flow_id is not None:
        found = [flow for flow in known if flow.id == flow_id]
        if not found:
            raise Misplaced(
                "flow_id",
                "unknown_flow",
                f"“{flow_id}” không đi ra từ phần tử “{name}” ({ids}).",
                f"“{flow_id}” does not leave the element “{name}” ({ids}).",
            )
        return found
    try:
        if not isinstance(node, EventBasedGateway | ParallelEventGateway):
            return list(node.leaving(token))
    except (*FAULTS, BpmnError):
        pass
    raise Misplaced(
        "flow_id",
        "required",
        f"“{name}” không tự chọn được nhánh đi ra: hãy nêu flow_id ({ids}).",
        f"“{name}” cannot choose a flow by itself: name the flow_id ({ids}).",
    )


def _leave(instance: Instance, token: Token, flows: list[Flow], *, counts_blindly: bool) -> None:
    node: Any = token.task_spec
    scope, notes = token.workflow, token.internal_data
    if token.id in instance.subprocesses:
        instance.close(token).clear()
    for name in ("work", "done", RAISED):
        notes.pop(name, None)
    try:
        if isinstance(node, Undo):
            token.start()
            node.next(token)
        elif isinstance(node, EndEvent):
            node._on_complete(token)
        elif (
            scope.spec.ad_hoc is not None and isinstance(node, Activity) and token.parent is None and not counts_blindly
        ):
            scope.spec.ad_hoc.completed(token, flows)
        else:
            scope.leave(token, flows, blindly=counts_blindly)
    except FAULTS as again:
        instance.stopped(token, Where.LEAVE, again)
    except BpmnError as error:
        instance.raise_error(token, error.code, error.message)


def _is_behind_gateway(token: Token) -> bool:
    return token.parent is not None and isinstance(token.parent.task_spec, EventBasedGateway)
