"""Reads of what runs with nobody at the keyboard: who works, and what is due and not done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal_column, select, text

from storage import queue
from storage.database import hands_over, session
from storage.tables import Batch, Definition, Dossier, ExternalTask, Incident, Instance, OutboxMessage, StartTimer, Task

ALIVE = timedelta(seconds=15)
"""A worker asks the database something every two seconds."""

_WORKERS = text(
    """
SELECT substr(application_name, :skip), min(backend_start) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE :name
GROUP BY application_name HAVING max(state_change) > now() - CAST(:alive AS interval) ORDER BY 2, 1
"""
)
_QUEUED = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
)
_DUE: dict[str, Select[*tuple[Any, ...]]] = {
    "timers": select(Instance.next_due_at.label("at")).where(Instance.next_due_at.is_not(None)),
    "starts": select(StartTimer.due_at.label("at"))
    .join(Definition, Definition.id == StartTimer.definition_id)
    .where(Definition.suspended_at.is_(None)),
    "retries": select(Incident.next_try_at.label("at")).where(Incident.next_try_at.is_not(None)),
    "messages": select(OutboxMessage.due_at.label("at")).where(OutboxMessage.state == "waiting"),
    "work": select(ExternalTask.available_at.label("at")).where(
        ExternalTask.state == literal_column("'open'"), ExternalTask.connector != literal_column("''")
    ),
    "deadlines": select(Task.next_deadline_at.label("at")).where(Task.next_deadline_at.is_not(None)),
    "batches": select(Batch.due_at.label("at")).where(Batch.due_at.is_not(None)),
    "limits": select(Dossier.next_deadline_at.label("at")).where(Dossier.next_deadline_at.is_not(None)),
}
"""The moments of each kind of due work; an index gives the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process of the distributed jobs: `machine:process`."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What is due of a kind and not done: how many (up to a limit), and since when."""

    kind: str
    count: int
    since: datetime


def workers() -> tuple[Worker, ...] | None:
    """Give the workers that live; None where jobs are not distributed."""
    if not hands_over():
        return None
    name = f"{queue.WORKER} "
    found = session().execute(_WORKERS, {"skip": len(name) + 1, "name": f"{name}%", "alive": ALIVE})
    return tuple(Worker(name=row[0], since=row[1]) for row in found)


def queued() -> int:
    """Count the jobs that a worker could take now."""
    return int(session().execute(_QUEUED).scalar_one())


def is_queue_migrated() -> bool:
    """Say whether the queue is as the installed library wants it; where there is none, it is."""
    return not hands_over() or queue.version_of(session().connection()) == queue.newest()


def oldest_due() -> datetime | None:
    """Give the moment of the work that is or will be due first."""
    firsts = [session().scalar(select(func.min(each.subquery().c.at))) for each in _DUE.values()]
    return min((moment for moment in firsts if moment is not None), default=None)


def overdue(before: datetime, most: int) -> tuple[Overdue, ...]:
    """Give what was due before and is not done, by kind; each counted up to `most`."""
    found = []
    for kind, query in _DUE.items():
        late = query.subquery()
        rows = select(late.c.at).where(late.c.at <= before).order_by(late.c.at).limit(most).subquery()
        count, since = session().execute(select(func.count(), func.min(rows.c.at))).one()
        if count:
            found.append(Overdue(kind=kind, count=count, since=since))
    return tuple(found)
