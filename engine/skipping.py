"""Skip what an incident holds up: the step counts as done, and its token goes on behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.definition import Definition
from engine.events import Ports, Step
from engine.instructions import Misplaced
from engine.spiff import skipping
from engine.spiff.faults import FAULT
from engine.spiff.layout import Layout
from engine.steps import at_rest, loaded, step, take
from errors import Detail, IncidentNotOpen, Invalid
from texts import Text


def skip(
    definition: Definition,
    state: bytes,
    incident_id: str,
    *,
    now: datetime,
    ports: Ports,
    variables: Mapping[str, Any] | None = None,
    flow_id: str | None = None,
) -> Step:
    """Let the token of an incident go on behind its element, after writing `variables` where it sees them.

    What the element would have done or handed out is left undone: `variables` stand for it. `flow_id` names the flow
    to go by where the element cannot choose one. What only stood by (the timer of an event sub-process, a condition at
    a border) does not stand by any more. Raises IncidentNotOpen, and Invalid where a variable cannot be kept or the
    flow is missing or unknown.
    """
    instance = loaded(definition, state, now, ports)
    token = instance.find(incident_id)
    if token is None or FAULT not in token.internal_data:
        raise IncidentNotOpen
    take(instance, variables or {})

    def go_on() -> None:
        token.write_all(variables or {})
        try:
            skipping.skip(instance, token, flow_id)
        except Misplaced as wrong:
            detail = Detail(field=wrong.field, code=wrong.code, message=Text(wrong.vi, wrong.en))
            raise Invalid(details=[detail]) from None

    return step(instance, go_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOn:
    """One flow out of an element."""

    flow_id: str
    condition: str | None
    target_id: str
    target_name: str


def ways_on(definition: Definition, state: bytes, incident_id: str) -> tuple[WayOn, ...]:
    """Give the flows that leave what an incident holds up, as the diagram shows them. Raises IncidentNotOpen."""
    instance = at_rest(definition, state)
    token = instance.find(incident_id)
    if token is None:
        raise IncidentNotOpen
    specs = token.workflow.spec
    found = []
    for flow in Layout(instance).visible_flows(specs, token.task_spec):
        target = specs.task_specs[flow.target]
        name = target.bpmn_name or ""
        found.append(WayOn(flow_id=flow.id, condition=flow.condition, target_id=target.bpmn_id, target_name=name))
    return tuple(found)
