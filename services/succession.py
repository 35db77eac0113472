"""Succession: one task of a colleague who leaves goes to another, and the log says from whom to whom."""

from __future__ import annotations

from datetime import datetime

from errors import Conflict, Detail, Forbidden, InvalidAnswers, WrongState
from services import duties, reassigning, tasks
from services.permissions import Permission, Viewer, has_any
from storage.database import verb
from storage.rows import people
from storage.tables import Task
from texts import Text

HELD, OWNED, OFFERED = "held", "owned", "offered"
"""In which way a task is somebody's: they hold it, have delegated it, or are offered it by name."""
NOT_THEIRS = Text("Việc này không còn đứng tên người ấy.", "This task is not in that person's name any more.")


@verb
def hand(viewer: Viewer, task_id: str, leaver: str, to: str, reason: str, *, now: datetime) -> Task:
    """Hand one task over from a person to another; `to` empty: back to its groups.

    Raises Forbidden, Conflict where it is not the leaver's any more, InvalidAnswers where the successor cannot have it,
    WrongState where nobody would be left to do it.
    """
    if not has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK):
        raise Forbidden()
    run, task = tasks.hold_open(viewer, task_id, now=now)
    way = way_of(task, leaver)
    if not way:
        raise Conflict(NOT_THEIRS)
    if to:
        _require_fit(task, to, leaver)
        duties.require_apart_of(run, task, to)
    named = [name for name in task.candidate_users if name != leaver]
    if leaver in task.candidate_users and to and to not in named:
        named.append(to)
    task.candidate_users = named
    assignee = (to or None) if task.assignee == leaver else task.assignee
    owner = (to or None) if task.owner == leaver else task.owner
    owner = None if owner == assignee else owner
    if assignee is None and not named and not task.candidate_groups and not task.transferred:
        raise WrongState(Text("Không còn ai để làm việc này.", "Nobody would be left to do this task."))
    more = {"leaver": leaver, "from": leaver, "to": to or None, "assignee": assignee, "way": way, "why": reason}
    asked, how = task.delegation_reason, task.delegation
    reassigning.given(
        run, task, assignee, "task.handed_over", owner=owner, delegation=how if owner else None, more=more
    )
    task.delegation_reason = asked if owner else None
    return task


def way_of(task: Task, username: str) -> str:
    """Say in which way a task is a person's; empty: it is not."""
    if task.assignee == username:
        return HELD
    if task.owner == username:
        return OWNED
    return OFFERED if username in task.candidate_users else ""


def _require_fit(task: Task, to: str, leaver: str) -> None:
    person = people.load(to)
    has_place = leaver in task.candidate_users or tasks.fits(to, task)
    if person is None or not person.is_active or not has_place:
        message = Text(
            f"Không bàn giao được cho “{to[:80]}”: người này không thuộc nhóm xử lý của bước.",
            f"“{to[:80]}” cannot have this task: they are in none of its groups.",
        )
        raise InvalidAnswers(details=[Detail(field="to", code="unknown", message=message)])
