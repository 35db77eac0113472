"""What a batch of tasks is for, and what came of each; batches of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from storage.database import session
from storage.queries.batches import BatchRow
from storage.tables import Batch, BatchItem, Dossier, Instance, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A task that was chosen; `log_seq`: how many events its instance had then."""

    task: Task
    code: str | None
    applicant_name: str | None
    log_seq: int
    is_suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """One task of a batch, and what came of it."""

    position: int
    task_id: str
    definition_id: str
    process_key: str
    element_id: str
    name: str
    dossier_code: str | None
    applicant_name: str | None
    given: dict[str, Any] | None
    """What is said of this one alone."""
    state: str
    code: str | None
    message_vi: str | None
    message_en: str | None
    done_at: datetime | None


_COLUMNS = tuple(getattr(Batch, name) for name in BatchRow.__slots__)


def chosen(task_ids: Sequence[str]) -> tuple[Chosen, ...]:
    """Give those of these tasks that there are, in the order of the ids; whether they may be seen services say."""
    query = (
        select(Task, Dossier.code, Dossier.applicant_name, Instance.log_seq, Instance.status)
        .join(Instance, Instance.id == Task.instance_id)
        .outerjoin(Dossier, Dossier.id == Task.dossier_id)
        .where(Task.id.in_(list(task_ids)))
        .options(defer(Task.answers))
    )
    found = {
        row[0].id: Chosen(
            task=row[0], code=row[1], applicant_name=row[2], log_seq=row[3], is_suspended=row[4] == "suspended"
        )
        for row in session().execute(query.execution_options(populate_existing=True))
    }
    return tuple(found[task_id] for task_id in task_ids if task_id in found)


def items(batch_id: str, *, state: str | None = None, after: int = 0, limit: int = 50) -> tuple[TaskItem, ...]:
    """Give the tasks of a batch behind a position, in their order."""
    query = (
        select(
            BatchItem.position, BatchItem.task_id, Task.definition_id, Task.process_key, Task.element_id, Task.name,
            Dossier.code.label("dossier_code"), Dossier.applicant_name, BatchItem.given, BatchItem.state,
            BatchItem.code, BatchItem.message_vi, BatchItem.message_en, BatchItem.done_at,
        )
        .join(Task, Task.id == BatchItem.task_id)
        .outerjoin(Dossier, Dossier.id == Task.dossier_id)
        .where(BatchItem.batch_id == batch_id, BatchItem.position > after)
    )  # fmt: skip
    if state is not None:
        query = query.where(BatchItem.state == state)
    found = session().execute(query.order_by(BatchItem.position).limit(limit))
    return tuple(TaskItem(**row._mapping) for row in found)


def made_by(username: str, kinds: Sequence[str], limit: int) -> tuple[BatchRow, ...]:
    """Give the latest batches of these kinds that a person has made."""
    query = select(*_COLUMNS).where(Batch.created_by == username, Batch.kind.in_(kinds))
    found = session().execute(query.order_by(Batch.created_at.desc(), Batch.id.desc()).limit(limit))
    return tuple(BatchRow(**row._mapping) for row in found)
