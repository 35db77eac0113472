"""Activities: each has somebody or something to do it, and an end."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn import xml
from bpmn.bindings import is_computed
from bpmn.checks.base import check, check_read, found, nodes, noted, warned
from bpmn.checks.expressions import each_of, refused_expression, why_refused
from bpmn.checks.java import in_other_language, of_execution
from bpmn.extensions import called_by, parts_of, roles
from bpmn.extensions.activiti import PYTHON
from bpmn.extensions.jython import asks_more
from bpmn.model import Process
from bpmn.xml import Node, local, tag
from expressions import dialect
from findings import Finding

MOST_TOKENS = 100
"""Tokens that one activity may need or give."""


@check
def service_tasks(process_xml: Node) -> Iterable[Finding]:
    """Refuse a service task that says not what does it, and work that is to be done twice."""
    for node in nodes(process_xml, "serviceTask", "sendTask", "businessRuleTask"):
        parts = parts_of(node)
        ways = [parts.topic, parts.connector, parts.expression]
        if local(node) == "serviceTask" and not any(ways):
            yield found(
                "service-task",
                node,
                "Việc dịch vụ không nói ai thực hiện. Hãy ghi motcua:topic (một chương trình bên ngoài nhận việc theo "
                "chủ đề đó), hoặc motcua:connector (máy chủ tự làm, ví dụ mail), hoặc đổi thành việc người dùng.",
                "Nothing says what carries out this service task. Set motcua:topic (a program outside fetches it under "
                "that topic) or motcua:connector (the server does it itself, such as mail), or make it a user task.",
            )
        if len(list(filter(None, (*ways, parts.decision)))) > 1:
            yield found(
                "work-named-twice",
                node,
                "Việc này ghi nhiều cách thực hiện. Hãy giữ một: motcua:topic, motcua:connector, biểu thức hoặc bảng "
                "quyết định.",
                "This task names more than one way to be carried out. Keep one: motcua:topic, motcua:connector, an "
                "expression or a decision.",
            )


@check
def scripts(process_xml: Node) -> Iterable[Finding]:
    """Refuse scripts in another language than Python; warn of a task without one, which is passed (10.3.3)."""
    for node in nodes(process_xml, "scriptTask"):
        language = (node.get("scriptFormat") or "").strip().lower()
        written, source = parts_of(node).script, xml.text_of(node.find(tag("script")))
        if parts_of(node).topic:
            continue
        if written and language not in PYTHON:
            if reason := dialect.refusal(written, assigns=True):
                yield refused_expression(node, written, reason)
        elif not source:
            yield warned(
                "script-missing",
                node,
                "Việc kịch bản không có kịch bản nên được đi qua ngay. Hãy viết vài dòng Python gán biến, hoặc bỏ nó.",
                "The script task has no script, so it is passed at once. Write a few lines of Python that assign "
                "variables, or remove the step.",
            )
        elif language not in ("", *PYTHON):
            yield in_other_language(node, language, source)
        elif asks_more(written or source):
            yield of_execution(node)


@check
def calls(process_xml: Node) -> Iterable[Finding]:
    """Refuse a call activity that names no process, or one whose name cannot be evaluated."""
    for node in nodes(process_xml, "callActivity"):
        called = called_by(node)
        call = parts_of(node).call
        for text in filter(is_computed, (called, call.wanted if call else "")):
            if reason := why_refused(text):
                yield refused_expression(node, text, reason)
        if not called:
            yield found(
                "call-without-target",
                node,
                "Hoạt động gọi phải nêu mã của quy trình được gọi (calledElement), hoặc biểu thức cho ra mã đó.",
                "A call activity must name the process it calls (calledElement), or an expression that gives its id.",
            )


@check
def business_rules(process_xml: Node) -> Iterable[Finding]:
    """Refuse a business rule task without a decision that nobody outside carries out either."""
    for node in nodes(process_xml, "businessRuleTask"):
        parts = parts_of(node)
        decision = parts.decision or ""
        if not decision and (parts.topic or parts.connector):
            continue
        for text in filter(is_computed, (decision, *(parts.decision_binding or ())[1:])):
            if reason := why_refused(text):
                yield refused_expression(node, text, reason)
        if not decision:
            yield found(
                "business-rule-without-decision",
                node,
                "Việc quy tắc phải nêu mã bảng quyết định (motcua:decision hoặc camunda:decisionRef), hoặc "
                "motcua:topic.",
                "A business rule task must name its decision (motcua:decision or camunda:decisionRef), or a "
                "motcua:topic.",
            )


@check
def resource_roles(process_xml: Node) -> Iterable[Finding]:
    """Refuse a role that names nobody."""
    resources = {node.get("id") for node in xml.root_of(process_xml).iterchildren(tag("resource"))}
    for node in nodes(process_xml, *xml.ACTIVITIES):
        for role in roles.roles(node, *roles.ASSIGNING, *roles.OFFERING):
            resource = xml.bare(xml.text_of(role.find(tag("resourceRef"))))
            if not (roles.expression_of(role) or resource in resources):
                yield found(
                    "resource-role",
                    node,
                    f"{xml.local(role)} không nêu ai. Hãy ghi biểu thức như user(an), group(desk), hoặc một resource.",
                    f"{xml.local(role)} names nobody. Write an expression like user(an), group(desk), or a resource.",
                )


@check_read
def for_nobody(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Warn of a task for people that names neither people nor groups nor lies in a lane."""
    for node in nodes(process_xml, "userTask"):
        element = process.elements.get(node.get("id") or "")
        if element and not (element.assignee or element.candidate_groups or element.candidate_users or element.lane):
            yield warned(
                "task-for-nobody",
                node,
                "Việc này không ghi nhóm hay người nào, nên chỉ quản trị viên thấy nó. Hãy ghi motcua:candidateGroups.",
                "This task names no group and no person, so only administrators see it. Set motcua:candidateGroups.",
            )


@check
def passing(process_xml: Node) -> Iterable[Finding]:
    """Note which tasks are passed at once: those of no kind, and manual ones (10.3.3)."""
    for node in nodes(process_xml, "task"):
        yield noted(
            "task-passes",
            node,
            "Việc không ghi loại nên được đi qua ngay. Nếu cần người làm, hãy đổi thành việc người dùng.",
            "A task of no kind is passed at once. Make it a user task if somebody must do it.",
        )
    for node in nodes(process_xml, "manualTask"):
        yield noted(
            "manual-task-passes",
            node,
            "Việc thủ công được làm ngoài hệ thống nên được đi qua ngay. Nếu phải chờ người báo xong, hãy đổi thành "
            "việc người dùng.",
            "A manual task is done outside, so it is passed at once. Make it a user task if somebody must say that it "
            "is done.",
        )


@check
def quantities(process_xml: Node) -> Iterable[Finding]:
    """Refuse quantities of tokens below 1 (table 10.3), and so many that a step could never hold them."""
    for node in nodes(process_xml, *xml.ACTIVITIES):
        for name in ("startQuantity", "completionQuantity"):
            written = (node.get(name) or "1").strip()
            if not (written.isascii() and written.isdigit() and 1 <= int(written) <= MOST_TOKENS):
                yield found(
                    "quantity",
                    node,
                    f"{name} phải là số nguyên từ 1 đến {MOST_TOKENS}. Hãy sửa hoặc xoá thuộc tính này.",
                    f"{name} must be a whole number from 1 to {MOST_TOKENS}. Mend it or remove the attribute.",
                )


@check
def multi_instances(process_xml: Node) -> Iterable[Finding]:
    """Refuse multi-instance activities that say not what to run for, or in a way the engine crashes on."""
    for loop in process_xml.iterdescendants(tag("multiInstanceLoopCharacteristics")):
        cardinality = xml.text_of(loop.find(tag("loopCardinality")))
        collection = xml.text_of(loop.find(tag("loopDataInputRef"))) or each_of(loop).collection
        if bool(cardinality) == bool(collection):
            yield found(
                "multi-instance-without-count",
                loop,
                "Việc nhiều thể hiện cần đúng một trong hai: số lần (loopCardinality) hoặc danh sách "
                "(loopDataInputRef).",
                "A multi-instance activity needs exactly one of a number (loopCardinality) and a list "
                "(loopDataInputRef).",
            )
        yield from _behavior(loop)


def _behavior(loop: Node) -> Iterable[Finding]:
    """Refuse a behavior that says not what it throws, or throws what an activity cannot throw at its own border."""
    behavior = (loop.get("behavior") or "All").strip()
    thrown: list[Node] = []
    if behavior in ("None", "One"):
        wanted = xml.bare(loop.get(f"{behavior.lower()}BehaviorEventRef"))
        thrown = [node for node in xml.root_of(loop) if wanted and node.get("id") == wanted]
    elif behavior == "Complex":
        rules = loop.findall(tag("complexBehaviorDefinition"))
        thrown = [definition for rule in rules for event in rule.findall(tag("event")) for definition in event]
    thrown = [node for node in thrown if xml.local(node).endswith("EventDefinition")]
    if behavior != "All" and not thrown:
        yield found(
            "multi-instance-behavior",
            loop,
            f"behavior “{behavior}” không nói phát ra sự kiện nào. Hãy chọn sự kiện, hoặc xoá thuộc tính behavior.",
            f"The behavior “{behavior}” does not say which event it throws. Choose the event, or remove the attribute.",
        )
    for definition in thrown:
        if xml.local(definition).removesuffix("EventDefinition") not in ("message", "signal", "escalation", "error"):
            yield found(
                "multi-instance-behavior",
                loop,
                "Việc nhiều thể hiện chỉ phát được thông điệp, tín hiệu, leo thang hoặc lỗi. Hãy chọn một trong số đó.",
                "A multi-instance activity can throw a message, a signal, an escalation or an error only. Choose one.",
            )


@check
def standard_loops(process_xml: Node) -> Iterable[Finding]:
    """Refuse a loop that nothing ends."""
    for loop in process_xml.iterdescendants(tag("standardLoopCharacteristics")):
        maximum = (loop.get("loopMaximum") or "").strip()
        if not xml.text_of(loop.find(tag("loopCondition"))) and not maximum:
            yield found(
                "loop-without-end",
                loop,
                "Vòng lặp không có gì kết thúc. Hãy ghi loopMaximum hoặc loopCondition.",
                "Nothing ends this loop. Set loopMaximum or loopCondition.",
            )
        if maximum.startswith("-"):
            yield found(
                "loop-negative",
                loop,
                "loopMaximum không được âm.",
                "loopMaximum must not be negative.",
            )
