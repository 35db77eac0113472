"""What every flow node is, and the process that holds them.

SpiffWorkflow's own specs predict the whole tree of what may follow and look for tokens in that tree, which loses
tokens in loops and copies all data per token. Here nothing is predicted: a token exists where the diagram says one is,
is gone once it has left, and knows the flow it came by, so that joins count tokens per flow (BPMN 2.0.2, 13.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from bpmn.spiff.contract import Token
from bpmn.spiff.data import Io

if TYPE_CHECKING:
    from bpmn.spiff.adhoc import AdHoc


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; `target` is the name of a spec."""

    id: str
    target: str
    condition: str | None = None


class ProcessSpec(BpmnProcessSpec):
    """A process or the inside of a sub-process."""

    def __init__(self, name: str, *, process_key: str, description: str = "") -> None:
        super().__init__(name=name, description=description)
        # The library names three specs of its own `Start`, `End` and `….EndJoin`, as a designer may; a process ends
        # here when no token is left, so that only the start remains, under a name that no XML id can have.
        self.task_specs: dict[str, Any] = {}
        self.start.name = "<start>"
        self.process_key = process_key
        self.entries: tuple[str, ...] = ()
        """Where tokens are put at the start when nobody names a start event."""
        self.is_ambiguous = False
        """Several none start events, or only ones with a trigger: whoever starts it must name one (10.5.2)."""
        self.handlers: tuple[str, ...] = ()
        """Its event sub-processes."""
        self.undone_by: str | None = None
        """The one that undoes it after its completion (a compensation start event)."""
        self.ad_hoc: AdHoc | None = None
        """Its activities have no order of their own."""
        self.inputs: tuple[str, ...] | None = None
        self.outputs: tuple[str, ...] | None = None
        """Names of the variables that go in and out (ioSpecification); None: all."""
        self.own: tuple[str, ...] = ()
        """Of a sub-process: the variables of its data objects, which nobody around it sees."""


class Node(BpmnSpecMixin):
    """A flow node: a token that reaches it passes at once and leaves by every outgoing flow."""

    element_type = ""
    is_reported = True
    """False: the normaliser inserted it, no history shows it."""
    holds_others = False
    """Other nodes run inside it, between its entry and its end."""
    flows: tuple[Flow, ...] = ()
    incoming: tuple[str, ...] = ()
    """Ids of the flows that lead here."""
    io: Io | None = None
    """What is assigned when a token enters and when it has done its work."""
    is_compensable = False
    """Its completion is logged, because something may have to undo it."""
    collects: str | None = None
    """Of an instance of a loop: the variable of its own scope that the loop collects."""

    def test(self) -> None:
        """Skip the library's check for inputs: the upload checks say what may stand alone."""

    def _predict_hook(self, my_task: Token) -> None:
        """Predict nothing."""

    def _update_hook(self, my_task: Token) -> bool:
        """Say whether the token that has just come may go on at once."""
        my_task.workflow.top_workflow.run.entered(my_task)
        if self.io is not None:
            self.io.enter(my_task)
        return True

    def give_back(self, my_task: Token) -> None:
        """Assign what leaves the element, whose work is done."""
        if self.io is not None:
            self.io.leave(my_task)

    def leaving(self, my_task: Token) -> Sequence[Flow]:
        """Choose the flows by which the token leaves."""
        return self.flows

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.leave(my_task, self.leaving(my_task))

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing to tidy up: a scope drops its cancelled tokens itself."""
