"""What a platform's habits mean here: texts that stand for themselves, filters, fields of forms, bindings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bpmn import languages, xml
from bpmn.checks.base import check, found, noted
from bpmn.checks.java import SPACES
from bpmn.extensions import activiti, generated, spiffworkflow
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import JUEL_MARKS, Words
from bpmn.xml import Node, local, tag
from expressions import python
from findings import Finding

MARKS = {Platform.CAMUNDA_7: "${…}", Platform.FLOWABLE: "${…}", Platform.CAMUNDA_8: "=…"}
NAMES = re.compile(r"(?<![\w.'\"])[^\W\d]\w*(?!\s*\()")
STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
WORDS = frozenset(
    (
        *("and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "true", "false", "null", "True", "False", "None"),
        *("empty", "if", "then", "else", "in", "some", "every", "satisfies"),
    )
)
"""What is no variable in a condition."""


@check
def literals(process_xml: Node) -> Iterable[Finding]:
    """Refuse a condition that its platform reads as a text: it would not be evaluated there either."""
    for node in process_xml.iterdescendants(*map(tag, languages.EXPRESSIONS)):
        text = xml.text_of(node)
        if languages.is_literal(node) and not (local(node) == "loopCardinality" and text.isdigit()):
            mark = MARKS.get(platform_of(node), "=…")
            yield found(
                "expression-literal",
                node,
                f"“{text[:120]}” chỉ là chuỗi chữ, không phải biểu thức. Hãy viết dạng {mark}.",
                f"“{text[:120]}” is only a text here, no expression. Write it as {mark}.",
            )


@check
def filters(process_xml: Node) -> Iterable[Finding]:
    """Refuse a conditional event that looks only at some of the variables of its condition."""
    for definition in process_xml.iterdescendants(tag("conditionalEventDefinition")):
        names, is_partial = _filter(definition)
        condition = STRINGS.sub("", xml.text_of(definition.find(tag("condition"))))
        used = set(NAMES.findall(condition)) - WORDS
        if is_partial or (names and not used <= names):
            yield found(
                "condition-filter",
                definition,
                "Bộ lọc biến của điều kiện không được thực hiện: điều kiện được xét ở mọi thay đổi. Hãy xoá bộ lọc, "
                "hoặc chỉ dùng các biến trong bộ lọc.",
                "The filter of variables is not carried out: the condition is looked at on every change. Remove it, or "
                "let the condition use only the variables that it names.",
            )


def _filter(definition: Node) -> tuple[set[str], bool]:
    """Give the variables that a condition is looked at for, and whether only some kinds of change count."""
    for space in SPACES:
        if name := definition.get(f"{{{space}}}variableName"):
            return {name.strip()}, False
    node = Words(xml.ZEEBE, definition, definition.getparent()).one("conditionalFilter")
    if node is None:
        return set(), False
    events = {part.strip() for part in (node.get("variableEvents") or "").split(",")} - {""}
    names = {part.strip() for part in (node.get("variableNames") or "").split(",")} - {""}
    return names, bool(events) and not {"create", "update"} <= events


@check
def form_fields(process_xml: Node) -> Iterable[Finding]:
    """Refuse fields that no generated form can show; say which form is made of the others."""
    for node in xml.flow_nodes(process_xml):
        wrong = list(generated.problems(node))
        for vi, en in wrong:
            yield found(
                "form-field",
                node,
                f"Không tạo được biểu mẫu: {vi}. Hãy tạo tệp .form và ghi motcua:form.",
                f"No form can be made: {en}. Make a .form file and set motcua:form.",
            )
        if generated.fields_of(node) and not wrong:
            yield noted(
                "form-generated",
                node,
                f"Các trường được làm thành biểu mẫu “{generated.key_of(node)}”. Ngày được giữ dạng 2026-01-31.",
                f"The fields become the form “{generated.key_of(node)}”. Dates are kept as 2026-01-31.",
            )


@check
def bindings(process_xml: Node) -> Iterable[Finding]:
    """Refuse a form that is wanted in a certain version: a process keeps the forms of its publication."""
    for node in xml.flow_nodes(process_xml):
        wanted = {node.get(f"{{{space}}}formRefBinding") for space in SPACES}
        definition = Words(xml.ZEEBE, node).one("formDefinition")
        if definition is not None:
            wanted.add(definition.get("bindingType"))
        if wanted & {"version", "versionTag"}:
            yield found(
                "form-binding",
                node,
                "Biểu mẫu được giữ theo lần công bố, không chọn được phiên bản khác. Hãy để tệp .form đó trong bộ tệp.",
                "A process keeps the forms of its publication, no other version can be chosen. Put that .form file "
                "into the bundle.",
            )


@check
def computed_names(process_xml: Node) -> Iterable[Finding]:
    """Refuse messages, signals and errors whose name or code is an expression."""
    root = xml.root_of(process_xml)
    declared = {node.get("id"): node for node in root if local(node) in ("message", "signal", "error", "escalation")}
    for node in xml.flow_nodes(process_xml):
        for reference in _references(node):
            there = declared.get(reference)
            if there is None:
                continue
            texts = (there.get("name"), there.get("errorCode"), there.get("escalationCode"))
            for text in texts:
                if text and (text.strip().startswith("=") or any(mark in text for mark in JUEL_MARKS)):
                    yield found(
                        "name-computed",
                        node,
                        f"Tên “{text[:80]}” là biểu thức. Hãy ghi tên cố định và phân biệt bằng khoá tương quan.",
                        f"The name “{text[:80]}” is an expression. Give a fixed name, and tell messages apart by a "
                        "correlation key.",
                    )


@check
def signals(process_xml: Node) -> Iterable[Finding]:
    """Refuse a signal that carries a computed value."""
    for definition in process_xml.iterdescendants(tag("signalEventDefinition")):
        for space in SPACES:
            for one in Words(space, definition).all("in"):
                if one.get("variables") != "all" and not activiti.source_of(one):
                    yield found(
                        "signal-payload",
                        definition,
                        "Tín hiệu chỉ mang được giá trị của biến (source). Hãy tính nó trong một kịch bản trước đó.",
                        "A signal carries only variables (source). Compute the value in a script task before it.",
                    )


def _references(node: Node) -> Iterator[str]:
    for one in (node, *xml.event_definitions(node)):
        for name in ("messageRef", "signalRef", "errorRef", "escalationRef"):
            if one.get(name):
                yield xml.bare(one.get(name))


@check
def operations(process_xml: Node) -> Iterable[Finding]:
    """Say that an operation of SpiffArena's connector proxy goes to external workers, and refuse scripts around it."""
    for node in xml.flow_nodes(process_xml):
        parts = spiffworkflow.read(node)
        if parts.topic:
            gives = (f", và trả lại biến “{parts.result_variable}”", f", and gives back “{parts.result_variable}”")
            vi, en = gives if parts.result_variable else ("", "")
            yield noted(
                "operator-becomes-topic",
                node,
                f"Một chương trình bên ngoài nhận việc này theo chủ đề “{parts.topic}”{vi}; tham số là biến của nó.",
                f"A worker outside fetches this work under the topic “{parts.topic}”{en}; the parameters are its "
                "variables.",
            )
        scripts = (*(parts.pre_script or ()), *(parts.post_script or ()))
        loop = node.find(tag("multiInstanceLoopCharacteristics"))
        if scripts and loop is not None and loop.get(f"{{{xml.SPIFFWORKFLOW}}}scriptsOnInstances") != "true":
            yield found(
                "script-around-loop",
                node,
                "Kịch bản trước và sau chạy cho từng lần lặp. Hãy bật scriptsOnInstances, hoặc vẽ việc kịch bản quanh "
                "việc này.",
                "Scripts before and behind run for each instance. Set scriptsOnInstances, or draw script tasks around "
                "this one.",
            )
        for script in scripts:
            if reason := python.refusal(script, script=True):
                yield found(
                    "script-refused",
                    node,
                    f"Kịch bản không chạy được trong vùng an toàn: {reason.vi}",
                    f"The script cannot run in the sandbox: {reason.en}",
                )
