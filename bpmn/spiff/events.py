"""Events: what a token waits for, what it throws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    CancelEventDefinition,
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from bpmn.extensions.parts import Parts
from bpmn.spiff import timers
from bpmn.spiff.contract import Token
from bpmn.spiff.nodes import Node
from errors import ExpressionFailed, VariableMissing

KINDS: dict[type, str] = {
    MessageEventDefinition: "message",
    SignalEventDefinition: "signal",
    ConditionalEventDefinition: "condition",
    TimerEventDefinition: "timer",
}


def kind_of(definition: Any) -> str:
    """Give the kind of wait of an event definition; empty for errors and the like, which look for their catcher."""
    return next((kind for cls, kind in KINDS.items() if isinstance(definition, cls)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensateEventDefinition:
    """Undoes the activity of that id, or everything of its scope; caught, it marks the boundary event of a handler."""

    activity: str | None = None
    waits: bool = True
    """The flow goes on when all is undone; False: at once (waitForCompletion)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One thing that a token waits for; `index` is that of the definition in its spec."""

    token: Token
    index: int
    kind: str
    name: str
    due: str | None = None


class Catching(Node):
    """A node that waits for one of its events (or, parallel multiple, for all of them: 10.5.6)."""

    definitions: tuple[Any, ...] = ()
    is_parallel = False
    is_entered_armed = True
    """Its own variables are there while it stands by; False: from when it has happened."""
    payload_variable: str | None = None
    correlation_key: str | None = None
    """An expression for the key that a message must bring; None: none is asked for."""

    def read_parts(self, parts: Parts) -> None:
        """Take what a vocabulary says of the messages that are awaited here."""
        self.payload_variable, self.correlation_key = parts.payload_variable, parts.correlation_key

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        if not self.definitions:
            return True
        self.subscribe(my_task)
        return False

    def subscribe(self, my_task: Token) -> None:
        """Begin to wait; timers get their due moment now."""
        if my_task.armed and self.io is not None and self.is_entered_armed:
            self.io.enter(my_task)
        my_task.wait()
        due = {
            str(index): timers.schedule(my_task, definition)
            for index, definition in enumerate(self.definitions)
            if isinstance(definition, TimerEventDefinition)
        }
        if due:
            my_task.internal_data["due"] = due
        if self.correlation_key:
            my_task.internal_data["key"] = self.awaited_key(my_task)

    def awaited_key(self, my_task: Token) -> Any:
        """Give the key that a message must bring, as it is when the waiting begins. Raises ExpressionFailed."""
        key = my_task.evaluate(self.correlation_key or "")
        if key is None or isinstance(key, dict | list):
            raise ExpressionFailed(element_id=self.bpmn_id, reason=f"the key {self.correlation_key} is {key!r:.80}")
        return key

    def subscriptions(self, my_task: Token) -> Iterator[Subscription]:
        """Say what a waiting token waits for now."""
        due, seen = my_task.internal_data.get("due", {}), my_task.internal_data.get("seen", ())
        for index, definition in enumerate(self.definitions):
            kind = kind_of(definition)
            timer = due.get(str(index))
            if index in seen or not kind or (kind == "timer" and (timer is None or timer.get("left") == 0)):
                continue
            name = definition.name if kind in ("message", "signal") else ""
            yield Subscription(
                token=my_task, index=index, kind=kind, name=name or "", due=timer["at"] if timer else None
            )

    def holds(self, my_task: Token, index: int) -> bool:
        """Tell whether the condition of a conditional event became true since it was last asked."""
        try:
            holds = my_task.holds(self.definitions[index].expression, null=True)
        except VariableMissing:  # not there yet
            holds = False
        was = my_task.internal_data.get("was", False)
        my_task.internal_data["was"] = holds
        return holds and not was

    def fire(self, my_task: Token, index: int, payload: Mapping[str, Any] | None = None) -> None:
        """Let the event `index` happen to a waiting token. Raises TooMuchData, before anything has happened."""
        brought = self.brings(payload or {})
        if brought:
            my_task.workflow.top_workflow.run.afford(brought, my_task.data)
        timers.advance(my_task, str(index))
        target = my_task
        if self.is_parallel and len(self.definitions) > 1:
            seen = my_task.internal_data.setdefault("seen", [])
            seen.append(index)
            if len(seen) == len(self.definitions):
                del my_task.internal_data["seen"]
                target = self.happened(my_task)
        else:
            target = self.happened(my_task)
        for name, value in brought.items():
            target.write(name, value)

    def brings(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the variables that a payload becomes."""
        if payload and self.io is not None:
            payload = self.io.received(payload)
        return {self.payload_variable: dict(payload)} if payload and self.payload_variable else payload

    def happened(self, my_task: Token) -> Token:
        """Go on, and give the token that does."""
        gateway = my_task.parent
        if my_task.armed and gateway is not None:
            gateway.task_spec.won(gateway, my_task)
        else:
            my_task.ready()
        return my_task

    @staticmethod
    def proceed(my_task: Token) -> None:
        """Let a token that stood by enter its element and go on."""
        my_task.armed = False
        my_task.internal_data.pop("due", None)
        my_task.workflow.top_workflow.run.entered(my_task)
        my_task.ready()


class StartEvent(Catching):
    """A start event: whoever put a token here knows that it has happened."""

    is_interrupting = True

    def _update_hook(self, my_task: Token) -> bool:
        return Node._update_hook(self, my_task)

    def begin_to_wait(self, my_task: Token) -> None:
        """Wait for all its events: one of a parallel multiple event has created the instance (10.5.2)."""
        my_task.workflow.top_workflow.run.entered(my_task)
        Catching.subscribe(self, my_task)


class IntermediateCatchEvent(Catching):
    """Waits in the middle of a flow."""


class Reached:
    """What an error, escalation or cancel finds by itself, where it stands around what threw it."""

    definitions: tuple[Any, ...] = ()
    code_variable: str | None = None
    message_variable: str | None = None
    """The variables that get the code and the message of what is caught."""

    def catches(self, cls: type, code: str | None) -> bool:
        """Tell whether it catches a thrown error or escalation of that code."""
        return any(type(d) is cls and getattr(d, "code", None) in (None, code) for d in self.definitions)

    def names(self, cls: type, code: str) -> bool:
        """Tell whether it catches that code and not just every code."""
        return any(type(d) is cls and getattr(d, "code", None) == code for d in self.definitions)


class BoundaryEvent(Reached, Catching):
    """Stands at the border of an activity (10.5.4); errors, escalations and cancels find it without its waiting."""

    attached_to = ""
    is_interrupting = True

    @property
    def is_awaited(self) -> bool:
        """Tell whether a token must stand by for it."""
        return any(kind_of(definition) for definition in self.definitions)

    def happened(self, my_task: Token) -> Token:
        """Interrupt the activity at once, or go on beside it."""
        host = my_task.parent
        assert host is not None
        if self.is_interrupting:
            my_task.detach()
            host.cancel()
            self.proceed(my_task)
            host.abandoned()
            return my_task
        if not any(True for _ in self.subscriptions(my_task)):
            my_task.workflow.drop(my_task)
        return my_task.workflow.place(self.name, via="")

    def _update_hook(self, my_task: Token) -> bool:
        return Node._update_hook(self, my_task)


class Throwing(Node):
    """Throws its events and goes on."""

    definitions: tuple[Any, ...] = ()
    payload: str | None = None
    """An expression for what is sent; None: the data inputs, or all variables that are visible here."""
    correlation_key: str | None = None
    """An expression for the key that a message brings to those who ask for one."""
    to: tuple[str, ...] = ()
    """Keys of the processes that message flows lead to; empty: whoever waits for the message."""

    def read_parts(self, parts: Parts) -> None:
        """Take what a vocabulary says of the messages that are thrown here."""
        self.payload, self.correlation_key = parts.payload, parts.correlation_key

    def _run_hook(self, my_task: Token) -> bool:
        notes = my_task.internal_data
        if notes.get("undoing") == 0:
            return True
        payload = self.sent(my_task)
        key = my_task.evaluate(self.correlation_key) if self.correlation_key else None
        for definition in self.definitions:
            if my_task.id not in my_task.workflow.tasks:
                break  # what it threw has interrupted its own scope
            if isinstance(definition, CompensateEventDefinition):
                if my_task.workflow.top_workflow.compensate(my_task, definition):
                    notes["undoing"] = notes.get("undoing", 0) + 1
            else:
                self.throw(my_task, definition, payload, key)
        return "undoing" not in notes

    def resume(self, my_task: Token) -> None:
        """Go on when all that it has thrown for is undone."""
        my_task.internal_data["undoing"] -= 1
        if my_task.internal_data["undoing"] == 0:
            my_task.ready()

    def sent(self, my_task: Token) -> dict[str, Any]:
        """Give the payload of its messages and signals, before any of them is thrown. Raises ExpressionFailed."""
        if not any(kind_of(definition) for definition in self.definitions):
            return {}
        if self.payload is None:
            seen = my_task.data
            payload = {name: seen.get(name) for name in self.io.sends} if self.io and self.io.sends else dict(seen)
        else:
            payload = my_task.evaluate(self.payload)
            payload = payload if isinstance(payload, dict) else {"value": payload}
        my_task.workflow.top_workflow.run.afford_throwing(payload)
        return payload

    def throw(self, my_task: Token, definition: Any, payload: dict[str, Any], key: Any) -> None:
        """Throw one event that lets the flow go on."""
        if kind_of(definition) or isinstance(definition, EscalationEventDefinition):
            # it has happened, even if what it throws interrupts the scope it stands in
            my_task.workflow.top_workflow.run.left(my_task)
        throw(my_task, definition, payload, key=key, to=self.to)


def throw(
    my_task: Token,
    definition: Any,
    payload: dict[str, Any] | None = None,
    *,
    key: Any = None,
    to: tuple[str, ...] = (),
) -> None:
    """Throw an event that lets the flow go on; `payload`: None for all variables that are visible here."""
    instance, kind = my_task.workflow.top_workflow, kind_of(definition)
    if kind in ("message", "signal"):
        sent = dict(my_task.data) if payload is None else payload
        instance.throw(my_task, kind, definition.name, sent, key=key, to=to)
    elif isinstance(definition, EscalationEventDefinition):
        instance.raise_escalation(my_task, definition.code)


class IntermediateThrowEvent(Throwing):
    """Throws in the middle of a flow."""


class EndEvent(Throwing):
    """Consumes a token; may end more than that (10.5.3)."""

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        for definition in self.definitions:
            if isinstance(definition, ErrorEventDefinition):
                scope.top_workflow.raise_error(my_task, definition.code)
                return
            if isinstance(definition, CancelEventDefinition):
                scope.top_workflow.cancel_transaction(my_task)
                return
            if isinstance(definition, TerminateEventDefinition):
                scope.top_workflow.run.left(my_task)
                scope.clear()
                scope.finish()
                return
        super()._on_complete(my_task)
