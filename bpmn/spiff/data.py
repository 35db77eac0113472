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
from errors import EngineError, ExpressionFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One assignment; at most one of `store` and `needs` says more about where its value comes from or goes."""

    assignment: Assignment
    needs: tuple[str, ...] = ()
    """Variables that must be there (BPMN 10.4.2: what is not available yet cannot be copied)."""
    from_store: str = ""
    """The data store that the value is read from, in place of the assignment's text."""
    to_store: str = ""
    """The data store that gets it, in place of the assignment's target (whose path, if it has one, leads into it)."""
    if_there: bool = False
    """Without a value nothing is assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Io:
    """All that an element does with data."""

    names: tuple[str, ...] = ()
    """Variables of its own scope that have no value yet (properties, data outputs)."""
    inputs: tuple[Move, ...] = ()
    outputs: tuple[Move, ...] = ()
    before: tuple[str, ...] = ()
    """Scripts that run behind the inputs."""
    behind: tuple[str, ...] = ()
    """Scripts that run before the outputs."""
    keeps: bool = False
    """What the element itself writes stays in its own scope; only the outputs leave it."""
    sends: tuple[str, ...] = ()
    """The variables that are sent, where it throws a message or signal; empty: not said."""
    receives: tuple[str, ...] = ()
    """The variables that get what it receives."""

    @classmethod
    def of(cls, parts: Parts) -> Io | None:
        """Read the input and output parameters of an element, if it has any."""
        if not (parts.inputs or parts.outputs or parts.pre_script or parts.post_script):
            return None
        return cls(
            inputs=tuple(Move(assignment=one) for one in parts.inputs or ()),
            outputs=tuple(Move(assignment=one) for one in parts.outputs or ()),
            before=parts.pre_script or (),
            behind=parts.post_script or (),
            keeps=bool(parts.outputs_only and parts.outputs),
        )

    def __add__(self, other: Io) -> Io:
        return Io(
            names=(*self.names, *other.names),
            inputs=(*self.inputs, *other.inputs),
            outputs=(*self.outputs, *other.outputs),
            before=(*self.before, *other.before),
            behind=(*self.behind, *other.behind),
            keeps=self.keeps or other.keeps,
            sends=(*self.sends, *other.sends),
            receives=(*self.receives, *other.receives),
        )

    def enter(self, token: Token) -> None:
        """Give a token that enters its own variables. Raises EngineError."""
        own = dict.fromkeys(self.names) | (token.local or {})
        token.local = own
        for move in self.inputs:
            value = _value(token, move)
            if value is not None or not move.if_there:
                token.workflow.top_workflow.run.afford({move.assignment.target: value}, {})
                assign(own, move.assignment, value)
        for script in self.before:
            token.workflow.script_engine.run(token, script)

    def leave(self, token: Token) -> None:
        """Assign what leaves the element to the variables around it, all of it or none. Raises EngineError."""
        is_one = len(self.outputs) + len(self.behind) < 2
        before = [] if is_one else [(names, dict(names)) for names in token.chain()]
        try:
            for script in self.behind:
                token.workflow.script_engine.run(token, script)
            for move in self.outputs:
                value = _value(token, move)
                if value is not None or not move.if_there:
                    _put(token, move, value)
        except EngineError:
            for names, kept in before:
                names.clear()
                names.update(kept)
            raise

    def received(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give what is received under the name of the one variable that gets it, if the names do not say so already."""
        if len(self.receives) != 1 or self.receives[0] in payload:
            return payload
        value = next(iter(payload.values())) if len(payload) == 1 else dict(payload)
        return {self.receives[0]: value}


def _put(token: Token, move: Move, value: Any) -> None:
    """Assign a value around a token, or to a data store."""
    run, target = token.workflow.top_workflow.run, move.assignment.target
    if move.assignment.is_path and "." in target:
        target = target.partition(".")[0]
        whole = {target: run.stored(move.to_store) if move.to_store else token.around.get(target)}
        assign(whole, move.assignment, value)
        value = whole[target]
    run.afford({target: value}, {} if move.to_store else token.around)
    if move.to_store:
        run.store(move.to_store, value)
    else:
        token.write(target, value, around=True)


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
