"""What Activiti's descendants share: `camunda:` (Camunda 7, Operaton), `flowable:`, `activiti:` say most things alike.

Texts are JUEL: `${…}` parts in a text that is otherwise itself. Classes and beans are Java, which does not run here:
the work of a task that names one goes to an external worker, under the class's or bean's name as its topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bpmn import xml
from bpmn.extensions import jython
from bpmn.extensions.parts import Assignment, Each, Source
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import Words, carried, juel_text, messages_of, template
from expressions import dialect

NAME = re.compile(r"(?:[$#]\{\s*)?([^\W\d]\w*)(?:\s*\})?")
BEAN = re.compile(r"[$#]\{\s*(?P<name>[^\W\d]\w*(?:\.\w+)*)\s*(?:\(.*\))?\s*\}", re.DOTALL)
"""`${bean}` or `${bean.method(…)}`."""
ENGINES_OWN = ("execution", "task", "dateTime", "now", "currentUser", "currentUserGroups", "externalTask", "connector")
"""Names that are no bean of the designer's."""
PYTHON = ("python", "text/python", "text/x-python", "application/x-python", "jython")
EXPRESSIONS = ("juel", "feel")
"""Script formats that are one expression."""


class Java(StrEnum):
    """Why work goes to an external worker though the diagram does not say so."""

    CLASS = "class"
    """A Java class."""
    DELEGATE = "delegateExpression"
    """A bean."""
    METHOD = "expression"
    """A call of a bean's method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What carries a task out."""

    topic: str | None = None
    expression: str | None = None
    java: Java | None = None
    """What was Java."""


def holder_of(node: xml.Node) -> xml.Node:
    """Give the element that says what carries a throwing event out: its message event definition."""
    if xml.local(node) in ("intermediateThrowEvent", "endEvent"):
        return next(iter(messages_of(node)), node)
    return node


def work_of(node: xml.Node, space: str) -> Work:
    """Read what carries a task or a throwing message event out."""
    words = Words(space, holder_of(node))
    kind, topic = words.get("type"), words.get("topic")
    if kind in ("external", "external-worker"):
        return Work(topic=template(topic))
    if name := (words.get("class") or "").strip():
        return Work(topic=name, java=Java.CLASS)
    if name := (words.get("delegateExpression") or "").strip():
        bean = BEAN.fullmatch(name)
        return Work(topic=bean["name"] if bean else name, java=Java.DELEGATE)
    expression = (words.get("expression") or "").strip()
    if not expression or xml.local(node) not in ("serviceTask", "sendTask", "businessRuleTask", *THROWING):
        return Work()
    bean = BEAN.fullmatch(expression)
    if bean and bean["name"].partition(".")[0] not in ENGINES_OWN and dialect.refusal(expression, assigns=True):
        return Work(topic=bean["name"], java=Java.METHOD)
    return Work(expression=template(expression))


THROWING = ("intermediateThrowEvent", "endEvent")


def assignment(target: str, node: xml.Node, space: str) -> Assignment:
    """Read a parameter or what stands in a list or map: a text, a script, a list or a map."""
    for child in node:
        kind = child.tag.removeprefix(f"{{{space}}}")
        if kind == "script":
            return scripted(target, child)
        if kind == "list":
            items = tuple(assignment("", item, space) for item in elements(child, space))
            return Assignment(target=target, source=Source.LIST, items=items)
        if kind == "map":
            entries = tuple(assignment(entry.get("key") or "", entry, space) for entry in elements(child, space))
            return Assignment(target=target, source=Source.MAP, items=entries)
    if node.tag == f"{{{space}}}script":
        return scripted(target, node)
    if node.tag == f"{{{space}}}list" or node.tag == f"{{{space}}}map":
        holder = Source.LIST if node.tag.endswith("list") else Source.MAP
        items = tuple(assignment(item.get("key") or "", item, space) for item in elements(node, space))
        return Assignment(target=target, source=holder, items=items)
    return texted(target, xml.text_of(node))


def signalled(node: xml.Node, space: str) -> str | None:
    """Give what a thrown signal carries: the variables that its `in` elements name; on their platforms nothing else."""
    definition = node.find(xml.tag("signalEventDefinition")) if xml.local(node) in THROWING else None
    ins = Words(space, definition).all("in")
    if definition is None or (not ins and platform_of(node) not in (Platform.CAMUNDA_7, Platform.FLOWABLE)):
        return None
    if any(one.get("variables") == "all" for one in ins):
        return None
    return carried({one.get("target") or "": source for one in ins if (source := source_of(one))})


def source_of(mapping_: xml.Node) -> str | None:
    """Give the variable that an `in` of a signal reads; None where it computes its value."""
    text = mapping_.get("source") or mapping_.get("sourceExpression") or ""
    name = NAME.fullmatch(text.strip())
    return name[1] if name else None


def elements(node: xml.Node, space: str) -> list[xml.Node]:
    """Give the child elements of the namespace."""
    return [child for child in node if xml.namespace(child.tag) == space]


def texted(target: str, text: str) -> Assignment:
    """Read a parameter's text; an empty one is null."""
    if not text:
        return Assignment(target=target, text="${null}")
    return Assignment(target=target, text=template(text) or "", source=Source.TEMPLATE)


def scripted(target: str, node: xml.Node) -> Assignment:
    """Read a script that gives a value."""
    text = xml.text_of(node)
    if (node.get("scriptFormat") or "").strip().lower() in EXPRESSIONS:
        return Assignment(target=target, text=marked(node.get("scriptFormat"), text))
    return Assignment(target=target, text=marked(node.get("scriptFormat"), text), source=Source.SCRIPT)


def marked(language: str | None, text: str) -> str:
    """Write an expression's language into its mark: `=` for FEEL; JUEL without `${` is a text; Python as it is."""
    kind = (language or "").strip().lower()
    if kind == "feel":
        return text if text.startswith("=") else f"={text}"
    if kind == "juel" and not text.startswith(("${", "#{")):
        return juel_text(text)
    return jython.translated(text) if kind in PYTHON else text


def task_script(node: xml.Node, language: str | None) -> str | None:
    """Give the script of a script task in our words, where they are others: one expression, or Python."""
    kind, text = (language or "").strip().lower(), xml.text_of(node.find(xml.tag("script")))
    if xml.local(node) != "scriptTask" or not text:
        return None
    ours = marked(kind, text)
    return ours if kind in EXPRESSIONS or ours != text else None


def parameters(words: Words, name: str) -> tuple[Assignment, ...] | None:
    """Read `inputParameter` or `outputParameter` of an inputOutput, and of a connector's none."""
    holder = words.one("inputOutput")
    if holder is None:
        return None
    found = [assignment(node.get("name") or "", node, words.space) for node in words.inside(holder, name)]
    return tuple(found) or None


def fields(words: Words) -> tuple[Assignment, ...]:
    """Read the fields of a class or bean: the worker that takes its place gets them as variables."""
    found = []
    for field in words.all("field"):
        name = field.get("name") or ""
        text = field.get("stringValue")
        expression = field.get("expression")
        for child in field:
            kind = xml.local(child)
            text = xml.text_of(child) if kind == "string" else text
            expression = xml.text_of(child) if kind == "expression" else expression
        if expression is not None:
            found.append(texted(name, expression.strip()))
        elif text is not None:
            found.append(Assignment(target=name, text=juel_text(text)))
    return tuple(found)


def mapping(node: xml.Node) -> Assignment | None:
    """Read an `in` or `out` of a call, other than for all variables or the business key."""
    target, is_local = node.get("target") or "", node.get("local") == "true"
    if node.get("sourceExpression") is not None:
        text = template((node.get("sourceExpression") or "").strip()) or ""
        return Assignment(target=target, text=text, source=Source.TEMPLATE, is_local=is_local)
    if node.get("source") is not None:
        return Assignment(target=target, text=node.get("source") or "", source=Source.VARIABLE, is_local=is_local)
    return None


def each(node: xml.Node, space: str) -> Each | None:
    """Read what a multi-instance activity runs over."""
    loop = node.find(xml.tag("multiInstanceLoopCharacteristics"))
    words = Words(space, loop)
    collection, item, index = (words.get(name) for name in ("collection", "elementVariable", "elementIndexVariable"))
    if collection is None and item is None and index is None:
        return None
    return Each(collection=collection, item=item, index=index)


def listeners(words: Words, kind: str, event: str) -> list[str]:
    """Give the scripts of the listeners of a kind to an event, each as Python or with the mark of its language."""
    found = []
    for listener in words.all(kind):
        if (listener.get("event") or "start") != event:
            continue
        expression = (listener.get("expression") or "").strip()
        script = next(iter(words.inside(listener, "script")), None)
        if expression:
            found.append(expression)
        elif script is not None and xml.text_of(script):
            found.append(marked(script.get("scriptFormat"), xml.text_of(script)))
    return found


def before(words: Words) -> list[str]:
    """Give the scripts that listeners run when the activity is entered, in their order."""
    return [*listeners(words, "executionListener", "start"), *listeners(words, "taskListener", "create")]


def behind(words: Words) -> list[str]:
    """Give the scripts that listeners run when the activity is completed, in their order."""
    return [*listeners(words, "taskListener", "complete"), *listeners(words, "executionListener", "end")]
