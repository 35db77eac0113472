"""Presence: whoever has a dossier or a task open beats every 25 seconds and is told who else has. Staff only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from errors import Forbidden, NotFound
from services import dossiers, tasks
from services.permissions import Viewer
from storage.database import verb
from storage.rows import people, presence
from storage.rows import tasks as rows

LASTS = timedelta(seconds=70)
"""Who has not beaten for so long has gone: two beats and a slow line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who else is there, and what became of the task meanwhile."""

    others: Sequence[tuple[str, bool]]
    """(name, is typing)."""
    state: str = ""
    """Of the task: open, completed or cancelled; empty on a dossier's page."""
    holder: str = ""
    holder_name: str = ""
    done_by: str = ""


@verb
def of_task(viewer: Viewer, task_id: str, *, is_typing: bool, now: datetime) -> Around:
    """Say that one looks at a task; give who else looks at its dossier. Raises NotFound, Forbidden for applicants."""
    if not viewer.is_staff:
        raise Forbidden()
    task = rows.load(task_id)
    if task is None or not tasks.may_see(viewer, task):
        raise NotFound()
    presence.beat(task.instance_id, viewer.username, is_typing=is_typing, now=now)
    return Around(
        others=presence.others(task.instance_id, viewer.username, now - LASTS),
        state=task.state,
        holder=task.assignee or "",
        holder_name=people.name_of(task.assignee) if task.assignee and task.assignee != viewer.username else "",
        done_by=people.name_of(task.completed_by) if task.completed_by else "",
    )


@verb
def of_dossier(viewer: Viewer, dossier_id: str, *, now: datetime) -> Around:
    """Say that one looks at a dossier; give who else does. Raises NotFound, Forbidden for applicants."""
    if not viewer.is_staff:
        raise Forbidden()
    instance_id = dossiers.readable(viewer, dossier_id).instance_id
    presence.beat(instance_id, viewer.username, is_typing=False, now=now)
    return Around(others=presence.others(instance_id, viewer.username, now - LASTS))
