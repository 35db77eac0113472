"""Forecasts: dossiers that are likely to be late, told before they are at risk, once each.

A step is looked at when it has begun and again each day, when the pace of steps was summed up anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services import apologies, clocks, escalation, loading, log, pace
from services.permissions import SYSTEM
from services.runs import hold
from storage.database import session, verb
from storage.rows import pace as rows
from storage.rows import tasks
from storage.rows.pace import Step, Waiting
from storage.tables import Dossier, Mark, StepPace, Task
from texts import Text

PORTION = 500
A_DAY = 480
"""Working minutes."""
"""Open steps that are looked at together."""


def advance(*, now: datetime, portion: int = PORTION) -> int:
    """Look at the open steps that were not looked at yet, and raise what is likely late; give how many were raised."""
    raised = 0
    while True:
        mark = rows.mark(pace.FORECAST)
        found = rows.waiting((mark.at, mark.row_id) if mark else None, portion)
        paces = pace.of({(each.process_key, each.element_id) for each in found})
        for each in found:
            end = _end(each, paces, now)
            if end is not None and end > each.due_at:
                raised += raise_dossier(each.dossier_id, each.instance_id, now=now)
        if found:
            _keep(found[-1])
        if len(found) < portion:
            return raised


@verb
def raise_dossier(dossier_id: str, instance_id: str, *, now: datetime) -> bool:
    """Say of a dossier that it is likely to be late, if it is so still and nothing was raised for it; say whether."""
    run = hold(instance_id, actor=SYSTEM.username, now=now)
    dossier = run.dossier
    if dossier is None or dossier.id != dossier_id or dossier.ended_at or dossier.finished_at or dossier.due_at is None:
        return False
    if dossier.likely_late_at or dossier.at_risk_at or dossier.breached_at:
        return False
    end, due_at = expected_end(dossier, tasks.open_of(instance_id), now=now), apologies.promised(dossier, now=now)
    if end is None or due_at is None or end <= due_at:
        return False
    dossier.likely_late_at = now
    data = {"dossier": dossier.code, "due_at": due_at.isoformat(), "expected_at": end.isoformat()}
    log.append(run.instance, "dossier.likely_late", actor=SYSTEM.username, now=now, data=data)
    apologies.draft(run, dossier, "likely_late", expected_at=end)
    escalation.tell(run, dossier, "likely_late")
    return True


def expected_end(dossier: Dossier, open_tasks: Sequence[Task], *, now: datetime) -> datetime | None:
    """Give when a dossier is likely to be finished: by the step that takes it furthest; None where it is not known."""
    paces = pace.of({(task.process_key, task.element_id) for task in open_tasks})
    agency = clocks.agency_of(dossier)
    ends = [
        pace.expected_end(paces.get((task.process_key, task.element_id)), since=task.created_at, now=now, agency=agency)
        for task in open_tasks
    ]
    known = [end for end in ends if end is not None]
    return max(known, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """When a dossier is likely to be finished, and what says so."""

    step: Text
    """The open step that takes it furthest."""
    dossiers: int
    """So many that went this way before it, the latest."""
    half_at: datetime
    most_at: datetime
    """Half of them, and four of five, would be finished by then."""
    half_days: float
    most_days: float
    """The same in working days from the beginning of the step."""
    is_late: bool
    """It is likely to be later than promised."""
    is_beyond: bool
    """It has taken longer than four of five: nothing can be said of when it ends."""
    told_at: datetime | None
    """When it was told that it is likely to be late."""

    asked_at: datetime

    @property
    def is_beyond_half(self) -> bool:
        """Say whether half of them had been finished by now, so that only the later end means anything."""
        return self.half_at <= self.asked_at


def outlook(dossier: Dossier, *, now: datetime) -> Outlook | None:
    """Tell when an open dossier is likely to be finished; None where it is done or paused, or too little is known."""
    if dossier.finished_at is not None or dossier.ended_at is not None or dossier.due_at is None:
        return None
    open_tasks = tasks.open_of(dossier.instance_id)
    paces = pace.of({(task.process_key, task.element_id) for task in open_tasks})
    agency, found = clocks.agency_of(dossier), list[tuple[datetime, datetime, Task, StepPace]]()
    for task in open_tasks:
        known = paces.get((task.process_key, task.element_id))
        span = pace.ends(known, since=task.created_at, agency=agency) if known else None
        if known and span:
            found.append((span[1], span[0], task, known))
    if not found:
        return None
    most_at, half_at, task, known = max(found, key=lambda each: each[0])
    expected, due_at = next((end for end in (half_at, most_at) if end > now), now), apologies.promised(dossier, now=now)
    loaded = loading.load(task.definition_id)
    return Outlook(
        step=loaded.step_name(task.process_key, task.element_id, task.name), dossiers=known.rests, half_at=half_at,
        most_at=most_at, half_days=_days(known.rest_median), most_days=_days(known.rest_most),
        is_late=due_at is not None and expected > due_at, is_beyond=most_at <= now, told_at=dossier.likely_late_at,
        asked_at=now,
    )  # fmt: skip


def _days(minutes: int | None) -> float:
    return round((minutes or 0) / A_DAY, 1)


def _end(waiting: Waiting, paces: Mapping[Step, StepPace], now: datetime) -> datetime | None:
    return pace.expected_end(paces.get((waiting.process_key, waiting.element_id)), since=waiting.created_at, now=now)


@verb
def _keep(last: Waiting) -> None:
    mark = rows.mark(pace.FORECAST)
    if mark is None:
        mark = Mark(name=pace.FORECAST)
        session().add(mark)
    mark.at, mark.row_id = last.created_at, last.id
