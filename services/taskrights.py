"""Who may work on an open task: the one rule for claiming, submitting and typing a draft."""

from __future__ import annotations

from services.permissions import Permission, Standing, Viewer
from storage.tables import Task

STANDING, PENDING = "standing", "pending"
"""How a task is held for its owner (`Task.delegation`): by a substitute; by a colleague who was asked and answers."""


def is_candidate(viewer: Viewer, task: Task) -> bool:
    """Say whether a task is offered to a person, by name or by a group, or to one whom they stand for."""
    return _is_offered(viewer.username, viewer.groups, task) or _absent(viewer, task, held=False) is not None


def may_submit(viewer: Viewer, task: Task) -> bool:
    """The assignee; where nobody has claimed it, any candidate (a submit claims it); programs and administrators.

    And whoever stands for one of them.
    """
    if _holds(viewer, task) or Permission.WORK_ANY_TASK in viewer.permissions:
        return True
    if task.assignee is None:
        return is_candidate(viewer, task)
    return _absent(viewer, task, held=True) is not None


def acts_for(viewer: Viewer, task: Task) -> str | None:
    """Give the absent colleague by whose right a viewer works on a task; None where they may by their own."""
    if task.assignee == viewer.username:
        return task.owner if task.delegation == STANDING and _holds(viewer, task) else None
    if Permission.WORK_ANY_TASK in viewer.permissions:
        return None
    if task.assignee is None and _is_offered(viewer.username, viewer.groups, task):
        return None
    return _absent(viewer, task, held=task.assignee is not None)


def named_for(viewer: Viewer, task: Task) -> dict[str, str]:
    """Give what an event at an open task says of the absent colleague in whose name it is done; empty: in one's own."""
    absent = acts_for(viewer, task) if task.state == "open" else None
    return {"for": absent} if absent else {}


def may_resolve(viewer: Viewer, task: Task) -> bool:
    """Say whether a viewer may give a task back to its owner: its holder, its owner, and who stands for one of them."""
    if viewer.username in (task.assignee, task.owner):
        return True
    return task.owner is not None and any(
        one.username in (task.assignee, task.owner) and _covers(one, task) for one in viewer.stands_for
    )


def sees_for(viewer: Viewer, task: Task) -> bool:
    """Say whether a viewer sees an open task because it is a colleague's whom they stand for: given, offered, owned."""
    if not viewer.stands_for or task.state != "open":
        return False
    if task.delegation == PENDING and may_resolve(viewer, task):
        return True
    return _absent(viewer, task, held=True) is not None or _absent(viewer, task, held=False) is not None


def stands(viewer: Viewer, task: Task) -> bool:
    """Say whether a task belongs in the list of those whom a viewer stands for: they do it by no right of their own.

    The list is storage/queries/substituting.py; what else they may do as an administrator counts for nothing here.
    """
    if task.state != "open":
        return False
    if task.assignee == viewer.username:
        return task.delegation == STANDING and _holds(viewer, task)
    if task.assignee is None and _is_offered(viewer.username, viewer.groups, task):
        return False
    return _absent(viewer, task, held=task.assignee is not None) is not None


def _holds(viewer: Viewer, task: Task) -> bool:
    """Its assignee does; who took it for an absent colleague only as long as they stand for them."""
    if task.assignee != viewer.username:
        return False
    return task.delegation != STANDING or any(
        one.username == task.owner and _covers(one, task) for one in viewer.stands_for
    )


def _covers(one: Standing, task: Task) -> bool:
    return not one.keys or task.key in one.keys


def _is_offered(username: str, groups: frozenset[str], task: Task) -> bool:
    return username in task.candidate_users or not groups.isdisjoint(task.candidate_groups)


def _absent(viewer: Viewer, task: Task, *, held: bool) -> str | None:
    """Give the first of those whom a viewer stands for who holds the task, or (not `held`) whom it is offered to."""
    for one in viewer.stands_for:
        has_it = task.assignee == one.username if held else _is_offered(one.username, one.groups, task)
        if has_it and _covers(one, task):
            return one.username
    return None
