"""The public catalogue: procedures in force, found by folded words and by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, tuple_

from storage.database import session
from storage.tables import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureRow:
    """One version of a procedure in the catalogue."""

    id: str
    key: str
    name: str
    name_en: str
    code: str
    version: int
    state: str
    is_suspended: bool
    """It takes no dossiers for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCount:
    """A field with how many procedures of it are found, and one of them (its legal parts name the field)."""

    code: str
    count: int
    example_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some procedures, and the cursor of the next page (None: these are the last)."""

    rows: tuple[ProcedureRow, ...]
    next: str | None


def search(*, text: str = "", fields: Sequence[str] = (), after: str | None = None, limit: int = 20) -> Page:
    """Find procedures in force by folded words and fields, by name; `after` is the id of the last one shown."""
    conditions = _in_force(text)
    if fields:
        conditions.append(Definition.field_code.in_(list(fields)))
    if after is not None:
        last = select(Definition.search_text, Definition.id).where(Definition.id == after)
        conditions.append(tuple_(Definition.search_text, Definition.id) > last.scalar_subquery())
    query = select(Definition).where(*conditions).order_by(Definition.search_text, Definition.id).limit(limit + 1)
    found = session().scalars(query).all()
    more = len(found) > limit
    return Page(rows=tuple(map(_row, found[:limit])), next=found[limit - 1].id if more else None)


def fields(*, text: str = "") -> tuple[FieldCount, ...]:
    """Count the procedures in force that hold these words, by field; the largest first."""
    query = select(Definition.field_code, func.count(), func.min(Definition.id)).where(*_in_force(text))
    query = query.group_by(Definition.field_code).order_by(func.count().desc(), Definition.field_code)
    return tuple(FieldCount(code=row[0], count=row[1], example_id=row[2]) for row in session().execute(query))


def find(key: str) -> ProcedureRow | None:
    """Give a procedure that is in force, or else its last version that was, retired; None where there never was one."""
    query = select(Definition).where(
        Definition.kind == "process",
        Definition.is_procedure.is_(True),
        Definition.key == key,
        Definition.state.in_(("published", "retired")),
    )
    found = session().scalars(query.order_by(Definition.state, Definition.version.desc()).limit(1)).first()
    return _row(found) if found else None


def in_force() -> Sequence[str]:
    """Give the definition ids of the procedures in force."""
    query = select(Definition.id).where(*_in_force("")).order_by(Definition.id)
    return session().scalars(query).all()


def _in_force(text: str) -> list[ColumnElement[bool]]:
    words = [Definition.search_text.contains(word, autoescape=True) for word in text.split()]
    return [Definition.kind == "process", Definition.is_procedure.is_(True), Definition.state == "published", *words]


def _row(definition: Definition) -> ProcedureRow:
    return ProcedureRow(
        id=definition.id,
        key=definition.key,
        name=definition.name,
        name_en=definition.name_en or definition.name,
        code=definition.procedure_code,
        version=definition.version,
        state=definition.state,
        is_suspended=definition.suspended_at is not None,
    )
