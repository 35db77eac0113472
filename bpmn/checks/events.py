"""Events: what may stand where, and what each must say to happen at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bpmn import languages, xml
from bpmn.checks.base import check, found, is_true, nodes, noted, scopes, warned
from bpmn.collaborations import message_name
from bpmn.extensions import parts_of
from bpmn.extensions.parts import Parts
from bpmn.spiff import timers
from bpmn.xml import Node, local, tag
from findings import Finding

ALLOWED = {
    "startEvent": {"message", "timer", "signal", "conditional"},
    "intermediateCatchEvent": {"message", "timer", "signal", "conditional", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link", "compensate"},
    "endEvent": {"message", "signal", "escalation", "error", "cancel", "compensate", "terminate"},
    "boundaryEvent": {"message", "timer", "signal", "conditional", "escalation", "error", "cancel", "compensate"},
}
"""BPMN 2.0.2, table 10.93, outside event sub-processes."""
ALLOWED_IN_EVENT_SUB_PROCESS = ALLOWED["startEvent"] | {"escalation", "error", "compensate"}
ALWAYS_INTERRUPT = {"error", "cancel", "compensate"}
NAMED = {"message": "messageRef", "signal": "signalRef"}


def kinds(node: Node) -> list[str]:
    """Give the kinds of an event's definitions: message, timer, …"""
    return [local(definition).removesuffix("EventDefinition") for definition in xml.event_definitions(node)]


@check
def allowed_here(process_xml: Node) -> Iterable[Finding]:
    """Refuse an event definition that its event cannot have: it would be skipped."""
    for node in nodes(process_xml, *xml.EVENTS):
        allowed, scope = ALLOWED[local(node)], node.getparent()
        if local(node) == "startEvent" and scope is not None and is_true(scope, "triggeredByEvent"):
            allowed = ALLOWED_IN_EVENT_SUB_PROCESS
        for kind in kinds(node):
            if kind not in allowed:
                yield found(
                    "event-not-allowed-here",
                    node,
                    f"Sự kiện loại này không nhận định nghĩa “{kind}”, nó sẽ bị bỏ qua. Hãy dùng sự kiện chờ "
                    "(catch) hoặc "
                    "sự kiện biên.",
                    f"This event cannot have a “{kind}” definition, it would be skipped. Use a catching or boundary "
                    "event.",
                )


@check
def nothing_to_wait_for(process_xml: Node) -> Iterable[Finding]:
    """Refuse a catching or boundary event that says nothing of what it waits for."""
    for node in nodes(process_xml, "intermediateCatchEvent", "boundaryEvent"):
        if not kinds(node):
            yield found(
                "event-without-definition",
                node,
                "Sự kiện này không nói chờ điều gì. Hãy chọn loại: hẹn giờ, thông điệp, tín hiệu…",
                "This event does not say what it waits for. Choose its kind: timer, message, signal…",
            )


@check
def always_interrupts(process_xml: Node) -> Iterable[Finding]:
    """Refuse error and cancel events drawn as non-interrupting: the activity is over when they happen."""
    for node in nodes(process_xml, "boundaryEvent", "startEvent"):
        flag = "cancelActivity" if local(node) == "boundaryEvent" else "isInterrupting"
        always = ALWAYS_INTERRUPT - ({"compensate"} if local(node) == "boundaryEvent" else set())
        if always & set(kinds(node)) and not is_true(node, flag, default=True):
            yield found(
                "error-must-interrupt",
                node,
                "Sự kiện loại lỗi hoặc huỷ luôn ngắt bước của nó. Hãy đổi sang loại ngắt.",
                "An error or cancel event always interrupts. Draw it as interrupting.",
            )


@check
def cancel_outside_transaction(process_xml: Node) -> Iterable[Finding]:
    """Refuse cancel events that no transaction holds."""
    transactions = {node.get("id") for node in nodes(process_xml, "transaction")}
    for node in nodes(process_xml, "endEvent", "boundaryEvent"):
        around = (
            {xml.bare(node.get("attachedToRef"))}
            if local(node) == "boundaryEvent"
            else {scope.get("id") for scope in node.iterancestors()}
        )
        held = bool(around & transactions)
        if "cancel" in kinds(node) and not held:
            yield found(
                "cancel-outside-transaction",
                node,
                "Sự kiện huỷ chỉ dùng trong hoặc trên một giao dịch (transaction). Hãy đổi quy trình con thành giao "
                "dịch, "
                "hoặc dùng sự kiện lỗi.",
                "A cancel event belongs in or on a transaction. Make the sub-process a transaction or use an error "
                "event.",
            )


@check
def cancel_leads_nowhere(process_xml: Node) -> Iterable[Finding]:
    """Warn of a transaction that can be cancelled but says not how it goes on then: nothing follows it."""
    caught = {xml.bare(n.get("attachedToRef")) for n in nodes(process_xml, "boundaryEvent") if "cancel" in kinds(n)}
    for node in nodes(process_xml, "endEvent"):
        around = next((scope for scope in node.iterancestors() if local(scope) == "transaction"), None)
        if "cancel" in kinds(node) and around is not None and around.get("id") not in caught:
            yield warned(
                "cancel-without-boundary",
                around,
                "Giao dịch này có thể bị huỷ nhưng không có sự kiện biên huỷ, nên sau đó không còn gì chạy tiếp. Hãy "
                "gắn một sự kiện biên huỷ.",
                "This transaction can be cancelled but has no cancel boundary event, so nothing follows it then. "
                "Attach one.",
            )


@check
def names(process_xml: Node) -> Iterable[Finding]:
    """Refuse messages and signals without a name, and error ends without a code or name: nothing could match them."""
    there = {(local(node), node.get("id")): node for node in xml.root_of(process_xml)}
    for node in nodes(process_xml, *xml.EVENTS):
        for definition in xml.event_definitions(node):
            kind = local(definition).removesuffix("EventDefinition")
            if kind == "message" and is_work(node):
                continue
            if kind in NAMED:
                target = there.get((kind, xml.bare(definition.get(NAMED[kind]))))
                if target is None or not (target.get("name") or "").strip():
                    yield _nameless(node, kind)
            elif kind == "error" and local(node) == "endEvent":
                target = there.get(("error", xml.bare(definition.get("errorRef"))))
                if target is None or not (target.get("errorCode") or target.get("name") or "").strip():
                    yield found(
                        "error-without-code",
                        node,
                        "Kết thúc bằng lỗi phải có mã lỗi (errorCode) để sự kiện biên bắt được. Hãy chọn lỗi và ghi "
                        "mã.",
                        "An error end event needs an error with a code, so that a boundary event can catch it. "
                        "Choose one.",
                    )


def is_work(node: Node) -> bool:
    """Tell whether something else than a message does what a throwing event or send task stands for."""
    parts = parts_of(node) if local(node) in ("intermediateThrowEvent", "endEvent", "sendTask") else Parts()
    return bool(parts.topic or parts.connector or parts.expression)


def _nameless(node: Node, kind: str) -> Finding:
    vi = {"message": "thông điệp", "signal": "tín hiệu"}[kind]
    return found(
        f"{kind}-missing",
        node,
        f"Chưa chọn {vi}, hoặc {vi} không có tên. Hãy chọn {vi} có tên trong trình vẽ.",
        f"No {kind} is chosen, or it has no name. Choose a {kind} with a name in the modeler.",
    )


@check
def message_tasks(process_xml: Node) -> Iterable[Finding]:
    """Refuse a receive task, or a send task without another way to send, that names no message."""
    there = {node.get("id"): node for node in xml.root_of(process_xml).iterchildren(tag("message"))}
    for node in nodes(process_xml, "receiveTask", "sendTask"):
        if is_work(node):
            continue
        target = there.get(xml.bare(node.get("messageRef")))
        if target is None or not (target.get("name") or "").strip():
            yield _nameless(node, "message")


@check
def links(process_xml: Node) -> Iterable[Finding]:
    """Refuse link events that lead nowhere or to two places, warn of one that nothing leads to."""
    for scope in scopes(process_xml):
        thrown, caught = _links(scope, "intermediateThrowEvent"), _links(scope, "intermediateCatchEvent")
        counts = Counter(name for name, _ in caught)
        targets, sources = set(counts), {name for name, _ in thrown}
        for name, node in thrown:
            if name not in targets:
                yield found(
                    "link-without-target",
                    node,
                    f"Không có sự kiện nhận liên kết tên “{name}” trong cùng cấp. Hãy đặt cùng một tên cho hai đầu.",
                    f"There is no catching link event named “{name}” in this scope. Give both ends the same name.",
                )
        for name, node in caught:
            if counts[name] > 1:
                yield found(
                    "link-with-two-targets",
                    node,
                    f"Có {counts[name]} sự kiện nhận liên kết cùng tên “{name}”. Mỗi tên chỉ được một.",
                    f"{counts[name]} catching link events are named “{name}”. Only one may be.",
                )
            elif name not in sources:
                yield warned(
                    "link-without-source",
                    node,
                    f"Không sự kiện nào dẫn tới liên kết “{name}”, nên phần sau nó không bao giờ chạy.",
                    f"Nothing throws the link “{name}”, so what follows it never runs.",
                )


def _links(scope: Node, kind: str) -> list[tuple[str, Node]]:
    return [
        ((definition.get("name") or "").strip(), event)
        for event in scope.findall(tag(kind))
        for definition in event.findall(tag("linkEventDefinition"))
    ]


@check
def timing(process_xml: Node) -> Iterable[Finding]:
    """Refuse timers without a time, with several, negative, or with a text that means no moment: they fail or never
    happen when reached."""
    for node in nodes(process_xml, *xml.EVENTS):
        for definition in xml.event_definitions(node):
            if local(definition) == "timerEventDefinition":
                yield from _timer(
                    node, [(name, xml.text_of(t)) for name in languages.TIMES for t in definition.findall(tag(name))]
                )


def _timer(node: Node, texts: list[tuple[str, str]]) -> Iterable[Finding]:
    if len(texts) != 1 or not texts[0][1]:
        yield found(
            "timer-without-time",
            node,
            "Hẹn giờ phải có đúng một thời gian: ngày giờ, khoảng thời gian hoặc chu kỳ. Hãy ghi, ví dụ PT8H.",
            "A timer needs exactly one time: a date, a duration or a cycle. Write one, such as PT8H.",
        )
    elif texts[0][1].lstrip("\"'").startswith("-P"):
        yield found(
            "timer-negative",
            node,
            "Khoảng thời gian âm không có nghĩa ở đây. Hãy ghi khoảng dương, ví dụ PT1H.",
            "A negative duration means nothing here. Write a positive one such as PT1H.",
        )
    elif reason := timers.problem(texts[0][1], repeats=texts[0][0] == "timeCycle"):
        yield found(
            "timer-unreadable",
            node,
            f"Thời gian “{texts[0][1][:80]}” không hiểu được ({reason}). Hãy ghi theo ISO 8601 hoặc cron, ví dụ PT8H, "
            "R3/PT10M, 0 8 * * MON-FRI.",
            f"The time “{texts[0][1][:80]}” means no moment ({reason}). Write ISO 8601 or cron, such as PT8H, "
            "R3/PT10M, 0 8 * * MON-FRI.",
        )


@check
def starts_by_itself(process_xml: Node) -> Iterable[Finding]:
    """Say when conditional start events of a process are looked at: it has no variables before it runs."""
    for node in process_xml.findall(tag("startEvent")):
        if "conditional" in kinds(node):
            yield noted(
                "starts-by-condition",
                node,
                "Điều kiện bắt đầu được xét mỗi khi một chương trình gọi POST /conditions kèm các biến.",
                "The condition is looked at whenever a program calls POST /conditions with variables.",
            )


@check
def several_of_one(process_xml: Node) -> Iterable[Finding]:
    """Refuse two starts by the same message, which could only reach one of them (10.5.2)."""
    seen: set[str] = set()
    for node in process_xml.findall(tag("startEvent")):
        for definition in node.findall(tag("messageEventDefinition")):
            name = message_name(definition)
            if name and name in seen:
                yield found(
                    "message-starts-twice",
                    node,
                    f"Hai sự kiện bắt đầu cùng chờ thông điệp “{name}”: chỉ một cái nhận được. Hãy dùng hai thông "
                    "điệp.",
                    f"Two start events await the message “{name}”, which reaches one only. Use two messages.",
                )
            seen.add(name)


@check
def waits_for_all(process_xml: Node) -> Iterable[Finding]:
    """Refuse timers among the events that a process must all have had to begin: they count from nowhere (10.5.2)."""
    for node in process_xml.findall(tag("startEvent")):
        if is_true(node, "parallelMultiple") and {"timer", "conditional"} & set(kinds(node)):
            yield found(
                "parallel-start",
                node,
                "Bắt đầu khi đủ nhiều sự kiện chỉ nhận thông điệp và tín hiệu. Hãy đặt hẹn giờ hay điều kiện ở sự kiện "
                "chờ phía sau.",
                "A start event that needs all its events takes messages and signals only. Put the timer or condition "
                "into a catching event behind it.",
            )


@check
def often(process_xml: Node) -> Iterable[Finding]:
    """Warn of a process that would start itself more than once a minute."""
    for node in process_xml.findall(tag("startEvent")):
        for definition in node.findall(tag("timerEventDefinition")):
            if timers.is_often(xml.text_of(definition.find(tag("timeCycle")))):
                yield warned(
                    "start-timer-often",
                    node,
                    "Quy trình tự bắt đầu nhiều hơn một lần mỗi phút, kể cả bù các lần lỡ khi máy chủ dừng. Hãy "
                    "giãn ra.",
                    "The process starts itself more than once a minute, and makes up for what was missed while the "
                    "server was down. Let it start less often.",
                )
