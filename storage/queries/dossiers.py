"""Lists of dossiers: an applicant's own, officers' search, and the lists behind the board's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import defer
from sqlalchemy.orm.interfaces import ORMOption

from storage.database import session
from storage.queries.scope import Scope
from storage.tables import Definition, Dossier, Task, TaskAccess
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRow:
    """One line of a list of dossiers."""

    id: str
    code: str
    definition_id: str
    key: str
    procedure_name: str
    procedure_name_en: str
    case_id: str
    channel: str
    applicant: str
    applicant_name: str
    unit_code: str
    status: int
    filed_at: datetime
    acceptance_due_at: datetime | None
    accepted_at: datetime | None
    due_at: datetime | None
    due_unit: str | None
    finished_at: datetime | None
    ended_at: datetime | None
    clock_state: str
    is_at_risk: bool
    is_breached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some dossiers, and the cursor of the next page (None: these are the last)."""

    rows: tuple[DossierRow, ...]
    next: tuple[str, str] | None


def of_applicant(username: str, *, after: tuple[str, str] | None = None, limit: int = 50) -> Page:
    """Give one's own dossiers, the latest filed first."""
    return _page([Dossier.applicant == username], after, limit)


def search(
    scope: Scope,
    *,
    key: str = "",
    status: int | None = None,
    clock_state: str = "",
    unit: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> Page:
    """Find dossiers that the scope may see, the latest first (by words: search.py)."""
    conditions = [visible(scope)]
    if key:
        conditions.append(Dossier.key == key)
    if status is not None:
        conditions.append(Dossier.status == status)
    if clock_state:
        conditions.append(Dossier.clock_state == clock_state)
    if unit:
        conditions.append(Dossier.unit_code == unit)
    return _page(conditions, after, limit)


def procedures() -> tuple[tuple[str, Text], ...]:
    """Give (key, name) of every procedure that is in force or was, by name: what lists are filtered by."""
    rows = session().execute(_PROCEDURES)
    return tuple({row[0]: Text(row[1], row[2] or row[1]) for row in rows}.items())


_PROCEDURES = (
    select(Definition.key, Definition.name, Definition.name_en)
    .where(Definition.is_procedure, Definition.state.in_(("published", "retired")))
    .order_by(Definition.name, Definition.version)
)
"""Each inbox asks for it: written once."""


def visible(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that a scope holds a dossier (services.documents.may_read_dossier is its twin)."""
    if scope.sees_all or scope.all_dossiers:
        return Dossier.id == Dossier.id
    if not scope.works:
        return Dossier.applicant == scope.username
    # Asked of each dossier in turn, the latest first: a page then costs the same however much was offered and done.
    task = select(Task.id).where(Task.instance_id == Dossier.instance_id)
    # Joined with nothing, so that no planner looks for it among all that the viewer has done or is offered.
    done = task.where(Task.completed_by.concat("") == scope.username).exists()
    who = TaskAccess.principal.concat("").in_(scope.principals)
    access = select(TaskAccess.task_id).where(TaskAccess.task_id == Task.id, who)
    offered = task.where(access.exists()).exists()
    return or_(Dossier.applicant == scope.username, Dossier.unit_code.in_(scope.dossier_units), done, offered)


def unread() -> Iterator[ORMOption]:
    """Give the options by which a list leaves where it is what is long and in no line of it."""
    return map(defer, (Dossier.answers, Dossier.clock, Dossier.search_text))


def row_of(dossier: Dossier) -> DossierRow:
    """Give a loaded dossier as a line of a list."""
    return DossierRow(
        id=dossier.id,
        code=dossier.code,
        definition_id=dossier.definition_id,
        key=dossier.key,
        procedure_name=dossier.procedure_name,
        procedure_name_en=dossier.procedure_name_en,
        case_id=dossier.case_id,
        channel=dossier.channel,
        applicant=dossier.applicant,
        applicant_name=dossier.applicant_name,
        unit_code=dossier.unit_code,
        status=dossier.status,
        filed_at=dossier.filed_at,
        acceptance_due_at=dossier.acceptance_due_at,
        accepted_at=dossier.accepted_at,
        due_at=dossier.due_at,
        due_unit=dossier.due_unit,
        finished_at=dossier.finished_at,
        ended_at=dossier.ended_at,
        clock_state=dossier.clock_state,
        is_at_risk=dossier.at_risk_at is not None,
        is_breached=dossier.breached_at is not None,
    )


def _page(conditions: Sequence[ColumnElement[bool]], after: tuple[str, str] | None, limit: int) -> Page:
    query = select(Dossier).options(*unread()).where(and_(*conditions))
    if after is not None:
        query = query.where(tuple_(Dossier.filed_at, Dossier.id) < tuple_(datetime.fromisoformat(after[0]), after[1]))
    found = session().scalars(query.order_by(Dossier.filed_at.desc(), Dossier.id.desc()).limit(limit + 1)).all()
    rows = tuple(row_of(dossier) for dossier in found[:limit])
    last = rows[-1] if len(found) > limit else None
    return Page(rows=rows, next=(last.filed_at.isoformat(), last.id) if last else None)
