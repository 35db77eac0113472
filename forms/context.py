"""The data that expressions see: answers over the variables they stand among, as form-js keeps both in one tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms import values
from forms.model import Container, Field, FileInput, Names, Repeated
from forms.nodes import Node, put


def around(names: Names, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the variables that groups and lists of the form stand in: they may hold more than answers."""
    nested = (name for name, inner in (names.inner or {}).items() if inner.inner is not None and name in variables)
    return {name: values.plain(variables[name]) for name in nested}


def laid(
    nodes: Sequence[Node], into: dict[str, Any], pick: Callable[[Node], Any], *, clears: bool = False
) -> dict[str, Any]:
    """Lay the values of nodes over data, which is changed and given back; `clears`: what is hidden goes from it."""
    _lay(nodes, into, (), pick, clears)
    return into


def _lay(
    nodes: Sequence[Node], into: dict[str, Any], prefix: tuple[str, ...], pick: Callable[[Node], Any], clears: bool
) -> bool:
    """Say whether something was cleared."""
    cleared = False
    for node in nodes:
        component = node.component
        if not isinstance(component, Field | Container):
            continue
        path = prefix + component.path
        if clears and node.hidden and isinstance(component, Field | Repeated):
            _clear(into, path)
            cleared = True
        elif isinstance(component, Field):
            value = pick(node)
            # no file is null, as in form-js, where the files of a field have one key in all
            put(into, path, value or None if isinstance(component, FileInput) else value)
        elif isinstance(component, Repeated):
            rows = _rows(node, pick, clears)
            if rows and all(row is None for row in rows):
                _clear(into, path)
                cleared = True
            else:
                put(into, path, rows)
        else:
            cleared |= _lay(node.children, into, path, pick, clears)
    return cleared


def _rows(node: Node, pick: Callable[[Node], Any], clears: bool) -> list[dict[str, Any] | None]:
    """Give the data of the rows; one of which nothing is left in sight is null."""
    rows: list[dict[str, Any] | None] = []
    for number, row in enumerate(node.rows):
        known = node.behind[number] if number < len(node.behind) else None
        inside: dict[str, Any] = values.plain(known) if isinstance(known, Mapping) else {}
        cleared = _lay(row, inside, (), pick, clears)
        rows.append(inside if inside or not cleared else None)
    return rows


def _clear(data: dict[str, Any], path: tuple[str, ...]) -> None:
    """Take out what stands at a path, and the objects around it that are left empty."""
    first, *steps = path
    if steps and isinstance(inner := data.get(first), dict):
        _clear(inner, tuple(steps))
        if inner:
            return
    elif steps:
        return
    data.pop(first, None)
