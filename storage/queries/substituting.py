"""The tasks that somebody may do only because they stand for a colleague, each within that standing's own processes.

The condition has a twin on one loaded task, services/taskrights.stands: a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, or_

from storage.queries.scope import Scope, Stood
from storage.tables import Task, TaskAccess


def principals(scope: Scope) -> tuple[str, ...]:
    """Give under whose names such tasks are found: those of the absent ones, and one's own for what one took."""
    if not scope.standing:
        return ()
    names = (principal for one in scope.standing for principal in one.principals)
    return tuple(dict.fromkeys((f"u:{scope.username}", *names)))


def stood(scope: Scope) -> ColumnElement[bool]:
    """Give the condition of these tasks."""
    if not scope.standing:
        return false()
    own = and_(Task.assignee.is_(None), _offered(scope.principals))
    for_others = or_(*(_given(one) for one in scope.standing))
    return or_(and_(for_others, ~own), *(_taken(scope, one) for one in scope.standing))


def _given(one: Stood) -> ColumnElement[bool]:
    """What the absent one holds, and what nobody holds and they could take."""
    has_it = or_(Task.assignee == one.username, and_(Task.assignee.is_(None), _offered(one.principals)))
    return and_(has_it, _within(one))


def _taken(scope: Scope, one: Stood) -> ColumnElement[bool]:
    return and_(
        Task.assignee == scope.username, Task.delegation == "standing", Task.owner == one.username, _within(one)
    )


def _within(one: Stood) -> ColumnElement[bool]:
    return Task.key.in_(sorted(one.keys)) if one.keys else Task.id == Task.id


def _offered(names: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(TaskAccess.task_id == Task.id, TaskAccess.principal.in_(list(names)))
