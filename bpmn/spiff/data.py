"""Data of an activity or event: what is assigned when a token enters it and when it has done its work.

Inputs become variables of the element's own scope; outputs are assigned around it. The parameters of Camunda 7 and 8
(bpmn/extensions), BPMN's own io specifications, data associations and properties (bpmn/spiff/associations.py) all
become the same moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpmn.extensions.parts import Assignment, Parts
from bpmn.spiff.contract import Token
from bpmn.spiff.values import value_of
from errors import ExpressionFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One assignment; at most one of `store` and `needs` says more about where its value comes from or goes."""

    assignment: Assignment
    needs: tuple[str, ...] = ()
    """Variables that must be there (BPMN 10.4.2: what is not available yet cannot be copied)."""
    from_store: str = ""
    """The data store that the value is read from, in place of the assignment's text."""
    to_store: str = ""
    """The data store that gets it, in place of the assignment's target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Io:
    """All that an element does with data."""

    names: tuple[str, ...] = ()
    """Variables of its own scope that have no value yet (properties, data outputs)."""
    inputs: tuple[Move, ...] = ()
    outputs: tuple[Move, ...] = ()
    keeps: bool = False
    """What the element itself writes stays in its own scope; only the outputs leave it."""

    @classmethod
    def of(cls, parts: Parts) -> Io | None:
        """Read the input and output parameters of an element, if it has any."""
        if not (parts.inputs or parts.outputs):
            return None
        return cls(
            inputs=tuple(Move(assignment=one) for one in parts.inputs or ()),
            outputs=tuple(Move(assignment=one) for one in parts.outputs or ()),
            keeps=bool(parts.outputs_only and parts.outputs),
        )

    def __add__(self, other: Io) -> Io:
        return Io(
            names=(*self.names, *other.names),
            inputs=(*self.inputs, *other.inputs),
            outputs=(*self.outputs, *other.outputs),
            keeps=self.keeps or other.keeps,
        )

    def enter(self, token: Token) -> None:
        """Give a token that enters its own variables. Raises EngineError."""
        own = dict.fromkeys(self.names) | (token.local or {})
        token.local = own
        for move in self.inputs:
            assign(own, move.assignment, _value(token, move))

    def leave(self, token: Token) -> None:
        """Assign what leaves the element to the variables around it. Raises EngineError."""
        for move in self.outputs:
            value = _value(token, move)
            if move.to_store:
                token.workflow.top_workflow.run.store(move.to_store, value)
            elif move.assignment.is_path and "." in move.assignment.target:
                name = move.assignment.target.partition(".")[0]
                around = {name: token.around.get(name)}
                assign(around, move.assignment, value)
                token.write(name, around[name], around=True)
            else:
                token.write(move.assignment.target, value, around=True)


def _value(token: Token, move: Move) -> Any:
    if move.from_store:
        return token.workflow.top_workflow.run.stored(move.from_store)
    for name in move.needs:
        if token.data.get(name) is None:
            raise ExpressionFailed(element_id=token.task_spec.bpmn_id, reason=f"the data {name!r} has no value yet")
    return value_of(token, move.assignment)


def assign(variables: dict[str, Any], assignment: Assignment, value: Any) -> None:
    """Set a variable, or a place in one: what lies on the way and is no mapping becomes one, copied, not shared."""
    first, *way = assignment.target.split(".") if assignment.is_path else [assignment.target]
    if not way:
        variables[first] = value
        return
    inner = variables[first] = _mapping(variables.get(first))
    for step in way[:-1]:
        inner[step] = _mapping(inner.get(step))
        inner = inner[step]
    inner[way[-1]] = value


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
