"""Duties kept apart: what `motcua:notBy` names must be tasks of people in the same file."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check, found, nodes
from bpmn.extensions import parts_of
from bpmn.xml import Node
from findings import Finding


@check
def duties(process_xml: Node) -> Iterable[Finding]:
    """Refuse a `notBy` that would never hold: an element that is no task of a person, or the task itself."""
    tasks = {node.get("id") for node in xml.root_of(process_xml).iter(xml.tag("userTask"), xml.tag("manualTask"))}
    for node in nodes(process_xml, "userTask", "manualTask"):
        for named in parts_of(node).not_by or ():
            if named == node.get("id"):
                yield found(
                    "not-by-itself",
                    node,
                    "motcua:notBy nêu chính việc này: làm lại sẽ không ai làm được. Hãy bỏ nó.",
                    "motcua:notBy names the task itself: done again, it could be nobody's. Remove it.",
                )
            elif named not in tasks:
                yield found(
                    "not-by-unknown",
                    node,
                    f"motcua:notBy nêu “{named[:80]}”, không phải việc của người trong tệp này. Hãy ghi id một việc.",
                    f"motcua:notBy names “{named[:80]}”, which is no person's task in this file. Write a task's id.",
                )
