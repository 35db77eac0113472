"""Stable ids for what a diagram leaves without one: BPMN makes `id` optional, the engine and our rows need it."""

from __future__ import annotations

from collections import Counter

from bpmn import xml
from bpmn.model import BPMN

MISSING = "_id_"
"""How an id begins that the file did not give."""
NEEDED = xml.FLOW_NODES | {
    "sequenceFlow",
    "process",
    "message",
    "messageFlow",
    "signal",
    "error",
    "escalation",
    "dataObject",
}


def complete(root: xml.Node) -> None:
    """Give every element that needs an id and has none one that is the same at each reading of the file.

    Changes the tree in place. `_id_userTask_2` is the second userTask without an id, in the order of the document.
    """
    taken = {node.get("id") for node in root.iter("*")}
    counts: Counter[str] = Counter()
    for node in root.iter(f"{{{BPMN}}}*"):
        kind = xml.local(node)
        if kind not in NEEDED or node.get("id"):
            continue
        while True:
            counts[kind] += 1
            name = f"{MISSING}{kind}_{counts[kind]}"
            if name not in taken:
                break
        node.set("id", name)
