"""Compensation: every handler undoes an activity, and what is thrown names something that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn import xml
from bpmn.checks.base import check, flows, found, is_true, nodes, noted, scopes, warned
from bpmn.checks.events import kinds
from bpmn.xml import Node, bare, local, tag
from findings import Finding


def boundaries(process_xml: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Walk the compensation boundary events, each with its handlers."""
    for node in nodes(process_xml, "boundaryEvent"):
        if "compensate" in kinds(node):
            yield node, xml.compensation_handlers(node)


@check
def handlers(process_xml: Node) -> Iterable[Finding]:
    """Refuse a compensation boundary event without exactly one handler, and a handler that is not marked as one."""
    for node, there in boundaries(process_xml):
        if len(kinds(node)) > 1:
            yield found(
                "compensation-mixed",
                node,
                "Sự kiện biên bù hoàn không được chờ thêm điều gì khác. Hãy vẽ riêng một sự kiện biên cho điều kia.",
                "A compensation boundary event cannot wait for anything else. Draw another boundary event for that.",
            )
        if len(there) != 1:
            yield found(
                "compensation-without-handler",
                node,
                f"Sự kiện biên bù hoàn cần nối (association) tới đúng một việc hoàn tác trong cùng cấp, đang có "
                f"{len(there)}.",
                f"A compensation boundary event needs an association to exactly one handler in its scope; it has "
                f"{len(there)}.",
            )
        for handler in there:
            if not is_true(handler, "isForCompensation") or is_true(handler, "triggeredByEvent"):
                yield found(
                    "compensation-handler-not-marked",
                    handler,
                    "Việc hoàn tác phải được đánh dấu isForCompensation. Hãy đánh dấu nó trong trình vẽ.",
                    "What undoes an activity must be marked as isForCompensation. Mark it in the modeler.",
                )


@check
def undone_once(process_xml: Node) -> Iterable[Finding]:
    """Refuse an activity with two compensation boundary events, and a handler that is to be undone itself."""
    hosts: set[str] = set()
    inside = {node.get("id"): node for node in nodes(process_xml)}
    for node, _ in boundaries(process_xml):
        host = bare(node.get("attachedToRef"))
        if host in hosts or (host in inside and is_true(inside[host], "isForCompensation")):
            yield found(
                "compensation-twice",
                node,
                "Mỗi bước chỉ có một sự kiện biên bù hoàn, và việc hoàn tác thì không được hoàn tác nữa. Hãy bỏ bớt.",
                "An activity has one compensation boundary event, and a handler is not undone itself. Remove one.",
            )
        hosts.add(host)


@check
def apart(process_xml: Node) -> Iterable[Finding]:
    """Refuse sequence flows at handlers and compensation boundary events: only compensation leads there (10.3.4)."""
    aside = {node.get("id") for node in nodes(process_xml, *xml.ACTIVITIES) if is_true(node, "isForCompensation")}
    aside |= {node.get("id") for node, _ in boundaries(process_xml)}
    for flow in flows(process_xml):
        if aside & {bare(flow.get("sourceRef")), bare(flow.get("targetRef"))}:
            yield found(
                "compensation-flow",
                flow,
                "Không luồng nào được đi vào hay ra khỏi việc hoàn tác và sự kiện biên bù hoàn. Hãy nối chúng bằng "
                "association.",
                "No flow may lead to or from a compensation handler or a compensation boundary event. Join these two "
                "by an association.",
            )


@check
def unused_handlers(process_xml: Node) -> Iterable[Finding]:
    """Warn of a handler that undoes nothing."""
    used = {handler.get("id") for _, there in boundaries(process_xml) for handler in there}
    for node in nodes(process_xml, *xml.ACTIVITIES):
        if is_true(node, "isForCompensation") and node.get("id") not in used:
            yield warned(
                "compensation-handler-unused",
                node,
                "Việc hoàn tác này không gắn với bước nào nên không bao giờ chạy. Hãy nối nó với một sự kiện biên bù "
                "hoàn.",
                "This handler undoes nothing, so it never runs. Join it to a compensation boundary event.",
            )


@check
def event_sub_processes(process_xml: Node) -> Iterable[Finding]:
    """Refuse several compensation event sub-processes in one scope; note when one of the process itself runs."""
    for scope in scopes(process_xml):
        starts = [
            start
            for child in scope.iterchildren(*map(tag, xml.SUB_PROCESSES))
            if is_true(child, "triggeredByEvent")
            for start in child.findall(tag("startEvent"))
            if "compensate" in kinds(start)
        ]
        if scope is process_xml and starts:
            yield noted(
                "compensation-of-process",
                starts[0],
                "Quy trình con bù hoàn ở cấp cao nhất chỉ chạy khi quy trình này được gọi và lời gọi đó bị hoàn tác.",
                "A compensation event sub-process of the process itself runs only where the process is called and that "
                "call is undone.",
            )
        for start in starts[1:]:
            yield found(
                "compensation-twice",
                start,
                "Mỗi quy trình con chỉ có một quy trình con bù hoàn. Hãy gộp chúng lại.",
                "A sub-process has one compensation event sub-process only. Put them into one.",
            )


@check
def thrown(process_xml: Node) -> Iterable[Finding]:
    """Refuse to throw compensation for what is not in reach, warn where the activity has nothing that undoes it."""
    for node in nodes(process_xml, "intermediateThrowEvent", "endEvent"):
        for definition in node.findall(tag("compensateEventDefinition")):
            wanted = bare(definition.get("activityRef"))
            if not wanted:
                continue
            target = _in_reach(node, wanted)
            if target is None:
                yield found(
                    "compensation-activity",
                    node,
                    f"“{wanted}” không phải một bước cùng cấp với sự kiện này. Hãy chọn bước khác, hoặc xoá "
                    "activityRef để hoàn tác cả cấp.",
                    f"“{wanted}” is no activity of the scope of this event. Choose another, or remove activityRef to "
                    "undo the whole scope.",
                )
            elif not _can_be_undone(target):
                yield warned(
                    "compensation-nothing-to-undo",
                    node,
                    f"Bước “{wanted}” không có việc hoàn tác nào, nên sự kiện này không làm gì. Hãy gắn một sự kiện "
                    "biên bù hoàn cho nó.",
                    f"Nothing undoes “{wanted}”, so this event does nothing. Attach a compensation boundary event to "
                    "it.",
                )


def _in_reach(event: Node, wanted: str) -> Node | None:
    """Find an activity in the scope of an event; in an event sub-process also in the scope around."""
    scope = event.getparent()
    while scope is not None:
        for child in scope.iterchildren(*map(tag, xml.ACTIVITIES)):
            if child.get("id") == wanted and not is_true(child, "isForCompensation"):
                return child
        scope = scope.getparent() if is_true(scope, "triggeredByEvent") else None
    return None


def _can_be_undone(activity: Node) -> bool:
    scope = activity.getparent()
    attached = scope.findall(tag("boundaryEvent")) if scope is not None else []
    own = any("compensate" in kinds(b) and bare(b.get("attachedToRef")) == activity.get("id") for b in attached)
    inside = any(True for _ in activity.iterdescendants(tag("compensateEventDefinition")))
    return own or inside or local(activity) == "callActivity"
