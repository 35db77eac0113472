"""Calls whose process is found when they are made, and the versions that running calls go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpmn.bindings import LATEST, Bound
from engine.events import Called
from engine.spiff.faults import FAULTS
from engine.spiff.scope import Scope, SubScope
from errors import EngineError, NestedTooDeep

if TYPE_CHECKING:
    from bpmn.spiff.compiler import Compiled
    from engine.spiff.run import Run
    from engine.spiff.token import Token

MAX_DEPTH = 100
"""How deep sub-processes and called processes may nest."""


class Calling:
    """The part of an instance that opens sub-processes and called processes."""

    subprocesses: dict[str, SubScope]
    compiled: Compiled
    run: Run

    def open(
        self,
        token: Token,
        spec_key: str,
        variables: dict[str, Any],
        version: Called | None = None,
        *,
        is_empty: bool = False,
    ) -> Scope:
        """Open the inside of a sub-process or a called process, whose `version` the call may have chosen.

        `is_empty`: nothing is started in it; whoever opens it does that (engine/spiff/layout.py).
        Raises EngineError where the process cannot be started by a call, or calls nest too deep.
        """
        compiled = token.workflow.compiled if version is None else version.definition.compiled
        spec = compiled.subprocess_specs[spec_key]
        if spec.is_ambiguous and not is_empty:
            reason = f"the called process {spec_key!r} has not exactly one none start event"
            raise EngineError(element_id=token.task_spec.bpmn_id, reason=reason)
        is_process = spec_key == spec.process_key
        scope = SubScope(spec, token, self, is_process=is_process, version=version)  # type: ignore[arg-type]
        if scope.depth > MAX_DEPTH:
            raise NestedTooDeep(reason=f"processes call each other deeper than {MAX_DEPTH}")
        if variables:
            self.run.afford(variables, {})
        self.subprocesses[token.id] = scope
        names = variables if spec.inputs is None else spec.inputs
        scope.data = {name: variables[name] for name in names if name in variables} | dict.fromkeys(spec.own)
        try:
            scope.stand_by() if is_empty else scope.begin()
        except FAULTS:  # so that trying again opens it anew, and does not take it for one that has ended
            scope.clear()
            self.subprocesses.pop(token.id, None)
            raise
        return scope

    def call(self, token: Token, bound: Bound, variables: dict[str, Any], *, is_empty: bool = False) -> Scope:
        """Open a called process in the version that is meant now.

        Raises EngineError where there is none; what the caller's own files hold serves where nobody knows better.
        """
        around = token.workflow.version
        ports = self.run.ports if around is None else around.ports
        try:
            version = ports.called(token.workflow.spec.process_key, bound.text)
        except LookupError:
            if bound.binding in ("", LATEST, "deployment") and bound.key in token.workflow.compiled.subprocess_specs:
                return self.open(token, bound.key, variables, is_empty=is_empty)
            reason = f"there is no process {bound.text!r} to call"
            raise EngineError(element_id=token.task_spec.bpmn_id, reason=reason) from None
        return self.open(token, version.definition.key, variables, version, is_empty=is_empty)

    def close(self, token: Token) -> Scope:
        """Forget the inside of a sub-process, and give it."""
        return self.subprocesses.pop(token.id)
