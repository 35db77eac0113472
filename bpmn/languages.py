"""Which language an expression of a file is in, written into the expression as its mark (`=` FEEL, `${…}` JUEL).

A file says so by the expression's own `language`, by `expressionLanguage` of the whole file, or by the platform that
it was drawn for (bpmn/extensions/platform.py). Once written, nobody needs to look at the file again.
"""

from __future__ import annotations

from enum import StrEnum

from bpmn import xml
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import JUEL_MARKS
from bpmn.xml import Node

EXPRESSIONS = (
    "activationCondition", "completionCondition", "condition", "conditionExpression", "from", "loopCardinality",
    "loopCondition", "transformation",
)  # fmt: skip
"""Every element whose text is an expression: what is checked at upload and what is marked for the engine."""
TIMES = ("timeDate", "timeDuration", "timeCycle")


class Written(StrEnum):
    """What the file says that an expression is written in."""

    PYTHON = "python"
    """The subset of Python."""
    FEEL = "feel"
    """FEEL, with or without its mark."""
    JUEL = "juel"
    """JUEL: a text without `${` is itself."""
    MARKED = "marked"
    """FEEL behind `=`: a text without is itself (Camunda 8)."""
    OTHER = "other"
    """Another language."""


OF_PLATFORM = {
    Platform.CAMUNDA_7: Written.JUEL,
    Platform.FLOWABLE: Written.JUEL,
    Platform.CAMUNDA_8: Written.MARKED,
    Platform.ANY: Written.PYTHON,
}


def named(language: str | None) -> Written | None:
    """Give the language of a name or address; None where it says nothing (XPath, which modelers write by default)."""
    text = (language or "").strip().lower()
    if not text or "xpath" in text or text.endswith(("/xmlschema", "javatypes")):
        return None
    if "feel" in text:
        return Written.FEEL
    last = text.rpartition("/")[2]
    if last in ("juel", "uel", "el"):
        return Written.JUEL
    return Written.PYTHON if last in ("python", "jython", "text/python", "x-python") else Written.OTHER


def written(node: Node) -> Written:
    """Tell what an expression element is written in."""
    own = named(node.get("language"))
    if own is not None:
        return own
    platform = platform_of(node)
    whole = named(xml.root_of(node).get("expressionLanguage")) if platform is Platform.ANY else None
    return whole or OF_PLATFORM[platform]


def is_marked(text: str) -> bool:
    """Tell whether a text bears the mark of FEEL or JUEL."""
    return text.startswith(("=", *JUEL_MARKS))


def write_out(root: Node) -> None:
    """Mark, in place, the expressions whose language the file says elsewhere."""
    for node in root.iter(*map(xml.tag, EXPRESSIONS)):
        text = xml.text_of(node)
        if text and not is_marked(text) and written(node) is Written.FEEL:
            for child in list(node):
                node.remove(child)
            node.text = f"={text}"


def is_literal(node: Node) -> bool:
    """Tell whether an expression is, for its platform, only a text that stands for itself."""
    text = xml.text_of(node)
    return bool(text) and not is_marked(text) and written(node) in (Written.JUEL, Written.MARKED)
