"""Attachments: files that officers add to a dossier beside its forms; internal, the applicant never sees them.

They are documents of the origin `internal`, come in as every upload does (kinds, sizes, virus scan:
services/documents.py) and are removed by who added them while the task that they were added at is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from errors import Detail, Forbidden, Invalid, InvalidAnswers, NotFound
from services import documents, log, tasks
from services.permissions import Permission, Viewer, has_any
from services.taskrights import may_submit, named_for
from storage.database import session, verb
from storage.rows import dossiers as rows
from storage.tables import Document, Dossier, Task
from texts import Text

COMPONENT = "internal"
MOST = 100
"""Of one dossier."""


@verb
def add(viewer: Viewer, task_id: str, document_ids: Iterable[str], *, now: datetime) -> Sequence[Document]:
    """Add staged uploads to the dossier of an open task, for colleagues only; give all there are.

    Who may do the task may, and who assigns tasks. Added again they are there once. Raises NotFound, TaskNotOpen,
    Forbidden, InvalidAnswers where there is no dossier or no file, Invalid where one is gone or they are too many.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    if not _may_work(viewer, task):
        raise Forbidden()
    if run.dossier is None:
        message = Text("Việc này không thuộc hồ sơ nào.", "This task belongs to no dossier.")
        raise InvalidAnswers(details=[Detail(field="documents", code="no_dossier", message=message)])
    there = rows.internal_of(run.dossier.id)
    own = {document.id for document in there if document.created_by == viewer.username}
    ids = list(dict.fromkeys(document_ids))
    if not ids:
        message = Text("Chọn ít nhất một tệp.", "Choose a file at least.")
        raise InvalidAnswers(details=[Detail(field="documents", code="required", message=message)])
    fresh = [one for one in ids if one not in own]
    if len(there) + len(fresh) > MOST:
        message = Text(f"Hồ sơ có nhiều nhất {MOST} tệp nội bộ.", f"A dossier has {MOST} internal files at most.")
        raise Invalid(details=[Detail(field="documents", code="too_many", message=message)])
    if fresh:
        attached = documents.attach(viewer, fresh, run.dossier, task=task)
        behalf = named_for(viewer, task)
        rows.make_internal(fresh, behalf=behalf.get("for"))
        data = {"task": task.id, "element": task.element_id, "name": task.name, "documents": attached, **behalf}
        log.append(run.instance, "attachment.added", actor=run.actor, now=now, data=data)
    return rows.internal_of(run.dossier.id)


@verb
def remove(viewer: Viewer, task_id: str, document_id: str, *, now: datetime) -> None:
    """Remove what one has added at a task that is still open. Raises NotFound, TaskNotOpen, Forbidden."""
    run, task = tasks.hold_open(viewer, task_id, now=now)
    found = session().get(Document, document_id, populate_existing=True)
    if found is None or found.origin != "internal" or found.dossier_id != task.dossier_id:
        raise NotFound()
    if not may_remove(viewer, task, found):
        raise Forbidden()
    session().delete(found)
    gone = {"document": found.id, "name": found.file_name, "size": found.size, "sha256": found.sha256}
    data = {"task": task.id, "element": task.element_id, "name": task.name, "documents": [gone]}
    data |= named_for(viewer, task)
    log.append(run.instance, "attachment.removed", actor=run.actor, now=now, data=data)


def of_dossier(viewer: Viewer, dossier: Dossier) -> Sequence[Document]:
    """Give the internal files of a dossier that the viewer may read as a colleague; none to others."""
    return rows.internal_of(dossier.id) if documents.may_read_internal(viewer, dossier) else ()


def may_add(viewer: Viewer, task: Task) -> bool:
    """Say whether a viewer may add files at an open task that they see."""
    return task.state == "open" and task.dossier_id is not None and _may_work(viewer, task)


def _may_work(viewer: Viewer, task: Task) -> bool:
    return may_submit(viewer, task) or has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)


def may_remove(viewer: Viewer, task: Task, document: Document) -> bool:
    """Say whether a viewer may remove a file: their own, within the step that it was added at."""
    return document.created_by == viewer.username and document.task_id == task.id and task.state == "open"
