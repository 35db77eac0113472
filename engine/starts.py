"""How a process may begin by itself: messages, signals and timers of its start events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.definition import Definition
from bpmn.spiff import timers
from bpmn.spiff.activities import ReceiveTask
from bpmn.spiff.events import Catching, StartEvent, kind_of
from bpmn.spiff.gateways import EventBasedGateway
from engine.events import Ports
from expressions import dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """A start event that happens by the clock; `plan` is JSON for `following`."""

    element_id: str
    due_at: datetime
    plan: Mapping[str, Any]


def starts(definition: Definition) -> dict[tuple[str, str], str]:
    """Map (kind, name) of the messages and signals that begin the process to the element to start at."""
    return {
        (kind, event.name): node.bpmn_id
        for node in _beginnings(definition)
        for event in node.definitions
        if (kind := kind_of(event)) in ("message", "signal")
    }


def start_timers(definition: Definition, *, now: datetime, ports: Ports) -> tuple[StartTimer, ...]:
    """Give the timers that begin the process, as planned when it is published at `now`. Raises ExpressionFailed."""

    def planned(node: Catching, event: Any) -> Mapping[str, Any]:
        return timers.planned(
            event,
            lambda expression: dialect.evaluate(expression, {}, now=now),
            now=now,
            resolve=ports.resolve_timer,
            element_id=node.bpmn_id,
        )

    return tuple(
        _timer(node.bpmn_id, planned(node, event))
        for node in _beginnings(definition)
        for event in node.definitions
        if kind_of(event) == "timer"
    )


def following(timer: StartTimer) -> StartTimer | None:
    """Give a timer's next time, or None where it was the last."""
    plan = timers.next_period(timer.plan)
    return None if plan is None else _timer(timer.element_id, plan)


def _timer(element_id: str, plan: Mapping[str, Any]) -> StartTimer:
    return StartTimer(element_id=element_id, due_at=datetime.fromisoformat(plan["at"]), plan=plan)


def _beginnings(definition: Definition) -> list[Catching]:
    """Give the start events, and what stands in their place where nothing comes in (13.2)."""
    specs = definition.compiled.spec.task_specs
    found = [node for node in specs.values() if isinstance(node, StartEvent)]
    loose = [node for node in specs.values() if getattr(node, "bpmn_id", None) and not node.incoming]
    loose = [node for node in loose if not getattr(node, "is_for_compensation", False)]
    found += [node for node in loose if isinstance(node, ReceiveTask)]
    for gateway in (node for node in loose if isinstance(node, EventBasedGateway)):
        found += [specs[flow.target] for flow in gateway.flows]
    return found
