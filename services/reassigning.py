"""Changes of hands: counted with the task, and capped, so that no dossier wanders from desk to desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from errors import WrongState
from services import log
from services.permissions import Permission, Viewer
from services.runs import Run
from storage.rows import tasks as rows
from storage.tables import Task
from texts import Text

NOTHING: Mapping[str, Any] = {}

MOST = 5
"""So often may a task leave somebody's hands before it is only claimed or done (MOTCUA_MOST_REASSIGNMENTS)."""
COUNTED = frozenset({"task.assigned", "task.delegated", "task.released", "task.transferred"})
"""Events by which a task leaves the hands of who held it; not where an interest was declared, nor back to an owner."""


def given(
    run: Run,
    task: Task,
    assignee: str | None,
    kind: str,
    *,
    owner: str | None = None,
    delegation: str | None = None,
    more: Mapping[str, Any] = NOTHING,
) -> Task:
    """Give a task to a person, or back to its candidates; `owner`: for whom that person works on it, `delegation`: how.

    `more`: what else the event says; a reason among it is that of the delegation.
    """
    before, task.assignee, task.owner = task.assignee, assignee, owner
    task.handed_at = task.handed_at if kind == "task.claimed" else run.now
    task.delegation = delegation
    task.delegation_reason = str(more.get("reason") or "") or None if delegation in ("pending", "resolved") else None
    count(task, before, assignee, kind)
    rows.offer_again(task)
    data = {"task": task.id, "element": task.element_id, "from": before, "to": assignee, **more}
    log.append(run.instance, kind, actor=run.actor, now=run.now, data=data)
    return task


def require_few(viewer: Viewer, task: Task, most: int) -> None:
    """Raise WrongState where a task has changed hands too often to be given on; administrators still may.

    `most` 0: there is no cap.
    """
    if most and task.reassigned >= most and Permission.WORK_ANY_TASK not in viewer.permissions:
        raise WrongState(
            Text(
                f"Việc này đã đổi người {task.reassigned} lần, nhiều nhất là {most}. Người trong nhóm tự nhận, hoặc "
                "nhờ quản trị viên giao.",
                f"This task has changed hands {task.reassigned} times, {most} at most. Somebody of its group claims "
                "it, or an administrator gives it.",
            )
        )


def count(task: Task, before: str | None, assignee: str | None, kind: str) -> None:
    """Count a change of hands."""
    if before is not None and before != assignee and kind in COUNTED:
        task.reassigned += 1
