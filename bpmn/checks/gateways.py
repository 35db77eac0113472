"""Gateways: every way out has a reason to be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check, flows, found, is_true, nodes, scopes, warned
from bpmn.checks.graph import Graph
from bpmn.normalise import has_condition
from bpmn.xml import Node, local
from findings import Finding


def outgoing(process_xml: Node) -> dict[str, list[Node]]:
    """Map the ids of flow nodes to the flows that leave them."""
    found_: dict[str, list[Node]] = {}
    for flow in flows(process_xml):
        found_.setdefault(flow.get("sourceRef") or "", []).append(flow)
    return found_


@check
def conditions(process_xml: Node) -> Iterable[Finding]:
    """Refuse conditions that are missing where they decide, or written where nobody asks them."""
    leaving = outgoing(process_xml)
    for node in nodes(process_xml):
        out, kind = leaving.get(node.get("id") or "", []), local(node)
        default = node.get("default")
        for flow in out:
            decides = kind in ("exclusiveGateway", "inclusiveGateway") and len(out) > 1
            # a complex gateway may also give a token to a flow without a condition, whenever it starts (13.4.5)
            if decides and flow.get("id") != default and not has_condition(flow):
                yield found(
                    "flow-without-condition",
                    flow,
                    "Luồng ra khỏi cổng rẽ này không có điều kiện và không phải luồng mặc định. Hãy ghi điều kiện "
                    "hoặc đặt làm mặc định.",
                    "This flow leaves a deciding gateway with no condition and is not its default. Write a "
                    "condition or "
                    "make it the default flow.",
                )
            if kind in ("parallelGateway", "eventBasedGateway") and has_condition(flow):
                yield found(
                    "condition-ignored",
                    flow,
                    "Điều kiện trên luồng ra khỏi cổng này sẽ không được xét. Hãy dùng cổng loại trừ hoặc bao hàm.",
                    "A condition on a flow that leaves this gateway is never asked. Use an exclusive or inclusive "
                    "gateway.",
                )
            if flow.get("id") == default and has_condition(flow):
                yield warned(
                    "default-with-condition",
                    flow,
                    "Điều kiện của luồng mặc định không được xét. Hãy xoá điều kiện, hoặc thôi đặt mặc định.",
                    "The condition of a default flow is never asked. Remove it, or let the flow not be the default.",
                )
        yield from _default(node, default, out)


@check
def activations(process_xml: Node) -> Iterable[Finding]:
    """Refuse a complex gateway that joins without saying when it goes on."""
    coming = Counter(flow.get("targetRef") for flow in flows(process_xml))
    for node in nodes(process_xml, "complexGateway"):
        if coming[node.get("id")] > 1 and not xml.text_of(node.find(xml.tag("activationCondition"))):
            yield found(
                "activation-missing",
                node,
                "Cổng phức hợp nhận nhiều luồng mà không nói khi nào đi tiếp. Hãy ghi activationCondition, ví dụ "
                "activationCount >= 2.",
                "This complex gateway joins flows but does not say when it goes on. Write an activationCondition such "
                "as activationCount >= 2.",
            )


def _default(node: Node, default: str | None, out: list[Node]) -> Iterable[Finding]:
    if default is None:
        return
    if default not in {flow.get("id") for flow in out}:
        yield found(
            "default-elsewhere",
            node,
            f"Luồng mặc định “{default}” không đi ra từ phần tử này. Hãy chọn lại luồng mặc định.",
            f"The default flow “{default}” does not leave this element. Choose the default flow again.",
        )
    elif local(node) not in xml.GATEWAYS and len(out) > 1 and not any(map(has_condition, out)):
        yield found(
            "default-without-condition",
            node,
            "Có luồng mặc định nhưng không luồng nào có điều kiện. Hãy ghi điều kiện cho các luồng kia, hoặc bỏ mặc "
            "định.",
            "There is a default flow but no other flow has a condition. Write conditions, or take the default away.",
        )


@check
def can_go_nowhere(process_xml: Node) -> Iterable[Finding]:
    """Warn of a choice without a default flow: when no condition holds the instance stops with an error."""
    leaving = outgoing(process_xml)
    for node in nodes(process_xml):
        out, kind = leaving.get(node.get("id") or "", []), local(node)
        chooses = kind in ("exclusiveGateway", "inclusiveGateway") or kind not in xml.GATEWAYS
        if chooses and out and not node.get("default") and all(map(has_condition, out)) and not _covers(out):
            yield warned(
                "gateway-can-go-nowhere",
                node,
                "Khi không điều kiện nào đúng, hồ sơ dừng tại đây với lỗi. Hãy đặt một luồng mặc định.",
                "When no condition holds, the instance stops here with an error. Make one flow the default.",
            )


def _covers(out: list[Node]) -> bool:
    """Tell whether one of two conditions is plainly the negation of the other."""
    written = {_plain(xml.text_of(flow.find(xml.tag("conditionExpression")))) for flow in out}
    return any(f"not {one}" in written or f"not ({one})" in written or f"!{one}" in written for one in written)


def _plain(condition: str) -> str:
    condition = condition.strip()
    if condition[:2] in ("${", "#{") and condition.endswith("}"):
        condition = condition[2:-1]
    return " ".join(condition.removeprefix("=").split())


@check
def event_based(process_xml: Node) -> Iterable[Finding]:
    """Refuse event-based gateways that would take none or two of their branches."""
    for scope in scopes(process_xml):
        graph = Graph.of(scope)
        for id_, node in graph.nodes.items():
            if local(node) == "eventBasedGateway":
                yield from _event_based(node, [graph.nodes[target] for target in graph.after.get(id_, ())], graph)


def _event_based(node: Node, targets: list[Node], graph: Graph) -> Iterable[Finding]:
    if node.get("eventGatewayType") == "Parallel" and not is_true(node, "instantiate"):
        yield found(
            "event-gateway-parallel",
            node,
            "Cổng sự kiện song song (Parallel) chỉ dùng để bắt đầu quy trình (instantiate). Hãy dùng cổng song song, "
            "phía sau đặt các sự kiện chờ.",
            "A parallel event-based gateway may only begin a process (instantiate). Use a parallel gateway with "
            "catching events behind it.",
        )
    if len(targets) < 2:
        yield found(
            "event-gateway-branches",
            node,
            "Cổng dựa trên sự kiện cần ít nhất hai nhánh. Hãy thêm nhánh, hoặc chỉ dùng một sự kiện chờ.",
            "An event-based gateway needs at least two branches. Add one, or use a single catching event.",
        )
    for target in targets:
        if local(target) not in ("intermediateCatchEvent", "receiveTask"):
            yield found(
                "event-gateway-target",
                target,
                "Sau cổng dựa trên sự kiện chỉ được là sự kiện chờ (thông điệp, hẹn giờ, tín hiệu…) hoặc việc nhận.",
                "Behind an event-based gateway may only stand catching events (message, timer, …) and receive tasks.",
            )
        elif len(graph.before.get(target.get("id") or "", ())) > 1:
            yield found(
                "event-gateway-target",
                target,
                "Sự kiện sau cổng dựa trên sự kiện không được nhận thêm luồng khác. Hãy vẽ riêng một sự kiện cho "
                "luồng kia.",
                "An event behind an event-based gateway may have no other incoming flow. Draw another event for it.",
            )
