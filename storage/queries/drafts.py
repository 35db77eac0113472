"""Drafts for lists: a person's own of filings, and those of tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.database import session
from storage.tables import Definition, Draft, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One draft of a filing, and the procedure it is for as it was when it was typed."""

    id: str
    key: str
    definition_id: str
    case_id: str
    name: str
    name_en: str
    saved_at: datetime
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """Who has saved the draft of a task last, and when."""

    name: str
    saved_by: str
    saved_at: datetime


def of_tasks(task_ids: Collection[str]) -> Mapping[str, TaskDraft]:
    """Give the drafts of these tasks by their task, in one statement; none where there are no ids."""
    if not task_ids:
        return {}
    query = (
        select(Draft.task_id, Draft.saved_by, Draft.saved_at, Person.name)
        .outerjoin(Person, Person.username == Draft.saved_by)
        .where(Draft.task_id.in_(task_ids), Draft.dropped_at.is_(None))
    )
    return {
        row.task_id: TaskDraft(name=row.name or row.saved_by, saved_by=row.saved_by, saved_at=row.saved_at)
        for row in session().execute(query)
    }


def filings_of(username: str, limit: int) -> Sequence[DraftRow]:
    """Give a person's drafts that were not thrown away, the one saved last first."""
    query = (
        select(
            Draft.id, Draft.key, Draft.definition_id, Draft.case_id,
            Definition.name, Definition.name_en, Draft.saved_at, Draft.device,
        )
        .join(Definition, Definition.id == Draft.definition_id)
        .where(Draft.owner == username, Draft.kind == "filing", Draft.dropped_at.is_(None))
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [DraftRow(**row._mapping) for row in session().execute(query)]


def count_filings(username: str) -> int:
    """Count them."""
    query = select(func.count()).where(Draft.owner == username, Draft.kind == "filing", Draft.dropped_at.is_(None))
    return session().execute(query).scalar_one()
