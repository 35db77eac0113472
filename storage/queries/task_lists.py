"""Programs' lists of tasks: any filter, sorted by creation or due moment (people's inboxes are in tasks.py).

A list of one assignee's open tasks is one range of an index; so is that of all open tasks. What a group or a viewer is
offered is found from its few access rows, or, where it is offered much, along the sorted index until the page is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal_column, or_, select

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.queries.scope import Scope
from storage.queries.tasks import visible
from storage.tables import Definition, Dossier, Instance, Task, TaskAccess

SORTS = {"created_at": Task.created_at, "due_at": Task.due_at}
STATES = ("open", "completed", "cancelled")
FEW = 2000
"""Offered tasks up to which they are looked up one by one and sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tasks; None and empty mean no limit."""

    state: str = "open"
    assignee: str | None = None
    candidate_group: str | None = None
    instance_id: str | None = None
    key: str | None = None
    element_id: str | None = None
    due_before: datetime | None = None
    text: str = ""
    """Folded words that the task's name, its business key or its dossier must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task as programs see it in a list."""

    id: str
    instance_id: str
    definition_id: str
    key: str
    element_id: str
    name: str
    assignee: str | None
    candidate_groups: Sequence[str]
    candidate_users: Sequence[str]
    priority: int
    created_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    state: str
    business_key: str | None
    form_key: str | None


_COLUMNS = (
    *(getattr(Task, name) for name in TaskRow.__slots__ if name not in ("business_key", "form_key")),
    Instance.business_key,
    Definition.key.label("form_key"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """Some tasks, and where the next page begins (None: these are the last)."""

    rows: tuple[TaskRow, ...]
    next: Place | None


def listed(
    scope: Scope, wanted: Wanted, *, sort: str = "created_at", descending: bool = False, after: Place | None = None,
    limit: int = 50,
) -> TaskPage:  # fmt: skip
    """Give a page of the tasks that are wanted and in the scope; `sort` is one of SORTS, `state` one of STATES."""
    query = _selected().where(*_conditions(scope, wanted))
    rows, next_ = page(query, Order(column=SORTS[sort], id=Task.id, descending=descending), after, limit)
    return TaskPage(rows=tuple(TaskRow(**row._mapping) for row in rows), next=next_)


def _selected() -> Select[Any]:
    query = select(*_COLUMNS).join(Instance, Instance.id == Task.instance_id)
    return query.outerjoin(Definition, Definition.id == Task.form)


def _conditions(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    # written out, not bound: the index of open tasks is found by its own condition
    state = STATES[STATES.index(wanted.state)]
    conditions: list[ColumnElement[bool]] = [Task.state == literal_column(f"'{state}'")]
    if not scope.sees_all and not (state == "open" and wanted.assignee == scope.username):
        conditions.append(_offered(scope.task_principals) if state == "open" else visible(scope))
    if wanted.candidate_group is not None:
        conditions.append(_of_group(wanted.candidate_group, state))
    for name in ("assignee", "instance_id", "key", "element_id"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Task, name) == value)
    if wanted.due_before is not None:
        conditions.append(Task.due_at < wanted.due_before)
    return conditions + [_holds(word) for word in wanted.text.split()]


def _of_group(group: str, state: str) -> ColumnElement[bool]:
    if state == "open":
        return _offered((f"g:{group}",))
    return cast(Task.candidate_groups, String).contains(orjson.dumps(group).decode(), autoescape=True)


def _offered(principals: Sequence[str]) -> ColumnElement[bool]:
    """Open tasks that are offered to any of these; written the way that is cheap for how many there are."""
    rows = select(TaskAccess.task_id).where(TaskAccess.principal.in_(principals))
    counted = session().execute(select(func.count()).select_from(rows.limit(FEW + 1).subquery())).scalar_one()
    if counted <= FEW:
        return Task.id.in_(rows)
    return exists().where(TaskAccess.task_id == Task.id, TaskAccess.principal.in_(principals))


def _holds(word: str) -> ColumnElement[bool]:
    dossiers = select(Dossier.search_text.contains(word, autoescape=True)).where(Dossier.id == Task.dossier_id)
    return or_(Task.search_text.contains(word, autoescape=True), dossiers.scalar_subquery())
