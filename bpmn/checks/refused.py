"""Elements that the engine would ignore, misread or crash on: one row each, deleted when the engine learns them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bpmn import xml
from bpmn.checks.base import check, found, is_true
from bpmn.xml import Node, local
from findings import Finding
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One kind of element that cannot be run faithfully yet, and the way out."""

    rule: str
    matches: Callable[[Node], bool]
    message: Text


def has(node: Node, *names: str) -> bool:
    """Tell whether a node has one of these BPMN children."""
    return any(node.find(xml.tag(name)) is not None for name in names)


def defines(node: Node, kind: str) -> bool:
    """Tell whether an event has an event definition of this kind."""
    return any(local(definition) == f"{kind}EventDefinition" for definition in xml.event_definitions(node))


REFUSED: tuple[Refusal, ...] = (
    Refusal(
        rule="compensation",
        matches=lambda node: is_true(node, "isForCompensation") or defines(node, "compensate"),
        message=Text(
            vi="Bù hoàn (compensation) chưa chạy được. Hãy vẽ các bước hoàn tác như những việc thường sau một cổng rẽ.",
            en="Compensation cannot be run yet. Draw the undoing steps as ordinary tasks behind a gateway.",
        ),
    ),
    Refusal(
        rule="ad-hoc-sub-process",
        matches=lambda node: local(node) == "adHocSubProcess",
        message=Text(
            vi="Quy trình con tuỳ ứng (ad-hoc) chưa chạy được. Hãy dùng quy trình con thường với cổng song song "
            "hoặc bao "
            "hàm.",
            en="An ad-hoc sub-process cannot be run yet. Use an ordinary sub-process with a parallel or inclusive "
            "gateway.",
        ),
    ),
    Refusal(
        rule="choreography",
        matches=lambda node: local(node) in xml.CHOREOGRAPHY,
        message=Text(
            vi="Choreography không chạy được trong một quy trình. Hãy dùng việc gửi và việc nhận thông điệp.",
            en="A choreography does not run inside a process. Use send and receive tasks.",
        ),
    ),
    Refusal(
        rule="io-specification",
        matches=lambda node: has(node, "ioSpecification"),
        message=Text(
            vi="ioSpecification giấu mọi biến khác của bước này. Hãy xoá nó: mỗi bước thấy mọi biến trong phạm vi của "
            "mình.",
            en="An ioSpecification hides every other variable from this step. Remove it: a step sees every variable "
            "of its "
            "scope.",
        ),
    ),
    Refusal(
        rule="data-association",
        matches=lambda node: any(
            has(association, "transformation", "assignment")
            for association in node
            if local(association) in ("dataInputAssociation", "dataOutputAssociation")
        ),
        message=Text(
            vi="Phép biến đổi trên liên kết dữ liệu sẽ không được thực hiện. Hãy chuyển nó vào một việc kịch bản "
            "(script).",
            en="A transformation or assignment on a data association would not be carried out. Move it into a "
            "script task.",
        ),
    ),
    Refusal(
        rule="resource-role",
        matches=lambda node: has(node, "potentialOwner", "humanPerformer", "performer", "resourceRole"),
        message=Text(
            vi="potentialOwner/humanPerformer không được đọc, nên việc này sẽ không thuộc về ai. Hãy ghi "
            "motcua:candidateGroups hoặc motcua:assignee.",
            en="potentialOwner/humanPerformer is not read, so nobody would get this task. Set "
            "motcua:candidateGroups or "
            "motcua:assignee.",
        ),
    ),
)


@check
def refused_elements(process_xml: Node) -> Iterable[Finding]:
    """Refuse each element that the table names."""
    for node in xml.flow_nodes(process_xml):
        for refusal in REFUSED:
            if refusal.matches(node):
                yield found(refusal.rule, node, refusal.message.vi, refusal.message.en)
