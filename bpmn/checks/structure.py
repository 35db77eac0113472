"""How a diagram hangs together: ids, references, scopes, starts and ends, size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check, check_read, flows, found, is_true, nodes, scopes, warned
from bpmn.checks.graph import Graph
from bpmn.model import Process
from bpmn.xml import Node, local, tag
from findings import Finding

ASIDE = ("triggeredByEvent", "isForCompensation", "instantiate")
"""Attributes of what runs although no flow leads to it."""
MAX_ID = 200
"""Characters of an id: rows of the database hold it."""
MAX_NAME = 1000
LOOKED_UP = tuple(xml.tag(name) for name in ("message", "signal", "error", "escalation"))
"""What is found by its name, or by its code, in an index."""


@check
def no_start(process_xml: Node) -> Iterable[Finding]:
    """Refuse a process that nothing starts; without a start event all that no flow leads to starts (10.5.2)."""
    graph = Graph.of(process_xml)
    firsts = [id_ for id_, node in graph.nodes.items() if not graph.before.get(id_) and not _stands_aside(node)]
    if not firsts:
        yield found(
            "no-start-event",
            process_xml,
            "Quy trình không có sự kiện bắt đầu. Hãy thêm một sự kiện bắt đầu và nối nó vào bước đầu tiên.",
            "The process has no start event. Add one and connect it to the first step.",
        )


def _stands_aside(node: Node) -> bool:
    return local(node) == "boundaryEvent" or is_true(node, "triggeredByEvent") or is_true(node, "isForCompensation")


@check
def instantiating(process_xml: Node) -> Iterable[Finding]:
    """Refuse what begins an instance by itself in the middle of a flow (10.3.3, 10.6.6)."""
    for node in nodes(process_xml, "receiveTask", "eventBasedGateway"):
        scope = node.getparent()
        first = scope is process_xml and not Graph.of(process_xml).before.get(node.get("id") or "")
        if is_true(node, "instantiate") and not first:
            yield found(
                "instantiating",
                node,
                "Phần tử tự khởi tạo quy trình (instantiate) không được có luồng vào. Hãy bỏ luồng đó hoặc dấu này.",
                "What creates an instance by itself (instantiate) may have no incoming flow. Remove one of the two.",
            )


@check_read
def several_start_events(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Refuse several none start events of a procedure: whoever files a dossier does not choose where it starts.

    Any other process is started at one of them, which its starter names (10.5.2).
    """
    plain = [node for node in process_xml.findall(tag("startEvent")) if not xml.event_definitions(node)]
    for node in plain[1:] if process.procedure is not None else ():
        yield found(
            "several-start-events",
            node,
            "Thủ tục có nhiều sự kiện bắt đầu thường, mà người nộp không chọn được. Hãy giữ một cái, phía sau đặt cổng "
            "rẽ.",
            "The procedure has several none start events and applicants cannot choose. Keep one and put a gateway "
            "behind it.",
        )


@check
def sub_process_start(process_xml: Node) -> Iterable[Finding]:
    """Refuse a sub-process that is empty, has several starts, or a start of the wrong kind."""
    for node in nodes(process_xml, "subProcess", "transaction"):
        starts, by_event = node.findall(tag("startEvent")), is_true(node, "triggeredByEvent")
        if not any(xml.is_flow_node(child) for child in node):
            yield found(
                "sub-process-empty",
                node,
                "Quy trình con không có bước nào. Hãy vẽ các bước của nó, hoặc thay bằng một việc.",
                "The sub-process has no steps. Draw them, or use a task.",
            )
        for extra in starts[1:]:
            yield found(
                "sub-process-start",
                extra,
                "Quy trình con chỉ được có một sự kiện bắt đầu. Hãy giữ một cái, phía sau đặt cổng rẽ.",
                "A sub-process may have one start event only. Keep one and put a gateway behind it.",
            )
        for start in starts[:1]:
            if xml.event_definitions(start) and not by_event:
                yield found(
                    "sub-process-start",
                    start,
                    "Sự kiện bắt đầu của quy trình con phải là loại thường. Hãy đặt một sự kiện chờ phía sau nó.",
                    "The start event of a sub-process must be a none start event. Put a catching event behind it.",
                )
        if by_event and not any(xml.event_definitions(start) for start in starts[:1]):
            yield found(
                "event-sub-process-start",
                node,
                "Quy trình con theo sự kiện cần một sự kiện bắt đầu nói nó chờ gì (thông điệp, hẹn giờ, lỗi…).",
                "An event sub-process needs a start event that says what it waits for (message, timer, error…).",
            )


@check
def ids_usable(process_xml: Node) -> Iterable[Finding]:
    """Refuse ids used twice in the file or too long to store."""
    counts = Counter(node.get("id") for node in xml.root_of(process_xml).iter("{*}*") if _has_xml_id(node))
    for node in (process_xml, *process_xml.iterdescendants()):
        id_ = node.get("id") or ""
        if not _has_xml_id(node):
            continue
        if counts[id_] > 1:
            yield found(
                "duplicate-id",
                node,
                f"Mã “{id_}” được dùng cho {counts[id_]} phần tử. Mỗi phần tử phải có mã riêng.",
                f"The id “{id_}” is used by {counts[id_]} elements. Each needs an id of its own.",
            )
        if len(id_) > MAX_ID:
            yield found(
                "id-too-long",
                node,
                f"Mã dài {len(id_)} ký tự, tối đa {MAX_ID}. Hãy đặt mã ngắn hơn.",
                f"The id has {len(id_)} characters, at most {MAX_ID}. Choose a shorter one.",
            )


@check
def names_usable(process_xml: Node) -> Iterable[Finding]:
    """Refuse names too long to be shown in a list, and names of messages and signals too long to be looked up."""
    definitions = xml.root_of(process_xml)
    for node in (process_xml, *process_xml.iterdescendants(), *definitions.iterchildren(*LOOKED_UP)):
        most = MAX_ID if node.tag in LOOKED_UP else MAX_NAME
        longest = max(len(node.get(attribute) or "") for attribute in ("name", "errorCode", "escalationCode"))
        if longest > most:
            yield found(
                "name-too-long",
                node,
                f"Tên dài {longest} ký tự, tối đa {most}. Hãy đặt tên ngắn hơn.",
                f"The name has {longest} characters, at most {most}. Choose a shorter one.",
            )


def _has_xml_id(node: Node) -> bool:
    return bool(node.get("id")) and node.tag.startswith(xml.tag(""))


@check
def flow_ends(process_xml: Node) -> Iterable[Finding]:
    """Refuse flows that lead nowhere, come from nowhere or cross the border of a sub-process."""
    inside = {node.get("id"): node for node in nodes(process_xml)}
    for flow in flows(process_xml):
        ends = {name: xml.bare(flow.get(name)) for name in ("sourceRef", "targetRef")}
        missing = [id_ for id_ in ends.values() if id_ not in inside]
        for id_ in missing:
            yield found(
                "dangling-reference",
                flow,
                f"Luồng nối với “{id_}” không có trong quy trình này. Hãy nối lại luồng.",
                f"The flow is connected to “{id_}”, which is not in this process. Connect it again.",
            )
        if missing:
            continue
        source, target = inside[ends["sourceRef"]], inside[ends["targetRef"]]
        if source.getparent() is not target.getparent():
            yield found(
                "flow-crosses-border",
                flow,
                "Luồng không được đi xuyên qua viền của quy trình con. Hãy nối tới chính quy trình con.",
                "A flow may not cross the border of a sub-process. Connect it to the sub-process itself.",
            )
        yield from _impossible_end(flow, source, target)


def _impossible_end(flow: Node, source: Node, target: Node) -> Iterable[Finding]:
    if local(target) in ("startEvent", "boundaryEvent") or is_true(target, "triggeredByEvent"):
        yield found(
            "flow-into-start",
            flow,
            "Không luồng nào được đi vào sự kiện bắt đầu, sự kiện biên hay quy trình con theo sự kiện.",
            "No flow may lead into a start event, a boundary event or an event sub-process.",
        )
    if local(source) == "endEvent" or is_true(source, "triggeredByEvent"):
        yield found(
            "flow-from-end",
            flow,
            "Không luồng nào được đi ra từ sự kiện kết thúc hay quy trình con theo sự kiện.",
            "No flow may leave an end event or an event sub-process.",
        )


REFERENCES = {
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
}


@check
def references(process_xml: Node) -> Iterable[Finding]:
    """Refuse references to messages, signals, errors, escalations, activities and event definitions that are not "
    "there."""
    known = {(local(node), node.get("id")) for node in xml.root_of(process_xml)}
    inside = {node.get("id"): node for node in nodes(process_xml)}
    shared = {id_ for kind, id_ in known if kind.endswith("EventDefinition")}
    for node in process_xml.iterdescendants(f"{xml.tag('')}*"):
        wanted = [(xml.bare(node.get(name)), kind) for name, kind in REFERENCES.items() if node.get(name)]
        missing = [id_ for id_, kind in wanted if (kind, id_) not in known]
        if local(node) == "eventDefinitionRef" and xml.bare(node.text) not in shared:
            missing.append(xml.bare(node.text))
        if local(node) == "boundaryEvent":
            host = inside.get(xml.bare(node.get("attachedToRef")))
            if host is None or local(host) not in xml.ACTIVITIES or host.getparent() is not node.getparent():
                missing.append(node.get("attachedToRef") or "")
        for id_ in missing:
            yield found(
                "dangling-reference",
                node,
                f"Phần tử tham chiếu “{id_}” nhưng không có cái đó ở đây. Hãy chọn lại trong trình vẽ.",
                f"The element refers to “{id_}”, which is not there. Choose it again in the modeler.",
            )


@check
def unreachable(process_xml: Node) -> Iterable[Finding]:
    """Warn of steps that no token can come to."""
    for scope in scopes(process_xml):
        graph = Graph.of(scope)
        starts = [id_ for id_, node in graph.nodes.items() if local(node) == "startEvent"]
        if not starts or local(scope) == "adHocSubProcess":
            continue
        reached = graph.reach(starts)
        for id_, node in graph.nodes.items():
            if id_ in reached or any(is_true(node, name) for name in ASIDE):
                continue
            yield warned(
                "unreachable-element",
                node,
                "Không luồng nào dẫn tới bước này nên nó sẽ không bao giờ chạy. Hãy nối nó, hoặc xoá đi.",
                "Nothing leads to this step, so it never runs. Connect it or delete it.",
            )
