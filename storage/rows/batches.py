"""Batches and their items, for verbs and jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from storage.database import session
from storage.queries.selection import Selection, conditions
from storage.rows.instances import FAR
from storage.tables import Batch, BatchItem, Instance
from storage.types import Moment

MANY = 500
"""Ids that one statement looks up."""


def load(batch_id: str, *, lock: bool = False) -> Batch | None:
    """Load a batch as it is now; with `lock` its counts stand still until the commit."""
    return session().get(Batch, batch_id, with_for_update=lock or None, populate_existing=True)


def due(now: datetime, limit: int) -> Sequence[str]:
    """Give ids of batches with something left to do, those first that have waited longest."""
    query = select(Batch.id).where(Batch.due_at <= now).order_by(Batch.due_at).limit(limit)
    return session().scalars(query).all()


_TAKE = (
    select(BatchItem)
    .join(Batch, Batch.id == BatchItem.batch_id)
    .where(BatchItem.batch_id == bindparam("batch_id"), BatchItem.state == "waiting", Batch.due_at.is_not(None))
    .order_by(BatchItem.position)
    .limit(1)
    .with_for_update(skip_locked=True, of=BatchItem)
    .execution_options(**FAR)
)


def take(batch_id: str) -> BatchItem | None:
    """Give and hold the next item that waits; what another worker holds is passed over."""
    return session().scalar(_TAKE, {"batch_id": batch_id})


def item(batch_id: str, position: int) -> BatchItem | None:
    """Load and hold one item."""
    return session().get(BatchItem, (batch_id, position), with_for_update=True, populate_existing=True)


def count(batch_id: str, *, done: int = 0, failed: int = 0, now: datetime) -> None:
    """Add to a batch's counts; with its last item it is completed. Others wait for this row until the commit."""
    has_ended = Batch.done + Batch.failed + done + failed >= Batch.total
    is_cancelled = Batch.state == "cancelled"
    moment = literal(now, Moment())
    values: dict[str, Any] = {
        "done": Batch.done + done,
        "failed": Batch.failed + failed,
        "state": case((is_cancelled, "cancelled"), (has_ended, "completed"), else_="running"),
        "due_at": case((is_cancelled, null()), (has_ended, null()), else_=moment),
        "ended_at": case((is_cancelled, Batch.ended_at), (has_ended, moment), else_=null()),
    }
    written = update(Batch).where(Batch.id == batch_id).values(values)
    session().execute(written.execution_options(synchronize_session=False))


def fill_with(batch_id: str, wanted: Selection, *, most: int) -> int:
    """Give a batch all instances that are wanted, the oldest first, at most so many; say how many."""
    place = func.row_number().over(order_by=(Instance.started_at, Instance.id))
    chosen = select(literal(batch_id), place, Instance.id, literal("waiting")).where(*conditions(wanted))
    columns = ["batch_id", "position", "instance_id", "state"]
    written = insert(BatchItem).from_select(columns, chosen.limit(most), include_defaults=False)
    written = written.execution_options(preserve_rowcount=True)
    return cast("CursorResult[Any]", session().execute(written)).rowcount


def fill(batch_id: str, instance_ids: Sequence[str]) -> None:
    """Give a batch these instances in this order."""
    rows = [
        {"batch_id": batch_id, "position": place, "instance_id": instance_id, "state": "waiting"}
        for place, instance_id in enumerate(instance_ids, 1)
    ]
    session().execute(insert(BatchItem), rows)


def fill_tasks(batch_id: str, items: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    """Give a batch these tasks in this order: (task id, its instance, what is said of it alone)."""
    rows = [
        {
            "batch_id": batch_id, "position": place, "instance_id": instance_id, "task_id": task_id, "given": given,
            "state": "waiting",
        }
        for place, (task_id, instance_id, given) in enumerate(items, 1)
    ]  # fmt: skip
    session().execute(insert(BatchItem), rows)


def known(instance_ids: Sequence[str]) -> set[str]:
    """Give those of these ids that are instances."""
    return {
        instance_id
        for some in _parts(instance_ids)
        for instance_id in session().scalars(select(Instance.id).where(Instance.id.in_(some)))
    }


def failed_again(batch_id: str) -> None:
    """Let the failed items of a batch wait once more."""
    values = {"state": "waiting", "code": None, "message_vi": None, "message_en": None, "done_at": None}
    failed = update(BatchItem).where(BatchItem.batch_id == batch_id, BatchItem.state == "failed").values(values)
    session().execute(failed.execution_options(synchronize_session=False))


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    every = list(ids)
    for first in range(0, len(every), MANY):
        yield every[first : first + MANY]
