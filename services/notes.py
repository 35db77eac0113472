"""Private notes: what an officer writes down about a dossier for themselves; nobody else reads it."""

from __future__ import annotations

from datetime import datetime

from errors import Detail, InvalidAnswers, NotFound
from services import tasks
from services.permissions import Viewer
from storage.database import session, verb
from storage.rows import tasks as rows
from storage.tables import PrivateNote, Task
from texts import Text

LONGEST = 4000


@verb
def save(viewer: Viewer, task_id: str, text: str, *, now: datetime) -> PrivateNote | None:
    """Keep one's note about the instance of a task that one sees; an empty one is deleted. No event: it is private."""
    task = rows.load(task_id)
    if task is None or not viewer.is_staff or not tasks.may_see(viewer, task):
        raise NotFound()
    text = text.strip()
    if len(text) > LONGEST:
        message = Text(f"Ghi chú dài quá {LONGEST} ký tự.", f"At most {LONGEST} characters.")
        raise InvalidAnswers(details=[Detail(field="text", code="length", message=message)])
    note = of_task(viewer, task)
    if not text:
        if note is not None:
            session().delete(note)
        return None
    if note is None:
        note = PrivateNote(username=viewer.username, instance_id=task.instance_id)
        session().add(note)
    note.text, note.saved_at = text, now
    return note


def of_task(viewer: Viewer, task: Task) -> PrivateNote | None:
    """Give one's own note about the instance of a task."""
    return session().get(PrivateNote, (viewer.username, task.instance_id), populate_existing=True)
