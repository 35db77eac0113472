"""Open dossiers and steps whose time runs over changed days, in the order of their due moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import load_only

from storage.database import session
from storage.tables import IS_OPEN, Dossier, Instance, Task

TOGETHER = 1_000
"""Dossiers that are read at one go."""
_READ = load_only(
    Dossier.id, Dossier.code, Dossier.instance_id, Dossier.definition_id, Dossier.key, Dossier.case_id, Dossier.channel,
    Dossier.procedure_name, Dossier.procedure_name_en, Dossier.unit_code, Dossier.applicant_name, Dossier.accepted_at,
    Dossier.finished_at, Dossier.ended_at, Dossier.clock, Dossier.clock_state, Dossier.due_at, Dossier.due_soon_at,
    Dossier.status,
)  # fmt: skip

Place = tuple[datetime, str]


def due_from(
    start: datetime, end: datetime, definition_ids: Sequence[str] | None = None, *, after: Place | None = None
) -> Iterator[Dossier]:
    """Give open dossiers that were accepted before `end` and are due from `start` on, the earliest due first.

    What a change of the days in [start, end) can move is among them: a limit reads the days up to its end only.
    `definition_ids`: of these only.
    """
    while True:
        query = select(Dossier).where(*_due(start, end, definition_ids))
        if after is not None:
            query = query.where(tuple_(Dossier.due_at, Dossier.id) > tuple_(*after))
        query = query.order_by(Dossier.due_at, Dossier.id).limit(TOGETHER).options(_READ)
        rows = session().scalars(query).all()
        yield from rows
        if len(rows) < TOGETHER or rows[-1].due_at is None:
            return
        after = rows[-1].due_at, rows[-1].id
        for row in rows:
            if row not in session().dirty:
                session().expunge(row)  # a hundred thousand of them need not be kept


def count_due(start: datetime, end: datetime, definition_ids: Sequence[str] | None = None) -> int:
    """Count them, with those that have no due date because the calendar lacked a year."""
    beyond = and_(Dossier.ended_at.is_(None), Dossier.clock_state == "no_calendar")
    query = select(func.count()).select_from(Dossier).where(or_(and_(*_due(start, end, definition_ids)), beyond))
    return session().execute(query).scalar_one()


def definitions_due(start: datetime, end: datetime) -> Sequence[str]:
    """Give the definitions of those that are due from `start` on."""
    return session().scalars(select(Dossier.definition_id).where(*_due(start, end)).distinct()).all()


def instances_due(start: datetime, end: datetime, definition_ids: Sequence[str] | None = None) -> Sequence[str]:
    """Give the instances of those that are due from `start` on, and of those beyond the calendar."""
    due = select(Dossier.instance_id).where(*_due(start, end, definition_ids)).order_by(Dossier.due_at, Dossier.id)
    beyond = select(Dossier.instance_id).where(Dossier.ended_at.is_(None), Dossier.clock_state == "no_calendar")
    return [*session().scalars(beyond), *session().scalars(due)]


def _due(start: datetime, end: datetime, definition_ids: Sequence[str] | None = None) -> list[ColumnElement[bool]]:
    own = [] if definition_ids is None else [Dossier.definition_id.in_(definition_ids)]
    return [
        Dossier.ended_at.is_(None), Dossier.due_at.is_not(None), Dossier.due_at >= start,
        Dossier.finished_at.is_(None), Dossier.accepted_at < end, *own,
    ]  # fmt: skip


def beyond_the_calendar() -> Sequence[Dossier]:
    """Give open dossiers that have no due date because the calendar lacked a year."""
    query = select(Dossier).where(Dossier.ended_at.is_(None), Dossier.clock_state == "no_calendar").options(_READ)
    return session().scalars(query.order_by(Dossier.id)).all()


def count_steps(start: datetime, end: datetime) -> int:
    """Count the open tasks with a limit that runs over these moments."""
    query = select(func.count()).select_from(Task).where(IS_OPEN, Task.due_at >= start, Task.created_at < end)
    return session().execute(query).scalar_one()


def instances_of_steps(start: datetime, end: datetime) -> Sequence[str]:
    """Give the instances of those tasks, and of filings whose acceptance is due, each once."""
    steps = select(Task.instance_id).where(
        IS_OPEN, Task.dossier_id.is_not(None), Task.due_at >= start, Task.created_at < end
    )
    filings = select(Dossier.instance_id).where(
        Dossier.ended_at.is_(None), Dossier.accepted_at.is_(None),
        or_(Dossier.acceptance_due_at >= start, Dossier.acceptance_due_at.is_(None)), Dossier.filed_at < end,
    )  # fmt: skip
    found = session().scalars(steps.distinct()).all()
    return list(dict.fromkeys([*found, *session().scalars(filings)]))


def instances_of_pauses(start: datetime) -> Sequence[str]:
    """Give the instances of dossiers that wait for an answer until `start` or later."""
    query = select(Dossier.instance_id).where(
        Dossier.ended_at.is_(None), Dossier.clock_state == "paused", Dossier.next_deadline_at >= start
    )
    return session().scalars(query).all()


def open_definitions(end: datetime) -> Sequence[str]:
    """Give the definitions of which there are open instances that began before `end`."""
    return session().scalars(select(Instance.definition_id).where(*_timed(end)).distinct()).all()


def instances_of(definition_ids: Sequence[str], end: datetime) -> Sequence[str]:
    """Give the open instances of these definitions that began before `end` and have a timer, or stand still."""
    query = select(Instance.id).where(*_timed(end), Instance.definition_id.in_(definition_ids))
    return session().scalars(query.order_by(Instance.id)).all() if definition_ids else ()


def _timed(end: datetime) -> tuple[ColumnElement[bool], ...]:
    """One that stands still has no moment of its next timer."""
    waits = or_(Instance.next_due_at.is_not(None), Instance.status == "suspended")
    return Instance.ended_at.is_(None), Instance.started_at < end, waits
