"""Message flows and pools: what one process sends another arrives there, or is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bpmn import xml
from bpmn.checks.base import found, noted, warned
from bpmn.collaborations import End, MessageFlow, awaited_in, awaits, flows_of, message_name, sends
from bpmn.xml import Node, local, tag
from findings import Finding

MAX_MESSAGE_FLOWS = 300
"""Message flows of a file."""


def of_collaborations(root: Node, *, file: str = "") -> Iterator[Finding]:
    """Check the message flows of a file whose ends have their messages (bpmn/collaborations.py)."""
    flows = list(flows_of(root))
    if len(flows) > MAX_MESSAGE_FLOWS:
        yield replace(_too_many(flows[0].node, len(flows)), file=file)
        return
    findings = [*_ends(flows), *_senders(flows), *_keys(root)]
    yield from (replace(finding, file=file) for finding in findings)


def _too_many(node: Node, count: int) -> Finding:
    return found(
        "message-flows-too-many",
        node,
        f"Có {count} luồng thông điệp, tối đa {MAX_MESSAGE_FLOWS}. Hãy tách sơ đồ.",
        f"There are {count} message flows, at most {MAX_MESSAGE_FLOWS}. Split the diagram.",
    )


def _ends(flows: Iterable[MessageFlow]) -> Iterator[Finding]:
    for flow in flows:
        if flow.source is None or flow.target is None:
            yield found(
                "message-flow-dangling",
                flow.node,
                "Luồng thông điệp nối với phần tử không có trong tệp. Hãy nối lại cả hai đầu.",
                "The message flow is connected to something that is not in the file. Connect both ends again.",
            )
        elif flow.source.process is not None and flow.source.process is flow.target.process:
            yield found(
                "message-flow-within-pool",
                flow.node,
                "Luồng thông điệp chỉ nối hai hồ (pool) khác nhau. Trong một hồ hãy dùng luồng tuần tự, hoặc tín hiệu.",
                "A message flow connects two pools. Within one, use a sequence flow, or a signal.",
            )
        elif flow.source.runs or flow.target.runs:
            yield from _source(flow.node, flow.source)
            yield from _target(flow.node, flow.target)


def _source(flow: Node, end: End) -> Iterator[Finding]:
    node, kind = end.node, local(end.node)
    if end.is_pool or sends(node) is not None:
        return
    if kind in xml.ACTIVITIES and kind != "receiveTask":
        yield _drawn(flow, node)
    else:
        yield found(
            "message-flow-source",
            flow,
            f"Luồng thông điệp không thể đi ra từ “{_shown(node)}”: nó không gửi thông điệp. Hãy dùng việc gửi, sự "
            "kiện gửi hoặc kết thúc bằng thông điệp.",
            f"A message flow cannot leave “{_shown(node)}”, which throws no message. Use a send task, a throwing "
            "message event or a message end event.",
        )


def _target(flow: Node, end: End) -> Iterator[Finding]:
    node, kind = end.node, local(end.node)
    if end.is_pool:
        yield from _pool(flow, end)
    elif awaits(node) is not None:
        return
    elif kind in xml.ACTIVITIES and kind != "sendTask":
        yield _drawn(flow, node)
    else:
        yield found(
            "message-flow-target",
            flow,
            f"Luồng thông điệp không thể đi vào “{_shown(node)}”: nó không nhận thông điệp. Hãy dùng việc nhận, sự "
            "kiện nhận hoặc bắt đầu bằng thông điệp.",
            f"A message flow cannot lead to “{_shown(node)}”, which awaits no message. Use a receive task, a catching "
            "message event or a message start event.",
        )


def _pool(flow: Node, end: End) -> Iterator[Finding]:
    """Warn of a pool whose process never takes what is sent to it."""
    if not end.runs or end.process is None:
        return
    source = next(
        (x for x in xml.flow_nodes(xml.root_of(flow)) if x.get("id") == xml.bare(flow.get("sourceRef"))), None
    )
    reference = sends(source) if source is not None else None
    name = message_name(reference if reference is not None else flow)
    if name and name not in awaited_in(end.process):
        yield warned(
            "message-flow-not-awaited",
            flow,
            f"Không gì trong hồ này chờ thông điệp “{name}”. Hãy thêm sự kiện nhận, hoặc nối luồng tới sự kiện đó.",
            f"Nothing in this pool awaits the message “{name}”. Add a catching event, or connect the flow to one.",
        )


def _senders(flows: Iterable[MessageFlow]) -> Iterator[Finding]:
    """Refuse what would send two messages at once, and what sends and awaits under different names is said."""
    by_source: dict[str, list[MessageFlow]] = {}
    for flow in flows:
        if flow.source is not None and flow.target is not None and sends(flow.source.node) is not None:
            by_source.setdefault(flow.source.node.get("id") or "", []).append(flow)
    for several in by_source.values():
        references = [awaits(flow.target.node) for flow in several if flow.target is not None]
        names = {message_name(one) for one in references if one is not None}
        if len(names) > 1:
            yield found(
                "message-flow-two-messages",
                several[1].node,
                f"Một nơi gửi không thể gửi các thông điệp khác nhau ({', '.join(sorted(names))}). Hãy dùng cùng một "
                "thông điệp ở các đầu nhận, hoặc gửi hai lần.",
                f"One sender cannot send different messages ({', '.join(sorted(names))}). Let the receivers await the "
                "same message, or send twice.",
            )


def _keys(root: Node) -> Iterator[Finding]:
    """Refuse correlation keys and subscriptions that nothing can be compared by."""
    properties = {node.get("id") for node in root.iter(tag("correlationProperty"))}
    keys = {node.get("id") for node in root.iter(tag("correlationKey"))}
    for node in root.iter(tag("correlationKey")):
        wanted = [xml.bare(child.text) for child in node.findall(tag("correlationPropertyRef"))]
        if not wanted or any(id_ not in properties for id_ in wanted):
            yield _key_refused(node)
    for node in root.iter(tag("correlationSubscription")):
        bound = [xml.bare(one.get("correlationPropertyRef")) for one in node.findall(tag("correlationPropertyBinding"))]
        if xml.bare(node.get("correlationKeyRef")) not in keys or any(id_ not in properties for id_ in bound):
            yield _key_refused(node)
    messages = {node.get("id") for node in root.iterchildren(tag("message"))}
    for node in root.iter(tag("correlationPropertyRetrievalExpression")):
        if xml.bare(node.get("messageRef")) not in messages:
            yield _key_refused(node)


def _key_refused(node: Node) -> Finding:
    return found(
        "correlation-incomplete",
        node,
        "Khoá tương quan thiếu thuộc tính, thông điệp hoặc tham chiếu tới cái không có. Hãy khai báo đủ "
        "correlationProperty và biểu thức của nó cho từng thông điệp.",
        "A correlation key lacks a property or message, or refers to one that is not there. Declare each "
        "correlationProperty, with its expression for each message.",
    )


def _drawn(flow: Node, node: Node) -> Finding:
    return noted(
        "message-flow-drawn",
        flow,
        f"Luồng thông điệp ở “{_shown(node)}” chỉ là hình vẽ: bước loại này không gửi hay nhận thông điệp. Nếu cần, "
        "hãy dùng việc gửi hoặc việc nhận.",
        f"The message flow at “{_shown(node)}” is a drawing: this kind of step neither sends nor receives. Where it "
        "must, use a send or receive task.",
    )


def _shown(node: Node) -> str:
    return " ".join((node.get("name") or node.get("id") or "").split())[:80]
