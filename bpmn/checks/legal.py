"""The legal parts of a procedure: complete, and every id they and the steps mention exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bpmn import xml
from bpmn.checks.base import check, check_read, found, nodes, noted, warned
from bpmn.model import Process
from bpmn.xml import Node
from findings import Finding

CODE = re.compile(r"\d{1,2}\.\d{4,8}(\.[\w.\-]+)?")


def parts(process_xml: Node, name: str = "procedure") -> list[Node]:
    """Give the `motcua:` elements of that name in a process's extensionElements, or in its procedure."""
    procedures = [child for child in xml.extension_elements(process_xml) if child.tag == xml.own("procedure")]
    return procedures if name == "procedure" else [c for p in procedures[:1] for c in p if c.tag == xml.own(name)]


@check
def one_procedure(process_xml: Node) -> Iterable[Finding]:
    """Refuse two procedures in one process; note a code that is not the national form."""
    found_ = parts(process_xml)
    for extra in found_[1:]:
        yield found(
            "several-procedures",
            extra,
            "Một quy trình chỉ mô tả một thủ tục. Hãy tách thành hai quy trình.",
            "A process describes one procedure only. Split it into two processes.",
        )
    for node in found_[:1]:
        if node.get("code") and not CODE.fullmatch(node.get("code") or ""):
            yield noted(
                "procedure-code",
                node,
                f"Mã thủ tục “{node.get('code')}” không theo dạng quốc gia (ví dụ 1.002425).",
                f"The procedure code “{node.get('code')}” is not of the national form (such as 1.002425).",
            )


@check
def ids_once(process_xml: Node) -> Iterable[Finding]:
    """Refuse two cases, components, fees or results with the same id (limits.py has those of limits).

    A component or fee may stand under one id once for each of several cases, so that one task can name the fee of all.
    """
    for kind, attribute in (("case", "id"), ("component", "id"), ("fee", "id"), ("result", "id")):
        children = [(child, child.get(attribute) or "", child.get("case") or "") for child in parts(process_xml, kind)]
        of_id = Counter(id_ for _, id_, _ in children)
        of_case = Counter((id_, case) for _, id_, case in children)
        for child, id_, case in children:
            # a part without a case belongs to every case
            count = of_case[id_, case] + of_case[id_, ""] if case else of_id[id_]
            if count > 1:
                yield found(
                    "procedure-part-twice",
                    child,
                    f"Có {count} <motcua:{kind}> cùng {attribute} “{id_}”. Hãy giữ một.",
                    f"{count} <motcua:{kind}> have the same {attribute} “{id_}”. Keep one.",
                )


@check_read
def cases_known(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Refuse a component, fee or limit of a case that the procedure does not have."""
    cases = {case.id for case in process.procedure.cases} if process.procedure else set()
    for kind in ("component", "fee", "limit"):
        for child in parts(process_xml, kind):
            case = child.get("case") or ""
            if case and case not in cases:
                yield found(
                    "case-unknown",
                    child,
                    f"<motcua:{kind}> nói về trường hợp “{case}” nhưng thủ tục không có trường hợp đó.",
                    f"<motcua:{kind}> is about the case “{case}”, which the procedure does not have.",
                )


@check_read
def fees_known(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Refuse a task that records a fee which the procedure does not have (only where it is a procedure itself)."""
    if process.procedure is None:
        return
    fees = {fee.id for fee in process.procedure.fees}
    for node in nodes(process_xml):
        element = process.elements.get(node.get("id") or "")
        if element and element.fee and element.fee not in fees:
            yield found(
                "fee-unknown",
                node,
                f"Việc này ghi nhận khoản “{element.fee}” nhưng thủ tục không có khoản thu đó.",
                f"This task records the fee “{element.fee}”, which the procedure does not have.",
            )


@check_read
def result_known(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Warn of a step that issues a result in a procedure without one."""
    if process.procedure is None or process.procedure.results:
        return
    for node in nodes(process_xml):
        element = process.elements.get(node.get("id") or "")
        if element and element.document == "result":
            yield warned(
                "result-unknown",
                node,
                "Bước này phát hành kết quả nhưng thủ tục không nêu kết quả nào. Hãy thêm <motcua:result>.",
                "This step issues a result but the procedure names none. Add <motcua:result>.",
            )


@check_read
def filing_form(process_xml: Node, process: Process) -> Iterable[Finding]:
    """Warn of a procedure that is filed online without a form."""
    procedure = process.procedure
    if procedure is None or procedure.service_level == "information" or "online" not in procedure.channels:
        return
    if not process.start_form and not (procedure.cases and all(case.form for case in procedure.cases)):
        yield warned(
            "filing-form-missing",
            process_xml,
            "Thủ tục nộp trực tuyến nhưng không có biểu mẫu nộp. Hãy ghi motcua:form trên sự kiện bắt đầu.",
            "The procedure is filed online but has no filing form. Set motcua:form on the start event.",
        )
