"""Send back: an officer lets an earlier step be done again, with a reason, where the diagram draws no way back.

It is a return (returning.py) of the officer's own branch, where nothing has left the house since that step.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from errors import Forbidden, NotFound, TaskTaken, WrongState
from services import clocks, duties, effects, house, instances, log, notices, pending, returning, tasks
from services.permissions import Viewer
from services.record import record
from services.runs import Run
from services.taskrights import PENDING, may_submit, named_for
from storage.database import session, verb
from storage.rows import people
from storage.rows import tasks as rows
from storage.tables import Task
from texts import Text

DRAWN = Text(
    "Sơ đồ đã có cách trả lại ở bước này: hãy dùng quyết định “%s”.",
    "The diagram has a way back from this step: use the act “%s”.",
)
NOT_BEFORE = Text(
    "Bước được chọn không dẫn tới việc này: hãy chọn một bước trước nó.",
    "That step does not lead to this task: choose one before it.",
)


@verb
def send_back(viewer: Viewer, task_id: str, earlier_id: str, reason: str, *, now: datetime) -> Task:
    """Let an earlier step be done again in place of a task that one may do; give the task that opens for it.

    It goes to who did it, where that person still may. Raises NotFound, TaskNotOpen, Forbidden, InvalidAnswers without
    a reason, WrongState where the diagram has its own way, where something has left the house, where one cannot return.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    if not may_submit(viewer, task):
        raise TaskTaken() if task.assignee is not None else Forbidden()
    pending.refuse(task)
    duties.require_apart(run, task, viewer.username)
    reason = instances.reason_given(reason)
    earlier = session().get(Task, earlier_id)
    if earlier is None or earlier.instance_id != task.instance_id:
        raise NotFound()
    _refuse_drawn(run, task)
    step = returning.step_back(run, earlier, whole=False)
    if not any(event.activation_id == task.id and event.kind == "cancelled" for event in step.events):
        raise WrongState(NOT_BEFORE)
    _keep_inside(run, earlier)
    run.notes = {
        "sent_back": task.id, "earlier": earlier.id, "element": earlier.element_id, "name": earlier.name,
        "reason": reason, **named_for(viewer, task),
    }  # fmt: skip
    back = returning.status_back(run.dossier, earlier)
    if back is not None and run.dossier is not None:
        effects.take_back(run, run.dossier, back)
        clocks.refresh(run.dossier, run.limits, now=now)
    opened = record(run, step, "task.sent_back")
    again = next(row for row in opened if row.element_id == earlier.element_id)
    for row in opened:
        row.returned_because = reason
    _give(run, again, earlier.completed_by)
    instances.drain(run)
    return again


def earlier(viewer: Viewer, task: Task, limit: int = 50) -> Sequence[Task]:
    """Give the completed steps that a task's doer may choose from, the latest first; none where the diagram has a way.

    Whether one leads to the task, and whether something has left the house since, `send_back` says.
    """
    if task.state != "open" or task.delegation == PENDING or not may_submit(viewer, task):
        return ()
    return rows.returnable(task.instance_id, limit)


def _refuse_drawn(run: Run, task: Task) -> None:
    element = run.loaded.element(task.process_key, task.element_id)
    drawn = next((act for act in element.acts if act.kind == "return"), None) if element else None
    if drawn is not None:
        raise WrongState(Text(DRAWN.vi % drawn.label.vi, DRAWN.en % (drawn.label.en or drawn.label.vi)))


def _keep_inside(run: Run, earlier: Task) -> None:
    acts, found = [], False
    for row, data in log.events_of(run.instance.id):
        found = found or (row.kind == "task.completed" and data.get("task") == earlier.id)
        if found:
            acts.append(data)
    assert earlier.completed_at is not None  # its snapshot is kept, so it is completed
    house.keep_inside(run, acts, since=earlier.completed_at)


def _give(run: Run, task: Task, username: str | None) -> None:
    """Who did the step does it again, unless they left, lost the group or are barred: then its candidates have it."""
    person = people.load(username) if username else None
    if person is None or not person.is_active or task.assignee is not None:
        return
    element = run.loaded.element(task.process_key, task.element_id)
    if tasks.fits(person.username, task) and duties.barred(run.instance, element, person.username) is None:
        task.assignee = person.username
        rows.offer_again(task)
        key = f"{task.id}:{run.now.isoformat()}"
        notices.tell_of_act(run, "sent_back", [person.username], task, key=key, detail=run.notes["reason"])
