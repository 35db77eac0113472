"""Who may see a task: the one rule of every list, as SQL."""

from __future__ import annotations

import orjson
from sqlalchemy import ColumnElement, String, and_, cast, or_, select

from storage.queries.scope import Scope
from storage.tables import IS_CLOSED, Task, TaskAccess


def visible(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that a scope holds a task; the one rule of every list (services.tasks.may_see is its twin)."""
    if scope.sees_all:
        return Task.id == Task.id
    offered = select(TaskAccess.task_id).where(TaskAccess.principal.in_(scope.task_principals))
    return or_(Task.id.in_(offered), and_(IS_CLOSED, saw(scope)))


def saw(scope: Scope) -> ColumnElement[bool]:
    """Closed tasks that the scope held while they were open (their access rows are gone), and those it did itself."""
    conditions = [
        Task.completed_by == scope.username,
        *(_was_offered(principal) for principal in scope.task_principals),
    ]
    if scope.all_dossiers:
        conditions.append(Task.dossier_id.is_not(None))
    return or_(*conditions)


def _was_offered(principal: str) -> ColumnElement[bool]:
    kind, _, code = principal.partition(":")
    written = orjson.dumps(code).decode()
    if kind == "g":
        return cast(Task.candidate_groups, String).contains(written, autoescape=True)
    if kind == "n":
        return Task.unit_code == code
    return or_(Task.assignee == code, cast(Task.candidate_users, String).contains(written, autoescape=True))
