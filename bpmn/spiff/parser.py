"""SpiffWorkflow's parser, reading flow nodes into the specs of this folder.

The library parses from node to node along the flows, so that a chain of 500 nodes exhausts the stack and what no flow
reaches is lost. Here every node of a scope is read, then the flows, then what hangs at the nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.specs.event_definitions import (
    CancelEventDefinition,
    ConditionalEventDefinition,
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
    TimeDateEventDefinition,
)

from bpmn.bindings import DEPLOYMENT, Bound, is_computed
from bpmn.extensions import called_by, parts_of
from bpmn.extensions.parts import Parts
from bpmn.items import Item, declared, items, specified
from bpmn.renames import is_inserted, original_id
from bpmn.spiff import activities, adhoc, events, gateways, joins, loops, quantities
from bpmn.spiff.associations import Associations
from bpmn.spiff.calls import CallActivity
from bpmn.spiff.data import Io
from bpmn.spiff.loop_reader import LoopReader, child_text, is_true
from bpmn.spiff.nodes import Flow, Node, ProcessSpec
from bpmn.xml import bare, compensation_handlers, enclosing_process, local, own, tag
from errors import Malformed
from texts import Text

TIMERS = {
    "timeDate": TimeDateEventDefinition,
    "timeDuration": DurationTimerEventDefinition,
    "timeCycle": CycleTimerEventDefinition,
}


class NodeReader(LoopReader, EventDefinitionParser):
    """Reads one flow node."""

    def read(self) -> Node:
        """Make the spec of the node and of the loop around it, if there is one; give the outer one."""
        node: Node = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        node.bpmn_id, node.is_reported = original_id(self.bpmn_id), not is_inserted(self.bpmn_id)
        node.element_type = local(self.node)
        self.complete(node)
        if isinstance(node, activities.ServiceTask):
            parts = parts_of(self.node)
            node.topic, node.connector, node.retries = parts.topic or "", parts.connector or "", parts.retries or ""
        said = Io.of(parts_of(self.node))
        drawn = Associations(node=self.node, items=self.items).io()
        node.io = drawn + said if drawn and said else drawn or said
        return self.looped(node)

    @property
    def items(self) -> Mapping[str, Item]:
        """What holds data in this file."""
        return self.process_parser.parser.items  # type: ignore[no-any-return]

    def parse_incoming_data_references(self) -> list[Any]:
        """Read nothing in the library's way: data is read by Associations."""
        return []

    parse_outgoing_data_references = parse_incoming_data_references

    def complete(self, node: Node) -> None:
        """Read what only this kind of node has."""
        if isinstance(node, events.Catching | events.Throwing):
            self.event(node)
        if isinstance(node, gateways.EventBasedGateway):
            node.instantiates = is_true(self.node, "instantiate")
        if isinstance(node, gateways.Choosing):
            node.default = self.node.get("default")
        if isinstance(node, joins.ComplexGateway):
            node.activation = child_text(self.node, "activationCondition")
        if isinstance(node, activities.Activity):
            self.activity(node)
        if isinstance(node, activities.SubProcess):
            self.sub_process(node)

    def event(self, node: events.Catching | events.Throwing) -> None:
        """Read what a node waits for or throws."""
        node.definitions = self.definitions(self.node)
        node.read_parts(parts_of(self.node))
        if isinstance(node, events.Throwing):
            node.to = tuple((self.node.get(own("to")) or "").split())
        if isinstance(node, events.Catching):
            node.is_parallel = is_true(self.node, "parallelMultiple")
        if isinstance(node, events.BoundaryEvent):
            node.is_interrupting = is_true(self.node, "cancelActivity", default=True)
            node.attached_to = bare(self.node.get("attachedToRef"))
            self.told(node, self.node)
        if isinstance(node, activities.SendTask | activities.ReceiveTask) and self.node.get("messageRef"):
            node.definitions = (self.message(self.node),)
        if isinstance(node, activities.ReceiveTask):
            node.instantiates = is_true(self.node, "instantiate")

    def activity(self, node: activities.Activity) -> None:
        """Read what a task does."""
        node.is_for_compensation = is_true(self.node, "isForCompensation")
        parts = parts_of(self.node)
        if isinstance(node, activities.ScriptTask):
            node.script = parts.script or child_text(self.node, "script") or ""
            node.result_variable = parts.result_variable
        if isinstance(node, activities.BusinessRuleTask):
            node.decision, node.result_variable = decided_by(parts), parts.result_variable
            node.shape = parts.decision_result
        if isinstance(node, activities.ExpressionTask):
            node.expression, node.result_variable = parts.expression or "", parts.result_variable

    def sub_process(self, node: activities.SubProcess) -> None:
        """Read the inside of a sub-process, or what is called, and what an event sub-process waits for."""
        if isinstance(node, CallActivity):
            node.spec, node.call = called_by(self.node), parts_of(self.node).call or node.call
            node.is_static = node.bound.binding == DEPLOYMENT and not is_computed(node.spec)
        else:
            node.spec = self.process_parser.inside(self.node)
        if isinstance(node, activities.EventSubProcess):
            for start in self.node.findall(tag("startEvent")):
                node.definitions = self.definitions(start)
                node.read_parts(parts_of(start))
                node.is_parallel = is_true(start, "parallelMultiple")
                node.is_interrupting = is_true(start, "isInterrupting", default=True)
                self.told(node, start)

    @staticmethod
    def told(node: events.Reached, event: Any) -> None:
        """Read which variables get the code and message of what the event catches."""
        parts = parts_of(event)
        node.code_variable, node.message_variable = parts.code_variable, parts.message_variable

    def definitions(self, node: Any) -> tuple[Any, ...]:
        """Read the event definitions of an event, in their order."""
        return tuple(self.definition(child) for child in node if local(child).endswith("EventDefinition"))

    def definition(self, node: Any) -> Any:
        """Read one event definition."""
        kind, parser = local(node).removesuffix("EventDefinition"), self.process_parser.parser
        if kind == "message":
            return self.message(node)
        if kind == "signal":
            reference = bare(node.get("signalRef"))
            return SignalEventDefinition(parser.signals.get(reference) or reference or self.node.get("name"))
        if kind == "error":
            reference = bare(node.get("errorRef"))
            known = parser.errors.get(reference, {})
            return ErrorEventDefinition(
                known.get("name"), known.get("error_code") or known.get("name") or reference or None
            )
        if kind == "escalation":
            reference = bare(node.get("escalationRef"))
            known = parser.escalations.get(reference, {})
            code = known.get("escalation_code") or known.get("name") or reference or None
            return EscalationEventDefinition(known.get("name"), code)
        if kind == "timer":
            return next(
                (cls(None, text) for name, cls in TIMERS.items() if (text := child_text(node, name))),
                DurationTimerEventDefinition(None, ""),
            )
        if kind == "conditional":
            return ConditionalEventDefinition(child_text(node, "condition") or "")
        if kind == "compensate":
            waits = is_true(node, "waitForCompletion", default=True)
            return events.CompensateEventDefinition(
                activity=original_id(bare(node.get("activityRef"))) or None, waits=waits
            )
        simple = {"cancel": CancelEventDefinition, "terminate": TerminateEventDefinition}
        if kind not in simple:
            raise unsupported(self.node, f"{kind}EventDefinition")
        return simple[kind]()

    def message(self, node: Any) -> Any:
        """Read what a message event or a send or receive task names."""
        reference = bare(node.get("messageRef"))
        parser = self.process_parser.parser
        name = parser.messages.get(reference) or reference or self.node.get("name")
        return MessageEventDefinition(name)


class ScopeReader(ProcessParser):
    """Reads a process or the inside of a sub-process."""

    def _parse(self) -> None:
        process = self.node if local(self.node) == "process" else enclosing_process(self.node)
        key = str(process.get("id") if process is not None else self.bpmn_id)
        name = key if self.node is process else f"{key}/{self.bpmn_id}"
        self.spec = ProcessSpec(name, process_key=key, description=self.get_name())
        if local(self.node) == "adHocSubProcess":
            self.spec.ad_hoc = adhoc.AdHoc(
                condition=child_text(self.node, "completionCondition"),
                is_sequential=self.node.get("ordering") == "Sequential",
                cancels=is_true(self.node, "cancelRemainingInstances", default=True),
                chosen=parts_of(self.node).active_elements,
            )
        if self.node is process:
            io = (tuple(specified(process, kind).values()) for kind in ("dataInput", "dataOutput"))
            inputs, outputs = io
            if inputs or outputs:
                self.spec.inputs, self.spec.outputs = inputs, outputs
        else:
            self.spec.own = declared(self.node, self.parser.items)
        nodes = self.read_nodes()
        self.read_flows(nodes)
        quantities.gather(self.spec, nodes, {child.get("id"): child for child in self.node})
        self.hang_on(nodes)

    def read_nodes(self) -> dict[str, Node]:
        """Read every flow node of the scope."""
        found = {}
        for child in self.node:
            if local(child) not in READERS or not child.tag.startswith(tag("")):
                continue
            cls = READERS[local(child)]
            if is_true(child, "triggeredByEvent"):
                cls = activities.EventSubProcess
            elif local(child) == "eventBasedGateway" and child.get("eventGatewayType") == "Parallel":
                cls = gateways.ParallelEventGateway
            elif cls in MAY_BE_EXPRESSIONS:
                cls = class_of(cls, parts_of(child))
            found[child.get("id")] = NodeReader(self, cls, child, self.nsmap, lane=self.lane or "").read()
        return found

    def read_flows(self, nodes: dict[str, Node]) -> None:
        """Join the nodes by the sequence flows of the scope, in the order of the file."""
        for flow in self.node.findall(tag("sequenceFlow")):
            source, target = nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))
            if source is None or target is None:
                raise unsupported(flow, "sequenceFlow")
            condition = child_text(flow, "conditionExpression")
            source.flows += (Flow(id=flow.get("id"), target=target.name, condition=condition),)
            target.incoming += (flow.get("id"),)
            source.connect(target)

    def hang_on(self, nodes: dict[str, Node]) -> None:
        """Hang boundary events at their activities, find where tokens start, and what can reach the joins."""
        spec = self.spec
        for node in nodes.values():
            if isinstance(node, events.BoundaryEvent):
                host = nodes.get(node.attached_to)
                if not isinstance(host, activities.Activity):
                    raise unsupported(self.nodes_by_id[node.name], "boundaryEvent")
                if any(isinstance(d, events.CompensateEventDefinition) for d in node.definitions):
                    self.compensates(node, host, nodes)
                else:
                    host.attached += (node,)
        starts = [n for n in nodes.values() if isinstance(n, events.StartEvent)]
        plain = [n for n in starts if not n.definitions]
        loose = [n for n in nodes.values() if not n.incoming and not isinstance(n, BESIDE)]
        loose = [n for n in loose if not getattr(n, "is_for_compensation", False)]
        spec.entries = tuple(n.name for n in ((plain or starts)[:1] or loose))
        spec.is_ambiguous = local(self.node) == "process" and bool(starts) and len(plain) != 1
        spec.handlers = tuple(n.name for n in nodes.values() if isinstance(n, activities.EventSubProcess))
        for node in nodes.values():
            if isinstance(node, joins.Join):
                node.reach = {flow: self.upstream(flow, node, nodes) for flow in node.incoming}

    def compensates(self, event: events.BoundaryEvent, host: activities.Activity, nodes: dict[str, Node]) -> None:
        """Note what undoes an activity; of a loop what undoes one of its instances."""
        found = next(child for child in self.node if child.get("id") == event.name)
        ids = (str(handler.get("id")) for handler in compensation_handlers(found))
        handler = next((nodes[id_] for id_ in ids if id_ in nodes), None)
        if handler is None:
            raise unsupported(found, "boundaryEvent")
        body: Any = self.spec.task_specs[host.inner] if isinstance(host, loops.Loop) else host
        body.compensated_by = handler.name

    def upstream(self, flow: str, gateway: Node, nodes: dict[str, Node]) -> frozenset[str]:
        """Give the nodes from which a token can come to `flow` without passing `gateway`."""
        leads_to: dict[str, set[str]] = {}
        for node in nodes.values():
            for out in node.flows:
                leads_to.setdefault(out.target, set()).add(node.name)
                leads_to.setdefault(out.id, set()).add(node.name)
            if isinstance(node, events.BoundaryEvent):
                leads_to.setdefault(node.name, set()).add(node.attached_to)
        found: set[str] = set()
        edge = leads_to.get(flow, set())
        while edge:
            found |= edge
            edge = {before for name in edge if name != gateway.name for before in leads_to.get(name, ())} - found
        return frozenset(found - {gateway.name})

    def inside(self, node: Any) -> str:
        """Read the inside of a sub-process, and give the key of its spec."""
        reader = type(self)(self.parser, node, self.nsmap, {}, lane=self.lane or "")
        reader.parent = self
        spec = reader.get_spec()
        self.parser.insides[spec.name] = spec
        return str(spec.name)


class Parser(BpmnParser):
    """Reads the processes of one file."""

    PROCESS_PARSER_CLASS = ScopeReader

    def __init__(self) -> None:
        super().__init__()
        self.items: Mapping[str, Item] = {}
        self.insides: dict[str, ProcessSpec] = {}
        """The insides of sub-processes by `process/sub-process`."""

    def add_bpmn_xml(self, bpmn: Any, filename: str | None = None) -> None:
        """Read one file."""
        self.items = items(bpmn)
        super().add_bpmn_xml(bpmn, filename)

    def _add_data_stores(self, _: Any) -> None:
        """Ignore data stores here: bpmn/items.py reads them."""

    def _add_correlations(self, _: Any) -> None:
        """Leave the correlation to bpmn/spiff/correlation.py, which reads it whole."""


READERS: dict[str, type] = {
    "startEvent": events.StartEvent,
    "endEvent": events.EndEvent,
    "intermediateCatchEvent": events.IntermediateCatchEvent,
    "intermediateThrowEvent": events.IntermediateThrowEvent,
    "boundaryEvent": events.BoundaryEvent,
    "task": activities.NoneTask,
    "userTask": activities.UserTask,
    "manualTask": activities.ManualTask,
    "serviceTask": activities.ServiceTask,
    "scriptTask": activities.ScriptTask,
    "businessRuleTask": activities.BusinessRuleTask,
    "sendTask": activities.SendTask,
    "receiveTask": activities.ReceiveTask,
    "subProcess": activities.SubProcess,
    "transaction": activities.TransactionSubProcess,
    "adHocSubProcess": activities.AdHocSubProcess,
    "callActivity": CallActivity,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "inclusiveGateway": joins.InclusiveGateway,
    "complexGateway": joins.ComplexGateway,
    "eventBasedGateway": gateways.EventBasedGateway,
}
MAY_BE_OUTSIDE = (
    activities.ScriptTask, activities.SendTask, activities.BusinessRuleTask,
    events.IntermediateThrowEvent, events.EndEvent,
)  # fmt: skip
"""What a program or a connector does where a topic or connector is named, as a service task."""
MAY_BE_EXPRESSIONS = (*MAY_BE_OUTSIDE, activities.ServiceTask)
"""What the engine does by evaluating an expression where one is named."""
BESIDE = (events.BoundaryEvent, activities.EventSubProcess)
"""Nodes that no token enters by itself."""


def decided_by(parts: Parts) -> Bound:
    """Give the decision that a business rule task asks, with its binding."""
    return Bound(parts.decision or "", *(parts.decision_binding or ()))


def is_outside(parts: Parts) -> bool:
    """Tell whether a program outside or a connector does the work of an element."""
    return bool(parts.topic or parts.connector)


def class_of(cls: type, parts: Parts) -> type:
    """Choose the spec of what may be done in several ways."""
    if is_outside(parts):
        return activities.ServiceTask
    return activities.ExpressionTask if parts.expression else cls


def unsupported(node: Any, what: str) -> Malformed:
    """Make the refusal of what the upload checks should have refused, with better words, before."""
    where = f"{what} {node.get('id')}"
    return Malformed(
        Text(
            vi=f"Sơ đồ có phần tử chưa chạy được: {where}.", en=f"The diagram has an element that cannot run: {where}."
        )
    )
