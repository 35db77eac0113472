"""Node: one component at one place of the answers; and paths through the data that nodes stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from forms import templates
from forms.feel import Scope
from forms.model import Component
from forms.values import Misfit
from texts import Text


class Missing:
    """Stands for an answer that was not sent, as opposed to null."""


MISSING = Missing()
Steps: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """One component at one place of the answers; a component inside a list has a node for each row."""

    component: Component
    path: Steps
    scope: Scope
    hidden: bool = False
    readonly: bool = False
    raw: Any = MISSING
    initial: Any = None
    value: Any = None
    misfit: Misfit | None = None
    judged: tuple[dict[str, Any], bool] | None = None
    """What the hide condition saw, and what it said."""
    children: list[Node] = field(default_factory=list)
    rows: list[list[Node]] = field(default_factory=list)
    behind: list[Any] = field(default_factory=list)
    """What the variables hold for the rows: expressions see it beside the answers."""

    @property
    def is_answered(self) -> bool:
        """Say whether the value is what a person sent, not what the form began with."""
        return self.raw is not MISSING and not self.readonly

    @property
    def name(self) -> str:
        """Give the dotted path with 0-based row numbers: `people.0.name`."""
        return ".".join(map(str, self.path))

    @property
    def label(self) -> Text:
        """Give the label with its templates filled in."""
        return templates.fill(self.component.label, self.scope)


def walk(nodes: Sequence[Node], *, visible: bool = False) -> Iterator[Node]:
    """Give nodes and what they contain, in the order of the form."""
    for node in nodes:
        if visible and node.hidden:
            continue
        yield node
        yield from walk(node.children, visible=visible)
        for row in node.rows:
            yield from walk(row, visible=visible)


def find(root: object, path: Sequence[str]) -> Any:
    """Give what stands at a path of objects, or MISSING."""
    for step in path:
        if not isinstance(root, Mapping) or step not in root:
            return MISSING
        root = root[step]
    return root


def put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path of objects, which are made where they are missing."""
    for step in path[:-1]:
        inner = target.get(step)
        if not isinstance(inner, dict):
            inner = target[step] = {}
        target = inner
    target[path[-1]] = value
