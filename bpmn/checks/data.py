"""Data: assignments whose expressions cannot run, and what the drawn data means here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn import xml
from bpmn.checks.base import check, found, noted
from bpmn.checks.expressions import refused_expression, why_refused
from bpmn.extensions import parts_of
from bpmn.extensions.parts import Assignment, Parts, Source
from bpmn.items import is_placeholder, items
from bpmn.spiff.associations import is_place, sources, target
from bpmn.spiff.values import with_result
from bpmn.xml import Node, tag
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


@check
def associations(process_xml: Node) -> Iterable[Finding]:
    """Refuse data associations with what the file does not have, and assignments to what is no place."""
    known: dict[str, object] = dict(items(xml.root_of(process_xml)))
    known |= {
        node.get("id") or "": node for node in process_xml.iterdescendants(tag("property")) if is_placeholder(node)
    }
    for node in process_xml.iterdescendants(tag("dataInputAssociation"), tag("dataOutputAssociation")):
        for id_ in (*sources(node), target(node)):
            if id_ and id_ not in known:
                yield found(
                    "data-reference-unknown",
                    node,
                    f"Liên kết dữ liệu trỏ tới “{id_}”, không phải dữ liệu nào trong tệp. Hãy vẽ lại liên kết.",
                    f"A data association names “{id_}”, which is no data of this file. Draw the association again.",
                )
        for to in node.iterdescendants(tag("to")):
            if not is_place(xml.text_of(to)):
                yield found(
                    "data-assignment-target",
                    node,
                    f"Không gán được vào “{xml.text_of(to)[:120]}”. Hãy ghi tên biến, hoặc đường dẫn như order.total.",
                    f"Nothing can be assigned to “{xml.text_of(to)[:120]}”. Write a variable or a path: order.total.",
                )


@check
def data_objects(process_xml: Node) -> Iterable[Finding]:
    """Say which variable or store each data object and data store is, and that states are not followed."""
    known = items(xml.root_of(process_xml))
    references = list(process_xml.iterdescendants(tag("dataObjectReference")))
    drawn = {xml.bare(node.get("dataObjectRef")) for node in references}
    plain = [node for node in process_xml.iterdescendants(tag("dataObject")) if node.get("id") not in drawn]
    for node in (*references, *plain):
        if item := known.get(node.get("id") or ""):
            yield noted(
                "data-object",
                node,
                f"Đối tượng dữ liệu này là biến “{item.variable}” của phạm vi chứa nó; các bước đọc và ghi tên đó.",
                f"This data object is the variable “{item.variable}” of its scope; steps read and write that name.",
            )
    for node in process_xml.iterdescendants(tag("dataStoreReference")):
        if item := known.get(node.get("id") or ""):
            yield noted(
                "data-store",
                node,
                f"Kho dữ liệu “{item.store}” chung cho mọi phiên chạy; bước nối với nó đọc và ghi biến "
                f"“{item.variable}”.",
                f"The data store “{item.store}” is shared by all instances; steps joined to it read and write the "
                f"variable “{item.variable}”.",
            )
    for node in process_xml.iterdescendants(tag("dataState")):
        yield noted(
            "data-state",
            node,
            "Trạng thái của dữ liệu chỉ để người đọc, không có tác dụng khi chạy.",
            "The state of data is for readers only; it has no effect when the process runs.",
        )
