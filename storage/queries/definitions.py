"""Lists of definitions: every version of every process, decision and form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.tables import Definition, DeploymentFile

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "created_at": Definition.created_at,
    "key": Definition.key,
    "version": Definition.version,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which definitions; None means no limit."""

    key: str | None = None
    kind: str | None = None
    state: str | None = None
    latest: bool | None = None
    """Only the highest version of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionRow:
    """One version of a definition."""

    id: str
    kind: str
    key: str
    version: int
    version_tag: str
    name: str
    state: str
    is_procedure: bool
    deployment_id: str
    file_name: str
    created_at: datetime
    published_at: datetime | None
    retired_at: datetime | None
    suspended_at: datetime | None


_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = tuple(getattr(Definition, name) for name in DefinitionRow.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionPage:
    """Some definitions, and where the next page begins (None: these are the last)."""

    rows: tuple[DefinitionRow, ...]
    next: Place | None


def listed(
    wanted: Wanted, *, sort: str = "created_at", descending: bool = True, after: Place | None = None, limit: int = 50
) -> DefinitionPage:
    """Give a page of the definitions that are wanted; `sort` is one of SORTS."""
    query = select(*_COLUMNS)
    for name in ("key", "kind", "state"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(Definition, name) == value)
    if wanted.latest:
        query = _latest(query)
    rows, next_ = page(query, Order(column=SORTS[sort], id=Definition.id, descending=descending), after, limit)
    return DefinitionPage(rows=tuple(DefinitionRow(**row._mapping) for row in rows), next=next_)


def one(definition_id: str) -> DefinitionRow | None:
    """Give one definition."""
    found = session().execute(select(*_COLUMNS).where(Definition.id == definition_id)).one_or_none()
    return DefinitionRow(**found._mapping) if found else None


def file_of(definition_id: str) -> bytes | None:
    """Give the file of a definition, byte for byte as it was uploaded."""
    query = select(DeploymentFile.data).join(
        Definition,
        (Definition.deployment_id == DeploymentFile.deployment_id) & (Definition.file_name == DeploymentFile.name),
    )
    return session().scalar(query.where(Definition.id == definition_id))


def _latest(query: Select[Any]) -> Select[Any]:
    later = aliased(Definition)
    same = (later.kind == Definition.kind) & (later.key == Definition.key)
    return query.where(~exists().where(same, later.version > Definition.version))
