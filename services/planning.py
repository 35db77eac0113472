"""Planning of open tasks: when somebody comes back to one, and how urgent it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from errors import Detail, Forbidden, InvalidAnswers
from services import log, tasks
from services.permissions import Permission, Viewer, has_any, require
from services.taskrights import may_submit, named_for
from storage.database import verb
from storage.rows import tasks as rows
from storage.tables import Task
from texts import Text

FURTHEST = timedelta(days=3660)
PRIORITIES = range(101)
"""50 is ordinary; the greater, the sooner among those due at the same moment, and in the queue."""


@verb
def follow_up(viewer: Viewer, task_id: str, at: datetime | None, *, now: datetime) -> Task:
    """Set the moment at which one means to come back to a task, or take it away (None).

    Who may work on it may, and who may assign it. The same moment again changes nothing.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    if not may_submit(viewer, task) and not has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK):
        raise Forbidden()
    if at is not None and not now < at < now + FURTHEST:
        message = Text("Chọn một ngày sắp tới.", "Choose a moment to come.")
        raise InvalidAnswers(details=[Detail(field="at", code="range", message=message)])
    if task.follow_up_at != at:
        task.follow_up_at = at
        data = {"task": task.id, "element": task.element_id, "at": at.isoformat() if at else None}
        data |= named_for(viewer, task)
        log.append(run.instance, "task.follow_up", actor=run.actor, now=now, data=data)
    return task


@verb
def prioritise(viewer: Viewer, task_id: str, priority: int, *, now: datetime, reason: str = "") -> Task:
    """Say how urgent a task is, 0 to 100; heads and leaders may. The same priority again changes nothing."""
    require(viewer, Permission.SET_PRIORITY)
    run, task = tasks.hold_open(viewer, task_id, now=now)
    problems = []
    if isinstance(priority, bool) or priority not in PRIORITIES:
        message = Text("Mức ưu tiên là số từ 0 đến 100.", "A priority is a number from 0 to 100.")
        problems.append(Detail(field="priority", code="range", message=message))
    if len(reason) > tasks.LONGEST_REASON:
        message = Text(f"Lý do dài quá {tasks.LONGEST_REASON} ký tự.", f"At most {tasks.LONGEST_REASON} characters.")
        problems.append(Detail(field="reason", code="length", message=message))
    if problems:
        raise InvalidAnswers(details=problems)
    if task.priority != priority:
        data = {"task": task.id, "element": task.element_id, "from": task.priority, "priority": priority}
        task.priority = priority
        rows.offer_again(task)
        if reason.strip():
            data["reason"] = reason.strip()
        log.append(run.instance, "task.priority", actor=run.actor, now=now, data=data)
    return task
