"""Deadlines: what becomes at risk or breached is raised once: shown, in the log, and told to whom it concerns."""

from __future__ import annotations

from datetime import datetime

from clock.model import State
from services import acceptance, apologies, clocks, escalation, forecasts, log
from services import dossiers as dossiers_
from services.permissions import SYSTEM
from services.runs import hold
from storage.database import verb
from storage.rows import dossiers, tasks
from storage.tables import Dossier, Task


def due(now: datetime, limit: int = 500) -> list[tuple[str, str, str]]:
    """Give (kind, id, instance id) of dossiers and tasks that something is to be raised for."""
    found = [("dossier", *row) for row in dossiers.deadlines_due(now, limit)]
    return found + [("task", *row) for row in tasks.deadlines_due(now, limit)]


@verb
def raise_dossier(dossier_id: str, instance_id: str, *, now: datetime) -> None:
    """Raise what is due on a dossier's acceptance or legal limit; the apology is drafted before that has passed."""
    run = hold(instance_id, actor=SYSTEM.username, now=now)
    dossier = run.dossier
    if dossier is None or dossier.id != dossier_id or dossier.ended_at is not None:
        return
    if dossier.accepted_at is None:
        acceptance.raise_due(run, dossier)
        return
    clocks.refresh(dossier, run.limits, now=now)
    if dossier.clock_state == State.LAPSED:
        dossiers_.lapse(run, dossier)
        return
    for kind in _raised(dossier, dossier.due_soon_at, dossier.due_at, now):
        data = {"dossier": dossier.code, "due_at": dossier.due_at.isoformat() if dossier.due_at else None}
        log.append(run.instance, f"dossier.{kind}", actor=SYSTEM.username, now=now, data=data)
        expected_at = forecasts.expected_end(dossier, tasks.open_of(instance_id), now=now)
        apologies.draft(run, dossier, kind, expected_at=expected_at)
        escalation.tell(run, dossier, kind)
    clocks.refresh(dossier, run.limits, now=now)


@verb
def raise_task(task_id: str, instance_id: str, *, now: datetime) -> None:
    """Raise what is due on a step's limit."""
    run = hold(instance_id, actor=SYSTEM.username, now=now)
    task = tasks.load(task_id)
    if task is None or task.state != "open":
        return
    element = run.loaded.element(task.process_key, task.element_id)
    limit = element.limit if element else None
    soon = clocks.due_soon_of(task, limit, clocks.pauses_since(run.dossier, task.created_at), now=now)
    for kind in _raised(task, soon, task.due_at, now):
        data = {"task": task.id, "element": task.element_id, "due_at": task.due_at.isoformat() if task.due_at else None}
        log.append(run.instance, f"task.{kind}", actor=SYSTEM.username, now=now, data=data)
        if run.dossier is not None:
            escalation.tell(run, run.dossier, kind, task)
    task.next_deadline_at = clocks.next_deadline(task, soon, task.due_at)


def _raised(row: Dossier | Task, due_soon_at: datetime | None, due_at: datetime | None, now: datetime) -> list[str]:
    """Mark and give what is to be raised: both at once where the server was down over both moments."""
    kinds = []
    if row.at_risk_at is None and due_soon_at is not None and due_soon_at <= now:
        row.at_risk_at = now
        kinds.append("at_risk")
    if row.breached_at is None and due_at is not None and due_at + clocks.A_MINUTE <= now:
        row.breached_at = now
        kinds.append("breached")
    return kinds
