"""Who may work on an open task: the one rule for claiming, submitting and typing a draft."""

from __future__ import annotations

from services.permissions import Permission, Viewer
from storage.tables import Task


def is_candidate(viewer: Viewer, task: Task) -> bool:
    """Say whether a task is offered to a person, by name or by a group."""
    return viewer.username in task.candidate_users or not viewer.groups.isdisjoint(task.candidate_groups)


def may_submit(viewer: Viewer, task: Task) -> bool:
    """The assignee; where nobody has claimed it, any candidate (a submit claims it); programs and administrators."""
    if task.assignee == viewer.username or Permission.WORK_ANY_TASK in viewer.permissions:
        return True
    return task.assignee is None and is_candidate(viewer, task)
