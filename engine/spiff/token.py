"""Token: SpiffWorkflow's Task without a copy of the data, without predictions and without a wall clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bpmn.spiff.activities import ServiceTask
from engine.spiff.faults import FAULTS, Where
from expressions.failures import BpmnError

if TYPE_CHECKING:
    from engine.spiff.scope import Scope

COUNTS = frozenset(
    (
        *("loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"),
        *("numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances"),
    )
)
"""What a loop gives its instances; a called process, which gets all variables, gives them back unchanged or not."""


class Token(Task):
    """One token of a scope; finished ones are dropped, so a scope's tasks are its live tokens and its root."""

    id: str
    workflow: Scope
    task_spec: Any
    internal_data: dict[str, Any]

    def __init__(
        self,
        workflow: Scope,
        task_spec: Any,
        parent: Token | None = None,
        *,
        id: str,
        local: dict[str, Any] | None = None,
        armed: bool = False,
    ) -> None:
        # the library's own asks the time and keeps data, neither of which anybody reads here
        self.id = id
        self.workflow = workflow
        self.task_spec = task_spec
        self.local = local
        self.armed = armed
        self.entered = False
        """Its element is in the history as entered."""
        self.triggered = False
        self.internal_data = {}
        self._state = TaskState.FUTURE
        self._inner: dict[str, None] = {}
        self._parent: str | None = None
        workflow.tasks[id] = self
        if parent is not None:
            self._parent = parent.id
            parent._inner[id] = None

    @property
    def number(self) -> int:
        """How many tokens the instance had made with this one: the lower, the older."""
        return int(self.id.rpartition(".")[2])

    # -- variables

    @property
    def data(self) -> dict[str, Any]:
        """All variables visible here: a new dict, or the scope's own where nothing lies between. Do not change it."""
        return seen_in(self.chain())

    @data.setter
    def data(self, value: dict[str, Any]) -> None:
        """Ignore the library's copies: variables belong to scopes."""

    def chain(self) -> list[dict[str, Any]]:
        """Give the variables of the scopes around, innermost first, the process last."""
        found: list[dict[str, Any]] = []
        token: Token | None = self
        while token is not None:
            scope = token.workflow
            while token is not None:
                if token.local:
                    found.append(token.local)
                token = token.parent
            found.append(scope.data)
            token = None if scope.is_process else scope.holder
        return found

    @property
    def around(self) -> dict[str, Any]:
        """All variables visible around the token's own scope. Do not change it."""
        return seen_in(self.chain()[1 if self.local else 0 :])

    def write(self, name: str, value: Any, *, around: bool = False) -> None:
        """Assign a variable where it lives, or in the process if it is new; a loop's own counts stay what they are.

        `around`: not in the token's own scope, unless a loop collects it there.
        """
        io = self.task_spec.io
        if io is not None and io.keeps and not around:
            self.local = (self.local or {}) | {name: value}
            return
        chain = self.chain()
        if around and self.local and name != self.task_spec.collects:
            chain = chain[1:]
        home = next((names for names in chain if name in names), chain[-1])
        if name not in COUNTS or home is chain[-1]:
            home[name] = value

    def write_all(self, values: Mapping[str, Any]) -> None:
        """Assign several; a form may use any name, `self` among them."""
        for name, value in values.items():
            self.write(name, value)

    def evaluate(self, expression: str) -> Any:
        """Evaluate an expression with the variables visible here. Raises ExpressionFailed with the element's id."""
        return self.workflow.script_engine.evaluate(self, expression)

    def holds(self, condition: str, *, null: bool = False) -> bool:
        """Evaluate a condition; `null`: one that gives null does not hold. Raises ExpressionFailed (dialect.holds)."""
        return self.workflow.script_engine.holds(self, condition, null)  # type: ignore[no-any-return]

    def fill(self, text: str) -> str:
        """Fill the `${…}` parts of a text. Raises ExpressionFailed with the element's id."""
        return self.workflow.script_engine.fill(self, text)  # type: ignore[no-any-return]

    def _inherit_data(self) -> None:
        """Inherit nothing: the scope is shared."""

    # -- states

    def _set_state(self, value: int) -> None:
        # The library's writes two log records and asks the time for each change of state.
        self._state = value

    def wait(self) -> None:
        """Stay until something happens."""
        self._state = TaskState.WAITING

    def start(self) -> None:
        """Stay while something inside runs."""
        self._state = TaskState.STARTED

    def ready(self) -> None:
        """Go on: wait for a person, or queue to be run."""
        self._ready()

    def _ready(self) -> None:
        self._state = TaskState.READY
        if not self.task_spec.manual:
            self.workflow.top_workflow.run.ready.append(self)

    @property
    def is_task(self) -> bool:
        """Tell whether it waits for a person."""
        return bool(self._state == TaskState.READY and self.task_spec.manual)

    @property
    def is_work(self) -> bool:
        """Tell whether it waits for a program or a connector."""
        return isinstance(self.task_spec, ServiceTask) and self.task_spec.is_open(self)

    # -- what may go wrong: a fault is noted here, and the rest of the instance goes on

    def enter(self) -> None:
        """Come to the element."""
        try:
            self.task_spec._update(self)
        except FAULTS as fault:
            self.workflow.top_workflow.stopped(self, Where.ENTRY, fault, since=self.number)
        except BpmnError as error:
            self.workflow.top_workflow.raised(self, error)

    def run(self) -> bool | None:
        """Do what its element does; a token that this interrupted goes no further."""
        top = self.workflow.top_workflow
        since, where = top.counter, Where.RUN
        try:
            result = self.task_spec._run(self)
            if result and self.id in self.workflow.tasks:
                where = Where.GIVE
                self.task_spec.give_back(self)
        except FAULTS as fault:
            top.stopped(self, where, fault, since=since)
            return False
        except BpmnError as error:
            top.raise_error(self, error.code, error.message)
            return False
        if result and self.id in self.workflow.tasks:
            self.complete()
        return bool(result)

    def give(self) -> None:
        """Hand out what came of the element's work, which is done, and leave."""
        try:
            self.task_spec.give_back(self)
        except FAULTS as fault:
            self.workflow.top_workflow.stopped(self, Where.GIVE, fault)
        else:
            self.complete()

    def complete(self) -> None:
        """Leave the element."""
        top = self.workflow.top_workflow
        since = top.counter
        try:
            super().complete()
        except FAULTS as fault:
            top.stopped(self, Where.LEAVE, fault, since=since)
        except BpmnError as error:
            top.raise_error(self, error.code, error.message)

    def cancel(self) -> None:
        """Take the token away, with all that stands by or runs inside it."""
        if self.id not in self.workflow.tasks:
            return
        for child in self.children:
            child.cancel()
        top = self.workflow.top_workflow
        if self.id in top.subprocesses:
            top.close(self).clear()
        top.run.cancelled(self)
        self._state = TaskState.CANCELLED
        self.workflow.drop(self)

    def abandoned(self) -> None:
        """Tell the compensation that it was a handler of, if any, that it was interrupted: the rest is undone."""
        if (undo := self.parent) is not None:
            undo.task_spec.done(undo, self, None)

    # -- the tree: a dict in place of the library's list, whose removals are slow among thousands

    @property
    def parent(self) -> Token | None:
        """The token that this one stands by, or is an instance of."""
        return None if self._parent is None else self.workflow.tasks.get(self._parent)

    @property
    def children(self) -> list[Token]:
        """What stands by for it, and its instances."""
        return [self.workflow.tasks[child] for child in self._inner]

    def detach(self) -> None:
        """Let it stand on its own."""
        if (parent := self.parent) is not None:
            parent._inner.pop(self.id, None)
        self._parent = None


def seen_in(chain: list[dict[str, Any]]) -> dict[str, Any]:
    """Give what is seen through scopes, the innermost first: a new dict, or the only scope's own."""
    if len(chain) == 1:
        return chain[0]
    seen: dict[str, Any] = {}
    for names in reversed(chain):
        seen.update(names)
    return seen
