"""Paused dossiers, and instances with timers, that a change of the calendar concerns; the longest there first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from storage.database import session
from storage.tables import Dossier, Instance

TOGETHER = 200
"""Instances whose ids are read at one go."""

Place = tuple[datetime, str]
"""When it was filed or started, and its id."""


def definitions_paused(end: datetime) -> Sequence[str]:
    """Give the definitions of paused dossiers that were accepted before `end`."""
    return session().scalars(select(Dossier.definition_id).where(*_paused(end)).distinct()).all()


def count_paused(end: datetime, definition_ids: Sequence[str]) -> int:
    """Count the paused dossiers of these definitions that were accepted before `end`."""
    query = select(func.count()).select_from(Dossier)
    return session().execute(query.where(*_paused(end), Dossier.definition_id.in_(definition_ids))).scalar_one()


def paused(
    end: datetime, definition_ids: Sequence[str], *, after: Place | None, limit: int
) -> tuple[Sequence[Dossier], Place | None]:
    """Give one page of them."""
    query = select(Dossier).where(*_paused(end), Dossier.definition_id.in_(definition_ids))
    if after is not None:
        query = query.where(tuple_(Dossier.filed_at, Dossier.id) > tuple_(*after))
    rows = session().scalars(query.order_by(Dossier.filed_at, Dossier.id).limit(limit + 1)).all()
    more = len(rows) > limit
    return rows[:limit], (rows[limit - 1].filed_at, rows[limit - 1].id) if more else None


def definitions_timed(end: datetime) -> Sequence[str]:
    """Give the definitions of which there are open instances that began before `end`."""
    return session().scalars(select(Instance.definition_id).where(*_timed(end)).distinct()).all()


def count_timed(definition_ids: Sequence[str], end: datetime) -> int:
    """Count the open instances of these definitions that began before `end` and have a timer, or stand still."""
    query = select(func.count()).select_from(Instance).where(*_timed(end), Instance.definition_id.in_(definition_ids))
    return session().execute(query).scalar_one() if definition_ids else 0


def timed(definition_ids: Sequence[str], end: datetime, *, after: Place | None) -> Iterator[tuple[Place, str]]:
    """Give their places and ids."""
    while definition_ids:
        query = select(Instance.started_at, Instance.id)
        query = query.where(*_timed(end), Instance.definition_id.in_(definition_ids))
        if after is not None:
            query = query.where(tuple_(Instance.started_at, Instance.id) > tuple_(*after))
        rows = session().execute(query.order_by(Instance.started_at, Instance.id).limit(TOGETHER)).all()
        for row in rows:
            after = row.started_at, row.id
            yield after, row.id
        if len(rows) < TOGETHER:
            return


def _paused(end: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Dossier.finished_at.is_(None), Dossier.ended_at.is_(None), Dossier.clock_state == "paused",
        Dossier.accepted_at < end,
    )  # fmt: skip


def _timed(end: datetime) -> tuple[ColumnElement[bool], ...]:
    """One that stands still has no moment of its next timer."""
    waits = or_(Instance.next_due_at.is_not(None), Instance.status == "suspended")
    return Instance.ended_at.is_(None), Instance.started_at < end, waits
