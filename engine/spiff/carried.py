"""What a token takes along into another version: its notes, its own variables, and what has completed around it."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.spiff.activities import ServiceTask
from bpmn.spiff.adhoc import AdHoc
from bpmn.spiff.compensation import Undo
from bpmn.spiff.events import Catching
from bpmn.spiff.gateways import ParallelGateway
from bpmn.spiff.joins import ComplexGateway, Join
from bpmn.spiff.loops import MultiInstance
from engine.compatibility import paired_events, why_not
from engine.pairing import NO_TARGET, Pairing, Side
from engine.spiff.faults import FAULT
from engine.spiff.scope import Scope
from engine.spiff.token import Token
from errors import Detail, EngineError
from texts import Text

COUNTING = (ParallelGateway, Join)
"""Gateways that tell by which flow a token came."""


class Carrying:
    """The part of a migration that reads what tokens carry; `problems` names all that cannot go over."""

    pairing: Pairing
    problems: list[Detail]
    scopes: dict[int, Scope]
    """The new scope of each old one, by its identity."""

    def stands_for(self, there: Side, here: Side, event: Any) -> Any:
        """Give what an event that stands by is in the new version, None where it is no more, or another kind."""
        node = self.pairing.counterpart(there, here, event)
        return node if node is not None and why_not(event, node) is None else None

    def notes_of(self, old: Token, node: Any, there: Side, here: Side, *, kept: bool) -> dict[str, Any]:
        """Give the notes of a token as its new element reads them."""
        spec, notes = old.task_spec, dict(old.internal_data)
        if isinstance(spec, Undo):
            self._plans(old, notes, there, here, kept=kept)
        if kept:
            return notes
        if isinstance(spec, COUNTING) and "via" in notes:
            notes["via"] = self._via(old, there, here, notes["via"])
        if isinstance(spec, ComplexGateway) and "rest" in notes:
            flows = [self.pairing.flow(there, here, spec, via) for via in notes["rest"]]
            notes["rest"] = [flow for flow in flows if flow]
        if isinstance(spec, Catching):
            self._awaited(old, node, notes)
        if "work" in notes:
            self._work(old, node, notes)
        if "left" in notes and (inside := there.inside(spec)) and isinstance(inside.spec.ad_hoc, AdHoc):
            notes["left"] = self._left(notes["left"], inside, here.inside(node))
        if FAULT in notes and (of := notes[FAULT].get("of")):
            notes[FAULT] = {name: value for name, value in notes[FAULT].items() if name != "of"}
            about = next((one for one in there.nodes if one.bpmn_id == of), None)
            other = about and self.pairing.counterpart(there, here, about)
            if other is not None:
                notes[FAULT]["of"] = other.bpmn_id
        return notes

    def _via(self, old: Token, there: Side, here: Side, via: str) -> str:
        flow = self.pairing.flow(there, here, old.task_spec, via)
        if flow is None:
            self.refuse(old.workflow, old.task_spec, "flow_gone", Text(
                f"Đã có thẻ đến theo luồng “{via}” mà phiên bản mới không có: hãy ánh xạ nó sang luồng khác đến cổng.",
                f"A token came by the flow “{via}”, which is gone: map it to another flow that leads to the gateway.",
            ))  # fmt: skip
        return flow or via

    def _awaited(self, old: Token, node: Any, notes: dict[str, Any]) -> None:
        """What is awaited keeps its moment, wherever it stands among the events of its element."""
        places = paired_events(old.task_spec, node)
        if "due" in notes:
            notes["due"] = {places[place]: plan for place, plan in notes["due"].items()}
        if "seen" in notes:
            notes["seen"] = [int(places[str(place)]) for place in notes["seen"]]
        if node.correlation_key is None:
            notes.pop("key", None)
        elif "key" not in notes and old._state == TaskState.WAITING:
            try:
                notes["key"] = node.awaited_key(old)
            except EngineError as fault:
                self.refuse(old.workflow, node, "cannot_arm", Text(
                    f"Không tính được khoá của thông điệp: {fault.reason}", f"The message's key fails: {fault.reason}",
                ))  # fmt: skip

    def _work(self, old: Token, node: ServiceTask, notes: dict[str, Any]) -> None:
        """Who does a piece of work, and how it is tried again, is asked anew where the diagram says otherwise."""
        said = (old.task_spec.topic, old.task_spec.connector, old.task_spec.retries)
        if (node.topic, node.connector, node.retries) == said:
            return
        try:
            name, plan = node.connector or old.fill(node.topic).strip(), old.fill(node.retries).strip()
        except EngineError as fault:
            self.refuse(old.workflow, old.task_spec, "cannot_arm", Text(
                f"Không tính được chủ đề của việc: {fault.reason}", f"The topic of the work fails: {fault.reason}",
            ))  # fmt: skip
            return
        notes["work"] = [name, plan] if plan else [name]

    def _left(self, left: list[Any], there: Side, here: Side | None) -> list[Any]:
        """Give what still comes in a sequential ad-hoc sub-process; what is gone does not come."""
        if here is None:
            return []
        found = [(self.stands_for(there, here, there.spec.task_specs[name]), via) for name, via in left]
        return [[node.name, via] for node, via in found if node is not None]

    # -- what has completed and can be undone

    def records_of(self, log: list[Any], there: Side, here: Side) -> list[Any]:
        return [self._record(record, there, here) for record in log]

    def _record(self, record: list[Any], there: Side, here: Side) -> list[Any]:
        name, local, inside, is_portion = record
        spec = there.spec.task_specs[name]
        node = self.stands_for(there, here, spec)
        if node is None or not node.is_compensable or bool(node.compensated_by) != bool(spec.compensated_by):
            self.refuse_in(there, spec, "undo_gone", UNDO_GONE if node is not None else NO_TARGET)
            return record
        if inside and len(inside) == 2:
            inner, its = there.inside(spec), here.inside(node)
            if inner is None or its is None:
                self.refuse_in(there, spec, "undo_gone", UNDO_GONE)
            else:
                data, log = inside
                inside = [data, self.records_of(log, inner, its)]
        return [node.name, local, inside, is_portion]

    def _plans(self, old: Token, notes: dict[str, Any], there: Side, here: Side, *, kept: bool) -> None:
        """What is being undone: records of this scope, then of those around it."""
        if "at" in notes and not kept:
            node = self.stands_for(there, here, there.spec.task_specs[notes["at"]])
            if node is None:
                self.refuse_in(there, there.spec.task_specs[notes["at"]], "undo_gone", UNDO_GONE)
            else:
                notes["at"] = node.name
        notes["plan"] = notes["plan"] if kept else self.records_of(notes["plan"], there, here)
        scope: Scope = old.workflow
        plans = []
        for plan in notes["rest"]:
            assert scope.holder is not None
            scope = scope.holder.workflow
            now = self.scopes[id(scope)]
            plans.append(plan if now.spec is scope.spec else self.records_of(plan, side_of(scope), side_of(now)))
        notes["rest"] = plans

    def refuse(self, scope: Scope, node: Any, code: str, message: Text) -> None:
        self.refuse_in(side_of(scope), node, code, message)

    def refuse_in(self, side: Side, node: Any, code: str, message: Text) -> None:
        key = side.spec.process_key
        element_id = node.bpmn_id if key == self.pairing.source.spec.process_key else f"{key}:{node.bpmn_id}"
        problem = Detail(code=code, message=message, element_id=element_id)
        if problem not in self.problems:
            self.problems.append(problem)

    def locals_of(self, old: Token, token: Token, there: Side, here: Side) -> dict[str, Any] | None:
        """Give a token's own variables: what a loop or a gateway gives it is there under its new names, too."""
        local = dict(token.local or {})
        body, now = old.parent, token.parent
        if body is not None and now is not None and isinstance(body.task_spec, MultiInstance) and not old.armed:
            for name in ("item", "index", "output_item"):
                before, wanted = getattr(body.task_spec, name), getattr(now.task_spec, name)
                if wanted and wanted not in local:
                    local[wanted] = local.get(before) if before else None
        if isinstance(old.task_spec, ComplexGateway):
            for via in [name for name in local if name in old.task_spec.incoming]:
                if flow := self.pairing.flow(there, here, old.task_spec, via):
                    local.setdefault(flow, local[via])
        return local or token.local


UNDO_GONE = Text(
    "Bước này đã xong và còn có thể phải hoàn tác, nhưng phiên bản mới không hoàn tác nó theo cách đó.",
    "This has completed and may still have to be undone, which the new version does not do in that way.",
)


def side_of(scope: Scope) -> Side:
    return Side(spec=scope.spec, compiled=scope.compiled)
