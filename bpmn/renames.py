"""Ids that would collide with names SpiffWorkflow uses itself: renamed for the engine, given back afterwards."""

from __future__ import annotations

from bpmn import xml
from bpmn.model import BPMN

RENAMED = "_r_"
"""How an id begins that was renamed; the rest is the id of the file."""
INSERTED_NODE = "_g_"
INSERTED_FLOW = "_nf"
INTERNAL = frozenset(("Start", "End", "Root", "StartEventSplit", "StartEventJoin"))
INTERNAL_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
REFERENCES = ("id", "sourceRef", "targetRef", "default", "attachedToRef", "activityRef", "bpmnElement")
REFERENCE_TEXTS = ("incoming", "outgoing", "flowNodeRef", "sourceRef", "targetRef")


def original_id(name: str) -> str:
    """Give the id that the file uses for a node of the normalised diagram."""
    return name.removeprefix(RENAMED)


def is_inserted(name: str) -> bool:
    """Tell whether the normaliser inserted the node or flow of that id; no person and no log should see it."""
    return name.startswith((INSERTED_NODE, INSERTED_FLOW))


def rename_collisions(root: xml.Node) -> None:
    """Rename, in place, every flow node or flow whose id the engine would confuse with something else."""
    foreign = {node.get("id") for node in root.iter("*") if xml.namespace(node.tag) != BPMN and _bears_own_ids(node)}
    names = {
        id_: RENAMED + id_
        for node in root.iterdescendants(f"{{{BPMN}}}*")
        if (xml.is_flow_node(node) or xml.local(node) == "sequenceFlow")
        and ((id_ := node.get("id") or "") in foreign or _collides(id_))
    }
    if not names:
        return
    for node in root.iter("*"):
        for attribute in REFERENCES:
            if (value := node.get(attribute)) in names:
                node.set(attribute, names[value or ""])
        if xml.local(node) in REFERENCE_TEXTS and (text := (node.text or "").strip()) in names:
            node.text = names[text]


def _collides(id_: str) -> bool:
    return id_ in INTERNAL or id_.endswith(INTERNAL_ENDINGS) or id_.startswith((INSERTED_NODE, INSERTED_FLOW, RENAMED))


def _bears_own_ids(node: xml.Node) -> bool:
    """Tell whether a foreign element's id is a name of its own kind (a form field, a parameter), not an XML id."""
    return bool(node.get("id")) and "/DD/" not in node.tag and "/BPMN/" not in node.tag
