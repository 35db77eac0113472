"""Compensation: undoing what has completed, the latest first (10.5.6, 13.5.5).

Each scope keeps a log of its completed activities that can be undone. Throwing takes records from the log and gives
them to a token at a node that no diagram shows, which has them undone one after the other: it starts the handler of a
boundary event, or opens the inside of a completed sub-process again, with the variables that it had at its completion.
Diagrams in which nothing triggers compensation keep no log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import CancelEventDefinition

from bpmn.spiff.activities import Activity, EventSubProcess, SubProcess
from bpmn.spiff.calls import CallActivity
from bpmn.spiff.contract import Token
from bpmn.spiff.events import CompensateEventDefinition, Throwing
from bpmn.spiff.loops import Loop
from bpmn.spiff.nodes import Node, ProcessSpec

UNDO = "<undo>"
"""No XML id can be this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One completed activity in the log of its scope."""

    name: str
    """Of its spec."""
    local: dict[str, Any] | None = None
    """Variables of its own: the item of a multi-instance activity."""
    inside: tuple[Any, ...] | None = None
    """Of a sub-process: what `Scope.kept` gave at its completion."""
    is_portion: bool = False
    """It had not completed when its transaction was cancelled: only what had completed inside is undone."""

    def written(self) -> list[Any]:
        """Give it as it lies in logs and plans, which are JSON."""
        return [self.name, self.local, self.inside and list(self.inside), self.is_portion]

    @classmethod
    def read(cls, written: list[Any]) -> Record:
        """Give the record that `written` wrote."""
        name, local, inside, is_portion = written
        return cls(name=name, local=local, inside=inside and tuple(inside), is_portion=is_portion)


class Undo(Node):
    """Has records undone, the last first; its notes are the `plan` that is left and whom to tell (`rest`, `then`)."""

    is_reported = False

    def _update_hook(self, my_task: Token) -> bool:
        my_task.start()
        return False

    def next(self, my_task: Token) -> None:
        """Undo the next record."""
        notes, scope = my_task.internal_data, my_task.workflow
        if not notes["plan"]:
            scope.top_workflow.undone(my_task)
            return
        record = Record.read(notes["plan"].pop())
        spec = scope.spec.task_specs[record.name]
        my_task.local = record.local
        if spec.compensated_by and not record.is_portion:
            scope.place(spec.compensated_by, parent=my_task)
        elif record.inside is not None:
            notes["at"] = record.name
            scope.top_workflow.reopen(my_task, spec.spec, *record.inside, whole=not record.is_portion)

    def counted(self, my_task: Token, handler: Token) -> None:
        """Count nothing: a handler may leave."""

    counted_blindly = counted

    def done(self, my_task: Token, handler: Token, counted: None) -> None:
        """Go on after a handler."""
        self.next(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.top_workflow.close(my_task)  # the inside that was opened again has ended
        del my_task.internal_data["at"]
        my_task.start()
        self.next(my_task)
        return False


def mark(specs: Mapping[str, ProcessSpec]) -> bool:
    """Say which activities of a diagram must be logged, and give their scopes the node that undoes them.

    Tells whether the diagram itself triggers compensation.
    """
    for spec in specs.values():
        spec.undone_by = next(filter(None, map(_undoes_its_scope, spec.task_specs.values())), None)
    nodes = [node for spec in specs.values() for node in spec.task_specs.values()]
    triggers = any(map(_triggers, nodes))
    undoable = {key for key, spec in specs.items() if spec.undone_by}
    if not (triggers or undoable or any(getattr(node, "compensated_by", None) for node in nodes)):
        return False  # where only handlers are, a process that calls this one may trigger them
    while more := {key for key, spec in specs.items() if _compensable(spec, undoable, triggers)} - undoable:
        undoable |= more
    for spec in specs.values():
        found = list(_compensable(spec, undoable, triggers))
        for node in found:
            node.is_compensable = True
        if found:
            Undo(spec, UNDO).bpmn_id = spec.name.rpartition("/")[2]
    return triggers


def _compensable(spec: ProcessSpec, undoable: Iterable[str], triggers: bool) -> list[Activity]:
    """Give the activities of a scope that a handler of their own or their inside undoes."""
    activities = [
        node for node in spec.task_specs.values() if isinstance(node, Activity) and not isinstance(node, Loop)
    ]
    return [
        node
        for node in activities
        if not node.is_for_compensation
        and node.name != spec.undone_by
        and (node.compensated_by or _may_be_undone(node, undoable, triggers))
    ]


def _may_be_undone(node: Activity, undoable: Iterable[str], triggers: bool) -> bool:
    """Tell whether a sub-process holds something to be undone; of a call that chooses its version nobody knows yet."""
    if isinstance(node, CallActivity) and not node.is_static:
        return triggers
    return isinstance(node, SubProcess) and node.spec in undoable


def _undoes_its_scope(node: Any) -> str | None:
    starts = isinstance(node, EventSubProcess) and node.definitions
    return node.name if starts and any(isinstance(d, CompensateEventDefinition) for d in starts) else None


def _triggers(node: Any) -> bool:
    kinds = (CompensateEventDefinition, CancelEventDefinition)
    return isinstance(node, Throwing) and any(isinstance(definition, kinds) for definition in node.definitions)
