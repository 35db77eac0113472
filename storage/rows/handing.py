"""Handing over: which rows are due soon, for the workers of the distributed jobs (storage/queue.py).

A verb notes what it makes due (`hand_over`), and its commit hands that over: only what is due soon, so that the queue
stays short however many timers of next month there are. The sweep (services/handing.py) hands over the rest in time.
Where jobs are not distributed nothing is noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select, text

from storage import queue
from storage.database import handed, session
from storage.queue import Job
from storage.tables import Definition, ExternalTask, Incident, Instance, OutboxMessage, StartTimer

NEAR = timedelta(seconds=10)
"""What is due later than this waits for the sweep, which looks as far ahead and comes twice as often."""


class Kind(StrEnum):
    """Kinds of due work; each is a task of the queue."""

    TIMER = "timer"
    """The timers of an instance."""
    START = "start"
    """A timer start event: `definition element`."""
    INCIDENT = "incident"
    """An incident that is tried again."""
    MESSAGE = "message"
    """A message in the outbox."""
    WORK = "work"
    """A connector's work."""


CALLS = frozenset({Kind.MESSAGE, Kind.WORK})
"""Calls to the outside: they hold no lock of an instance, so that its timers go on while a slow service is called;
what comes of them is reported in a transaction that locks the instance's row."""

_IN_HAND = text(
    "SELECT task_name, jsonb_array_elements_text(args -> 'ids') FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing') AND jsonb_typeof(args -> 'ids') = 'array'"
)
_DUE: Mapping[Kind, Select[*tuple[Any, ...]]] = {
    Kind.TIMER: select(Instance.id, Instance.next_due_at, Instance.id)
    .where(Instance.next_due_at <= bindparam("until"), Instance.status == "running")
    .order_by(Instance.next_due_at),
    Kind.START: select(
        StartTimer.definition_id + literal_column("' '") + StartTimer.element_id,
        StartTimer.due_at,
        literal_column("'start:'") + StartTimer.definition_id,
    )
    .join(Definition, Definition.id == StartTimer.definition_id)
    .where(StartTimer.due_at <= bindparam("until"), Definition.suspended_at.is_(None))
    .order_by(StartTimer.due_at),
    Kind.INCIDENT: select(Incident.id, Incident.next_try_at, Incident.instance_id)
    .join(Instance, Instance.id == Incident.instance_id)
    .where(Incident.next_try_at <= bindparam("until"), Instance.status == "running")
    .order_by(Incident.next_try_at),
    Kind.MESSAGE: select(OutboxMessage.id, OutboxMessage.due_at, OutboxMessage.id)
    .where(OutboxMessage.state == "waiting", OutboxMessage.due_at <= bindparam("until"))
    .order_by(OutboxMessage.due_at),
    Kind.WORK: select(ExternalTask.id, ExternalTask.available_at, ExternalTask.instance_id)
    .join(Instance, Instance.id == ExternalTask.instance_id)
    .where(
        ExternalTask.state == literal_column("'open'"),
        ExternalTask.connector != literal_column("''"),
        ExternalTask.available_at <= bindparam("until"),
        Instance.status == "running",
    )
    .order_by(ExternalTask.available_at),
}


def hand_over(kind: Kind, row_id: str, due_at: datetime | None, *, instance_id: str) -> None:
    """Hand a row over with the present commit where it is due soon; what was noted of it before counts no more."""
    jobs = handed()
    if jobs is None:
        return
    if due_at is None or due_at > datetime.now(UTC) + NEAR:
        jobs.pop((kind, row_id), None)
    else:
        jobs[kind, row_id] = job(kind, row_id, due_at, instance_id=instance_id)


def job(kind: Kind, row_id: str, due_at: datetime, *, instance_id: str) -> Job:
    """Give the job of one row: jobs of one instance never run at the same time, and none is queued twice."""
    return Job(
        kind=kind.value,
        ids=(row_id,),
        at=due_at,
        queue=line_of(kind),
        lock=f"{kind}:{row_id}" if kind in CALLS else instance_id,
        once=f"{kind}:{row_id}@{due_at.timestamp():.3f}",
    )


def line_of(kind: Kind) -> str:
    """Say in which of the two lines this kind of work stands."""
    return queue.OUTSIDE if kind in CALLS else queue.INSIDE


def in_hand() -> frozenset[tuple[str, str]]:
    """Give (kind, row) of all that is queued or being done."""
    return frozenset((kind, row_id) for kind, row_id in session().execute(_IN_HAND))


def due(kind: Kind, until: datetime, limit: int) -> Sequence[tuple[str, datetime, str]]:
    """Give (row, due moment, instance) of what is due by a moment, the longest due first."""
    return [(row[0], row[1], row[2]) for row in session().execute(_DUE[kind].limit(limit), {"until": until})]
