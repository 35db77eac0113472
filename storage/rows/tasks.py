"""Tasks and their access rows, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Executable, Table, Update, bindparam, delete, insert, literal, or_, select, update

from storage.database import connection, session, take_turn
from storage.queries.scope import Scope
from storage.rows.instances import FAR
from storage.tables import IS_OPEN, Instance, Task, TaskAccess

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where tasks without a due moment sort."""
ORDINARY, MOST_PRIORITY = 50, 1000
"""The priority of a task of which nothing else is said, and above which one counts no more."""


# Statements of every submit are built once.
_TASK, _ACCESS = cast(Table, Task.__table__), cast(Table, TaskAccess.__table__)
_LOAD = select(Task).where(Task.id == bindparam("task_id")).execution_options(**FAR)
_LOCK = (
    select(Instance, Task)
    .join(Task, Task.instance_id == Instance.id)
    .where(Task.id == bindparam("task_id"))
    .with_for_update()
    .execution_options(**FAR)
)
_UNOFFER = delete(_ACCESS).where(_ACCESS.c.task_id == bindparam("of_task"))
_OFFER = insert(_ACCESS)
_FORGET = (
    update(_TASK)
    .where(_TASK.c.instance_id == bindparam("of_instance"), _TASK.c.snapshot.is_not(None))
    .values(snapshot=None)
)


def load(task_id: str) -> Task | None:
    """Load a task as it is now; its instance is locked first by verbs that write it."""
    return session().scalar(_LOAD, {"task_id": task_id})


def lock(task_id: str) -> tuple[Instance, Task] | None:
    """Load a task and its instance and hold both until the end of the unit of work: writers of one instance queue here.

    Both are locked, so that whoever waited reads both as the writer before left them.
    """
    take_turn(task_id.rpartition(".")[0])  # its instance
    row = session().execute(_LOCK, {"task_id": task_id}).one_or_none()
    return (row[0], row[1]) if row else None


def hold(task_id: str) -> Task | None:
    """Load a task and hold it alone until the end of the unit of work: for what does not move its instance on."""
    return session().scalar(_LOAD.with_for_update(), {"task_id": task_id})


def returnable(instance_id: str, limit: int) -> Sequence[Task]:
    """Give the completed tasks of an instance whose snapshot is kept, the latest first."""
    query = (
        select(Task)
        .where(Task.instance_id == instance_id, Task.snapshot.is_not(None))
        .order_by(Task.completed_at.desc(), Task.id.desc())
        .limit(limit)
    )
    return session().scalars(query).all()


def snapshot(task_id: str) -> bytes | None:
    """Give what is kept of the state just before a task was completed."""
    return session().scalar(select(Task.snapshot).where(Task.id == task_id))


def forget_snapshots(instance_id: str) -> None:
    """Forget the snapshots of an instance that has ended."""
    connection().execute(_FORGET, {"of_instance": instance_id})


def open_among(task_ids: Iterable[str]) -> Sequence[Task]:
    """Give those of these tasks that are open."""
    query = select(Task).where(Task.id.in_(list(task_ids)), Task.state == "open").execution_options(**FAR)
    return session().scalars(query).all()


def open_of(instance_id: str) -> Sequence[Task]:
    """Give the open tasks of an instance."""
    query = select(Task).where(Task.instance_id == instance_id, IS_OPEN).execution_options(**FAR)
    return session().scalars(query).all()


def close(task_ids: Iterable[str], values: dict[str, object]) -> None:
    """Write `values` to tasks that are open and take them out of every inbox."""
    of_tasks = [{"of_task": task_id} for task_id in task_ids]
    if of_tasks:
        if session().new:  # a task of an earlier step of this verb, still to be inserted
            session().flush()
        _execute(_closing(frozenset(values)), [{**of_task, **values} for of_task in of_tasks])
        _execute(_UNOFFER, of_tasks)


def _execute(statement: Executable, rows: list[dict[str, Any]]) -> None:
    """One row is sent as one statement: several are sent in a way that costs more for one.

    Nothing else is written with it: the instance is written once, at the commit.
    """
    connection().execute(statement, rows if len(rows) > 1 else rows[0])


@lru_cache
def _closing(columns: frozenset[str]) -> Update:
    open_one = update(_TASK).where(_TASK.c.id == bindparam("of_task"), _TASK.c.state == literal("open"))
    return open_one.values({name: bindparam(name) for name in columns})


def offer(tasks: Iterable[Task]) -> None:
    """Write the access rows of open tasks: to the assignee, the candidates and the candidate groups."""
    rows = [
        {"principal": principal, "sort_at": sort_at(task), "task_id": task.id, "turn": turn(task, principal)}
        for task in tasks
        for principal in principals(task)
    ]
    if rows:
        _execute(_OFFER, rows)


def offer_again(task: Task) -> None:
    """Write the access rows of a task anew, after its assignee or due moment changed."""
    _execute(_UNOFFER, [{"of_task": task.id}])
    offer([task])


def sort_at(task: Task) -> datetime:
    """Give the moment by which a task is listed: when it is due, those of one moment by their priority."""
    return (task.due_at or NEVER) - timedelta(microseconds=_priority(task) - ORDINARY)


def turn(task: Task, principal: str = "") -> int | None:
    """Give the place of a task in the queue of one who could do it next; None for those who could not.

    That is its holder, and while nobody holds it everybody whom it is offered to; a unit's head only sees it.
    """
    waits_for = f"u:{task.assignee}" if task.assignee else principal
    if principal and (principal != waits_for or principal.startswith("n:")):
        return None
    filed = task.filed_at or task.created_at
    return (MOST_PRIORITY - _priority(task)) * 10**13 + int(filed.timestamp() * 1000)


def _priority(task: Task) -> int:
    return min(max(task.priority, 0), MOST_PRIORITY)


def principals(task: Task) -> frozenset[str]:
    """Give who may see an open task; whose it is while a colleague works on it for them, too."""
    users = [*task.candidate_users, *filter(None, (task.assignee, task.owner))]
    units = [f"n:{task.unit_code}"] if task.unit_code else []
    return frozenset([*(f"u:{user}" for user in users), *(f"g:{group}" for group in task.candidate_groups), *units])


def visible(task: Task, scope: Scope) -> bool:
    """Say whether a scope holds a task: the same rule as the inbox query, on one loaded row."""
    return scope.sees_all or (task.state == "open" and not principals(task).isdisjoint(scope.task_principals))


def last_completed(instance_id: str, element_id: str) -> str | None:
    """Give the id of the last completed task of an element."""
    query = select(Task.id).where(Task.instance_id == instance_id, Task.element_id == element_id)
    done = query.where(Task.state == "completed").order_by(Task.completed_at.desc(), Task.id.desc())
    return session().scalar(done.limit(1))


def deadlines_due(now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Give (task id, instance id) of open tasks whose being at risk or breached is to be raised."""
    query = (
        select(Task.id, Task.instance_id)
        .where(Task.next_deadline_at <= now)
        .order_by(Task.next_deadline_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def took_part(dossier_id: str, scope: Scope) -> bool:
    """Say whether a task of this dossier is offered to the scope now, or was completed by its person."""
    offered = select(TaskAccess.task_id).where(TaskAccess.principal.in_(scope.principals))
    query = select(Task.id).where(
        Task.dossier_id == dossier_id,
        or_(Task.completed_by == scope.username, Task.id.in_(offered)),
    )
    return session().scalar(query.limit(1)) is not None


def took_part_in_instance(instance_id: str, username: str, who: Iterable[str]) -> bool:
    """Say whether a task of this instance is offered to one of these principals, or was completed by this person."""
    offered = select(TaskAccess.task_id).where(TaskAccess.principal.in_(list(who)))
    query = select(Task.id).where(
        Task.instance_id == instance_id, or_(Task.completed_by == username, Task.id.in_(offered))
    )
    return session().scalar(query.limit(1)) is not None
