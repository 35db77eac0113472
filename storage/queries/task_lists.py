"""Programs' lists of tasks: any filter, sorted by creation or due moment (people's inboxes are in tasks.py).

A list of one assignee's open tasks is one range of an index; so is that of all open tasks. What a group or a viewer is
offered is found from its few access rows, or, where it is offered much, along the sorted index until the page is full.
The first page of a plain list, which programs ask for all day, is a statement that is built once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, String, bindparam, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from storage.database import connection, session
from storage.queries.paging import Order, Place, cut, page
from storage.queries.scope import Scope
from storage.queries.seen import saw
from storage.tables import IS_CLOSED, IS_OPEN, Dossier, Task, TaskAccess

SORTS = {"created_at": Task.created_at, "due_at": Task.due_at}
STATES = ("open", "completed", "cancelled")
PLAIN = ("assignee", "instance_id", "key", "element_id")
"""Limits that are one value of a column."""
FEW = 500
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

    @property
    def is_special(self) -> bool:
        """Say whether more is wanted than values of columns (PLAIN)."""
        return self.candidate_group is not None or self.due_before is not None or bool(self.text)

    @property
    def principal(self) -> str:
        """Give the one principal to whom all these open tasks are offered, or an empty text."""
        if self.assignee is not None:
            return f"u:{self.assignee}"
        return f"g:{self.candidate_group}" if self.candidate_group is not None else ""


@dataclass(frozen=True, slots=True)
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
    form: str
    """Definition id of its form, or empty."""


_WIDTH = len(TaskRow.__slots__)
_SELECTED: Select[Any] = select(*(getattr(Task, name) for name in TaskRow.__slots__))


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
    query, order = _SELECTED, Order(column=SORTS[sort], id=Task.id, descending=descending)
    seen, is_few = _seen(scope, wanted)
    if sort == "created_at" and after is None and not wanted.is_special and not seen:
        given = {name: value for name in PLAIN if (value := getattr(wanted, name)) is not None}
        first = _first_page(wanted.state, descending, *given)
        rows, next_ = cut(connection().execute(first, {**given, "most": limit + 1}).all(), order, limit)
        return TaskPage(rows=tuple(TaskRow(*row) for row in rows), next=next_)
    by_access = sort == "due_at" and wanted.state == "open" and wanted.principal
    if by_access:
        query, order = _by_access(by_access), replace(order, column=TaskAccess.sort_at, id=TaskAccess.task_id)
    limits = _limits(wanted, by_access or "", is_few=is_few)
    rows, next_ = page(query.where(*seen, *limits), order, after, limit)
    return TaskPage(rows=tuple(TaskRow(*row[:_WIDTH]) for row in rows), next=next_)


@lru_cache
def _first_page(state: str, descending: bool, *names: str) -> Select[Any]:
    limits = [getattr(Task, name) == bindparam(name) for name in names]
    query = _SELECTED.where(*_state(state, is_short="instance_id" in names), *limits)
    return Order(column=Task.created_at, id=Task.id, descending=descending).sorted(query).limit(bindparam("most"))


def _by_access(principal: str) -> Select[Any]:
    """The key of the access rows is in the order of the due moments already."""
    joined = _SELECTED.add_columns(TaskAccess.sort_at).join(TaskAccess, TaskAccess.task_id == Task.id)
    return joined.where(TaskAccess.principal == principal)


def _limits(wanted: Wanted, by_access: str, *, is_few: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    is_short = is_few or wanted.instance_id is not None
    if wanted.candidate_group is not None and by_access != f"g:{wanted.candidate_group}":
        offered, is_rare = _of_group(wanted, wanted.candidate_group)
        conditions.append(offered)
        is_short = is_short or is_rare
    for name in PLAIN:
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Task, name) == value)
    if wanted.due_before is not None:
        conditions.append(Task.due_at < wanted.due_before)
    return [*_state(wanted.state, is_short=is_short), *conditions, *(_holds(word) for word in wanted.text.split())]


def _state(state: str, *, is_short: bool) -> list[ColumnElement[bool]]:
    """Where other conditions leave few rows, the state must not draw a database to the index of all tasks in it."""
    if is_short:
        return [Task.state.concat("") == STATES[STATES.index(state)]]
    return [IS_OPEN] if state == "open" else [IS_CLOSED, Task.state == STATES[STATES.index(state)]]


def _seen(scope: Scope, wanted: Wanted) -> tuple[list[ColumnElement[bool]], bool]:
    """Give the condition of what the scope holds, and whether that is few."""
    own_group = f"g:{wanted.candidate_group}" in scope.task_principals
    if scope.sees_all or (wanted.state == "open" and (wanted.assignee == scope.username or own_group)):
        return [], False
    if wanted.state != "open":
        return [saw(scope)], False
    offered, is_few = _offered(scope.task_principals, wanted)
    return [offered], is_few


def _of_group(wanted: Wanted, group: str) -> tuple[ColumnElement[bool], bool]:
    if wanted.state == "open":
        return _offered((f"g:{group}",), wanted)
    return cast(Task.candidate_groups, String).contains(orjson.dumps(group).decode(), autoescape=True), False


def _offered(principals: Sequence[str], wanted: Wanted) -> tuple[ColumnElement[bool], bool]:
    """Give the condition that an open task is offered to any of these, written for how many there are; and if few."""
    rows = select(TaskAccess.task_id).where(TaskAccess.principal.in_(principals))
    if wanted.assignee is None and wanted.instance_id is None:
        counted = select(func.count()).select_from(rows.limit(FEW + 1).subquery())
        if session().execute(counted).scalar_one() <= FEW:
            return Task.id.in_(rows), True
    access = aliased(TaskAccess)
    who = access.principal.concat("").in_(principals)  # found by the task: a principal has many rows
    # With an offset PostgreSQL asks it of one task after another, in the order of the list, and stops when the page is
    # full; else it may take the condition for rare and join both tables whole.
    return exists(select(literal(1)).where(access.task_id == Task.id, who).offset(0)), False


def _holds(word: str) -> ColumnElement[bool]:
    dossiers = select(Dossier.search_text.contains(word, autoescape=True)).where(Dossier.id == Task.dossier_id)
    return or_(Task.search_text.contains(word, autoescape=True), dossiers.scalar_subquery())
