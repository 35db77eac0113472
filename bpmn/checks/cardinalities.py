"""Cardinalities and combinations that the tables of BPMN 2.0.2 forbid: how many flows, and of what kind.

Where a tool draws what the specification forbids but a token still goes where everybody expects, it is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bpmn import xml
from bpmn.checks.base import check, found, is_true, nodes, scopes, warned
from bpmn.checks.events import kinds
from bpmn.checks.graph import Graph
from bpmn.normalise import has_condition
from bpmn.xml import Node, local, tag
from findings import Finding
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a flow node stands in its scope: the flows that come and go, links counted as flows."""

    node: Node
    scope: Node
    coming: int
    going: int

    @property
    def kind(self) -> str:
        """The BPMN local name."""
        return local(self.node)

    @property
    def is_aside(self) -> bool:
        """Tell whether no flow leads to it by nature."""
        node = self.node
        return (
            self.kind in ("startEvent", "boundaryEvent")
            or is_true(node, "triggeredByEvent")
            or is_true(node, "isForCompensation")
            or is_true(node, "instantiate")
            or "link" in kinds(node)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """One forbidden stand, with the way out."""

    rule: str
    matches: Callable[[Stand], bool]
    message: Text
    is_error: bool = True


INTERMEDIATE = ("intermediateCatchEvent", "intermediateThrowEvent")

FORBIDDEN: tuple[Forbidden, ...] = (
    Forbidden(
        rule="start-without-flow",
        matches=lambda at: at.kind == "startEvent" and not at.going,
        message=Text(
            vi="Sự kiện bắt đầu không dẫn tới đâu. Hãy nối nó vào bước đầu tiên, hoặc xoá nó.",
            en="The start event leads nowhere. Connect it to the first step, or delete it.",
        ),
    ),
    Forbidden(
        rule="end-without-flow",
        matches=lambda at: at.kind == "endEvent" and not at.coming,
        message=Text(
            vi="Không luồng nào dẫn tới sự kiện kết thúc này. Hãy nối nó, hoặc xoá nó.",
            en="No flow leads to this end event. Connect it, or delete it.",
        ),
    ),
    Forbidden(
        rule="boundary-without-flow",
        matches=lambda at: at.kind == "boundaryEvent" and not at.going and "compensate" not in kinds(at.node),
        message=Text(
            vi="Sự kiện biên không dẫn tới đâu. Hãy nối nó tới việc cần làm khi nó xảy ra (hoặc một sự kiện kết thúc).",
            en="The boundary event leads nowhere. Connect it to what is done when it happens (or to an end event).",
        ),
    ),
    Forbidden(
        rule="intermediate-without-flow",
        matches=lambda at: at.kind in INTERMEDIATE and "link" not in kinds(at.node) and not at.coming,
        message=Text(
            vi="Không luồng nào dẫn tới sự kiện trung gian này. Hãy nối nó, hoặc đổi thành sự kiện bắt đầu.",
            en="No flow leads to this intermediate event. Connect it, or make it a start event.",
        ),
    ),
    Forbidden(
        rule="intermediate-ends",
        matches=lambda at: at.kind in INTERMEDIATE and "link" not in kinds(at.node) and not at.going,
        message=Text(
            vi="Sự kiện trung gian này không dẫn tới đâu: nhánh kết thúc tại đây. Hãy đổi thành sự kiện kết thúc.",
            en="This intermediate event leads nowhere: the branch ends here. Make it an end event.",
        ),
        is_error=False,
    ),
    Forbidden(
        rule="nothing-leads-here",
        matches=lambda at: (
            not at.coming
            and not at.is_aside
            and at.kind not in ("endEvent", *INTERMEDIATE)
            and local(at.scope) != "adHocSubProcess"
            and at.scope.find(tag("startEvent")) is not None
        ),
        message=Text(
            vi="Có sự kiện bắt đầu mà không luồng nào dẫn tới bước này, nên nó không bao giờ chạy. Hãy nối nó, hoặc "
            "xoá đi.",
            en="There is a start event but no flow leads to this step, so it would never run. Connect it or delete it.",
        ),
    ),
    Forbidden(
        rule="condition-alone",
        matches=lambda at: at.kind in xml.ACTIVITIES and at.going == 1 and any(map(has_condition, _out(at)[:1])),
        message=Text(
            vi="Luồng duy nhất ra khỏi một hoạt động không được có điều kiện. Hãy thêm luồng khác (mặc định), hoặc xoá "
            "điều kiện.",
            en="The only flow that leaves an activity must not have a condition. Add another (a default) flow, or "
            "remove the condition.",
        ),
    ),
    Forbidden(
        rule="gateway-direction",
        matches=lambda at: (
            (at.node.get("gatewayDirection") == "Converging" and at.going > 1)
            or (at.node.get("gatewayDirection") == "Diverging" and at.coming > 1)
        ),
        message=Text(
            vi="gatewayDirection trái với các luồng đã vẽ. Hãy xoá thuộc tính này, hoặc tách cổng thành hai.",
            en="gatewayDirection contradicts the flows as drawn. Remove the attribute, or split the gateway in two.",
        ),
    ),
    Forbidden(
        rule="gateway-needless",
        matches=lambda at: at.kind in xml.GATEWAYS and at.coming < 2 and at.going == 1,
        message=Text(
            vi="Cổng này chỉ có một luồng vào và một luồng ra nên không rẽ và không nhập gì. Hãy thêm luồng, hoặc xoá "
            "cổng.",
            en="This gateway has one flow in and one out: it neither splits nor joins. Add a flow, or remove it.",
        ),
        is_error=False,
    ),
    Forbidden(
        rule="link-in-flow",
        matches=lambda at: (
            "link" in kinds(at.node) and (_drawn_out(at) if at.kind == "intermediateThrowEvent" else _drawn_in(at)) > 0
        ),
        message=Text(
            vi="Sự kiện liên kết gửi không có luồng ra, sự kiện liên kết nhận không có luồng vào. Hãy xoá luồng đó.",
            en="A throwing link event has no outgoing flow, a catching one no incoming flow. Remove that flow.",
        ),
    ),
    Forbidden(
        rule="sub-process-io",
        matches=lambda at: at.kind in xml.SUB_PROCESSES and at.node.find(tag("ioSpecification")) is not None,
        message=Text(
            vi="Quy trình con không được có ioSpecification: nó thấy mọi biến quanh nó. Hãy xoá phần này.",
            en="A sub-process may have no ioSpecification: it sees all variables around it. Remove it.",
        ),
    ),
)


def _flows(at: Stand, end: str) -> list[Node]:
    id_ = at.node.get("id")
    return [flow for flow in xml.root_of(at.node).iter(tag("sequenceFlow")) if flow.get(end) == id_]


def _out(at: Stand) -> list[Node]:
    return _flows(at, "sourceRef")


def _drawn_out(at: Stand) -> int:
    return len(_out(at))


def _drawn_in(at: Stand) -> int:
    return len(_flows(at, "targetRef"))


@check
def stands(process_xml: Node) -> Iterable[Finding]:
    """Refuse each flow node that stands as the table forbids."""
    for scope in scopes(process_xml):
        graph = Graph.of(scope)
        for id_, node in graph.nodes.items():
            coming, going = len(graph.before.get(id_, ())), len(graph.after.get(id_, ()))
            at = Stand(node=node, scope=scope, coming=coming, going=going)
            for row in FORBIDDEN:
                if row.matches(at):
                    say = found if row.is_error else warned
                    yield say(row.rule, node, row.message.vi, row.message.en)


@check
def ends_without_start(process_xml: Node) -> Iterable[Finding]:
    """Refuse a process with an end event that nothing starts; warn of a level with one of the two only (10.5.2).

    A sub-process is drawn without a start event so often, and so plainly meant, that it is a warning there.
    """
    for scope in scopes(process_xml):
        starts = scope.find(tag("startEvent")) is not None
        begins = starts or any(is_true(node, "instantiate") for node in scope if xml.is_flow_node(node))
        ends = scope.findall(tag("endEvent"))
        if ends and not begins:
            say = found if scope is process_xml else warned
            yield say(
                "end-without-start",
                ends[0],
                "Có sự kiện kết thúc thì cùng cấp phải có sự kiện bắt đầu. Hãy thêm sự kiện bắt đầu.",
                "Where there is an end event, the same level needs a start event. Add one.",
            )
        if starts and not ends:
            yield warned(
                "start-without-end",
                scope,
                "Có sự kiện bắt đầu mà không có sự kiện kết thúc nào. Hãy vẽ điểm kết thúc để người đọc thấy.",
                "There is a start event but no end event. Draw where it ends, so that readers see it.",
            )


@check
def escalation_codes(process_xml: Node) -> Iterable[Finding]:
    """Refuse a thrown escalation without a code or name: nothing could tell it from another (table 10.91)."""
    known = {node.get("id"): node for node in xml.root_of(process_xml).iterchildren(tag("escalation"))}
    for node in nodes(process_xml, "intermediateThrowEvent", "endEvent"):
        for definition in xml.event_definitions(node):
            target = known.get(xml.bare(definition.get("escalationRef")))
            named = target is not None and (target.get("escalationCode") or target.get("name") or "").strip()
            if local(definition) == "escalationEventDefinition" and not named:
                yield found(
                    "escalation-without-code",
                    node,
                    "Sự kiện leo thang được phát ra phải có mã (escalationCode). Hãy chọn mục leo thang và ghi mã.",
                    "A thrown escalation needs a code (escalationCode). Choose the escalation and give it one.",
                )


@check
def conditions_there(process_xml: Node) -> Iterable[Finding]:
    """Refuse a conditional event without a condition."""
    for node in nodes(process_xml, *xml.EVENTS):
        for definition in xml.event_definitions(node):
            if local(definition) == "conditionalEventDefinition" and not xml.text_of(definition.find(tag("condition"))):
                yield found(
                    "condition-missing",
                    node,
                    "Sự kiện theo điều kiện không có điều kiện. Hãy ghi, ví dụ so_luong > 10.",
                    "The conditional event has no condition. Write one, such as amount > 10.",
                )


@check
def behind_event_gateways(process_xml: Node) -> Iterable[Finding]:
    """Refuse receive tasks behind an event-based gateway that carry events; warn of message events beside them."""
    hosts = {xml.bare(node.get("attachedToRef")) for node in nodes(process_xml, "boundaryEvent")}
    for scope in scopes(process_xml):
        graph = Graph.of(scope)
        for id_, node in graph.nodes.items():
            if local(node) != "eventBasedGateway":
                continue
            targets = [graph.nodes[target] for target in graph.after.get(id_, ())]
            receiving = [target for target in targets if local(target) == "receiveTask"]
            for target in receiving:
                if target.get("id") in hosts:
                    yield found(
                        "event-gateway-boundary",
                        target,
                        "Việc nhận sau cổng dựa trên sự kiện không được mang sự kiện biên. Hãy đặt sự kiện đó làm một "
                        "nhánh của cổng.",
                        "A receive task behind an event-based gateway may carry no boundary event. Make that event a "
                        "branch of the gateway.",
                    )
            if receiving and any("message" in kinds(target) for target in targets):
                yield warned(
                    "event-gateway-mixed",
                    node,
                    "Sau một cổng dựa trên sự kiện không được có cả việc nhận lẫn sự kiện thông điệp. Hãy dùng một "
                    "loại.",
                    "Behind one event-based gateway there may not be both receive tasks and message events. Use one "
                    "kind.",
                )


@check
def runnable(process_xml: Node) -> Iterable[Finding]:
    """Refuse what an executable process must not say (10.2, 8.4.13)."""
    if process_xml.get("processType") == "Public":
        yield found(
            "public-process",
            process_xml,
            "Quy trình công khai (processType Public) chỉ để mô tả, không chạy được. Hãy xoá thuộc tính này.",
            "A public process (processType Public) only describes; it does not run. Remove the attribute.",
        )
    for flow in process_xml.iterdescendants(tag("sequenceFlow")):
        if (flow.get("isImmediate") or "true").strip() in ("false", "0"):
            yield found(
                "flow-not-immediate",
                flow,
                "Luồng của quy trình chạy được phải đi ngay (isImmediate). Hãy xoá thuộc tính này.",
                "A flow of an executable process is immediate. Remove the attribute isImmediate.",
            )
