"""Changes of hands: counted with the task, and capped, so that no dossier wanders from desk to desk."""

from __future__ import annotations

from errors import WrongState
from services.permissions import Permission, Viewer
from storage.tables import Task
from texts import Text

MOST = 5
"""So often may a task leave somebody's hands before it is only claimed or done (MOTCUA_MOST_REASSIGNMENTS)."""
COUNTED = frozenset({"task.assigned", "task.delegated", "task.released", "task.transferred"})
"""Events by which a task leaves the hands of who held it; not where an interest was declared, nor back to an owner."""


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
