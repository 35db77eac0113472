"""Lists of external tasks for operators and workers: a range of an index for each state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.tables import ExternalTask

STATES = ("open", "suspended", "failed", "completed", "cancelled")
SORTS: dict[str, InstrumentedAttribute[Any]] = {"created_at": ExternalTask.created_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which external tasks; None means no limit."""

    state: str = "open"
    topic: str | None = None
    connector: str | None = None
    worker: str | None = None
    instance_id: str | None = None
    key: str | None = None
    element_id: str | None = None
    business_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """What is open, suspended and failed under one topic, or with one connector."""

    topic: str
    connector: str
    state: str
    count: int
    oldest: datetime


def listed(
    wanted: Wanted, *, sort: str = "created_at", descending: bool = False, after: Place | None = None, limit: int = 50
) -> tuple[Sequence[ExternalTask], Place | None]:
    """Give a page of external tasks, and where the next begins."""
    given = {name: getattr(wanted, name) for name in Wanted.__slots__}
    conditions = [getattr(ExternalTask, name) == value for name, value in given.items() if value is not None]
    order = Order(column=SORTS[sort], id=ExternalTask.id, descending=descending)
    rows, next_ = page(select(*ExternalTask.__table__.columns).where(*conditions), order, after, limit)
    return [ExternalTask(**row._mapping) for row in rows], next_


def topics() -> Sequence[TopicRow]:
    """Count what is open, suspended and failed, by topic."""
    query = (
        select(
            ExternalTask.topic, ExternalTask.connector, ExternalTask.state,
            func.count().label("count"), func.min(ExternalTask.created_at).label("oldest"),
        )
        .where(ExternalTask.state.in_(("open", "suspended", "failed")))
        .group_by(ExternalTask.topic, ExternalTask.connector, ExternalTask.state)
        .order_by(ExternalTask.topic, ExternalTask.connector, ExternalTask.state)
    )  # fmt: skip
    return [TopicRow(**row._mapping) for row in session().execute(query)]
