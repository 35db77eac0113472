"""Interests: an officer declares a conflict of interest and keeps away from a dossier; a head may lift it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from errors import Detail, Forbidden, InvalidAnswers, NotFound
from services import documents, instances, log, reassigning, tasks
from services.permissions import Permission, Viewer, has_any, require_any
from services.runs import hold, hold_of_task
from services.taskrights import PENDING
from storage.database import session, verb
from storage.rows import dossiers as dossier_rows
from storage.rows import duties as rows
from storage.rows import tasks as task_rows
from storage.tables import Instance, Interest, Task
from texts import Text


@verb
def declare(viewer: Viewer, task_id: str, reason: str, *, now: datetime) -> Interest:
    """Declare that one has an interest in what a task's dossier decides: one does none of its tasks from now on.

    Whatever one holds there goes back to its candidates, or to the head's list where there are none. Declaring it
    again changes nothing. Raises NotFound, InvalidAnswers without a reason.
    """
    require_any(viewer, Permission.WORK_TASKS, Permission.WORK_ANY_TASK)
    run, task = hold_of_task(task_id, actor=viewer.username, now=now)
    if not tasks.may_see(viewer, task):
        raise NotFound()
    reason = instances.reason_given(reason)
    found = rows.interest(run.instance.id, viewer.username)
    if found is not None and found.lifted_at is None:
        return found
    if found is None:
        found = Interest(instance_id=run.instance.id, username=viewer.username)
        session().add(found)
    found.reason, found.declared_at, found.lifted_at, found.lifted_by = reason, now, None, None
    run.instance.interested = sorted({*(run.instance.interested or ()), viewer.username})
    log.append(run.instance, "interest.declared", actor=viewer.username, now=now, data={"who": viewer.username})
    for held in task_rows.open_of(run.instance.id):
        if viewer.username in (held.assignee, held.owner):
            rest, kind = _rest(viewer.username, held)
            reassigning.given(run, held, rest, kind)
    return found


@verb
def lift(viewer: Viewer, instance_id: str, username: str, reason: str, *, now: datetime) -> Interest:
    """Let somebody work on a dossier again who had declared an interest in it; never oneself. Lifting twice is once."""
    require_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    run = hold(instance_id, actor=viewer.username, now=now)
    if not _reads(viewer, run.instance):
        raise NotFound()
    if viewer.username == username:
        message = Text("Không tự gỡ khai báo của chính mình.", "Somebody else must lift one's own declaration.")
        raise Forbidden(message, details=[Detail(code="own", field="username", message=message)])
    found = rows.interest(run.instance.id, username)
    if found is None:
        message = Text("Người này chưa khai xung đột lợi ích.", "This person has declared no interest.")
        raise InvalidAnswers(details=[Detail(field="username", code="unknown", message=message)])
    reason = instances.reason_given(reason)
    if found.lifted_at is not None:
        return found
    found.lifted_at, found.lifted_by = now, viewer.username
    run.instance.interested = [name for name in run.instance.interested or () if name != username] or None
    data = {"who": username, "reason": reason}
    log.append(run.instance, "interest.lifted", actor=viewer.username, now=now, data=data)
    return found


def of_instance(viewer: Viewer, instance_id: str) -> Sequence[Interest]:
    """Give what was declared about an instance: to who assigns tasks and may read it all of it, to others their own.

    Raises NotFound for who may not read it and has declared nothing.
    """
    found = rows.interests(instance_id)
    instance = session().get(Instance, instance_id)
    own = [one for one in found if one.username == viewer.username]
    if instance is None or not (own or _reads(viewer, instance)):
        raise NotFound()
    if has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK):
        return found if _reads(viewer, instance) else own
    return own


def _reads(viewer: Viewer, instance: Instance) -> bool:
    dossier = dossier_rows.of_instance(instance.id)
    if dossier is not None:
        return viewer.is_staff and documents.may_read_dossier(viewer, dossier)
    return instances.may_read(viewer, instance)


def _rest(username: str, task: Task) -> tuple[str | None, str]:
    """Who has the task now, and by which event.

    What a colleague does for its interested owner they go on with in their own name, but not a substitute, who had it
    by the owner's right; what an interested colleague did for its owner is the owner's again.
    """
    if task.delegation == PENDING and task.owner is not None and task.assignee is not None:
        is_owner = task.owner == username
        return (task.assignee, "task.assigned") if is_owner else (task.owner, "task.resolved")
    return None, "task.released"
