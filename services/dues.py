"""Due moments of open steps, computed anew where the dossier's clock or the calendar changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services import clocks
from services.runs import Run
from storage.rows import tasks
from storage.tables import Task


def refresh(run: Run, open_tasks: Iterable[Task]) -> list[dict[str, Any]]:
    """Compute the due moments of open steps; give those that moved as the log has them (`dues`).

    The applicant's own step is what the clock waits for: its limit is not stopped by the pause that it makes.
    """
    moved = []
    for task in open_tasks:
        element = run.loaded.element(task.process_key, task.element_id)
        if element is None or element.limit is None:
            continue
        before = task.due_at
        pauses = [] if element.pause else clocks.pauses_since(run.dossier, task.created_at)
        clocks.refresh_task(task, element.limit, pauses, now=run.now)
        if task.due_at != before:
            tasks.offer_again(task)
            moved.append({"task": task.id, "due_at": task.due_at.isoformat() if task.due_at else None})
    return moved
