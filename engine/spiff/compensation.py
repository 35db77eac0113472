"""What an instance does to compensate: it finds what is to be undone, and says when all of it is (13.5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions import CancelEventDefinition

from bpmn.spiff.activities import EventSubProcess, TransactionSubProcess
from bpmn.spiff.compensation import UNDO, Record, Undo
from bpmn.spiff.events import CompensateEventDefinition
from bpmn.spiff.loops import Loop
from engine.spiff.scope import Scope, SubScope

if TYPE_CHECKING:
    from engine.spiff.run import Run
    from engine.spiff.token import Token

Plan = list[Any]
"""Records as they are written, in the order of completion."""


class Compensating:
    """The part of an instance that compensates."""

    subprocesses: dict[str, SubScope]
    run: Run
    seed: str

    def compensate(self, token: Token, event: CompensateEventDefinition) -> bool:
        """Undo what an event names, or everything of its scope; tell whether the token must wait for that.

        A scope of an event sub-process stands for the one around it, too (10.5.6).
        """
        plans, scope = [taken(token.workflow, event.activity)], token.workflow
        while (holder := scope.holder) is not None and isinstance(holder.task_spec, EventSubProcess):
            scope = holder.workflow
            plans.append(taken(scope, event.activity))
        if event.waits:
            token.start()
        return self.undo(token.workflow, plans, token.number if event.waits else 0) and event.waits

    def undo(self, scope: Scope, plans: Sequence[Plan], then: int) -> bool:
        """Undo the records of a scope, then those of the scope around it, and so on; tell whether there are any.

        `then` is the number of the token that is told in the end (`resume`), or 0.
        """
        for index, plan in enumerate(plans):
            if plan:
                token = scope.place(UNDO)
                token.internal_data = {"plan": plan, "rest": list(plans[index + 1 :]), "then": then}
                token.task_spec.next(token)
                return True
            if scope.holder is not None:
                scope = scope.holder.workflow
        return False

    def undone(self, token: Token) -> None:
        """Go on after all records of a plan."""
        scope, holder, then = token.workflow, token.workflow.holder, token.internal_data["then"]
        rest: list[Plan] = token.internal_data["rest"]
        scope.drop(token)
        if not rest or holder is None or not self.undo(holder.workflow, rest, then):
            waiting = self.find(f"{self.seed}.{then}") if then else None  # type: ignore[attr-defined]
            if waiting is not None:
                waiting.task_spec.resume(waiting)
        if holder is None or then != holder.number:  # a cancelled transaction does not end as a completed one
            scope.end_if_empty()

    def reopen(
        self,
        token: Token,
        key: str,
        variables: dict[str, Any],
        log: Plan,
        ref: str = "",
        name: str = "",
        *,
        whole: bool,
    ) -> None:
        """Open the inside of a completed sub-process again, for its own handler or those of what completed in it.

        `whole` is False where it had not completed, so that its own handler was never enabled; `ref` and `name` are the
        version that the call had chosen, and its process.
        """
        version = self.run.ports.version(ref) if ref else None
        compiled = token.workflow.compiled if version is None else version.definition.compiled
        spec = compiled.subprocess_specs[name or key]
        instance: Any = self
        scope = SubScope(spec, token, instance, is_process=spec.name == spec.process_key, version=version)
        scope.data, scope.log = variables, log
        self.subprocesses[token.id] = scope
        if whole and spec.undone_by:
            scope.place(spec.undone_by)
        elif not self.undo(scope, [taken(scope)], 0):
            scope.end_if_empty()

    def cancel_transaction(self, token: Token) -> None:
        """Interrupt the transaction around, undo what has completed in it, then leave by its cancel boundary event.

        Of a multi-instance transaction every instance that still runs is undone: the boundary event interrupts all.
        """
        holder = _transaction(token)
        if holder is None or holder.internal_data.get("cancelled"):
            token.workflow.leave(token, ())
            return
        self.run.left(token)
        inside, host = self.subprocesses[holder.id], _around(holder)
        plans = [self.portions(inside)]
        others = [child for child in host.children if child is not holder] if host is not holder else holder.children
        plans.append([record for child in others for record in self._portion(child)])
        holder.internal_data["cancelled"] = True
        inside.log = []
        inside.clear()
        for other in others:
            other.cancel()
        if not self.undo(inside, plans, holder.number):
            self.leave_cancelled(holder)

    def leave_cancelled(self, holder: Token) -> None:
        """Leave a cancelled transaction; without a cancel boundary event its token ends there."""
        host, outer = _around(holder), holder.workflow
        for event in getattr(host.task_spec, "attached", ()):
            if event.catches(CancelEventDefinition, None):
                self._caught(event, host, outer)  # type: ignore[attr-defined]
                return
        host.cancel()
        host.abandoned()
        outer.end_if_empty()

    def portions(self, scope: Scope) -> Plan:
        """Give what has completed in an open scope, in sub-processes that have not, and what was still to be undone."""
        found = list(scope.log)
        for token in scope.tasks.values():
            found += token.internal_data.get("plan", ())
            found += self._portion(token)
        return found

    def _portion(self, token: Token) -> Plan:
        inside = self.subprocesses.get(token.id)
        if getattr(token.task_spec, "is_for_compensation", False):
            return []  # a handler that was interrupted is not undone itself
        if inside is None or not (log := self.portions(inside)):
            return []
        name = token.internal_data.get("at", token.task_spec.name)
        kept = (inside.data, log, *inside.kept()[2:])
        return [Record(name=name, local=token.local, inside=kept, is_portion=True).written()]


def taken(scope: Scope, element_id: str | None = None) -> Plan:
    """Take the records of an activity, or all, out of a scope's log: nothing is undone twice."""
    specs, log = scope.spec.task_specs, scope.log
    if element_id is None:
        scope.log = []
        return log
    scope.log = [record for record in log if specs[record[0]].bpmn_id != element_id]
    return [record for record in log if specs[record[0]].bpmn_id == element_id]


def _transaction(token: Token) -> Token | None:
    """Give the token of the active transaction around, but not of one around a completed one that is undone."""
    holder = token.workflow.holder
    while holder is not None and not isinstance(holder.task_spec, TransactionSubProcess):
        holder = None if isinstance(holder.task_spec, Undo) else holder.workflow.holder
    return holder


def _around(holder: Token) -> Token:
    """Give the loop that a token is an instance of, or the token itself."""
    body = holder.parent
    return body if body is not None and isinstance(body.task_spec, Loop) else holder
