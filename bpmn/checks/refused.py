"""Elements that the engine would ignore, misread or crash on: one row each, deleted when the engine learns them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bpmn import xml
from bpmn.checks.base import check, found
from bpmn.xml import Node, local
from findings import Finding
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One kind of element that cannot be run faithfully yet, and the way out."""

    rule: str
    matches: Callable[[Node], bool]
    message: Text


REFUSED: tuple[Refusal, ...] = (
    Refusal(
        rule="choreography",
        matches=lambda node: local(node) in xml.CHOREOGRAPHY,
        message=Text(
            vi="Choreography không chạy được trong một quy trình. Hãy dùng việc gửi và việc nhận thông điệp.",
            en="A choreography does not run inside a process. Use send and receive tasks.",
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
