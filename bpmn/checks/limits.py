"""Time limits of a procedure: each once, phases with their limit, chains whose links begin. Their sums: sums.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bpmn.checks.base import check, check_read, found, nodes, warned
from bpmn.checks.legal import parts
from bpmn.extensions.motcua import pause_rule, step_limit
from bpmn.extensions.parts import listed
from bpmn.model import Limit, Procedure, Process
from bpmn.xml import Node, own
from findings import Finding


@check
def limits_once(process_xml: Node) -> Iterable[Finding]:
    """Refuse two limits of one name, case and way of filing: which of them holds would not be defined."""
    written = parts(process_xml, "limit")
    keys = [tuple(node.get(name) or "" for name in ("id", "case", "channel")) for node in written]
    counts = Counter(keys)
    for node, key in zip(written, keys, strict=True):
        if counts[key] > 1:
            yield found(
                "procedure-part-twice",
                node,
                f"Có {counts[key]} <motcua:limit> cùng id “{key[0]}”, trường hợp “{key[1]}”, cách nộp “{key[2]}”. "
                "Hãy giữ một.",
                f"{counts[key]} <motcua:limit> have the same id “{key[0]}”, case “{key[1]}” and channel “{key[2]}”. "
                "Keep one.",
            )


@check
def phases_have_a_limit(process_xml: Node) -> Iterable[Finding]:
    """Refuse a phase without its limit, two phases that could follow one pause, and a ground with two rules."""
    for node in parts(process_xml, "limit"):
        rules = node.findall(own("pause"))
        if node.get("policy") == "phase":
            yield found(
                "phase-without-limit",
                node,
                "policy=“phase” cần thời hạn của giai đoạn: hãy ghi <motcua:pause ground=… policy=“phase” phase=…>.",
                'policy="phase" needs the limit of the phase: write <motcua:pause ground=… policy="phase" phase=…>.',
            )
        for rule in rules:
            if rule.get("policy") == "phase" and step_limit(rule.get("phase")) is None:
                yield found(
                    "phase-without-limit",
                    rule,
                    "Tạm dừng có policy=“phase” cần phase, ví dụ phase=“5 working_days”.",
                    'A pause with policy="phase" needs phase, such as phase="5 working_days".',
                )
        phases = {pause_rule(rule).phase for rule in rules if rule.get("policy") == "phase"}
        grounds = Counter(rule.get("ground") for rule in rules)
        if len(phases) > 1 or max(grounds.values(), default=1) > 1:
            yield found(
                "pause-rules-differ",
                node,
                "Mỗi căn cứ tạm dừng chỉ có một quy tắc, và mọi giai đoạn của một thời hạn phải dài bằng nhau: hai lần "
                "tạm dừng có thể chồng nhau.",
                "Each ground of a pause has one rule, and all phases of one limit must be equally long: two pauses may "
                "overlap.",
            )


@check_read
def chain(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Refuse a link of a chain that follows nothing known; warn of one that no step begins."""
    procedure = process.procedure
    if procedure is None:
        return
    ids, started = {limit.id for limit in procedure.limits}, {e.starts_limit for e in process.elements.values()}
    for node in nodes(process_xml):
        element = process.elements.get(node.get("id") or "")
        if element and element.starts_limit and element.starts_limit not in ids:
            yield found(
                "limit-unknown",
                node,
                f"Bước này bắt đầu thời hạn “{element.starts_limit}” nhưng thủ tục không có thời hạn đó.",
                f"This step starts the limit “{element.starts_limit}”, which the procedure does not have.",
            )
    firsts = {limits[0].id for limits in _chains(procedure) if limits}
    for node in parts(process_xml, "limit"):
        id_, after = node.get("id") or "", listed(node.get("after")) or ()
        for unknown in sorted(set(after) - ids):
            yield found(
                "limit-unknown",
                node,
                f"Thời hạn này nối sau “{unknown}” nhưng thủ tục không có thời hạn đó.",
                f"This limit follows “{unknown}”, which the procedure does not have.",
            )
        if id_ not in firsts and not after:
            yield found(
                "limit-follows-nothing",
                node,
                "Chỉ thời hạn đầu của chuỗi tính từ khi tiếp nhận. Hãy ghi after: nó nối sau thời hạn nào.",
                "Only the first limit of a chain counts from receipt. Write after: which limits it follows.",
            )
        elif id_ not in firsts and id_ not in started and not process.calls:
            yield warned(
                "limit-never-starts",
                node,
                f"Không bước nào bắt đầu thời hạn “{id_}”. Hãy ghi motcua:startsLimit trên bước là sự kiện của nó.",
                f"No step starts the limit “{id_}”. Set motcua:startsLimit on the step that is its event.",
            )


def _chains(procedure: Procedure) -> Iterable[tuple[Limit, ...]]:
    for case in (*(case.id for case in procedure.cases), ""):
        for channel in (*procedure.channels, ""):
            yield procedure.limits_of(case, channel)
