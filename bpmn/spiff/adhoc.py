"""Ad-hoc sub-processes: activities without an order of their own (10.3.5, 13.3.5).

The specification lets people select which enabled activity to do, and do one several times. Here everything that no
flow leads to is enabled when the sub-process begins: for people these are open tasks, of which they do what they want;
in a sequential one they are enabled one after the other, in the order of the file. The completion condition is asked
after each completed activity; without one the sub-process ends when everything was done once, with one everything is
enabled again whenever nothing is left to do and the condition has not held: whoever draws a condition means it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.spiff.activities import Activity, EventSubProcess
from bpmn.spiff.contract import Scope, Token
from bpmn.spiff.nodes import Flow
from errors import ExpressionFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHoc:
    """What the inside of an ad-hoc sub-process goes by; it holds no state: its token's notes do (`left`, `ending`)."""

    condition: str | None = None
    is_sequential: bool = False
    cancels: bool = True
    """When the condition holds what is still active is cancelled; False: the sub-process waits for it."""
    chosen: str | None = None
    """An expression for the ids of what is enabled (Camunda 8: activeElementsCollection); None: everything."""

    def begin(self, scope: Scope) -> None:
        """Enable everything that no flow leads to, or in a sequence the first of it."""
        names = self.enabled(scope)
        if self.is_sequential:
            notes(scope)["left"] = [[name, None] for name in names]
            self.next(scope)
        else:
            for name in names:
                scope.place(name)

    def enabled(self, scope: Scope) -> list[str]:
        """Give what begins, in the order of the file. Raises ExpressionFailed where the choice names something else."""
        entries = {scope.spec.task_specs[name].bpmn_id: name for name in scope.spec.entries}
        if self.chosen is None:
            return list(entries.values())
        assert scope.holder is not None
        ids = scope.holder.evaluate(self.chosen)
        if not isinstance(ids, list) or not all(id_ in entries for id_ in ids if isinstance(id_, str)):
            reason = f"{self.chosen} is {ids!r:.200}, not a list of ids among {', '.join(entries)}"
            raise ExpressionFailed(element_id=scope.holder.task_spec.bpmn_id, reason=reason)
        return [name for id_, name in entries.items() if id_ in ids]

    def next(self, scope: Scope) -> bool:
        """Enable the next activity of a sequence; tell whether there is one."""
        left = notes(scope).get("left")
        if not left or is_busy(scope):
            return False
        name, via = left.pop(0)
        scope.place(name, via=via)
        return True

    def completed(self, my_task: Token, flows: Iterable[Flow]) -> None:
        """End after an activity whose completion makes the condition hold; else go on."""
        scope = my_task.workflow
        if isinstance(my_task.task_spec, EventSubProcess):
            if my_task.task_spec.is_interrupting:  # it has taken the place of everything here
                notes(scope).update(ending=True, left=[])
            scope.leave(my_task, flows)
            return
        ends = notes(scope).get("ending") or (self.condition is not None and bool(my_task.evaluate(self.condition)))
        if not ends:
            scope.leave(my_task, flows)
            return
        notes(scope).update(ending=True, left=[])
        scope.top_workflow.run.left(my_task)
        for token in [token for token in scope.tasks.values() if token is not my_task]:
            # events and joins would only lead to further activities
            if self.cancels or (token.parent is None and not token.armed and not isinstance(token.task_spec, Activity)):
                token.cancel()
        scope.leave(my_task, ())

    def go_on(self, scope: Scope, flows: Iterable[Flow]) -> None:
        """Follow the flows out of a node; in a sequence an activity waits until no other is active."""
        held: list[Any] = []
        for flow in flows:
            if self.is_sequential and is_activity(scope.spec.task_specs[flow.target]):
                held.append([flow.target, flow.id])
            else:
                scope.place(flow.target, via=flow.id)
        if held:
            notes(scope)["left"][:0] = held
        if self.is_sequential:
            self.next(scope)
        scope.end_if_empty()

    def goes_on(self, scope: Scope) -> bool:
        """Enable what comes next when nothing is active; tell whether anything was."""
        if notes(scope).get("ending"):
            return False
        if self.next(scope):
            return True
        if self.condition is None or not scope.spec.entries:
            return False
        self.begin(scope)
        return True


def notes(scope: Scope) -> dict[str, Any]:
    """Give the notes of the token that holds an ad-hoc sub-process."""
    assert scope.holder is not None
    return scope.holder.internal_data


def is_activity(spec: Any) -> bool:
    """Tell whether people or the engine do something here."""
    return isinstance(spec, Activity) and not isinstance(spec, EventSubProcess)


def is_busy(scope: Scope) -> bool:
    """Tell whether an activity of an ad-hoc sub-process is active, or a token on its way to where it may enable one."""
    return any(is_activity(token.task_spec) or token._state == TaskState.READY for token in scope.live)
