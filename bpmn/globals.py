"""Global tasks (10.3.7): tasks that call activities call, each written out as a process of that one task."""

from __future__ import annotations

from typing import cast

from lxml import etree

from bpmn import xml
from bpmn.model import BPMN
from bpmn.xml import Node, local, tag

KINDS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
OF_THE_PROCESS = ("ioSpecification", "supportedInterfaceRef", "ioBinding")
"""Children that stay with what is called; the others belong to the task."""
ATTRIBUTES = {"scriptLanguage": "scriptFormat", "implementation": "implementation", "name": "name"}


def written_out(root: Node) -> None:
    """Put, in place, a process with the same id in place of each global task; the task in it is `<id>_task`."""
    taken = {node.get("id") for node in root.iter("*")}
    for node in [child for child in root if xml.namespace(child.tag) == BPMN and local(child) in KINDS]:
        id_ = node.get("id") or ""
        inner = f"{id_}_task"
        while inner in taken:
            inner += "_"
        process = _element(tag("process"), node, id=id_, name=node.get("name") or "", isExecutable="true")
        task = _element(tag(KINDS[local(node)]), node, id=inner)
        for name, value in node.attrib.items():
            if target := ATTRIBUTES.get(name) or (name if name.startswith("{") else ""):
                task.set(target, value)
        for child in list(node):
            (process if local(child) in OF_THE_PROCESS else task).append(child)
        process.append(task)
        root.insert(root.index(node), process)
        root.remove(node)


def _element(qualified: str, origin: Node, /, **attributes: str) -> Node:
    made = etree.Element(qualified, {key: value for key, value in attributes.items() if value}, origin.nsmap)
    made.sourceline = origin.sourceline
    return cast(Node, made)
