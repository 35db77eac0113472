"""Modification: tokens of an instance are taken away, put somewhere else or put where none was (as in Camunda 7).

Instructions are applied one after the other while nothing runs, so that the instance does not end between them. A scope
whose last token is taken away stays open, with its variables, until all of them are applied.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.spiff.activities import EventSubProcess
from bpmn.spiff.compensation import Undo
from bpmn.spiff.events import BoundaryEvent, CompensateEventDefinition, StartEvent
from bpmn.spiff.gateways import EventBasedGateway, ParallelEventGateway
from bpmn.spiff.loops import Loop, StandardLoop
from bpmn.spiff.nodes import Flow
from engine.instructions import WHOLE, Instruction, Kind, Misplaced
from engine.spiff.faults import FAULTS, engine_error
from engine.spiff.instance import Instance
from engine.spiff.layout import Layout, Place, Way, key_of, opened, scopes_around
from engine.spiff.scope import Scope
from engine.spiff.token import Token
from expressions.failures import BpmnError


class Modification:
    """Applies instructions to one instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.layout = Layout(instance)

    def apply(self, one: Instruction) -> None:
        """Follow an instruction. Raises Misplaced."""
        match one.kind:
            case Kind.CANCEL:
                for token in self.tokens(one):
                    take_away(token)
            case Kind.START_BEFORE:
                place = self.place(one.element_id, one.process_key)
                refuse_entry(place, "element_id")
                self.start_before(place, self.way(place, one), one)
            case Kind.START_AFTER:
                place = self.place(one.element_id, one.process_key)
                self.start_after(place, self.way(place, one), one)
            case Kind.MOVE:
                self.move(one)

    def end(self) -> None:
        """Take away what has become empty: loops without instances, scopes without tokens, the instance itself."""
        for scope in reversed(self.instance.scopes):
            for token in [token for token in scope.tasks.values() if _is_empty_loop(token)]:
                take_away(token)
            if scope.completed or any(True for _ in scope.live):
                continue
            holder = scope.holder
            if holder is None:
                self.instance.abandon()
            elif isinstance(holder.task_spec, Undo):
                scope.end_if_empty()  # the rest is undone
            else:
                take_away(holder)

    # -- where

    def place(self, element_id: str, process_key: str | None, field: str = "element_id", *, near: str = "") -> Place:
        """Find an element: in that process; else `near` or in the instance's own, else in the one that has it."""
        found = self.layout.places(element_id, process_key)
        for preferred in (near, self.instance.address):
            own = [place for place in found if place.address == preferred]
            found = own or found
        if len(found) > 1:
            now_open = {key_of(scope) for scope in self.instance.scopes}
            found = [place for place in found if place.key in now_open] or found
        if not found:
            raise Misplaced(
                field,
                "unknown_element",
                f"Không có phần tử “{element_id}” trong sơ đồ.",
                f"The diagram has no element “{element_id}”.",
            )
        if len(found) > 1:
            keys = ", ".join(place.address for place in found)
            raise Misplaced(
                field,
                "ambiguous_element",
                f"Phần tử “{element_id}” có trong nhiều quy trình ({keys}): hãy nêu process_key.",
                f"There is an element “{element_id}” in several processes ({keys}): name the process_key.",
            )
        return found[0]

    def tokens(self, one: Instruction) -> list[Token]:
        """Give the tokens at an element, or the one that is named. Raises Misplaced where there is none."""
        if one.activation_id is not None:
            token = self.instance.find(one.activation_id)
            if token is None or token.armed or token.task_spec.bpmn_id != one.element_id:
                raise Misplaced(
                    "activation_id",
                    "unknown_activation",
                    f"“{one.activation_id}” không đứng ở phần tử “{one.element_id}”.",
                    f"“{one.activation_id}” does not stand at the element “{one.element_id}”.",
                )
            return [token]
        place = self.place(one.element_id, one.process_key)
        at = [
            token
            for scope in self.instance.scopes
            if key_of(scope) == place.key
            for token in scope.tasks.values()
            if token.task_spec.bpmn_id == one.element_id
        ]
        found = [token for token in at if not token.armed and not _is_of_loop(token)]
        if not found:
            gateway = next(
                (t.parent for t in at if t.parent and isinstance(t.parent.task_spec, EventBasedGateway)), None
            )
            also = f" (“{gateway.task_spec.bpmn_id}”)" if gateway else ""
            raise Misplaced(
                "element_id",
                "no_token",
                f"Không có gì đang ở phần tử “{one.element_id}”."
                + (f" Nó do cổng chờ sự kiện{also} giữ." if also else ""),
                f"Nothing stands at the element “{one.element_id}”."
                + (f" The event-based gateway{also} in front of it waits for it." if also else ""),
            )
        return found

    def way(self, place: Place, one: Instruction) -> Way:
        """Find where a token is to be put: in the open scope, in the ancestor that is named, or in new scopes."""
        if one.ancestor_id is not None:
            return self._way_below(place, one.ancestor_id)
        ways = self.layout.ways(place.key, self.layout.open_scopes(self.instance))
        return self._only(ways, place, "element_id")

    def _way_below(self, place: Place, ancestor_id: str) -> Way:
        scope, body = self._ancestor(ancestor_id)
        if scope is not None and body is not None and place.node is body.task_spec:
            return Way(scope=scope, body=body)
        if scope is not None:
            here = key_of(scope)
            ways = self.layout.ways(place.key, lambda key: [scope] if key == here else [])
            if body is not None:
                first = body.task_spec
                ways = [Way(scope=scope, path=way.path, body=body) for way in ways if first in way.path[:1]]
            if ways:
                return self._only(ways, place, "ancestor_id")
        raise Misplaced(
            "ancestor_id",
            "unknown_activation",
            f"“{ancestor_id}” không phải là lần chạy đang mở bao quanh phần tử “{place.node.bpmn_id}”.",
            f"“{ancestor_id}” is no open activation around the element “{place.node.bpmn_id}”.",
        )

    def _ancestor(self, ancestor_id: str) -> tuple[Scope | None, Token | None]:
        """Give the scope that an activation holds; of a parallel loop the one it stands in, and itself."""
        if ancestor_id == WHOLE:
            return self.instance, None
        token = self.instance.find(ancestor_id)
        if token is None:
            return None, None
        if isinstance(token.task_spec, Loop):
            is_parallel = not isinstance(token.task_spec, StandardLoop) and not token.task_spec.is_sequential
            return (token.workflow, token) if is_parallel and token._state == TaskState.STARTED else (None, None)
        inside = self.instance.subprocesses.get(token.id)
        return (inside, None) if inside is not None and not inside.completed else (None, None)

    def _only(self, ways: list[Way], place: Place, field: str) -> Way:
        if len(ways) == 1:
            return ways[0]
        name = place.node.bpmn_id
        if not ways:
            raise Misplaced(
                field,
                "not_reachable",
                f"Không mở được nơi chứa phần tử “{name}”: nơi đó đang được hoàn tác hoặc không gọi tới được.",
                f"What holds the element “{name}” cannot be opened: it is being undone, or nothing calls it.",
            )
        holders = [way.scope.holder for way in ways if way.scope.holder is not None]
        opens = ", ".join(dict.fromkeys(token.id for token in holders)) or ", ".join(
            dict.fromkeys(str(node.bpmn_id) for way in ways for node in way.path[:1])
        )
        raise Misplaced(
            field,
            "ambiguous",
            f"Có nhiều lần chạy đang mở chứa phần tử “{name}” ({opens}): hãy nêu ancestor_id.",
            f"Several open activations hold the element “{name}” ({opens}): name the one meant as ancestor_id.",
        )

    # -- what

    def start_before(self, place: Place, way: Way, one: Instruction) -> None:
        """Put a token on an element; of a loop that is named as the ancestor it is one more instance."""
        node: Any = place.node
        scope = _opened(way, place)
        given = dict(one.variables)
        if way.body is not None and not way.path:
            local = node.lone(way.body)
            scope.place(node.inner, parent=way.body, local=local, given=given)
            return
        if isinstance(node, EventSubProcess) and node.is_interrupting:
            scope.clear()
        scope.place(node.name, given=given)

    def start_after(self, place: Place, way: Way, one: Instruction) -> None:
        """Put a token on each flow by which the element would be left now, or on the one that is named."""
        if not place.node.flows:
            raise Misplaced(
                "element_id",
                "nothing_follows",
                f"Sau phần tử “{one.element_id}” không có gì.",
                f"Nothing follows the element “{one.element_id}”.",
            )
        chosen = self.flow(place, one.flow_id)
        scope = _opened(way, place)
        for flow in [chosen] if chosen else _left_by(scope, place, dict(one.variables)):
            scope.place(flow.target, via=flow.id, given=dict(one.variables))

    def flow(self, place: Place, flow_id: str | None) -> Flow | None:
        """Give the flow that is named, or None where all that the element would take are meant."""
        flows = self.layout.visible_flows(place.spec, place.node)
        if flow_id is None:
            if isinstance(place.node, EventBasedGateway | ParallelEventGateway):
                raise Misplaced(
                    "flow_id",
                    "required",
                    f"Sau cổng chờ sự kiện “{place.node.bpmn_id}” chỉ đi một nhánh: hãy nêu flow_id.",
                    f"Only one flow leaves the event-based gateway “{place.node.bpmn_id}”: name the flow_id.",
                )
            return None
        found = next((flow for flow in flows if flow.id == flow_id), None)
        if found is None:
            ids = ", ".join(flow.id for flow in flows)
            raise Misplaced(
                "flow_id",
                "unknown_flow",
                f"“{flow_id}” không đi ra từ phần tử “{place.node.bpmn_id}” ({ids}).",
                f"“{flow_id}” does not leave the element “{place.node.bpmn_id}” ({ids}).",
            )
        return found

    def move(self, one: Instruction) -> None:
        """Put one token before the target for each that is taken away, in the nearest scope around both."""
        if not one.to_element_id:
            raise Misplaced(
                "to_element_id",
                "required",
                "Cần nêu phần tử chuyển tới.",
                "Name the element to move to.",
            )
        tokens = self.tokens(one)
        near = tokens[0].workflow.address
        place = self.place(one.to_element_id, None, "to_element_id", near=near)
        refuse_entry(place, "to_element_id")
        for token in tokens:
            if token.id not in token.workflow.tasks:
                continue  # what was started for another one has interrupted it
            try:
                self.start_before(place, self._way_from(token, place, one), one)
            except Misplaced as wrong:
                wrong.field = wrong.field.replace("element_id", "to_element_id")
                raise
            take_away(token)

    def _way_from(self, token: Token, place: Place, one: Instruction) -> Way:
        if one.ancestor_id is not None:
            return self._way_below(place, one.ancestor_id)
        for scope in scopes_around(token.workflow):
            ways = self.layout.ways(place.key, self.layout.open_scopes(scope, apart=token))
            if ways:
                return self._only(ways, place, "element_id")
        return self._only([], place, "element_id")


def take_away(token: Token) -> None:
    """Cancel a token with all inside it; what it was an instance or a handler of is told."""
    body = token.parent
    token.cancel()
    if body is None or body.id not in body.workflow.tasks:
        return
    if isinstance(body.task_spec, Loop):
        body.task_spec.lost(body)
    else:
        token.abandoned()


def refuse_entry(place: Place, field: str) -> None:
    """Raise Misplaced where no token may be put on a node."""
    node: Any = place.node
    name = node.bpmn_id
    if isinstance(node, StartEvent) and place.spec.name == place.spec.process_key:
        raise Misplaced(
            field,
            "start_event",
            f"“{name}” là sự kiện bắt đầu của quy trình: hãy dùng start_after để chạy từ đó.",
            f"“{name}” is a start event of the process: use start_after to run on from it.",
        )
    if isinstance(node, ParallelEventGateway):
        raise Misplaced(
            field,
            "not_enterable",
            f"“{name}” chỉ bắt đầu một quy trình, không vào được từ ngoài.",
            f"“{name}” only begins a process: it cannot be entered.",
        )
    if is_undoing(node):
        raise Misplaced(
            field,
            "not_enterable",
            f"“{name}” chỉ chạy khi hoàn tác (compensation), không vào được từ ngoài.",
            f"“{name}” only runs as compensation: it cannot be entered.",
        )


def is_undoing(node: Any) -> bool:
    """Tell whether only compensation comes here."""
    if getattr(node, "is_for_compensation", False) or node._wf_spec.undone_by == node.name:
        return True
    definitions = node.definitions if isinstance(node, BoundaryEvent) else ()
    return any(isinstance(definition, CompensateEventDefinition) for definition in definitions)


def _is_of_loop(token: Token) -> bool:
    body = token.parent
    return body is not None and isinstance(body.task_spec, Loop)


def _is_empty_loop(token: Token) -> bool:
    runs = isinstance(token.task_spec, Loop) and token._state == TaskState.STARTED
    return runs and all(child.armed for child in token.children)


def _opened(way: Way, place: Place) -> Scope:
    for node in way.path:
        if is_undoing(node):
            raise Misplaced(
                "element_id",
                "not_enterable",
                f"“{place.node.bpmn_id}” nằm trong phần chỉ chạy khi hoàn tác (compensation).",
                f"“{place.node.bpmn_id}” lies in what only runs as compensation.",
            )
    try:
        return opened(way)
    except (*FAULTS, BpmnError) as fault:
        raise _cannot(place, fault) from None


def _left_by(scope: Scope, place: Place, given: dict[str, Any]) -> list[Flow]:
    """Give the flows by which a token would leave the element now."""
    token = scope.make(place.node.name)
    token.write_all(given)
    try:
        return list(place.node.leaving(token))
    except (*FAULTS, BpmnError) as fault:
        raise _cannot(place, fault) from None
    finally:
        scope.drop(token)


def _cannot(place: Place, fault: Exception) -> Misplaced:
    name = place.node.bpmn_id
    if isinstance(fault, BpmnError):
        return Misplaced(
            "element_id", "error_thrown", f"Ở “{name}”: lỗi {fault.code}.", f"At “{name}”: the error {fault.code}."
        )
    error = engine_error(fault)
    why = f" {error.reason}" if error.reason else ""
    at = error.element_id or name
    return Misplaced("element_id", error.code, f"Ở “{at}”: {error.text.vi}{why}", f"At “{at}”: {error.text.en}{why}")
