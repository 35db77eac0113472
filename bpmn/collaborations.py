"""Message flows: what one pool sends another (BPMN 2.0.2, 9.3), written out as messages with names.

A message flow joins a throwing event or send task with a catching event, a receive task or a whole pool. Modelers
often name the message on one side only, or not at all: the side without one takes the other's, else that of the flow,
else one made of the flow's id. Where both sides name one, what is thrown goes under the name of who awaits it. What is
thrown along a flow is for the processes that the flow leads to, and for no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from bpmn import xml
from bpmn.xml import Node, local, tag

THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")
CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
TO = xml.own("to")
"""Attribute of what throws, for the engine: keys of the processes that its flows lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a message flow: a pool or a node of a process; `process` is None where the pool is a black box."""

    node: Node
    process: Node | None

    @property
    def is_pool(self) -> bool:
        """Tell whether the flow ends at a pool as a whole."""
        return local(self.node) in ("participant", "process")

    @property
    def key(self) -> str:
        """Give the key of the process, or an empty string."""
        return (self.process.get("id") or "") if self.process is not None else ""

    @property
    def runs(self) -> bool:
        """Tell whether the process is meant to run."""
        return self.process is not None and self.process.get("isExecutable", "true").strip() in ("true", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFlow:
    """One message flow; an end is None where the file does not hold it."""

    node: Node
    source: End | None
    target: End | None


def flows_of(root: Node) -> Iterator[MessageFlow]:
    """Give the message flows of a file whose elements have ids."""
    collaborations = list(root.iterchildren(tag("collaboration")))
    if not collaborations:
        return
    processes = {node.get("id"): node for node in root.iterchildren(tag("process"))}
    ends = {id_: End(node=node, process=node) for id_, node in processes.items()}
    for process in processes.values():
        ends |= {node.get("id"): End(node=node, process=process) for node in xml.flow_nodes(process)}
    for pool in root.iter(tag("participant")):
        ends[pool.get("id")] = End(node=pool, process=processes.get(xml.bare(pool.get("processRef"))))
    for collaboration in collaborations:
        for flow in collaboration.iter(tag("messageFlow")):
            source, target = (ends.get(xml.bare(flow.get(name))) for name in ("sourceRef", "targetRef"))
            yield MessageFlow(node=flow, source=source, target=target)


def write_out(root: Node) -> None:
    """Give, in place, what is thrown and awaited at the ends of message flows its message."""
    flows = list(flows_of(root))
    if not flows:
        return
    names = {message.get("id"): (message.get("name") or "").strip() for message in root.iterchildren(tag("message"))}
    for flow in flows:
        if flow.source is None or flow.target is None:
            continue
        sent, awaited = sends(flow.source.node), awaits(flow.target.node)
        name = _name(flow, sent, awaited, names)
        for reference in (sent, awaited):
            if reference is not None and _named(reference, names) != name:
                reference.set("messageRef", _message(root, name, names))


def address(root: Node) -> None:
    """Say, in place, at what throws where its message flows lead."""
    for flow in flows_of(root):
        if flow.source is None or flow.target is None or sends(flow.source.node) is None or not flow.target.runs:
            continue
        to = dict.fromkeys([*(flow.source.node.get(TO) or "").split(), flow.target.key])
        flow.source.node.set(TO, " ".join(to))


def sends(node: Node) -> Node | None:
    """Give what refers to the message that a node throws: its event definition, or itself; None: it throws none."""
    return node if local(node) == "sendTask" else _definition(node) if local(node) in THROWING else None


def awaits(node: Node) -> Node | None:
    """Give what refers to the message that a node awaits, likewise."""
    return node if local(node) == "receiveTask" else _definition(node) if local(node) in CATCHING else None


def message_name(reference: Node) -> str:
    """Give the name of the message that an event definition or task refers to, or an empty string."""
    root = xml.root_of(reference)
    names = {message.get("id"): (message.get("name") or "").strip() for message in root.iterchildren(tag("message"))}
    return _named(reference, names)


def awaited_in(process: Node, names: dict[str | None, str] | None = None) -> list[str]:
    """Give the names of the messages that a process awaits, those first that begin it."""
    nodes = list(xml.flow_nodes(process))
    nodes.sort(key=lambda node: local(node) != "startEvent" and node.get("instantiate") != "true")
    references = [reference for node in nodes if (reference := awaits(node)) is not None]
    found = [message_name(one) if names is None else _named(one, names) for one in references]
    return list(dict.fromkeys(filter(None, found)))


def _definition(node: Node) -> Node | None:
    return next(iter(node.findall(tag("messageEventDefinition"))), None)


def _named(reference: Node, names: dict[str | None, str]) -> str:
    return names.get(xml.bare(reference.get("messageRef")), "")


def _name(flow: MessageFlow, sent: Node | None, awaited: Node | None, names: dict[str | None, str]) -> str:
    """Choose the one name under which a flow's message travels."""
    assert flow.source is not None
    assert flow.target is not None
    said = [_named(one, names) for one in (awaited, flow.node, sent) if one is not None]
    if not any(said) and flow.target.is_pool and flow.target.process is not None:
        there = awaited_in(flow.target.process, names)
        said += there if len(there) == 1 else ()
    made = f"{flow.target.key or flow.source.key}.{flow.node.get('id')}"
    return next(filter(None, said), made)


def _message(root: Node, name: str, names: dict[str | None, str]) -> str:
    """Give the id of the message of that name, which is added where there is none."""
    known = next((id_ for id_, other in names.items() if other == name and id_), None)
    if known is not None:
        return known
    id_ = f"_m_{len(names)}"
    while id_ in names:
        id_ += "_"
    names[id_] = name
    node = etree.Element(tag("message"), {"id": id_, "name": name})
    root.insert(0, cast(Node, node))
    return id_
