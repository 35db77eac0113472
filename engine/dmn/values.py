"""What boxed expressions are worth (DMN 1.4, 10.4: each as the FEEL expression that it stands for)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.dmn import language, tables
from engine.dmn.boxes import (
    Box,
    Cell,
    Conditional,
    Context,
    Filter,
    Function,
    Invocation,
    Iteration,
    ListBox,
    Loop,
    Relation,
    Table,
)
from engine.dmn.results import failed
from texts import Text

if TYPE_CHECKING:
    from engine.dmn.evaluation import Here

Scope = Mapping[str, Any]


def of(box: Box | None, scope: Scope, here: Here) -> Any:
    """Give the value of an expression; null where there is none."""
    if box is None:
        return None
    if isinstance(box, Cell):
        return here.value(box, scope)
    here.evaluation.spend()
    return here.made(WORTH[type(box)](box, scope, here), box.type, box.id or here.owner)


def _context(box: Context, scope: Scope, here: Here) -> Any:
    inner, made = dict(scope), {}
    for entry in box.entries:
        value = here.made(of(entry.value, inner, here), entry.type, box.id or here.owner)
        if not entry.name:
            return value
        inner[entry.name] = made[entry.name] = value
    return made


def _invocation(box: Invocation, scope: Scope, here: Here) -> Any:
    function = of(box.called, scope, here)
    given = {one.name: here.made(of(one.value, scope, here), one.type, box.id or here.owner) for one in box.bindings}
    try:
        return language.call(function, given, here.evaluation.now)
    except LookupError:
        words = Text(
            "Không gọi được: đó không phải hàm, hoặc tên tham số không khớp.",
            "This cannot be called: it is no function, or the names are not its parameters.",
        )
        here.evaluation.warn(box.id or here.owner, words)
        return None


def _function(box: Function, scope: Scope, here: Here) -> Any:
    return language.function(
        "", tuple(one.name for one in box.parameters), lambda values: here.call(box, values, scope)
    )


def _list(box: ListBox, scope: Scope, here: Here) -> Any:
    return [of(item, scope, here) for item in box.items]


def _relation(box: Relation, scope: Scope, here: Here) -> Any:
    element = box.id or here.owner
    return [
        {
            column.name: here.made(of(cell, scope, here), column.type, element)
            for column, cell in zip(box.columns, row, strict=True)
        }
        for row in box.rows
    ]


def _conditional(box: Conditional, scope: Scope, here: Here) -> Any:
    condition = of(box.condition, scope, here)
    if condition is True:
        return of(box.then, scope, here)
    if condition is False or condition is None:
        return of(box.otherwise, scope, here)
    return _no_answer(here, box.id)


def _filter(box: Filter, scope: Scope, here: Here) -> Any:
    among = of(box.among, scope, here)
    if among is None:
        return None
    found = []
    for item in among if isinstance(among, list) else [among]:
        inside = (
            {name: value for name, value in item.items() if isinstance(name, str)} if isinstance(item, dict) else {}
        )
        matches = of(box.match, {**scope, **inside, "item": item}, here)
        if language.kind(matches) == "number":
            return language.value("among[at]", {"among": among, "at": matches}, here.evaluation.now)
        if matches is True:
            found.append(item)
        elif matches is not False and matches is not None:
            return _no_answer(here, box.id)
    return found


def _iteration(box: Iteration, scope: Scope, here: Here) -> Any:
    among = language.entries(of(box.among, scope, here))
    if among is None:
        return None
    results: list[Any] = []
    for item in among:
        partial = {"partial": list(results)} if box.loop is Loop.FOR else {}
        value = of(box.body, {**scope, **partial, box.variable: item}, here)
        if box.loop is not Loop.FOR and not (value is None or isinstance(value, bool)):
            return _no_answer(here, box.id)
        results.append(value)
    if box.loop is Loop.FOR:
        return results
    wanted = box.loop is Loop.SOME
    return wanted if wanted in results else None if None in results else not wanted


def _no_answer(here: Here, element: str) -> None:
    error = failed(element, "điều kiện không cho true hay false", "the condition is neither true nor false")
    here.evaluation.warn(element or here.owner, error.text)


WORTH: Mapping[type, Callable[[Any, Scope, Here], Any]] = {
    Table: tables.of,
    Context: _context,
    Invocation: _invocation,
    Function: _function,
    ListBox: _list,
    Relation: _relation,
    Conditional: _conditional,
    Filter: _filter,
    Iteration: _iteration,
}
