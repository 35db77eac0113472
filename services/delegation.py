"""Delegation: a task is worked on by a colleague for the one who stays responsible, and given back."""

from __future__ import annotations

from datetime import datetime

from errors import Detail, Forbidden, InvalidAnswers, WrongState
from services import duties, notices, reassigning, tasks
from services.permissions import Permission, Viewer, has_any
from services.taskrights import PENDING, STANDING, acts_for, is_candidate, may_resolve, named_for
from storage.database import verb
from storage.rows import people
from storage.tables import Person, Task
from texts import Text

LONGEST_REASON = 2000


@verb
def delegate(
    viewer: Viewer, task_id: str, assignee: str, *, now: datetime, reason: str = "", most: int = reassigning.MOST
) -> Task:
    """Let a colleague work on a task for its holder, who stays its owner, and say what is asked of them.

    The colleague types into its form and gives it back (`resolve`); until then nobody completes it. The holder may, a
    candidate of a task that nobody holds, and who may assign tasks. A colleague is a candidate of the task or belongs
    to the unit of the one who delegates. Raises TaskNotOpen, Forbidden, InvalidAnswers with all that is wrong.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    may_any = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    offered = task.assignee is None and is_candidate(viewer, task)
    if task.assignee != viewer.username and not offered and not may_any:
        raise Forbidden()
    reassigning.require_few(viewer, task, most)
    owner = task.owner or task.assignee or acts_for(viewer, task) or viewer.username
    problems = _too_long(reason)
    person = people.load(assignee)
    if person is None or not person.is_active or assignee == owner or not _is_colleague(viewer, person, task):
        message = Text(
            f"Không uỷ quyền được cho “{assignee[:80]}”: hãy chọn một đồng nghiệp cùng nhóm hoặc cùng phòng.",
            f"“{assignee[:80]}” cannot work on this for {owner}: choose a colleague of the same group or unit.",
        )
        problems.append(Detail(field="assignee", code="unknown", message=message))
    if problems:
        raise InvalidAnswers(details=problems)
    duties.require_apart_of(run, task, assignee)
    duties.require_apart(run, task, owner)
    more = ({"reason": reason.strip()} if reason.strip() else {}) | named_for(viewer, task)
    reassigning.given(run, task, assignee, "task.delegated", owner=owner, delegation=PENDING, more=more)
    key = f"{task.id}:{now.isoformat()}"
    notices.tell_of_act(run, "delegated", [assignee], task, key=key, detail=reason.strip())
    return task


@verb
def resolve(viewer: Viewer, task_id: str, *, now: datetime, reason: str = "") -> Task:
    """Give a delegated task back to its owner, who completes it; to its candidates where they may not any more.

    `reason`: what came of it. Its owner takes it back by this. Who took it for an absent colleague gives it back in the
    same way.

    Raises WrongState where nobody has delegated it, TaskNotOpen, Forbidden.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    if task.owner is None:
        raise WrongState(Text("Việc này không phải việc được uỷ quyền.", "Nobody has delegated this task."))
    may_any = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    if not may_resolve(viewer, task) and not may_any:
        raise Forbidden()
    if problems := _too_long(reason):
        raise InvalidAnswers(details=problems)
    owner = task.owner
    is_apart = duties.barred(run.instance, run.loaded.element(task.process_key, task.element_id), task.owner) is None
    more = ({"reason": reason.strip()} if reason.strip() else {}) | _resolved_for(viewer, task)
    state = "resolved" if is_apart and task.delegation != STANDING else None
    reassigning.given(run, task, owner if is_apart else None, "task.resolved", delegation=state, more=more)
    if is_apart:
        key = f"{task.id}:{now.isoformat()}"
        notices.tell_of_act(run, "resolved", [owner], task, key=key, detail=reason.strip())
    return task


def _resolved_for(viewer: Viewer, task: Task) -> dict[str, str]:
    """Say for whom a substitute gives it back or takes it back; the delegate and the owner do it for themselves."""
    if viewer.username in (task.assignee, task.owner):
        return {}
    stood = {one.username for one in viewer.stands_for}
    absent = next((name for name in (task.assignee, task.owner) if name in stood), None)
    return {"for": absent} if absent else {}


def _too_long(reason: str) -> list[Detail]:
    message = Text(f"Nội dung dài quá {LONGEST_REASON} ký tự.", f"At most {LONGEST_REASON} characters.")
    return [Detail(field="reason", code="length", message=message)] if len(reason) > LONGEST_REASON else []


def _is_colleague(viewer: Viewer, person: Person, task: Task) -> bool:
    if Permission.WORK_ANY_TASK in viewer.permissions or tasks.fits(person.username, task):
        return True
    return bool(viewer.unit) and person.unit_code == viewer.unit
