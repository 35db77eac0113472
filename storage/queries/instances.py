"""Lists of instances for programs. Without a status, one range of an index for each status: the cost does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.queries.scope import Scope
from storage.tables import Instance, Task, TaskAccess

SORTS: dict[str, InstrumentedAttribute[Any]] = {"started_at": Instance.started_at}
STATUSES = ("running", "completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which instances; None means no limit."""

    key: str | None = None
    definition_id: str | None = None
    status: str | None = None
    business_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRow:
    """An instance as it is stored."""

    id: str
    definition_id: str
    key: str
    version: int
    business_key: str | None
    status: str
    error_code: str | None
    state: bytes
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancePage:
    """Some instances, and where the next page begins (None: these are the last)."""

    rows: tuple[InstanceRow, ...]
    next: Place | None


_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = tuple(getattr(Instance, name) for name in InstanceRow.__slots__)


def listed(
    scope: Scope, wanted: Wanted, *, sort: str = "started_at", descending: bool = True, after: Place | None = None,
    limit: int = 50,
) -> InstancePage:  # fmt: skip
    """Give a page of the instances that are wanted and in the scope; `sort` is one of SORTS."""
    order = Order(column=SORTS[sort], id=Instance.id, descending=descending)
    conditions = _conditions(scope, wanted)
    if wanted.status is None and wanted.business_key is None and scope.sees_all:
        ranges = [_range(status, conditions, order, after, limit) for status in STATUSES]
        conditions = [Instance.id.in_(select(union_all(*ranges).subquery().c.id))]
    rows, next_ = page(select(*_COLUMNS).where(*conditions), order, after, limit)
    return InstancePage(rows=tuple(InstanceRow(**row._mapping) for row in rows), next=next_)


def count(scope: Scope, wanted: Wanted) -> int:
    """Count the instances that are wanted and in the scope."""
    return session().execute(select(func.count(Instance.id)).where(*_conditions(scope, wanted))).scalar_one()


def visible(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that a scope holds an instance (services.instances.may_read is its twin)."""
    if scope.sees_all:
        return Instance.id == Instance.id
    started = select(Instance.id).where(Instance.started_by == scope.username)
    done = select(Task.instance_id).where(Task.completed_by == scope.username)
    offered = select(Task.instance_id).join(TaskAccess, TaskAccess.task_id == Task.id)
    offered = offered.where(TaskAccess.principal.in_(scope.principals))
    return Instance.id.in_(union(started, done, offered))


def _conditions(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [] if scope.sees_all else [visible(scope)]
    for name in Wanted.__slots__:
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Instance, name) == value)
    return conditions


def _range(
    status: str, conditions: Sequence[ColumnElement[bool]], order: Order, after: Place | None, limit: int
) -> Select[Any]:
    query = select(Instance.id).where(Instance.status == status, *conditions)
    query = query.where(order.after(after)) if after else query
    return select(order.sorted(query).limit(limit + 1).subquery().c.id)
