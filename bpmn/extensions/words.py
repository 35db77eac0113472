"""Words: what one namespace says of a node, in attributes and in extension elements; and texts in its language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bpmn import xml

JUEL_MARKS = ("${", "#{")


class Words:
    """The attributes and extension elements of one namespace on a node and on what belongs to it."""

    def __init__(self, space: str, *nodes: xml.Node | None) -> None:
        self.space = space
        self.nodes = [node for node in nodes if node is not None]

    def get(self, name: str) -> str | None:
        """Give an attribute's value, of the first node that has it."""
        key = f"{{{self.space}}}{name}"
        return next((value for node in self.nodes if (value := node.get(key)) is not None), None)

    def all(self, name: str) -> list[xml.Node]:
        """Give the extension elements of that name."""
        tag = f"{{{self.space}}}{name}"
        return [child for node in self.nodes for child in xml.extension_elements(node) if child.tag == tag]

    def one(self, name: str) -> xml.Node | None:
        """Give the first extension element of that name."""
        return next(iter(self.all(name)), None)

    def inside(self, node: xml.Node | None, name: str) -> list[xml.Node]:
        """Give the children of that name of an extension element."""
        return node.findall(f"{{{self.space}}}{name}") if node is not None else []


def messages_of(node: xml.Node) -> list[xml.Node]:
    """Give the message event definitions of an event."""
    return node.findall(xml.tag("messageEventDefinition"))


def first_of(node: xml.Node, *names: str) -> xml.Node | None:
    """Give the first child with one of these BPMN names."""
    return next((child for name in names if (child := node.find(xml.tag(name))) is not None), None)


def message_declared(node: xml.Node) -> xml.Node | None:
    """Give the `message` that an event, a receive task or a send task refers to."""
    holders = (node, *messages_of(node))
    reference = next((xml.bare(one.get("messageRef")) for one in holders if one.get("messageRef")), "")
    if not reference:
        return None
    return next((m for m in xml.root_of(node).iterchildren(xml.tag("message")) if m.get("id") == reference), None)


def feel_text(text: str) -> str:
    """Write a text as a FEEL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def static(text: str | None) -> str | None:
    """Read a value of Camunda 8, FEEL behind `=` or else a number or text as it stands, as a FEEL expression."""
    if text is None:
        return None
    bare = text.strip()
    if bare.startswith("="):
        return bare
    return f"={bare}" if re.fullmatch(r"-?\d+(\.\d+)?", bare, re.ASCII) else f"={feel_text(text)}"


def juel_text(text: str) -> str:
    """Write a text as a JUEL string literal in its braces."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"${{'{escaped}'}}"


def template(text: str | None) -> str | None:
    """Read a text with `${…}` parts: one that begins with `=`, which is FEEL elsewhere, is nothing special here."""
    return juel_text(text) if text is not None and text.strip().startswith("=") else text


def literal(text: str | None) -> str | None:
    """Read a text of Camunda 8 that is FEEL behind `=`, else itself: `${` is nothing special here."""
    if text is None or text.strip().startswith("=") or not any(mark in text for mark in JUEL_MARKS):
        return text
    return f"={feel_text(text)}"


def carried(names: Mapping[str, str]) -> str:
    """Write the payload of a signal as FEEL: what it carries, and the variables that it is read from."""
    return "={" + ", ".join(f"{feel_text(name)}: {source}" for name, source in names.items()) + "}"


def joined(scripts: Iterable[str]) -> tuple[str, ...] | None:
    """Give scripts as Parts hold them: None where there is none."""
    return tuple(scripts) or None
