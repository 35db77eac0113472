"""Lists of batches and of their items, and what a batch would be for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.queries.selection import Selection, conditions
from storage.tables import Batch, BatchItem, Definition, Dossier, Instance

SORTS: dict[str, InstrumentedAttribute[Any]] = {"created_at": Batch.created_at}
STATES = ("waiting", "running", "completed", "cancelled")
ITEM_STATES = ("waiting", "done", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as it is stored."""

    id: str
    kind: str
    parameters: dict[str, Any]
    reason: str
    state: str
    total: int
    done: int
    failed: int
    created_at: datetime
    created_by: str
    run_by: str
    ended_at: datetime | None

    @property
    def left(self) -> int:
        """Say how many items were not looked at yet."""
        return self.total - self.done - self.failed

    @property
    def is_open(self) -> bool:
        """Say whether it goes on."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One instance of a batch, and what came of it; `code_of_dossier` where it is a dossier's."""

    position: int
    instance_id: str
    state: str
    code: str | None
    message_vi: str | None
    message_en: str | None
    done_at: datetime | None
    definition_id: str
    business_key: str | None
    status: str
    dossier_code: str | None


_COLUMNS = tuple(getattr(Batch, name) for name in BatchRow.__slots__)
_OF_ITEM = ("position", "instance_id", "state", "code", "message_vi", "message_en", "done_at")


def listed(
    *, state: str | None = None, sort: str = "created_at", descending: bool = True, after: Place | None = None,
    limit: int = 50,
) -> tuple[tuple[BatchRow, ...], Place | None]:  # fmt: skip
    """Give a page of batches, the latest first, and where the next begins."""
    query = select(*_COLUMNS)
    if state is not None:
        query = query.where(Batch.state == state)
    rows, next_ = page(query, Order(column=SORTS[sort], id=Batch.id, descending=descending), after, limit)
    return tuple(BatchRow(**row._mapping) for row in rows), next_


def one(batch_id: str) -> BatchRow | None:
    """Give one batch."""
    found = session().execute(select(*_COLUMNS).where(Batch.id == batch_id)).one_or_none()
    return BatchRow(**found._mapping) if found else None


def items(batch_id: str, *, state: str | None = None, after: int = 0, limit: int = 50) -> tuple[ItemRow, ...]:
    """Give the items behind a position, in their order."""
    own = [getattr(BatchItem, name) for name in _OF_ITEM]
    query = select(
        *own, Instance.definition_id, Instance.business_key, Instance.status, Dossier.code.label("dossier_code")
    )
    query = query.join(Instance, Instance.id == BatchItem.instance_id)
    query = query.outerjoin(Dossier, Dossier.instance_id == Instance.id)
    query = query.where(BatchItem.batch_id == batch_id, BatchItem.position > after)
    if state is not None:
        query = query.where(BatchItem.state == state)
    found = session().execute(query.order_by(BatchItem.position).limit(limit))
    return tuple(ItemRow(**row._mapping) for row in found)


def count_open(most: int) -> int:
    """Count the batches that go on, up to `most`."""
    some = select(Batch.id).where(Batch.due_at.is_not(None)).limit(most).subquery()
    return session().execute(select(func.count()).select_from(some)).scalar_one()


def count_wanted(wanted: Selection, most: int) -> int:
    """Count the instances that a batch would be for, up to `most`."""
    some = select(Instance.id).where(*conditions(wanted)).limit(most).subquery()
    return session().execute(select(func.count()).select_from(some)).scalar_one()


def sample(wanted: Selection, limit: int) -> Sequence[str]:
    """Give ids of some instances that a batch would be for, the oldest first."""
    query = select(Instance.id).where(*conditions(wanted)).order_by(Instance.started_at, Instance.id)
    return session().scalars(query.limit(limit)).all()


def definitions(wanted: Selection | Sequence[str], limit: int) -> Sequence[str]:
    """Give ids of the versions that these instances, or those of a selection, run: the newest first."""
    chosen = conditions(wanted) if isinstance(wanted, Selection) else [Instance.id.in_(list(wanted))]
    own = select(Instance.definition_id).where(*chosen).distinct()
    query = select(Definition.id).where(Definition.id.in_(own)).order_by(Definition.created_at.desc(), Definition.id)
    return session().scalars(query.limit(limit)).all()
