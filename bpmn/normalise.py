"""The faithful normaliser: writes out what BPMN leaves implicit, so that SpiffWorkflow reads what is meant.

Nothing here changes what a diagram means. What cannot be written out faithfully is refused by bpmn/checks instead.
Inserted nodes have ids `_g_…`, inserted flows `_nf…`, renamed nodes `_r_…` (bpmn/renames.py tells them apart).
Timers stay as they are: the engine's timer classes read bare ISO text themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import cast

from lxml import etree

from bpmn import collaborations, ids, languages, xml
from bpmn.extensions import called_by
from bpmn.globals import written_out
from bpmn.model import BPMN
from bpmn.renames import INSERTED_FLOW, INSERTED_NODE, is_inserted, original_id, rename_collisions
from bpmn.xml import Node, local, tag

__all__ = ["inline", "is_inserted", "normalise", "original_id"]

FLAGS = (
    "cancelActivity",
    "instantiate",
    "isClosed",
    "isExecutable",
    "isForCompensation",
    "isInterrupting",
    "isSequential",
    "parallelMultiple",
    "testBefore",
    "triggeredByEvent",
)
"""Boolean attributes: XML Schema allows 1 and 0 too, SpiffWorkflow compares with `true`."""
PEOPLE_ONLY = (xml.own("act"), xml.own("procedure"))
"""What of our own is said to people and services, not to the engine."""
MAX_SHARED = 100
"""References to shared event definitions in a file, and elements of one such definition."""
SPLITTING = (*xml.GATEWAYS, "startEvent")
"""Flow nodes that SpiffWorkflow lets have several outgoing flows."""


def normalise(root: Node) -> Node:
    """Give a copy of a parsed file that SpiffWorkflow reads faithfully; `root` is not changed."""
    root = deepcopy(root)
    ids.complete(root)
    _drop_what_only_people_read(root)
    rename_collisions(root)
    written_out(root)
    _write_flags_out(root)
    inline(root)
    collaborations.write_out(root)
    collaborations.address(root)
    languages.write_out(root)
    for call in root.iter(tag("callActivity")):
        if called := called_by(call):
            call.set("calledElement", called)
    builder = _Builder()
    for scope in list(root.iter(tag("process"), *map(tag, xml.SUB_PROCESSES))):
        _put_flows_where_they_belong(scope)
    for scope in list(root.iter(tag("process"), *map(tag, xml.SUB_PROCESSES))):
        builder.links(scope)
        builder.splits(scope)
        builder.missing_start(scope)
        builder.missing_ends(scope)
    return root


def _drop_what_only_people_read(root: Node) -> None:
    """Drop those of our own extensions that only the model is read for, and whose ids the parser trips over."""
    for node in root.iter(tag("extensionElements")):
        for child in [child for child in node if child.tag in PEOPLE_ONLY]:
            node.remove(child)


def _write_flags_out(root: Node) -> None:
    for node in root.iterdescendants(f"{{{BPMN}}}*"):
        for name in FLAGS:
            if (value := node.get(name)) is not None:
                node.set(name, {"1": "true", "0": "false"}.get(value.strip(), value.strip()))


def inline(root: Node) -> None:
    """Put, in place, a copy of each shared event definition where an event refers to it.

    A reference to nothing stays, as do those of a file with so many that copies would swell it: both are refused.
    """
    references = list(root.iter(tag("eventDefinitionRef")))
    shared = {node.get("id"): node for node in root if local(node).endswith("EventDefinition") and node.get("id")}
    if len(references) > MAX_SHARED or any(sum(1 for _ in node.iter()) > MAX_SHARED for node in shared.values()):
        return
    for reference in references:
        event, definition = cast(Node, reference.getparent()), shared.get(xml.bare(reference.text))
        if definition is not None:
            copy = deepcopy(definition)
            copy.set("id", f"{INSERTED_NODE}{event.get('id')}_{definition.get('id')}")
            event.append(copy)
            event.remove(reference)


def _put_flows_where_they_belong(scope: Node) -> None:
    """Move flows that are written outside the scope of the two nodes they join (their drawing does not tell)."""
    inside = {node.get("id"): node for node in scope if xml.is_flow_node(node)}
    for flow in list(xml.root_of(scope).iter(tag("sequenceFlow"))):
        if flow.getparent() is not scope and flow.get("sourceRef") in inside and flow.get("targetRef") in inside:
            cast(Node, flow.getparent()).remove(flow)
            scope.append(flow)


def outgoing_flows(scope: Node) -> dict[str, list[Node]]:
    """Map the ids of the nodes of a scope to the flows that leave them."""
    found: dict[str, list[Node]] = {}
    for flow in scope.iterchildren(tag("sequenceFlow")):
        found.setdefault(flow.get("sourceRef") or "", []).append(flow)
    return found


def has_condition(flow: Node) -> bool:
    """Tell whether a flow has a condition with a text."""
    return bool(xml.text_of(flow.find(tag("conditionExpression"))))


class _Builder:
    """Inserts nodes and flows into the scopes of one file, numbering the flows."""

    def __init__(self) -> None:
        self.flows = 0

    def flow(self, scope: Node, source: str, target: str) -> Node:
        self.flows += 1
        return _element(scope, "sequenceFlow", id=f"{INSERTED_FLOW}{self.flows}", sourceRef=source, targetRef=target)

    def links(self, scope: Node) -> None:
        """Join each throwing link event to the catching one of the same name (BPMN 2.0.2, 10.5.6)."""
        catches: dict[str, str] = {}
        for catch in scope.findall(tag("intermediateCatchEvent")):
            for definition in catch.findall(tag("linkEventDefinition")):
                catches[_link_name(definition)] = catch.get("id") or ""
                catch.remove(definition)
        for throw in scope.findall(tag("intermediateThrowEvent")):
            for definition in throw.findall(tag("linkEventDefinition")):
                if target := catches.get(_link_name(definition)):
                    self.flow(scope, throw.get("id") or "", target)
                    throw.remove(definition)

    def splits(self, scope: Node) -> None:
        """Write an implicit split out as a gateway (BPMN 2.0.2, 8.4.13 and 10.3.1)."""
        flows = outgoing_flows(scope)
        for node in [node for node in scope if xml.is_flow_node(node)]:
            outgoing = flows.get(node.get("id") or "", [])
            conditional = [flow for flow in outgoing if has_condition(flow)]
            if local(node) in xml.GATEWAYS or not (conditional or (len(outgoing) > 1 and local(node) not in SPLITTING)):
                continue
            default = node.attrib.pop("default", None)
            free = [flow for flow in outgoing if flow not in conditional and flow.get("id") != default]
            chosen = [flow for flow in outgoing if flow not in free]
            first = f"{INSERTED_NODE}{node.get('id')}"
            if conditional and free:  # some flows always, the others by their conditions
                second = f"{first}_c"
                self.gateway(scope, "parallelGateway", first, free)
                self.gateway(scope, "inclusiveGateway", second, chosen, default)
                self.flow(scope, first, second)
                if default is None:
                    self.way_out(scope, second)
            elif conditional:
                self.gateway(scope, "inclusiveGateway", first, chosen, default)
            else:
                self.gateway(scope, "parallelGateway", first, outgoing)
            self.flow(scope, node.get("id") or "", first)

    def gateway(self, scope: Node, kind: str, id_: str, flows: list[Node], default: str | None = None) -> None:
        """Insert a gateway from which `flows` now leave."""
        node = _element(scope, kind, id=id_)
        if default is not None and kind == "inclusiveGateway":
            node.set("default", default)
        for flow in flows:
            flow.set("sourceRef", id_)

    def way_out(self, scope: Node, gateway: str) -> None:
        """Let a token end at an inserted gateway when no condition holds: the unconditional flows were taken anyway."""
        end = _element(scope, "endEvent", id=f"{gateway}_end")
        default = self.flow(scope, gateway, end.get("id") or "")
        for node in scope.findall(tag("inclusiveGateway")):
            if node.get("id") == gateway:
                node.set("default", default.get("id") or "")

    def missing_start(self, scope: Node) -> None:
        """Give a sub-process without a start event one that starts all that has no incoming flow (10.3.5)."""
        if local(scope) in ("process", "adHocSubProcess") or scope.find(tag("startEvent")) is not None:
            return
        targets = {flow.get("targetRef") for flow in scope.iterchildren(tag("sequenceFlow"))}
        roots = [node for node in _running(scope) if node.get("id") not in targets and local(node) != "boundaryEvent"]
        if not roots:
            return
        start = _element(scope, "startEvent", id=f"{INSERTED_NODE}{scope.get('id')}_start")
        for node in roots:
            self.flow(scope, start.get("id") or "", node.get("id") or "")

    def missing_ends(self, scope: Node) -> None:
        """Give everything that nothing leaves an end event: a token that reaches it is consumed there (10.5.3)."""
        sources = {flow.get("sourceRef") for flow in scope.iterchildren(tag("sequenceFlow"))}
        for node in list(_running(scope)):
            if (
                local(node) == "endEvent"
                or node.get("id") in sources
                or node.find(tag("linkEventDefinition")) is not None
            ):
                continue
            end = _element(scope, "endEvent", id=f"{INSERTED_NODE}{node.get('id')}_end")
            self.flow(scope, node.get("id") or "", end.get("id") or "")


def _running(scope: Node) -> Iterator[Node]:
    """Walk the flow nodes of a scope that tokens reach by flows: no event sub-processes, nothing of compensation."""
    for node in scope:
        aside = "true" in (node.get("triggeredByEvent"), node.get("isForCompensation")) or (
            local(node) == "boundaryEvent" and node.find(tag("compensateEventDefinition")) is not None
        )
        if xml.is_flow_node(node) and not aside:
            yield node


def _link_name(definition: Node) -> str:
    return (definition.get("name") or "").strip()


def _element(scope: Node, kind: str, **attributes: str) -> Node:
    return cast(Node, etree.SubElement(cast(etree._Element, scope), tag(kind), attributes))
