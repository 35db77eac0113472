"""Instance: the whole of one run, from wait to wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
)
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bpmn.spiff import timers
from bpmn.spiff.activities import Activity, EventSubProcess, ReceiveTask
from bpmn.spiff.compiler import Compiled
from bpmn.spiff.events import BoundaryEvent, IntermediateCatchEvent, StartEvent, Subscription
from bpmn.spiff.gateways import EventBasedGateway, ParallelEventGateway
from bpmn.spiff.joins import Join
from engine import correlation
from engine.correlation import Message, Trigger
from engine.events import Thrown
from engine.spiff.calls import Calling
from engine.spiff.compensation import Compensating
from engine.spiff.faults import FAULT, FAULTS, RAISED, Where
from engine.spiff.recovery import Recovery
from engine.spiff.run import Run
from engine.spiff.scope import Scope, SubScope
from engine.spiff.scripts import SCRIPTS
from engine.spiff.token import Token
from errors import EngineError

BEFORE_EVENTS = (EventBasedGateway, ParallelEventGateway)


class Instance(Recovery, Compensating, Calling, Scope, BpmnWorkflow):
    """The process itself; `subprocesses` are its sub-processes and called processes, by the token that holds each."""

    subprocesses: dict[str, SubScope]
    is_process = True

    def __init__(self, compiled: Compiled, run: Run, *, seed: str, counter: int = 0) -> None:
        super().__init__(compiled.spec, compiled.subprocess_specs, script_engine=SCRIPTS, deserializing=True)
        self.compiled = compiled
        self.version = None
        self.run = run
        self.seed = seed
        self.counter = counter
        self.error_code: str | None = None
        self.error_message = ""
        self.is_cancelled = False
        self.has_faults = False
        self.log = []
        self.fixed: correlation.Fixed = {}
        """The values of its correlation keys, as the first messages fixed them."""

    def new_id(self) -> str:
        """Give an id that no other token of any instance has, and that a replay of the step gives again."""
        self.counter += 1
        return f"{self.seed}.{self.counter}"

    def begin_at(self, element_id: str, trigger: Trigger | None = None) -> None:
        """Start where something happened: at a start event, a receive task or an event behind a gateway.

        `trigger` says what; None: the whole event. Raises EngineError where the process does not start there.
        """
        node = next((s for s in self.spec.task_specs.values() if getattr(s, "bpmn_id", None) == element_id), None)
        if not isinstance(node, StartEvent | IntermediateCatchEvent | ReceiveTask):
            raise EngineError(element_id=element_id, reason="the process does not start there")
        if trigger is not None:
            self.data.update(node.brings(trigger.payload))
            correlation.begun(self, trigger)
        self.stand_by()
        index = trigger.index if trigger is not None else 0
        if isinstance(node, StartEvent) and node.is_parallel and len(node.definitions) > 1 and trigger is not None:
            token = self.make(node.name)
            node.begin_to_wait(token)
            node.fire(token, index)
            return
        token = self._first_at(node)
        if token._state == TaskState.WAITING:
            node.fire(token, index)

    def _first_at(self, node: Any) -> Token:
        """Put the first token on a node, or on the gateway in front of it, and give that of the node."""
        gateways = [self.spec.task_specs[spec.name] for spec in node.inputs if isinstance(spec, BEFORE_EVENTS)]
        if not gateways:
            return self.place(node.name)
        self.place(gateways[0].name)
        self.advance()  # a parallel one sends a token to each event
        return next(token for token in self.tasks.values() if token.task_spec is node)

    def abandon(self) -> None:
        """End from outside."""
        self.is_cancelled = self.completed = True
        self.clear()

    @property
    def scopes(self) -> list[Scope]:
        """Every open scope, the outer ones first."""
        return [self, *self.subprocesses.values()]

    # -- running

    def advance(self) -> None:
        """Run until everything waits, or until the budget is spent."""
        while not self.run.is_spent():
            while self.run.ready:
                token = self.run.ready.popleft()
                if token._state == TaskState.READY and token.id in token.workflow.tasks:
                    if token.internal_data and RAISED in token.internal_data:
                        self.raise_error(token, *token.internal_data[RAISED])
                    else:
                        token.run()
                    self._conditions()
                    if self.run.is_spent():
                        break
            else:
                if not self._conditions() and not self._joins():
                    return
        if not self.run.ready and not self._conditions():
            self._joins()  # what would go on next is held, too
        self.hold()

    def _joins(self) -> bool:
        """Let a gateway go on that no further token can reach."""
        for scope in self.scopes:
            gateways = {t.task_spec.name: t.task_spec for t in scope.tasks.values() if _waits_at_join(t)}
            for gateway in gateways.values():
                if (token := gateway.ripe(scope)) is not None:
                    token.ready()
                    return True
        return False

    def _conditions(self) -> bool:
        """Fire the conditional events whose condition became true."""
        fired = False
        if not self.compiled.has_conditions:
            return False
        for waiting in [s for s in self.subscriptions() if s.kind == "condition"]:
            if waiting.token.id in waiting.token.workflow.tasks and self._holds(waiting):
                self.fire(waiting)
                fired = True
        return fired

    def _holds(self, waiting: Subscription) -> bool:
        """Look at a condition; one that fails is a fault until it can be looked at again."""
        token: Any = waiting.token
        try:
            holds = bool(token.task_spec.holds(token, waiting.index))
        except FAULTS as fault:
            self.noted(token, Where.CONDITION, fault)
            return False
        token.internal_data.pop(FAULT, None)
        return holds

    def subscriptions(self) -> Iterator[Subscription]:
        """Say all that waiting tokens wait for."""
        for scope in self.scopes:
            for token in scope.tasks.values():
                if token._state == TaskState.WAITING and hasattr(token.task_spec, "subscriptions"):
                    yield from token.task_spec.subscriptions(token)

    def replan(self) -> bool:
        """Ask again when timers are due that follow a clock; say whether one of them moved."""
        waiting = [token for scope in self.scopes for token in scope.tasks.values() if "due" in token.internal_data]
        moved = [token for token in waiting if timers.replanned(token)]
        return bool(moved)

    def find(self, token_id: str) -> Token | None:
        """Give the live token of that id."""
        return next((scope.tasks[token_id] for scope in self.scopes if token_id in scope.tasks), None)

    # -- what happens from outside

    def deliver_message(self, message: Message) -> bool:
        """Give a message to the event that it fits best, of several to the one that waits longest; False: to none."""
        found = self.who_takes(message)
        if found is None:
            return False
        correlation.taken(self, found, message)
        self.fire(found, message.payload)
        return True

    def who_takes(self, message: Message) -> Subscription | None:
        """Give the waiting event that a message is for."""
        waiting = [s for s in self.subscriptions() if s.kind == "message" and s.name == message.name]
        ranked = [(rank, s) for s in waiting if (rank := correlation.fits(self, s, message)) is not None]
        return min(ranked, key=lambda one: (-one[0], one[1].token.number), default=(0, None))[1]

    def deliver_signal(self, name: str, payload: Mapping[str, Any]) -> int:
        """Give a signal to every event that waits for it, in the order of their waiting; tell how many took it."""
        found = [s for s in self.subscriptions() if s.kind == "signal" and s.name == name]
        taken = 0
        for waiting in sorted(found, key=lambda one: one.token.number):
            if waiting.token.id in waiting.token.workflow.tasks:
                self.fire(waiting, payload)
                taken += 1
        return taken

    def fire(self, waiting: Subscription, payload: Mapping[str, Any] | None = None) -> None:
        """Let an event happen; where it brings more than can be kept it has not happened, and is an incident."""
        token: Any = waiting.token
        try:
            token.task_spec.fire(token, waiting.index, payload)
        except FAULTS as fault:
            self.noted(token, Where.CONDITION, fault)

    def next_timer(self) -> tuple[datetime, Subscription] | None:
        """Give the timer that is due first."""
        timers = [(datetime.fromisoformat(s.due), s) for s in self.subscriptions() if s.due]
        return min(timers, key=lambda timer: timer[0], default=None)

    # -- what is thrown

    def throw(
        self,
        token: Token,
        kind: str,
        name: str,
        payload: Mapping[str, Any],
        *,
        key: Any = None,
        to: tuple[str, ...] = (),
    ) -> None:
        """Send a message or signal: to this instance's waiting events, and (a signal always) to the others.

        A message whose flow leads to another pool is for nobody here.
        """
        process_key = token.workflow.spec.process_key
        said = {} if key is None else {"key": key}
        carried: dict[str, Any] = {}
        if kind == "signal":
            self.deliver_signal(name, payload)
        else:
            message = Message(name=name, payload=payload, correlation=said)
            carried = correlation.thrown(self, process_key, message)
            if (not to or process_key in to) and self.deliver_message(replace(message, carried=carried)):
                return
        self.run.thrown.append(
            Thrown(
                kind=kind,
                name=name,
                payload=dict(payload),
                correlation=said,
                carried=carried,
                to=to,
                process_key=token.workflow.address,
                element_id=token.task_spec.bpmn_id,
            )
        )

    def raise_error(self, token: Token, code: str | None, message: str = "") -> None:
        """Let the nearest scope around that catches the error be interrupted; if none does, the instance fails."""
        catcher = self._catcher(token, ErrorEventDefinition, code)
        if catcher is not None and isinstance(token.task_spec, Activity):
            self.run.cancelled(token)
        else:
            self.run.left(token, failed=catcher is None)
        token.workflow.drop(token)
        if catcher is None:
            self.error_code, self.error_message = code or "", message
            self.clear()
            self.completed = True
        else:
            self._caught(*catcher, code=code, message=message)

    def is_caught(self, token: Token, code: str) -> bool:
        """Tell whether something would catch this error."""
        return self._catcher(token, ErrorEventDefinition, code) is not None

    def raise_escalation(self, token: Token, code: str | None) -> None:
        """Let the nearest scope around that catches the escalation do so; it is no fault if none does."""
        catcher = self._catcher(token, EscalationEventDefinition, code)
        if catcher is not None:
            self._caught(*catcher, code=code)

    def _catcher(self, token: Token, cls: type, code: str | None) -> tuple[Any, Token | None, Scope] | None:
        """Find what catches: an event sub-process of a scope, or a boundary event of what stands in it."""
        at: Token | None = token
        while at is not None:
            scope = at.workflow
            body: Token | None = at  # an activity's border first, or that of the loop it is an instance of
            while body is not None:
                if (event := _closest(getattr(body.task_spec, "attached", ()), cls, code)) is not None:
                    return event, body, scope
                body = body.parent
            handlers = [scope.spec.task_specs[name] for name in scope.spec.handlers] if scope.hears else []
            handlers = [handler for handler in handlers if not self._runs_in(token, scope, handler)]
            if (handler := _closest(handlers, cls, code)) is not None:
                return handler, None, scope
            at = scope.holder
        return None

    def _runs_in(self, token: Token, scope: Scope, handler: EventSubProcess) -> bool:
        """Tell whether the token stands inside that event sub-process: it does not catch its own errors."""
        at: Token | None = token
        while at is not None:
            if at.workflow is scope and at.task_spec is handler:
                return True
            at = at.workflow.holder
        return False

    def _caught(
        self,
        catcher: BoundaryEvent | EventSubProcess,
        host: Token | None,
        scope: Scope,
        *,
        code: str | None = None,
        message: str = "",
    ) -> None:
        if catcher.is_interrupting:
            if host is None:
                scope.clear()
            else:
                host.cancel()
        told = {catcher.code_variable: code, catcher.message_variable: message or None}
        scope.place(catcher.name, given={name: value for name, value in told.items() if name})
        if catcher.is_interrupting and host is not None:
            host.abandoned()


def _closest(events: Sequence[Any], cls: type, code: str | None) -> Any:
    """Give the event that catches: the first that names the code, else the first that catches every code."""
    catching = [event for event in events if event.catches(cls, code)]
    named = [event for event in catching if code is not None and event.names(cls, code)]
    return next(iter(named or catching), None)


def _waits_at_join(token: Token) -> bool:
    return isinstance(token.task_spec, Join) and token._state == TaskState.WAITING
