"""Acts: the buttons of a task, and the gateways that route on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check_read, flows, found, nodes, scopes, warned
from bpmn.checks.graph import Graph
from bpmn.model import Process
from bpmn.xml import Node
from findings import Finding


@check_read
def acts_sound(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Refuse acts without an id or with the same one; warn of one without a label."""
    for node in nodes(process_xml):
        element = process.elements.get(node.get("id") or "")
        counts = Counter(act.id for act in element.acts) if element else Counter[str]()
        for id_, count in counts.items():
            if not id_ or count > 1:
                yield found(
                    "act-id",
                    node,
                    f"Nút “{id_}” thiếu mã hoặc trùng mã. Mỗi nút của một việc cần mã riêng (motcua:act id).",
                    f"The act “{id_}” has no id or shares it. Each act of a task needs an id of its own.",
                )
        for act in element.acts if element else ():
            if act.label.vi == act.id and not act.label.en:
                yield warned(
                    "act-without-label",
                    node,
                    f"Nút “{act.id}” chưa có nhãn. Hãy ghi labelVi và labelEn.",
                    f"The act “{act.id}” has no label. Set labelVi and labelEn.",
                )


@check_read
def acts_share_variable(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Warn of tasks that can be open at once and write their act to the same variable of the same scope."""
    for scope in scopes(process_xml):
        graph = Graph.of(scope)
        acting = [
            process.elements[id_] for id_ in graph.nodes if id_ in process.elements and process.elements[id_].acts
        ]
        if len(acting) < 2:
            continue
        together = graph.together([element.id for element in acting])
        for element in acting:
            others = [
                other
                for other in acting
                if other.act_variable == element.act_variable and (element.id, other.id) in together
            ]
            if others:
                named = ", ".join(f"“{other.name or other.id}”" for other in others[:3])
                yield warned(
                    "acts-share-variable",
                    graph.nodes[element.id],
                    f"Việc này có thể mở cùng lúc với {named} và ghi nút vào cùng biến “{element.act_variable}”. "
                    "Hãy đặt "
                    "motcua:actVariable khác nhau.",
                    f"This task can be open at the same time as {named}, and both write their act to "
                    f"“{element.act_variable}”. Give them different motcua:actVariable.",
                )


@check_read
def act_unknown(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Warn of a condition that compares an act variable with an id that no task offers."""
    offered: dict[str, set[str]] = {}
    for element in process.elements.values():
        if element.acts:
            offered.setdefault(element.act_variable, set()).update(act.id for act in element.acts)
    for flow in flows(process_xml) if offered else ():
        condition = xml.text_of(flow.find(xml.tag("conditionExpression")))
        for variable, value in re.findall(r"\b(\w+)\s*={1,2}\s*[\"']([^\"']*)[\"']", condition):
            if variable in offered and value not in offered[variable]:
                yield warned(
                    "act-unknown",
                    flow,
                    f"Điều kiện so biến “{variable}” với “{value}” nhưng không việc nào có nút đó.",
                    f"The condition compares “{variable}” with “{value}”, but no task offers that act.",
                )
