"""What is new in an inbox since it was shown, and what became of the rows that it shows: one short statement.

New is what came to those who have it now (Task.handed_at); looked for among the LOOKED tasks that came last to anybody,
whose index range is short however many tasks are open. Rows are told of only as far as they are still in the scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, exists, literal, select, union_all

from storage.database import session
from storage.queries.scope import Scope
from storage.tables import IS_OPEN, Dossier, Instance, Person, Task, TaskAccess

LOOKED = 300
"""Tasks, those that came last, among which the new ones are looked for."""
MOST_NEW = 100
"""New tasks that are counted."""
MOST_SHOWN = 60
"""Rows that may be asked about at once: a page of an inbox has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Ids of new tasks; and (user name, name) of the holder of each row that is shown and still in the scope, open."""

    new: tuple[str, ...]
    holders: Mapping[str, tuple[str, str]]


def since(
    scope: Scope,
    principals: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
    moment: datetime,
    shown: Sequence[str],
) -> News:
    """Look at what came after a moment and fits, and at the rows that are shown, by one statement."""
    looks = [_new(principals, conditions, moment, shown), *([_rows(scope, shown)] if shown else [])]
    found = session().execute(union_all(*looks) if len(looks) > 1 else looks[0]).all()
    return News(
        new=tuple(sorted(row.id for row in found if row.is_new)),
        holders={row.id: (row.assignee or "", row.name or row.assignee or "") for row in found if not row.is_new},
    )


def _new(
    principals: Sequence[str], conditions: Sequence[ColumnElement[bool]], moment: datetime, shown: Sequence[str]
) -> Select[Any]:
    latest = select(Task.id).where(IS_OPEN, Task.handed_at > moment).order_by(Task.handed_at.desc()).limit(LOOKED)
    offered = exists().where(TaskAccess.task_id == Task.id, TaskAccess.principal.in_(principals))
    query = select(literal(1).label("is_new"), Task.id, Task.assignee, literal("").label("name"))
    query = query.join(Instance, Instance.id == Task.instance_id).outerjoin(Dossier, Dossier.id == Task.dossier_id)
    query = query.where(Task.id.in_(latest.scalar_subquery()), offered, Task.id.not_in(shown), *conditions)
    return select(*query.limit(MOST_NEW).subquery().c)


def _rows(scope: Scope, shown: Sequence[str]) -> Select[Any]:
    offered = exists().where(TaskAccess.task_id == Task.id, TaskAccess.principal.in_(scope.task_principals))
    query = select(literal(0).label("is_new"), Task.id, Task.assignee, Person.name)
    query = query.outerjoin(Person, Person.username == Task.assignee).where(Task.id.in_(shown), IS_OPEN)
    return cast("Select[Any]", query if scope.sees_all else query.where(offered))
