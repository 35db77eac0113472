"""How much each person of a unit has to do, and the tasks that they hold; a few statements however many people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from storage.database import session
from storage.queries.tasks import InboxRow, line_of, lines_query
from storage.tables import IS_OPEN, Dossier, Substitution, Task, TurnException


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A task that somebody holds."""

    task: Task
    row: InboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfTurn:
    """A task that was taken before its turn, and why."""

    code: str | None
    task_id: str
    name: str
    reason: str
    at: datetime


def open_of(usernames: Collection[str], *, now: datetime) -> Mapping[str, tuple[int, int, int]]:
    """Give user name -> (open, of these due soon, of these breached) tasks that each holds."""
    late = and_(Task.due_at.is_not(None), Task.due_at < now)
    soon = and_(Task.at_risk_at.is_not(None), ~late)
    sums = [func.sum(case((what, 1), else_=0)) for what in (soon, late)]
    query = select(Task.assignee, func.count(), *sums).where(IS_OPEN, Task.assignee.in_(list(usernames)))
    return {row[0]: (row[1], row[2] or 0, row[3] or 0) for row in session().execute(query.group_by(Task.assignee))}


def done_of(usernames: Collection[str], *, since: datetime) -> Mapping[str, int]:
    """Give user name -> how many tasks each has completed since then."""
    query = select(Task.completed_by, func.count()).where(
        Task.completed_by.in_(list(usernames)), Task.completed_at >= since, Task.state == "completed"
    )
    return {row[0]: row[1] for row in session().execute(query.group_by(Task.completed_by)) if row[0]}


def exceptions_of(usernames: Collection[str], *, since: datetime) -> Mapping[str, int]:
    """Give user name -> how often each took a task before its turn since then."""
    query = select(TurnException.username, func.count()).where(
        TurnException.username.in_(list(usernames)), TurnException.at >= since
    )
    return {row[0]: row[1] for row in session().execute(query.group_by(TurnException.username))}


def exceptions(username: str, *, since: datetime, limit: int) -> Sequence[OutOfTurn]:
    """Give the tasks that a person took before their turn, the latest first."""
    query = (
        select(TurnException, Task.name, Dossier.code)
        .join(Task, Task.id == TurnException.task_id)
        .outerjoin(Dossier, Dossier.id == Task.dossier_id)
        .where(TurnException.username == username, TurnException.at >= since)
        .order_by(TurnException.at.desc())
        .limit(limit)
    )
    return [
        OutOfTurn(code=code, task_id=row.task_id, name=name, reason=row.reason, at=row.at)
        for row, name, code in session().execute(query)
    ]


def absent(usernames: Collection[str], *, now: datetime) -> frozenset[str]:
    """Give those of these people for whom somebody stands in now."""
    query = select(Substitution.absent).where(
        Substitution.absent.in_(list(usernames)), Substitution.starts_at <= now, Substitution.ends_at > now
    )
    return frozenset(session().scalars(query))


def held(usernames: Collection[str], limit: int) -> Sequence[Held]:
    """Give the open tasks that these people hold, those they got last first."""
    query = lines_query().add_columns(Task).where(IS_OPEN, Task.assignee.in_(list(usernames)))
    found = session().execute(query.order_by(Task.created_at.desc(), Task.id.desc()).limit(limit))
    return [Held(task=item.Task, row=line_of(item)) for item in found]


def done_in(instance_ids: Collection[str], usernames: Collection[str]) -> frozenset[tuple[str, str, str]]:
    """Give (instance id, element id, user name) of what these people did there, or in whose name it was done."""
    query = select(Task.instance_id, Task.element_id, Task.completed_by, Task.owner).where(
        Task.instance_id.in_(list(instance_ids)), Task.state == "completed"
    )
    wanted = set(usernames)
    return frozenset(
        (row[0], row[1], name) for row in session().execute(query) for name in (row[2], row[3]) if name in wanted
    )
