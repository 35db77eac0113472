"""The pace of steps, and marks of jobs, for verbs and jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_

from storage.database import session
from storage.tables import IS_OPEN, Dossier, Mark, StepPace, Task

LATEST = 200
"""So many steps, the latest done, say how long one takes."""
LOOKED_AT = 5 * LATEST
"""Among so many are those looked for whose dossier is finished."""

Step = tuple[str, str]
"""Process key and element id."""


class Done(NamedTuple):
    """One step that was done, and the end of its dossier."""

    created_at: datetime
    completed_at: datetime
    finished_at: datetime | None
    clock: Sequence[Mapping[str, Any]]


class Waiting(NamedTuple):
    """One open step of a dossier that nothing was raised for."""

    id: str
    dossier_id: str
    instance_id: str
    process_key: str
    element_id: str
    created_at: datetime
    due_at: datetime
    """The dossier's."""


def open_steps() -> Sequence[Step]:
    """Give the elements at which dossiers wait now."""
    query = select(Task.process_key, Task.element_id).where(IS_OPEN, Task.dossier_id.is_not(None)).distinct()
    return [(row[0], row[1]) for row in session().execute(query.order_by(Task.process_key, Task.element_id))]


def latest(step: Step) -> Sequence[Done]:
    """Give the latest steps of an element that were done, the latest first; found by an index."""
    some = (
        select(Task.created_at, Task.completed_at, Task.dossier_id)
        .where(
            Task.process_key == step[0], Task.element_id == step[1], Task.completed_by.is_not(None),
            Task.state == "completed",
        )
        .order_by(Task.completed_at.desc())
        .limit(LOOKED_AT)
        .subquery()
    )  # fmt: skip
    query = select(some.c.created_at, some.c.completed_at, Dossier.finished_at, Dossier.clock).join(
        Dossier, Dossier.id == some.c.dossier_id
    )
    return [Done(*row) for row in session().execute(query.order_by(some.c.completed_at.desc()))]


def paces(steps: Collection[Step]) -> Mapping[Step, StepPace]:
    """Give the pace of these steps, of those that have one."""
    query = select(StepPace).where(tuple_(StepPace.process_key, StepPace.element_id).in_(list(steps)))
    return {(row.process_key, row.element_id): row for row in session().scalars(query)} if steps else {}


def waiting(after: tuple[datetime, str] | None, limit: int) -> Sequence[Waiting]:
    """Give open steps behind a mark, of dossiers with a due date that nothing was raised for."""
    query = (
        select(
            Task.id, Task.dossier_id, Task.instance_id, Task.process_key, Task.element_id, Task.created_at,
            Dossier.due_at,
        )
        .join(Dossier, Dossier.id == Task.dossier_id)
        .where(
            IS_OPEN, Dossier.due_at.is_not(None), Dossier.likely_late_at.is_(None), Dossier.at_risk_at.is_(None),
            Dossier.breached_at.is_(None), Dossier.finished_at.is_(None), Dossier.ended_at.is_(None),
        )
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(Task.created_at, Task.id) > tuple_(*after))
    rows = session().execute(query.order_by(Task.created_at, Task.id).limit(limit))
    return [Waiting._make(row) for row in rows]


def mark(name: str) -> Mark | None:
    """Give how far a job has come."""
    return session().get(Mark, name, populate_existing=True)
