"""Lists of incidents for operators and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.queries.instances import visible
from storage.queries.paging import Order, Place, page
from storage.queries.scope import Scope
from storage.tables import Dossier, Incident, Instance

STATES = ("open", "resolved")
SORTS: dict[str, InstrumentedAttribute[Any]] = {"created_at": Incident.created_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which incidents; None means no limit."""

    state: str | None = None
    key: str | None = None
    definition_id: str | None = None
    instance_id: str | None = None
    element_id: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident as it is stored; `code` is that of the dossier, where it is a dossier's."""

    id: str
    instance_id: str
    token_id: str
    definition_id: str
    key: str
    process_key: str
    element_id: str
    element_name: str
    kind: str
    message_vi: str
    message_en: str
    reason: str
    state: str
    tries: int
    retries_left: int
    next_try_at: datetime | None
    created_at: datetime
    resolved_at: datetime | None
    code: str | None


_COLUMNS = tuple(getattr(Incident, name) for name in IncidentRow.__slots__ if name != "code")
_QUERY = select(*_COLUMNS, Dossier.code).outerjoin(Dossier, Dossier.instance_id == Incident.instance_id)


def listed(
    scope: Scope,
    wanted: Wanted,
    *,
    sort: str = "created_at",
    descending: bool = True,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[tuple[IncidentRow, ...], Place | None]:
    """Give a page of the incidents that are wanted and in the scope, and where the next one begins."""
    order = Order(column=SORTS[sort], id=Incident.id, descending=descending)
    rows, next_ = page(_QUERY.where(*_conditions(scope, wanted)), order, after, limit)
    return tuple(IncidentRow(**row._mapping) for row in rows), next_


def open_of(instance_ids: Sequence[str]) -> Mapping[str, tuple[IncidentRow, ...]]:
    """Give the open incidents of instances that the caller may read, the oldest first, in one statement."""
    found: dict[str, tuple[IncidentRow, ...]] = dict.fromkeys(instance_ids, ())
    if instance_ids:
        query = _QUERY.where(Incident.instance_id.in_(instance_ids), Incident.state == "open")
        for row in session().execute(query.order_by(Incident.created_at, Incident.id)):
            found[row.instance_id] += (IncidentRow(**row._mapping),)
    return found


def one(scope: Scope, incident_id: str) -> IncidentRow | None:
    """Give one incident, if it is in the scope."""
    found = session().execute(_QUERY.where(Incident.id == incident_id, *_conditions(scope, Wanted()))).one_or_none()
    return IncidentRow(**found._mapping) if found else None


def count_open(most: int) -> int:
    """Count the open incidents, up to `most`."""
    some = select(Incident.id).where(Incident.state == "open").limit(most).subquery()
    return session().execute(select(func.count()).select_from(some)).scalar_one()


def _conditions(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not scope.sees_all:
        conditions.append(Incident.instance_id.in_(select(Instance.id).where(visible(scope))))
    for name in Wanted.__slots__:
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Incident, name) == value)
    return conditions
