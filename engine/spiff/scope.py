"""Scope: what a process, a sub-process and a called process share while they run: live tokens and their variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

from bpmn.spiff.activities import EventSubProcess
from bpmn.spiff.compensation import Record, Undo
from engine.spiff.faults import FAULTS, Where, engine_error, located
from engine.spiff.token import Token

if TYPE_CHECKING:
    from bpmn.spiff.compiler import Compiled
    from bpmn.spiff.nodes import Flow, ProcessSpec
    from engine.events import Called
    from engine.spiff.instance import Instance


class Scope(BpmnBaseWorkflow):
    """A workflow of the library whose `data` are the variables and whose `tasks` are the live tokens."""

    spec: ProcessSpec
    data: dict[str, Any]
    tasks: dict[str, Token]
    top_workflow: Instance
    completed: bool
    depth: int
    is_process: bool
    """False for the inside of a sub-process, which reads and writes the variables around it."""

    log: list[Any]
    """Completed activities that compensation can undo (bpmn/spiff/compensation.py); empty in most diagrams."""

    compiled: Compiled
    """What its process was compiled with."""
    version: Called | None
    """The version of a called process around that its call chose; None: what the instance's definition holds."""

    @property
    def holder(self) -> Token | None:
        """The token whose inside this is."""
        return None

    @property
    def address(self) -> str:
        """The key of its process, and behind `@` the version where a call chose it."""
        key = self.spec.process_key
        return key if self.version is None else f"{key}@{self.version.ref}"

    def decide(self, key: str, variables: dict[str, Any], element_id: str) -> Any:
        """Evaluate a decision in the version that the process around is bound to. Raises EngineError."""
        ports = None if self.version is None else self.version.ports
        return self.top_workflow.run.decide(key, variables, element_id, ports=ports)

    def kept(self) -> list[Any]:
        """Give what compensation needs of it after its end: its variables, its log, the version that a call chose."""
        chosen = self.version is not None and (self.holder is None or self.holder.workflow.version is not self.version)
        more = [self.version.ref, self.spec.name] if self.version is not None and chosen else []
        return [self.data, self.log, *more]

    @property
    def hears(self) -> bool:
        """Tell whether its event sub-processes still catch what is thrown inside.

        Not after an interrupting one has taken its place, nor while what has completed in it is undone.
        """
        holder = self.holder
        if holder is not None and (isinstance(holder.task_spec, Undo) or holder.internal_data.get("cancelled")):
            return False
        return not any(
            isinstance(token.task_spec, EventSubProcess) and token.task_spec.is_interrupting and not token.armed
            for token in self.tasks.values()
        )

    @property
    def live(self) -> Iterator[Token]:
        """Tokens that keep the scope alive, without the instances of loops (their body's token stands for them)."""
        return (token for token in self.tasks.values() if not token.armed and token._parent is None)

    def begin(self) -> None:
        """Let event sub-processes stand by and put tokens where the process starts."""
        self.stand_by()
        if self.spec.ad_hoc is not None:
            self.spec.ad_hoc.begin(self)
        else:
            for name in self.spec.entries:
                self.place(name)
        self.end_if_empty()

    def stand_by(self) -> None:
        """Let the event sub-processes wait for their events."""
        for handler in self.spec.handlers:
            if self.spec.task_specs[handler].is_awaited:
                self.arm(handler)

    def place(
        self,
        name: str,
        *,
        via: str | None = None,
        parent: Token | None = None,
        local: dict[str, Any] | None = None,
        given: dict[str, Any] | None = None,
    ) -> Token:
        """Put a token on a node, which decides what happens; `given`: variables that it brings."""
        token = self.make(name, parent, local=local)
        if via is not None:
            token.internal_data["via"] = via
        if given:
            token.write_all(given)
        token.enter()
        return token

    def arm(self, name: str, *, parent: Token | None = None) -> Token:
        """Let an event stand by: it waits without being entered.

        Raises EngineError where it cannot and hangs at `parent`, which then is not entered either.
        """
        token = self.make(name, parent, armed=True)
        try:
            token.task_spec.subscribe(token)
        except FAULTS as fault:
            if parent is not None:
                raise located(engine_error(fault), token) from fault
            self.top_workflow.stopped(token, Where.ARM, fault)
        return token

    def make(
        self, name: str, parent: Token | None = None, *, local: dict[str, Any] | None = None, armed: bool = False
    ) -> Token:
        """Make a token on a node, which does not enter it."""
        top = self.top_workflow
        top.run.left_over -= 1
        return Token(self, self.spec.task_specs[name], parent, id=top.new_id(), local=local, armed=armed)

    def waiting_at(self, name: str) -> list[Token]:
        """Give the tokens that wait at a join, the oldest first."""
        return [t for t in self.tasks.values() if t.task_spec.name == name and t._state == TaskState.WAITING]

    def drop(self, token: Token) -> None:
        """Forget a token and what stands by for it."""
        if token._inner:
            for child in token.children:
                self.drop(child)
        token.workflow.tasks.pop(token.id, None)
        if token._parent is not None and (parent := token.parent) is not None:
            parent._inner.pop(token.id, None)

    def leave(self, token: Token, flows: Iterable[Flow], *, blindly: bool = False) -> None:
        """Take a completed token away and send one along each flow; `blindly`: no condition of its loop is asked."""
        body, counted = token.parent, None
        if body is not None:  # evaluates: nothing has happened yet
            count = body.task_spec.counted_blindly if blindly else body.task_spec.counted
            counted = count(body, token)
        self.top_workflow.run.left(token)
        if token.task_spec.is_compensable:
            self.log_completed(token)
        self.drop(token)
        if body is not None:
            body.task_spec.done(body, token, counted)
            return
        if self.spec.ad_hoc is not None:
            self.spec.ad_hoc.go_on(self, flows)
            return
        for flow in flows:
            self.place(flow.target, via=flow.id)
        self.end_if_empty()

    def clear(self, *, keep: Token | None = None) -> None:
        """Cancel every token but `keep`."""
        for token in list(self.tasks.values()):
            if token is not keep:
                token.cancel()

    def end_if_empty(self) -> None:
        """End the scope if no token keeps it alive."""
        if not self.completed and all(token.armed or token._parent is not None for token in self.tasks.values()):
            if self.spec.ad_hoc is not None and self.spec.ad_hoc.goes_on(self):
                return
            self.clear()
            self.finish()

    def log_completed(self, token: Token) -> None:
        """Note a completed activity that compensation may have to undo, with what it will need (13.5.5)."""
        inside = token.internal_data.pop("inside", None)
        spec = token.task_spec
        if not (self.compiled.undoes or self.version is not None):
            return  # nobody triggers it: neither this diagram nor one that has chosen this version
        if spec.compensated_by:
            inside = None  # its own handler does all
        elif inside is None or not (inside[1] or self._undoes_itself(spec, inside)):
            return
        self.log.append(Record(name=spec.name, local=token.local, inside=inside).written())

    def _undoes_itself(self, spec: Any, inside: list[Any]) -> bool:
        version = self.top_workflow.run.ports.version(inside[2]) if len(inside) > 2 else None
        specs = (self if version is None else version.definition).compiled.subprocess_specs
        return bool(specs[spec.spec if version is None else inside[3]].undone_by)

    def finish(self) -> None:
        """End the scope; the token that holds it goes on."""
        self.completed = True
        if (holder := self.holder) is not None:
            holder.ready()


class SubScope(Scope, BpmnSubWorkflow):
    """The inside of a sub-process, or a called process."""

    def __init__(
        self,
        spec: ProcessSpec,
        holder: Token,
        top_workflow: Instance,
        *,
        is_process: bool,
        version: Called | None = None,
    ) -> None:
        self._holder = holder
        around = holder.workflow
        self.version = version or around.version
        self.compiled = around.compiled if version is None else version.definition.compiled
        self.log = []
        self.is_process = is_process
        super().__init__(spec, holder.id, top_workflow, deserializing=True)

    @property
    def holder(self) -> Token | None:
        """The token whose inside this is."""
        return self._holder

    @property
    def parent_workflow(self) -> Scope:
        """The scope around."""
        return self._holder.workflow

    def _calculate_depth(self) -> int:
        return self._holder.workflow.depth + 1
