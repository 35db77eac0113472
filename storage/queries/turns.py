"""The queue: what a person could do next, the more urgent and then the earlier filed first; and who did not keep to it.

Each principal's queue is one range of an index, so that its first tasks are found as fast among a million as among ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, tuple_, union_all

from storage.database import session
from storage.queries import shapes
from storage.queries.scope import Scope
from storage.queries.tasks import InboxRow, line_of, lines_query
from storage.tables import Task, TaskAccess, TurnException

LOOKED = 500
"""Tasks of each principal's queue among which those before a given one are looked for."""


def first(
    scope: Scope, limit: int, *, own: bool, after: tuple[int, str] | None = None
) -> Sequence[tuple[int, InboxRow]]:
    """Give the first `limit` tasks behind `after` of those that the person holds (`own`), or that nobody does."""
    principals = (f"u:{scope.username}",) if own else scope.principals
    if not principals:
        return []
    both = union_all(*(_range(principal, limit, own, scope.username, after) for principal in principals)).subquery()
    keys = select(both.c.task_id, both.c.turn).distinct().order_by(both.c.turn, both.c.task_id).limit(limit).subquery()
    query = lines_query().join(keys, keys.c.task_id == Task.id).order_by(keys.c.turn, keys.c.task_id)
    return [(item.turn, line_of(item)) for item in session().execute(query.add_columns(keys.c.turn))]


def ahead(scope: Scope, task: Task, turn: int, limit: int) -> Sequence[InboxRow]:
    """Give dossiers' tasks of the same step that nobody holds, offered to the person too and before this in turn."""
    query, values = shapes.filled(_ahead, scope, None, limit)
    if query is None:
        return []
    step = {name: getattr(task, name) for name in _STEP}
    found = session().execute(query, {**values, **step, "instance_id": task.instance_id, "turn": turn})
    return [line_of(item) for item in found]


_STEP = ("key", "process_key", "element_id")


def _ahead(scope: Scope, _: None, limit: int) -> Select[Any] | None:
    looks = [_before(principal) for principal in scope.principals]
    if not looks:
        return None
    both = union_all(*looks).subquery()
    keys = select(both.c.task_id, both.c.turn).distinct().subquery()
    query = (
        lines_query()
        .join(keys, keys.c.task_id == Task.id)
        .where(
            *(getattr(Task, name) == bindparam(name) for name in _STEP),
            Task.assignee.is_(None),
            Task.dossier_id.is_not(None),
            Task.instance_id != bindparam("instance_id"),
        )
    )
    return query.order_by(keys.c.turn, keys.c.task_id).limit(limit)


def exceptions_of(username: str, since: datetime) -> int:
    """Count how often a person took a task before its turn."""
    counted = select(func.count()).where(TurnException.username == username, TurnException.at >= since)
    return session().execute(counted).scalar_one()


def exceptions_in(instance_id: str) -> Sequence[TurnException]:
    """Give each time a task of an instance was taken before its turn, the latest first."""
    query = select(TurnException).where(TurnException.instance_id == instance_id)
    return session().scalars(query.order_by(TurnException.at.desc())).all()


def _range(
    principal: str, limit: int, own: bool, username: str, after: tuple[int, str] | None
) -> Select[str, int | None]:
    query = select(TaskAccess.task_id, TaskAccess.turn).where(
        TaskAccess.principal == principal, TaskAccess.turn.is_not(None)
    )
    if principal.startswith("u:"):
        query = query.join(Task, Task.id == TaskAccess.task_id)
        query = query.where(Task.assignee == username if own else Task.assignee.is_(None))
    if after is not None:
        query = query.where(tuple_(TaskAccess.turn, TaskAccess.task_id) > tuple_(*after))
    inner = query.order_by(TaskAccess.turn, TaskAccess.task_id).limit(limit).subquery()
    return select(inner.c.task_id, inner.c.turn)


def _before(principal: str) -> Select[str, int | None]:
    query = select(TaskAccess.task_id, TaskAccess.turn).where(
        TaskAccess.principal == principal, TaskAccess.turn.is_not(None), TaskAccess.turn < bindparam("turn")
    )
    inner = query.order_by(TaskAccess.turn, TaskAccess.task_id).limit(LOOKED).subquery()
    return select(inner.c.task_id, inner.c.turn)
