"""Ad-hoc sub-processes: what must not stand in one (10.3.5)."""

from __future__ import annotations

from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check, found, is_true, nodes
from bpmn.xml import Node, local
from findings import Finding


@check
def ad_hoc(process_xml: Node) -> Iterable[Finding]:
    """Refuse an ad-hoc sub-process without activities, with start or end events, or one that an event starts."""
    for node in nodes(process_xml, "adHocSubProcess"):
        inside = [child for child in node if xml.is_flow_node(child)]
        if not any(local(child) in xml.ACTIVITIES for child in inside):
            yield found(
                "ad-hoc-empty",
                node,
                "Quy trình con tuỳ ứng (ad-hoc) phải có ít nhất một việc. Hãy vẽ các việc của nó.",
                "An ad-hoc sub-process needs at least one activity. Draw its activities.",
            )
        for child in inside:
            if local(child) in ("startEvent", "endEvent"):
                yield found(
                    "ad-hoc-start-or-end",
                    child,
                    "Quy trình con tuỳ ứng không có sự kiện bắt đầu hay kết thúc. Hãy xoá nó, hoặc dùng quy trình con "
                    "thường.",
                    "An ad-hoc sub-process has no start and end events. Remove this one, or use an ordinary "
                    "sub-process.",
                )
        if is_true(node, "triggeredByEvent"):
            yield found(
                "ad-hoc-event-sub-process",
                node,
                "Quy trình con tuỳ ứng không thể do sự kiện khởi động. Hãy đặt nó vào trong một quy trình con theo sự "
                "kiện.",
                "An ad-hoc sub-process cannot be an event sub-process. Put it inside one.",
            )


@check
def collected(process_xml: Node) -> Iterable[Finding]:
    """Refuse Camunda 8's collected outputs of an ad-hoc sub-process: nothing collects them here."""
    for node in nodes(process_xml, "adHocSubProcess"):
        for words in (child for child in xml.extension_elements(node) if child.tag == f"{{{xml.ZEEBE}}}adHoc"):
            if words.get("outputCollection") or words.get("outputElement"):
                yield found(
                    "ad-hoc-output",
                    node,
                    "Kết quả của từng việc trong quy trình con tuỳ ứng không được gom lại (outputCollection). Hãy gán "
                    "biến trong từng việc.",
                    "What each activity of an ad-hoc sub-process gives is not collected (outputCollection). Assign "
                    "variables in each activity.",
                )
