"""What a decision wants to know: its input data, and what its tables ask that nothing in the model gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.dmn.boxes import Table
from engine.dmn.library import Library, Place, closure
from engine.dmn.model import Decision, Input, Node, Service
from engine.dmn.types import ALIASES

NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
"""A column that asks for a variable, or for a part of one."""
WORDS = re.compile(r'\s*"([^"\\]*)"\s*(?:,|$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One value that a decision wants to be given."""

    name: str
    """Of the variable; dots lead into contexts."""
    type: str = ""
    """FEEL's name of a simple type, or empty."""
    values: tuple[str, ...] = ()
    """The texts it may be, where it may be only some."""


def of(library: Library, node: Node) -> tuple[Question, ...]:
    """Give what an element wants to be given, each once, in the order of what it requires."""
    needed = list(closure(library, library.start, node))
    given = {name for _, one in needed if isinstance(one, Decision) for name in (one.id, one.name, one.result)}
    found: dict[str, Question] = {}
    for place, one in needed:
        for question in _asked(library, place, one):
            if question.name.partition(".")[0] not in given:
                found.setdefault(question.name, question)
    return tuple(found.values())


def _asked(library: Library, place: Place, node: Node) -> Iterator[Question]:
    if isinstance(node, Input):
        yield _question(library, place, node.name, node.type, "")
    if isinstance(node, Service):
        resolved = (library.resolve(place, one) for one in node.inputs)
        yield from (_question(library, *_given(found), "") for found in resolved if found)
    if isinstance(node, Decision) and isinstance(node.logic, Table):
        data = {found[1].name for one in node.needs if (found := library.resolve(place, one))}
        for column in node.logic.inputs:
            cell = column.expression
            if NAME.fullmatch(cell.source) and cell.source.partition(".")[0] not in data:
                yield _question(library, place, cell.source, cell.type, column.values.source if column.values else "")


def _given(found: tuple[Place, Node]) -> tuple[Place, str, str]:
    place, node = found
    return place, node.result if isinstance(node, Decision) else node.name, node.type


def _question(library: Library, place: Place, name: str, type_name: str, allowed: str) -> Question:
    item = library.item(place, type_name)
    while item is not None and not (item.is_collection or item.components):
        allowed = allowed or item.allowed
        type_name, item = item.base, library.item(place, item.base) if item.base != type_name else None
    texts = WORDS.findall(allowed)
    is_list_of_texts = bool(texts) and not WORDS.sub("", allowed).strip()
    kind = "" if item is not None else ALIASES.get(type_name, type_name)
    return Question(name=name, type=kind, values=tuple(texts) if is_list_of_texts else ())
