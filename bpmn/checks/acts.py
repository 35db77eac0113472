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
def supplements_can_be_composed(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Refuse an act that asks for a supplement where there is nothing to tie its points to, and an idle approval."""
    legal = process.procedure
    for node in nodes(process_xml, "userTask", "manualTask"):
        element = process.elements.get(node.get("id") or "")
        for act in element.acts if element else ():
            if act.asks and legal is not None and not (legal.components and legal.legal_basis):
                yield found(
                    "supplement-without-parts",
                    node,
                    f"Nút “{act.id}” yêu cầu bổ sung, nhưng thủ tục chưa có <motcua:component> hoặc "
                    "<motcua:legalBasis> để mỗi điểm dẫn tới. Hãy thêm, hoặc bỏ asks.",
                    f"The act “{act.id}” asks for a supplement, but the procedure has no <motcua:component> or no "
                    "<motcua:legalBasis> that its points could name. Add them, or remove asks.",
                )
            if act.approval and not act.asks:
                yield found(
                    "approval-of-nothing",
                    node,
                    f"Nút “{act.id}” có approval nhưng không có asks: chỉ phiếu yêu cầu bổ sung được duyệt "
                    "trước khi gửi. Hãy bỏ approval, hoặc vẽ một bước duyệt.",
                    f"The act “{act.id}” has approval without asks: only a supplement request is approved before "
                    "it goes out. Remove approval, or draw a step that approves.",
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
