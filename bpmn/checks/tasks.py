"""Activities: each has somebody or something to do it, and an end."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check, check_read, found, nodes, noted, warned
from bpmn.extensions import parts_of
from bpmn.extensions.camunda import attribute as camunda
from bpmn.model import Process
from bpmn.reader import called_by
from bpmn.xml import Node, tag
from findings import Finding


@check
def service_tasks(process_xml: Node) -> Iterable[Finding]:
    """Refuse service tasks: no connector and no external worker does them yet."""
    for node in nodes(process_xml, "serviceTask"):
        yield found(
            "service-task",
            node,
            "Việc dịch vụ chưa có ai thực hiện (chưa có bộ nối nào). Hãy dùng việc người dùng, hoặc gửi và nhận "
            "thông điệp.",
            "Nothing carries out a service task yet (there are no connectors). Use a user task, or send and receive "
            "messages.",
        )


@check
def scripts(process_xml: Node) -> Iterable[Finding]:
    """Refuse script tasks without a script or in another language than Python."""
    for node in nodes(process_xml, "scriptTask"):
        language = (node.get("scriptFormat") or "").strip().lower()
        if not xml.text_of(node.find(tag("script"))):
            yield found(
                "script-missing",
                node,
                "Việc kịch bản không có kịch bản. Hãy viết vài dòng Python gán biến, hoặc bỏ bước này.",
                "The script task has no script. Write a few lines of Python that assign variables, or remove the step.",
            )
        elif language not in ("", "python", "text/python", "text/x-python", "application/x-python"):
            yield found(
                "script-language",
                node,
                f"Kịch bản viết bằng “{language}” không chạy được. Hãy viết lại bằng Python (gán biến theo tên).",
                f"A script in “{language}” cannot run. Rewrite it in Python (assign variables by name).",
            )


@check
def calls(process_xml: Node) -> Iterable[Finding]:
    """Refuse a call activity that names no process, or computes its name."""
    for node in nodes(process_xml, "callActivity"):
        called = called_by(node)
        if not called or called.startswith(("$", "#", "=")):
            yield found(
                "call-without-target",
                node,
                "Hoạt động gọi phải nêu mã của quy trình được gọi (calledElement), không phải biểu thức.",
                "A call activity must name the process it calls (calledElement) by its id, not by an expression.",
            )


@check
def business_rules(process_xml: Node) -> Iterable[Finding]:
    """Refuse a business rule task without a decision."""
    for node in nodes(process_xml, "businessRuleTask"):
        decision = parts_of(node).decision or ""
        if not decision or decision.startswith(("$", "#", "=")):
            yield found(
                "business-rule-without-decision",
                node,
                "Việc quy tắc phải nêu mã bảng quyết định (motcua:decision hoặc camunda:decisionRef).",
                "A business rule task must name its decision (motcua:decision or camunda:decisionRef).",
            )


@check_read
def for_nobody(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Warn of a task for people that names neither people nor groups nor lies in a lane."""
    for node in nodes(process_xml, "userTask", "manualTask"):
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
    """Note which tasks of no special kind wait for somebody and which do not."""
    for node in nodes(process_xml, "task"):
        yield noted(
            "task-passes",
            node,
            "Việc không ghi loại nên được đi qua ngay. Nếu cần người làm, hãy đổi thành việc người dùng.",
            "A task of no kind is passed at once. Make it a user task if somebody must do it.",
        )
    for node in nodes(process_xml, "manualTask"):
        yield noted(
            "manual-task-waits",
            node,
            "Việc thủ công ở đây chờ có người báo đã xong. Nếu chỉ để minh hoạ, hãy đổi thành việc không loại.",
            "A manual task waits here until somebody says that it is done. Make it a task of no kind to pass it.",
        )


@check
def multi_instances(process_xml: Node) -> Iterable[Finding]:
    """Refuse multi-instance activities that say not what to run for, or in a way the engine crashes on."""
    for loop in process_xml.iterdescendants(tag("multiInstanceLoopCharacteristics")):
        cardinality = xml.text_of(loop.find(tag("loopCardinality")))
        collection = xml.text_of(loop.find(tag("loopDataInputRef"))) or loop.get(camunda("collection"))
        if bool(cardinality) == bool(collection):
            yield found(
                "multi-instance-without-count",
                loop,
                "Việc nhiều thể hiện cần đúng một trong hai: số lần (loopCardinality) hoặc danh sách "
                "(loopDataInputRef).",
                "A multi-instance activity needs exactly one of a number (loopCardinality) and a list "
                "(loopDataInputRef).",
            )
        if (loop.get("behavior") or "All") != "All":
            yield found(
                "multi-instance-behavior",
                loop,
                'Chỉ hỗ trợ behavior="All". Hãy xoá thuộc tính này và dùng sự kiện sau khi tất cả hoàn thành.',
                'Only behavior="All" is supported. Remove the attribute and use an event after all have completed.',
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
