"""What a diagram says: bytes -> tree -> processes with their elements, lanes, acts, limits and legal parts.

Reading is tolerant and never guesses aloud: what it cannot read counts as absent, and bpmn/checks names it.
"""

from __future__ import annotations

from copy import deepcopy
from sys import intern

from bpmn import ids, xml
from bpmn.bindings import Bound, is_computed
from bpmn.extensions import called_by, documented, motcua, parts_of, version_tag
from bpmn.extensions.parts import Parts
from bpmn.globals import written_out
from bpmn.languages import TIMES
from bpmn.model import Element, Process
from errors import Malformed
from texts import Text

NAMELESS = Text("", "")


def parse(data: bytes) -> xml.Node:
    """Parse an untrusted BPMN file of at most 2 MB into its `definitions` element.

    Raises Malformed (not XML, a DOCTYPE, another root) and TooLarge (size, depth, number of elements).
    """
    root = xml.parse(data)
    if root.tag != xml.tag("definitions"):
        raise Malformed(
            Text(
                vi=f"Đây là XML nhưng không phải BPMN 2.0: phần tử gốc là <{xml.local(root)}>, "
                "phải là <definitions> của BPMN. Hãy xuất lại từ trình vẽ BPMN.",
                en=f"This is XML but not BPMN 2.0: its root is <{xml.local(root)}>, not BPMN's <definitions>. "
                "Export it again from a BPMN modeler.",
            )
        )
    return root


def processes(root: xml.Node) -> tuple[Process, ...]:
    """Read every process of a parsed file, in its order; `root` is not changed."""
    root = deepcopy(root)
    ids.complete(root)
    written_out(root)
    return tuple(process_of(node) for node in root.iterchildren(xml.tag("process")))


def process_of(node: xml.Node) -> Process:
    """Read one `process` whose elements all have ids."""
    key, lanes = node.get("id") or "", lanes_of(node)
    found: dict[str, Element] = {}
    calls: dict[str, None] = {}
    decisions: dict[str, None] = {}
    for child in xml.flow_nodes(node):
        parts = parts_of(child)
        element = element_of(child, parts, process_key=key, lane=lane_of(child, lanes))
        found.setdefault(element.id, element)
        if element.called and not is_computed(element.called):
            calls[bound_call(element.called, parts).text] = None
        if element.type == "businessRuleTask" and parts.decision and not is_computed(parts.decision):
            decisions[Bound(parts.decision, *(parts.decision_binding or ())).text] = None
    procedure, name = motcua.procedure_of(node), name_of(node)
    return Process(
        key=key,
        name=name,
        name_text=(procedure.name if procedure else None) or Text(vi=name, en=name),
        version_tag=version_tag(node),
        is_executable=is_executable(node),
        elements=found,
        calls=tuple(calls),
        decisions=tuple(decisions),
        flows=flows_of(node),
        procedure=procedure,
    )


def timer_of(node: xml.Node) -> str:
    """Give the text of an event's timer; empty where it has none."""
    times = (
        one for definition in xml.event_definitions(node) for name in TIMES for one in definition.iter(xml.tag(name))
    )
    return next(map(xml.text_of, times), "")


def scope_of(node: xml.Node) -> str:
    """Give the id of the sub-process that a node lies in; empty in the process itself."""
    around = node.getparent()
    return intern((around.get("id") or "") if around is not None and xml.local(around) != "process" else "")


def bound_call(key: str, parts: Parts) -> Bound:
    """Give what a call activity calls, with its binding."""
    return Bound(key, parts.call.binding, parts.call.wanted) if parts.call else Bound(key)


def element_of(node: xml.Node, parts: Parts, *, process_key: str, lane: str) -> Element:
    """Read one flow node."""
    return Element(
        id=intern(node.get("id") or ""),  # flows name it too, and hundreds of diagrams are kept
        type=xml.local(node),
        name=" ".join((node.get("name") or "").split()),
        process_key=process_key,
        line=node.sourceline,
        documentation="\n".join(
            filter(None, (*map(xml.text_of, node.findall(xml.tag("documentation"))), documented(node)))
        ),
        lane=lane,
        scope=scope_of(node),
        attached_to=intern(node.get("attachedToRef") or ""),
        timer=timer_of(node),
        form=parts.form or "",
        candidate_groups=parts.candidate_groups or default_groups(node, parts, lane),
        candidate_users=parts.candidate_users or (),
        assignee=parts.assignee or "",
        due=parts.due or "",
        follow_up=parts.follow_up or "",
        priority=50 if parts.priority is None else parts.priority,
        priority_text=parts.priority_text or "",
        initiator=parts.initiator or "",
        acts=parts.acts or (),
        act_variable=parts.act_variable or "act",
        limit=parts.limit,
        national_status=parts.national_status,
        public_name=parts.public_name or NAMELESS,
        is_public=parts.is_public is not False,
        pause=parts.pause or "",
        starts_limit=parts.starts_limit or "",
        document=parts.document or "",
        fee=parts.fee or "",
        not_by=parts.not_by or (),
        called=called_by(node) if xml.local(node) == "callActivity" else "",
        connector=parts.connector or "",
        inputs=tuple(each.target for each in parts.inputs or ()),
        result_variable=parts.result_variable or "",
        retries=parts.retries or "",
    )


def default_groups(node: xml.Node, parts: Parts, lane: str) -> tuple[str, ...]:
    """Give the lane as the candidate group of a user task for which nobody is named (10.7)."""
    said = parts.candidate_users or parts.assignee or not lane or is_computed(lane)
    return (lane,) if xml.local(node) == "userTask" and not said else ()


def flows_of(process: xml.Node) -> tuple[tuple[str, str], ...]:
    """Give (source id, target id) of every sequence flow of a process, those within sub-processes too."""
    flows = process.iterdescendants(xml.tag("sequenceFlow"))
    return tuple((intern(xml.bare(flow.get("sourceRef"))), intern(xml.bare(flow.get("targetRef")))) for flow in flows)


def is_executable(process: xml.Node) -> bool:
    """Tell whether a process is meant to run; a file that does not say means it (as Camunda 8 and SpiffWorkflow do)."""
    return process.get("isExecutable", "true").strip() in ("true", "1")


def name_of(process: xml.Node) -> str:
    """Give a process's name, else that of its pool."""
    pools = xml.root_of(process).iter(xml.tag("participant"))
    names = (pool.get("name") for pool in pools if xml.bare(pool.get("processRef")) == process.get("id"))
    return " ".join((process.get("name") or next(names, None) or "").split())


def lanes_of(process: xml.Node) -> dict[str, str]:
    """Map the ids of flow nodes to the name of their innermost named lane."""
    found: dict[str, str] = {}
    for lane in process.iter(xml.tag("lane")):  # outer lanes come first in the document, inner ones overwrite them
        name = " ".join((lane.get("name") or "").split())
        for reference in lane.findall(xml.tag("flowNodeRef")):
            if name:
                found[xml.bare(reference.text)] = name
    return found


def lane_of(node: xml.Node, lanes: dict[str, str]) -> str:
    """Give the lane of a flow node; what lies in a sub-process lies in the sub-process's lane."""
    around = (ancestor.get("id") or "" for ancestor in (node, *node.iterancestors()))
    return next((lanes[id_] for id_ in around if id_ in lanes), "")
