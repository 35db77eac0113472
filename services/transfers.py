"""Transfer: a task goes to another unit, with a reason; its head sees it and says who does it there."""

from __future__ import annotations

from datetime import datetime

from errors import Detail, Forbidden, InvalidAnswers
from services import notices, pending, reassigning, tasks
from services.permissions import Permission, Viewer, has_any, permissions_of
from services.taskrights import named_for
from storage.database import verb
from storage.rows import people
from storage.tables import Task
from texts import Text


@verb
def transfer(
    viewer: Viewer, task_id: str, unit: str, reason: str, *, now: datetime, most: int = reassigning.MOST
) -> Task:
    """Give a task to another unit: to its heads, who do it or give it to one of their people. The dossier stays.

    Its holder may, and who assigns tasks. Raises TaskNotOpen, Forbidden, WrongState where it has changed hands `most`
    times, InvalidAnswers with all that is wrong: no reason, no such unit, the same one, one without a head.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    may_any = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    if task.assignee != viewer.username and not may_any:
        raise Forbidden()
    pending.refuse(task, pending.GIVE_BACK, unless=may_any)
    reassigning.require_few(viewer, task, most)
    heads = _heads(unit)
    problems = _problems(task, unit, reason, heads)
    if problems:
        raise InvalidAnswers(details=problems)
    more = {"from_unit": task.unit_code, "unit": unit, "reason": reason.strip()} | named_for(viewer, task)
    task.unit_code, task.transferred = unit, True
    task.candidate_groups, task.candidate_users = [], heads
    reassigning.given(run, task, None, "task.transferred", more=more)
    key = f"{task.id}:{now.isoformat()}"
    notices.tell_of_act(run, "transfer", heads, task, key=key, detail=reason.strip())
    return task


def _heads(unit: str) -> list[str]:
    """Give those of a unit who give out its tasks."""
    found = people.heads_of(unit) if unit else ()
    wanted = {Permission.ASSIGN_TASKS, Permission.WORK_TASKS}
    return sorted(person.username for person in found if wanted <= permissions_of(person.roles))


def _problems(task: Task, unit: str, reason: str, heads: list[str]) -> list[Detail]:
    problems = []
    if people.unit(unit) is None:
        message = Text("Chọn đơn vị nhận.", "Choose the unit that gets it.")
        problems.append(Detail(field="unit", code="unknown", message=message))
    elif unit == task.unit_code:
        message = Text("Việc đang ở đơn vị này.", "The task is in this unit already.")
        problems.append(Detail(field="unit", code="same", message=message))
    elif not heads:
        message = Text("Đơn vị này chưa có trưởng phòng để nhận.", "This unit has no head who could take it.")
        problems.append(Detail(field="unit", code="no_head", message=message))
    if not reason.strip():
        message = Text("Cần nêu lý do.", "A reason is needed.")
        problems.append(Detail(field="reason", code="required", message=message))
    if len(reason) > tasks.LONGEST_REASON:
        message = Text(f"Lý do dài quá {tasks.LONGEST_REASON} ký tự.", f"At most {tasks.LONGEST_REASON} characters.")
        problems.append(Detail(field="reason", code="length", message=message))
    return problems
