"""How a process may begin by itself: messages, signals, timers and conditions of its start events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.definition import Definition
from bpmn.spiff import timers
from bpmn.spiff.activities import ReceiveTask
from bpmn.spiff.events import Catching, StartEvent, kind_of
from bpmn.spiff.gateways import EventBasedGateway, ParallelEventGateway
from engine.events import Ports
from errors import ExpressionFailed
from expressions import dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """A start event that happens by the clock; `plan` is JSON for `following`.

    `element_id` ends in `#1` and so on for the second and further timers of a multiple event (no XML id holds a #).
    """

    element_id: str
    due_at: datetime
    plan: Mapping[str, Any]

    @property
    def element(self) -> str:
        """Give the element's own id."""
        return self.element_id.partition("#")[0]

    @property
    def index(self) -> int:
        """Give the timer's place among the events of its element."""
        return int(self.element_id.partition("#")[2] or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One event that begins a process: `index` is its place among those of its element.

    `awaits_all`: the element needs all its events, or stands behind a gateway that does: an instance that one of them
    created waits for the others.
    """

    kind: str
    name: str
    element_id: str
    index: int = 0
    awaits_all: bool = False


def starts(definition: Definition) -> tuple[Start, ...]:
    """Give the messages, signals and conditions (`name` is the expression) that begin the process."""
    return tuple(
        Start(
            kind=kind,
            name=(event.expression if kind == "condition" else event.name) or "",
            element_id=node.bpmn_id,
            index=index,
            awaits_all=(node.is_parallel and len(node.definitions) > 1) or _behind_parallel(node),
        )
        for node in _beginnings(definition)
        for index, event in enumerate(node.definitions)
        if (kind := kind_of(event)) in ("message", "signal", "condition")
    )


def holds(start: Start, variables: Mapping[str, Any], *, now: datetime) -> bool:
    """Tell whether the condition of a start event holds for these variables; one that fails does not."""
    try:
        return bool(dialect.evaluate(start.name, variables, now=now))
    except ExpressionFailed:
        return False


def awaited_messages(definition: Definition) -> frozenset[str]:
    """Give the names of the messages that a running instance may wait for."""
    compiled = definition.compiled
    found: set[str] = set()
    for spec in {id(spec): spec for spec in (compiled.spec, *compiled.subprocess_specs.values())}.values():
        for node in spec.task_specs.values():
            if isinstance(node, Catching) and (not isinstance(node, StartEvent) or node.is_parallel):
                found |= {event.name for event in node.definitions if kind_of(event) == "message"}
    return frozenset(found)


def start_timers(definition: Definition, *, now: datetime, ports: Ports) -> tuple[StartTimer, ...]:
    """Give the timers that begin the process, as planned when it is published at `now`. Raises ExpressionFailed."""

    def planned(node: Catching, event: Any) -> Mapping[str, Any]:
        return timers.planned(
            event,
            lambda expression: dialect.evaluate(expression, {}, now=now),
            now=now,
            resolve=ports.resolve_timer,
            process_key=definition.process.key,
            element_id=node.bpmn_id,
        )

    return tuple(
        _timer(node.bpmn_id + (f"#{index}" if index else ""), planned(node, event))
        for node in _beginnings(definition)
        for index, event in enumerate(node.definitions)
        if kind_of(event) == "timer"
    )


def following(timer: StartTimer) -> StartTimer | None:
    """Give a timer's next time, or None where it was the last."""
    plan = timers.next_period(timer.plan)
    return None if plan is None else _timer(timer.element_id, plan)


def _timer(element_id: str, plan: Mapping[str, Any]) -> StartTimer:
    return StartTimer(element_id=element_id, due_at=datetime.fromisoformat(plan["at"]), plan=plan)


def _beginnings(definition: Definition) -> list[Catching]:
    """Give the start events, and the receive tasks and events behind gateways that create instances too (13.2)."""
    specs = definition.compiled.spec.task_specs
    found = [node for node in specs.values() if isinstance(node, StartEvent)]
    loose = [node for node in specs.values() if getattr(node, "instantiates", False) and not node.incoming]
    loose = [node for node in loose if not getattr(node, "is_for_compensation", False)]
    found += [node for node in loose if isinstance(node, ReceiveTask)]
    for gateway in (node for node in loose if isinstance(node, EventBasedGateway | ParallelEventGateway)):
        found += [specs[flow.target] for flow in gateway.flows]
    return found


def _behind_parallel(node: Catching) -> bool:
    return any(isinstance(spec, ParallelEventGateway) for spec in node.inputs)
