"""Data: assignments whose expressions cannot run, and what the drawn data means here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn import xml
from bpmn.checks.base import check, found
from bpmn.checks.expressions import refused_expression, why_refused
from bpmn.extensions import parts_of
from bpmn.extensions.parts import Assignment, Parts, Source
from bpmn.spiff.values import with_result
from bpmn.xml import Node
from expressions import dialect, python
from findings import Finding
from texts import Text

MOST_ASSIGNMENTS = 200
"""Assignments of one element, those inside lists and mappings counted."""


@check
def assignments(process_xml: Node) -> Iterable[Finding]:
    """Refuse input and output parameters and mappings of calls that name nothing or cannot be evaluated."""
    for node in xml.flow_nodes(process_xml):
        every = list(_every(_top(parts_of(node))))
        if len(every) > MOST_ASSIGNMENTS:
            yield found(
                "too-many-assignments",
                node,
                f"Bước này gán {len(every)} giá trị, tối đa {MOST_ASSIGNMENTS}. Hãy gộp chúng trong một kịch bản.",
                f"This step assigns {len(every)} values, at most {MOST_ASSIGNMENTS}. Gather them in a script.",
            )
            continue
        for one in every:
            if reason := why_unassignable(one):
                yield refused_expression(node, one.text, reason)
        for one in _top(parts_of(node)):
            if not all(one.target.split(".") if one.is_path else (one.target,)):
                yield found(
                    "assignment-without-name",
                    node,
                    "Có giá trị gán không ghi tên biến nhận. Hãy ghi tên biến.",
                    "A value is assigned to no variable. Name the variable that gets it.",
                )


def why_unassignable(one: Assignment) -> Text | None:
    """Give the reason why the value of an assignment cannot be evaluated, or None."""
    text = one.text.strip()
    match one.source:
        case Source.EXPRESSION:
            return why_refused(text) if text else None
        case Source.TEMPLATE:
            reason = dialect.check_template(text.lstrip("= \t\r\n"))
            return Text(vi=reason, en=reason) if reason else None
        case Source.SCRIPT:
            return python.refusal(with_result(text), script=True) if text else None
    return None


def _top(parts: Parts) -> Iterator[Assignment]:
    yield from parts.inputs or ()
    yield from parts.outputs or ()
    if parts.call is not None:
        yield from parts.call.inputs
        yield from parts.call.outputs


def _every(assignments: Iterable[Assignment]) -> Iterator[Assignment]:
    for one in assignments:
        yield one
        yield from _every(one.items)
