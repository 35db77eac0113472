"""Lists of instances for programs and operators. Without a status, one range of an index for each: no cost grows."""

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
from storage.tables import Definition, Dossier, Instance, StartTimer, Task, TaskAccess
from texts import Text

SORTS: dict[str, InstrumentedAttribute[Any]] = {"started_at": Instance.started_at}
STATUSES = ("running", "suspended", "completed", "failed", "cancelled")


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
    incidents: int
    state: bytes
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancePage:
    """Some instances, and where the next page begins (None: these are the last)."""

    rows: tuple[InstanceRow, ...]
    next: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRow:
    """An instance as operators watch it; `dossier_id` and `code` where it is a dossier's."""

    id: str
    definition_id: str
    key: str
    version: int
    business_key: str | None
    status: str
    error_code: str | None
    faults: int
    incidents: int
    next_due_at: datetime | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    dossier_id: str | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPage:
    """Some instances, and where the next page begins (None: these are the last)."""

    rows: tuple[WatchedRow, ...]
    next: Place | None


_WATCHED = tuple(getattr(Instance, name) for name in WatchedRow.__slots__ if name not in ("dossier_id", "code"))
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


def watched(
    scope: Scope, wanted: Wanted, *, faulty: bool = False, after: Place | None = None, limit: int = 50
) -> WatchedPage:
    """Give a page of instances without their states, the latest started first; `faulty`: only where timers failed."""
    order = Order(column=Instance.started_at, id=Instance.id, descending=True)
    conditions = _conditions(scope, wanted)
    if faulty:
        conditions.append(Instance.faults > 0)
    elif wanted.status is None and wanted.business_key is None and scope.sees_all:
        ranges = [_range(status, conditions, order, after, limit) for status in STATUSES]
        conditions = [Instance.id.in_(select(union_all(*ranges).subquery().c.id))]
    query = select(*_WATCHED, Dossier.id.label("dossier_id"), Dossier.code)
    query = query.outerjoin(Dossier, Dossier.instance_id == Instance.id).where(*conditions)
    rows, next_ = page(query, order, after, limit)
    return WatchedPage(rows=tuple(WatchedRow(**row._mapping) for row in rows), next=next_)


def watched_among(scope: Scope, instance_ids: Sequence[str]) -> tuple[WatchedRow, ...]:
    """Give those of these instances that are in the scope, in the order of the ids."""
    query = select(*_WATCHED, Dossier.id.label("dossier_id"), Dossier.code)
    query = query.outerjoin(Dossier, Dossier.instance_id == Instance.id)
    rows = session().execute(query.where(Instance.id.in_(list(instance_ids)), visible(scope)))
    by_id = {row.id: WatchedRow(**row._mapping) for row in rows}
    return tuple(by_id[instance_id] for instance_id in instance_ids if instance_id in by_id)


def found(scope: Scope, text: str) -> str | None:
    """Give the id of the one instance whose id, business key or dossier code this is; None for none or several."""
    ids: set[str] = set()
    for own in (Instance.id == text, Instance.business_key == text, Instance.id.in_(_of_code(text))):
        ids |= set(session().scalars(select(Instance.id).where(own, visible(scope)).limit(2)))
    return ids.pop() if len(ids) == 1 else None


def dossier_of(instance_id: str) -> tuple[str, str] | None:
    """Give (id, code) of the dossier that an instance belongs to."""
    row = session().execute(select(Dossier.id, Dossier.code).where(Dossier.instance_id == instance_id)).one_or_none()
    return (row[0], row[1]) if row else None


def keys() -> tuple[tuple[str, Text], ...]:
    """Give (key, name) of every process that is or was in force, by name: what lists are filtered by."""
    query = select(Definition.key, Definition.name, Definition.name_en).where(
        Definition.kind == "process", Definition.state != "draft"
    )
    rows = session().execute(query.order_by(Definition.name, Definition.version))
    return tuple({row[0]: Text(row[1], row[2] or row[1]) for row in rows}.items())


def put_off() -> tuple[tuple[str, str, datetime, int], ...]:
    """Give (definition id, element, next try, faults) of the timer starts that failed the last time."""
    query = select(StartTimer.definition_id, StartTimer.element_id, StartTimer.due_at, StartTimer.faults)
    rows = session().execute(query.where(StartTimer.faults > 0).order_by(StartTimer.due_at).limit(50))
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def count_faulty(most: int) -> int:
    """Count the instances whose timers failed, up to `most`."""
    some = select(Instance.id).where(Instance.faults > 0).limit(most).subquery()
    return session().execute(select(func.count()).select_from(some)).scalar_one()


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


def _of_code(code: str) -> Select[Any]:
    return select(Dossier.instance_id).where(Dossier.code == code)


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
