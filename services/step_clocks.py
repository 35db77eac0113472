"""Why a step, or the acceptance of a filing, is due when it is: the sum behind the date, as a dossier has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bpmn.model import Limit
from clock.calendar import Calendar
from clock.compute import compute
from clock.explain import Line, explain_due
from clock.model import ClockEvent
from services import clocks, loading
from storage.tables import Dossier, Task
from texts import Text

STEP = Text("Hạn của bước", "Step due")
ACCEPTANCE = Text("Hạn trả lời tiếp nhận", "To be accepted or refused by")


def step(task: Task, dossier: Dossier | None, *, now: datetime) -> tuple[Line, ...]:
    """Say why a step is due when it is; empty where it has no limit. What is done is told as of then."""
    element = loading.load(task.definition_id).element(task.process_key, task.element_id)
    if element is None or element.limit is None:
        return ()
    pauses = [] if element.pause else clocks.pauses_since(dossier, task.created_at)
    days = clocks.calendar(clocks.agency_of(task), known_at=task.completed_at)
    return _sum(days, task.created_at, element.limit, pauses, task.completed_at or now, STEP)


def acceptance(dossier: Dossier, *, now: datetime) -> tuple[Line, ...]:
    """Say why a filing is to be accepted or refused by then."""
    days = clocks.calendar(clocks.agency_of(dossier))
    return _sum(days, dossier.filed_at, clocks.ACCEPTANCE, (), now, ACCEPTANCE)


def _sum(
    days: Calendar, since: datetime, limit: Limit, events: Sequence[ClockEvent], asked_at: datetime, name: Text
) -> tuple[Line, ...]:
    reading = compute(
        days, received_at=since, limit=clocks.spec_of(limit), events=events, asked_at=max(asked_at, since)
    )
    return explain_due(reading, name)
