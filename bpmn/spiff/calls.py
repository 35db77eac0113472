"""Call activities (10.3.6): another process, in the version that the call is bound to, with what goes in and out."""

from __future__ import annotations

from typing import Any

from bpmn.bindings import DEPLOYMENT, Bound
from bpmn.extensions.parts import Call, Source
from bpmn.spiff.activities import SubProcess, named
from bpmn.spiff.contract import Scope, Token
from bpmn.spiff.data import assign
from bpmn.spiff.values import value_of


class CallActivity(SubProcess):
    """Runs another process or a global task; all variables go in and out unless somebody names some.

    Its process may name them (ioSpecification), its diagram may (`call`). `spec` is the called process's key; it is
    among the compiled specs where `is_static`, else asked for when it is called.
    """

    call: Call = Call()
    is_static = True

    @property
    def bound(self) -> Bound:
        """What it calls, as written."""
        return Bound(self.spec, self.call.binding or DEPLOYMENT, self.call.wanted)

    def open(self, my_task: Token, *, is_empty: bool = False) -> None:
        """Open the called process; `is_empty`: nothing is started there."""
        instance = my_task.workflow.top_workflow
        if self.is_static:
            instance.open(my_task, self.spec, self.taken_in(my_task), is_empty=is_empty)
            return
        bound = self.bound
        bound = bound._replace(key=named(my_task, bound.key), wanted=named(my_task, bound.wanted))
        instance.call(my_task, bound, self.taken_in(my_task), is_empty=is_empty)

    def taken_in(self, my_task: Token) -> dict[str, Any]:
        """Give the variables that the called process starts with."""
        call, seen = self.call, my_task.data
        own = my_task.local or {}
        takes_all = call.all_in if call.all_in is not None else not call.inputs
        given: dict[str, Any] = dict(seen) if takes_all else dict(own) if call.locals_in else {}
        for one in call.inputs:
            reads_own = one.is_local and one.source is Source.VARIABLE
            assign(given, one, own.get(one.text) if reads_own else value_of(my_task, one))
        return given

    def give_out(self, my_task: Token, inside: Scope) -> None:
        """Write what comes out where it lives here, or in the activity's own scope where its outputs choose of it."""
        call = self.call
        gives_all = call.all_out if call.all_out is not None else not call.outputs
        if gives_all or (self.io is not None and self.io.keeps):
            for name in inside.data if inside.spec.outputs is None else inside.spec.outputs:
                if name in inside.data:
                    my_task.write(name, inside.data[name])
        ended: Any = _Inside(my_task, inside)
        values = [value_of(ended, one) for one in call.outputs]
        for one, value in zip(call.outputs, values, strict=True):
            if one.is_local:
                my_task.local = (my_task.local or {}) | {one.target: value}
            else:
                my_task.write(one.target, value)


class _Inside:
    """Stands in the called process, which has ended, for the evaluation of what comes out of it."""

    def __init__(self, token: Token, inside: Scope) -> None:
        self.workflow = inside
        self.task_spec = token.task_spec
        self.data = inside.data

    def evaluate(self, expression: str) -> Any:
        """Evaluate with the variables of the called process."""
        return self.workflow.script_engine.evaluate(self, expression)

    def fill(self, text: str) -> str:
        """Fill the parts of a text with them."""
        return self.workflow.script_engine.fill(self, text)  # type: ignore[no-any-return]
