"""Expressions and scripts: refused at upload where the sandbox would refuse them when the step is reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bpmn import languages, timing, xml
from bpmn.checks.base import check, found, nodes
from bpmn.extensions import jython, parts_of
from bpmn.extensions.activiti import PYTHON
from bpmn.extensions.parts import Each
from bpmn.spiff import timers
from bpmn.xml import Node, local, tag
from expressions import dialect, python
from findings import Finding
from texts import Text

MAX_LENGTH = 20_000
"""Characters of one expression or script."""
MAX_TEMPLATE = 1000
"""Characters of a text for people, groups or dates."""
ISO_TIME = re.compile(r"[\"']?\s*(-?P[\dYMWDTHS.,]+|R-?\d*/.+|\d{4}-?[\dW].*)[\"']?", re.DOTALL)
NO_PATH = Text(
    vi="chưa có biểu thức; hãy ghi tên trường trong nội dung thông điệp",
    en="there is none; write the name of a field of the message's payload",
)


@check
def expressions(process_xml: Node) -> Iterable[Finding]:
    """Refuse each expression that the sandbox refuses, or that is in another language."""
    for node, source in _expressions(process_xml):
        kind = languages.written(node) if local(node) in languages.EXPRESSIONS else languages.Written.PYTHON
        if kind is languages.Written.OTHER:
            language = node.get("language") or xml.root_of(node).get("expressionLanguage")
            yield found(
                "expression-language",
                node,
                f"Biểu thức bằng “{language}” không chạy được. Hãy viết lại bằng Python, FEEL (=…) hoặc ${{…}}.",
                f"An expression in “{language}” cannot run. Rewrite it in Python, FEEL (=…) or ${{…}}.",
            )
        elif kind is languages.Written.FEEL and not languages.is_marked(source):
            if reason := why_refused(f"={source}"):
                yield refused_expression(node, source, reason)
        elif languages.is_literal(node):
            continue  # dialects.literals says it
        elif reason := why_refused(source):
            yield refused_expression(node, source, reason)


@check
def timer_texts(process_xml: Node) -> Iterable[Finding]:
    """Refuse a timer that is neither ISO 8601 nor a working-time limit nor a sound expression."""
    for node in nodes(process_xml, *xml.EVENTS):
        for definition in xml.event_definitions(node):
            for time in (time for name in languages.TIMES for time in definition.findall(tag(name))):
                text = xml.text_of(time)
                if "${" in text and not dialect.is_whole(text):
                    if wrong := dialect.check_template(text):
                        yield refused_expression(time, text, Text(vi=wrong, en=wrong))
                    continue
                plain = not text or ISO_TIME.fullmatch(text) or timers.is_literal(text) or timing.read(text)
                if not plain and (reason := why_refused(text)):
                    yield refused_expression(time, text, reason)


@check
def scripts(process_xml: Node) -> Iterable[Finding]:
    """Refuse a script that the sandbox refuses."""
    for node in process_xml.iterdescendants(tag("script")):
        source = "".join(node.itertext())
        task = node.getparent()
        source = jython.translated(source) if task is not None and task.get("scriptFormat") else source
        if task is not None and (not _is_python(task) or jython.asks_more(source)):
            continue  # tasks.scripts says what is wrong with it
        if source.strip() and (reason := _too_long(source) or python.refusal(source, script=True)):
            yield found(
                "script-refused",
                node,
                f"Kịch bản không chạy được trong vùng an toàn: {reason.vi}",
                f"The script cannot run in the sandbox: {reason.en}",
            )


@check
def templates(process_xml: Node) -> Iterable[Finding]:
    """Refuse texts for people, groups, dates and topics whose `${…}` parts cannot be evaluated."""
    for node in xml.flow_nodes(process_xml):
        parts = parts_of(node)
        people = (*(parts.candidate_groups or ()), *(parts.candidate_users or ()))
        for text in filter(
            None, (parts.assignee, parts.due, parts.follow_up, parts.priority_text, parts.topic, parts.retries, *people)
        ):
            long = Text(vi=f"dài quá {MAX_TEMPLATE} ký tự", en=f"longer than {MAX_TEMPLATE} characters")
            if len(text) > MAX_TEMPLATE:
                yield refused_expression(node, text, long)
            elif reason := dialect.check_template(text):
                yield refused_expression(node, text, Text(vi=reason, en=reason))


@check
def messages(process_xml: Node) -> Iterable[Finding]:
    """Refuse correlation keys, payloads and paths of correlation properties that cannot be evaluated."""
    for node in xml.flow_nodes(process_xml):
        parts = parts_of(node)
        for source in filter(None, (parts.correlation_key, parts.payload)):
            if reason := why_refused(source):
                yield refused_expression(node, source, reason)
    paths = [*xml.root_of(process_xml).iter(tag("messagePath")), *process_xml.iterdescendants(tag("dataPath"))]
    for path in paths:
        source = xml.text_of(path)
        if reason := why_refused(source) if source else NO_PATH:
            yield refused_expression(path, source, reason)


def why_refused(source: str) -> Text | None:
    """Give the reason why an expression cannot run, or None."""
    return _too_long(source) or dialect.refusal(source)


def refused_expression(node: Node, source: str, reason: Text) -> Finding:
    """Make the finding about an expression that cannot run."""
    shown = " ".join(source.split())[:120]
    return found(
        "expression-refused",
        node,
        f"Biểu thức “{shown}” không chạy được: {reason.vi}",
        f"The expression “{shown}” cannot run: {reason.en}",
    )


def _is_python(task: Node) -> bool:
    return (task.get("scriptFormat") or "").strip().lower() in ("", *PYTHON)


def _too_long(source: str) -> Text | None:
    if len(source) <= MAX_LENGTH:
        return None
    return Text(vi=f"dài quá {MAX_LENGTH} ký tự", en=f"longer than {MAX_LENGTH} characters")


def _expressions(process_xml: Node) -> Iterator[tuple[Node, str]]:
    for node in process_xml.iterdescendants(*map(tag, languages.EXPRESSIONS)):
        if source := xml.text_of(node):
            yield node, source
    for loop in process_xml.iterdescendants(tag("multiInstanceLoopCharacteristics")):
        said = each_of(loop)
        for collection in (xml.text_of(loop.find(tag("loopDataInputRef"))), said.collection, said.output_item):
            if collection and not collection.isidentifier():
                yield loop, collection


def each_of(loop: Node) -> Each:
    """Give what vocabularies say of the loop of an activity."""
    activity = loop.getparent()
    return (parts_of(activity).each if activity is not None else None) or Each()
