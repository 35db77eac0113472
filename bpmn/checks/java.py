"""What other engines do in Java or in other script languages: work for outside, or refused with advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn import xml
from bpmn.checks.base import check, flows, found, nodes, noted
from bpmn.checks.expressions import refused_expression
from bpmn.checks.rewording import python_words
from bpmn.extensions import activiti, parts_of
from bpmn.extensions.activiti import EXPRESSIONS, PYTHON, THROWING, holder_of, work_of
from bpmn.extensions.jython import asks_more
from bpmn.extensions.words import Words
from bpmn.xml import Node, local
from expressions import dialect, python
from findings import Finding
from texts import Text

SPACES = (xml.CAMUNDA, xml.OPERATON, xml.FLOWABLE, xml.ACTIVITI)
WORKING = ("serviceTask", "sendTask", "businessRuleTask", *THROWING)
TYPES = ("external", "external-worker")
MOMENTS = {"executionListener": ("start", "end"), "taskListener": ("create", "complete")}
"""Events of listeners that are carried out."""


@check
def work(process_xml: Node) -> Iterable[Finding]:
    """Say which Java work goes to external workers, and refuse the kinds of task that are not carried out."""
    for node in nodes(process_xml, *WORKING):
        for space in _spaces(node):
            made, words = work_of(node, space), Words(space, holder_of(node))
            kind = words.get("type") or ""
            if made.java is not None:
                yield _becomes_topic(node, made, words.get("resultVariable") or words.get("resultVariableName"))
            elif kind and kind not in TYPES:
                yield found(
                    "task-kind",
                    node,
                    f"Việc kiểu “{kind}” không được thực hiện ở đây. Hãy dùng motcua:connector, hoặc motcua:topic cho "
                    "một chương trình bên ngoài.",
                    f"A task of the kind “{kind}” is not carried out here. Use a motcua:connector, or a motcua:topic "
                    "for a worker outside.",
                )
            elif made.expression and (reason := _refusal_of(made.expression)):
                yield refused_expression(node, made.expression, reason)


def _refusal_of(expression: str) -> Text | None:
    """Give the reason why the expression of a task, a text with parts, cannot be evaluated."""
    if dialect.is_whole(expression):
        return dialect.refusal(expression, assigns=True)
    reason = dialect.check_template(expression)
    return Text(vi=reason, en=reason) if reason else None


def _becomes_topic(node: Node, made: activiti.Work, result: str | None) -> Finding:
    gives = (f", và trả lại biến “{result}”", f", and gives back the variable “{result}”") if result else ("", "")
    return noted(
        "class-becomes-topic",
        node,
        f"Java ({made.java}) không chạy ở đây: một chương trình bên ngoài nhận việc này theo chủ đề “{made.topic}”"
        f"{gives[0]}.",
        f"Java ({made.java}) does not run here: a worker outside fetches this work under the topic “{made.topic}”"
        f"{gives[1]}.",
    )


@check
def misplaced_work(process_xml: Node) -> Iterable[Finding]:
    """Refuse work for outside on an element that no worker can do."""
    for node in nodes(process_xml):
        if local(node) not in (*WORKING, "scriptTask") and parts_of(node).topic:
            yield found(
                "work-misplaced",
                node,
                "Chương trình bên ngoài không làm được phần tử loại này. Hãy dùng việc dịch vụ.",
                "No worker outside can do an element of this kind. Use a service task.",
            )


@check
def listeners(process_xml: Node) -> Iterable[Finding]:
    """Refuse listeners other than scripts and expressions around an activity."""
    for node in (process_xml, *nodes(process_xml), *flows(process_xml)):
        for space in _spaces(node):
            words = Words(space, node)
            for kind, moments in MOMENTS.items():
                for listener in words.all(kind):
                    yield from _listener(node, words, listener, (listener.get("event") or "start") in moments)


def _listener(node: Node, words: Words, listener: Node, is_run: bool) -> Iterator[Finding]:
    java = listener.get("class") or listener.get("delegateExpression")
    scripts = words.inside(listener, "script")
    expression = (listener.get("expression") or "").strip()
    if java or not (scripts or expression):
        yield found(
            "listener-java",
            node,
            f"Bộ nghe “{java or '?'}” là Java nên không chạy ở đây. Hãy vẽ một việc dịch vụ (motcua:topic) trước hoặc "
            "sau bước này.",
            f"The listener “{java or '?'}” is Java and does not run here. Draw a service task (motcua:topic) before or "
            "behind this step.",
        )
    elif not is_run or local(node) not in xml.ACTIVITIES or _chooses(node, listener):
        yield found(
            "listener-place",
            node,
            f"Bộ nghe “{listener.get('event') or 'start'}” ở đây không được thực hiện. Hãy vẽ một việc kịch bản.",
            f"A listener to “{listener.get('event') or 'start'}” is not carried out here. Draw a script task.",
        )
    elif expression and (reason := _refusal(expression)):
        yield refused_expression(node, expression, reason)


def _chooses(node: Node, listener: Node) -> bool:
    """Tell whether a listener to the end would run behind the choice of a conditional flow, as it does in Camunda."""
    if listener.get("event") not in ("end", "complete"):
        return False
    return any(
        flow.get("sourceRef") == node.get("id") and flow.find(xml.tag("conditionExpression")) is not None
        for flow in flows(xml.root_of(node))
    )


def _refusal(expression: str) -> Text | None:
    if not expression.startswith(("${", "#{", "=")):
        return Text(vi="không có ${…}", en="it has no ${…}")
    return dialect.refusal(expression, assigns=True)


@check
def scripts(process_xml: Node) -> Iterable[Finding]:
    """Refuse scripts in listeners and parameters that are in another language, elsewhere, or refused by the sandbox."""
    for space in _spaces(process_xml):
        for script in process_xml.iterdescendants(f"{{{space}}}script"):
            language = (script.get("scriptFormat") or "").strip().lower()
            source = xml.text_of(script)
            if language not in (*PYTHON, *EXPRESSIONS) or script.get("resource"):
                yield in_other_language(script, language, source)
            elif language in EXPRESSIONS:
                if reason := dialect.refusal(activiti.marked(language, source), assigns=True):
                    yield refused_expression(script, source, reason)
            elif asks_more(activiti.marked(language, source)):
                yield of_execution(script)
            elif reason := python.refusal(activiti.marked(language, source), script=True):
                yield refused_expression(script, source, reason)


def of_execution(node: Node) -> Finding:
    """Make the refusal of a script that asks the execution for more than variables by their names."""
    return found(
        "script-execution",
        node,
        "Ở đây không có “execution”. Hãy đọc và gán biến theo tên (x = 1); execution.getVariable và setVariable chỉ "
        "dùng với tên viết sẵn.",
        "There is no “execution” here. Read and assign variables by name (x = 1); execution.getVariable and "
        "setVariable take only a written name.",
    )


def in_other_language(node: Node, language: str, source: str) -> Finding:
    """Make the refusal of a script that is not in Python, with its words in Python where they are plain."""
    words = python_words(source)
    vi = f" Có thể viết: {words}" if words else ""
    en = f" It may be written: {words}" if words else ""
    return found(
        "script-language",
        node,
        f"Kịch bản viết bằng “{language or '?'}” không chạy được. Hãy viết lại bằng Python (gán biến theo tên).{vi}",
        f"A script in “{language or '?'}” cannot run. Rewrite it in Python (assign variables by name).{en}",
    )


def _spaces(node: Node) -> list[str]:
    used = set(node.nsmap.values())
    return [space for space in SPACES if space in used]
