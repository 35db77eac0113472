"""The shapes in which Camunda 7 keeps a decision's result (`camunda:mapDecisionResult`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from errors import EngineError

SHAPES = ("singleEntry", "singleResult", "collectEntries", "resultList")
NOTHING = "none"
"""Nothing is kept without a result variable."""


def shaped(shape: str | None, outputs: Any, variables: Mapping[str, Any]) -> Any:
    """Give a decision's result in a shape; `outputs` and `variables` as in `engine.events.Outcome`.

    singleEntry: the one value; singleResult: one row by output name; collectEntries: the list of one output's values;
    resultList: the list of rows. Raises EngineError where the result has not that shape.
    """
    if shape not in SHAPES:
        return outputs
    rows = rows_of(outputs, variables)
    match shape:
        case "singleEntry":
            return _only(_entries(_only(rows, shape)), shape)
        case "singleResult":
            return _only(rows, shape)
        case "collectEntries":
            return [_only(_entries(row), shape) for row in rows]
    return rows


def rows_of(outputs: Any, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the rows of a result: one for each rule that was taken, by output name."""
    names = list(variables)
    if outputs is None:
        return []
    if len(names) > 1:
        return [dict(row) for row in (outputs if isinstance(outputs, list) else [outputs])]
    name = names[0] if names else "result"
    return [{name: value} for value in (outputs if isinstance(outputs, list) else [outputs])]


def _entries(row: dict[str, Any] | None) -> list[Any]:
    return [] if row is None else list(row.values())


def _only(found: list[Any], shape: str) -> Any:
    if len(found) > 1:
        raise EngineError(reason=f"the decision gives {len(found)} values where mapDecisionResult={shape} wants one")
    return found[0] if found else None
