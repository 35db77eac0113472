"""What else one does with a task beside completing it: the next one, taken back, sent back, passed on, planned."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.returning import EarlierTask
from api.schemas.task_verbs import EarlierSteps, FollowUp, NextTask, Prioritise, SendBack, Transfer
from api.schemas.tasks import Nothing, Task
from api.tasks import most, task_out
from services import planning, sending_back, tasks, transfers, undoing

blueprint = Blueprint("desk", "Planning tasks, passing them on and taking them back.")
COLUMNS = tuple(EarlierTask().fields)


@blueprint.post("/tasks/next")
@blueprint.body(Nothing)
@blueprint.answers(NextTask)
def take_next(_: dict[str, Any]) -> dict[str, Any]:
    """Take what is next in turn: one's own, else what nobody holds; by priority, then by filing time."""
    task = tasks.take_next(viewer(), now=now())
    return {"task": task_out(task) if task is not None else None}


@blueprint.post("/tasks/<task_id>/undo")
@blueprint.body(Nothing)
@blueprint.answers(Task)
def undo(_: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Take back one's own completion within a minute, where nothing has left the house; gives the task that opens."""
    return task_out(undoing.undo(viewer(), task_id, now=now()))


@blueprint.get("/tasks/<task_id>/earlier-tasks")
@blueprint.answers(EarlierSteps)
def earlier(task_id: str) -> dict[str, Any]:
    """List the completed tasks that a task can be sent back to."""
    opened = tasks.open_task(viewer(), task_id, now=now())
    rows = sending_back.earlier(viewer(), opened.task)
    return {"items": [{name: getattr(row, name) for name in COLUMNS} for row in rows]}


@blueprint.post("/tasks/<task_id>/send-back")
@blueprint.body(SendBack)
@blueprint.answers(Task)
def send_back(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Let an earlier task be done again in place of this one; gives the task that opens for it."""
    return task_out(sending_back.send_back(viewer(), task_id, sent["task_id"], sent["reason"], now=now()))


@blueprint.post("/tasks/<task_id>/transfer")
@blueprint.body(Transfer)
@blueprint.answers(Task)
def transfer(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Give a task to another unit, whose head says who does it there."""
    done = transfers.transfer(viewer(), task_id, sent["unit"], sent["reason"], now=now(), most=most())
    return task_out(done)


@blueprint.post("/tasks/<task_id>/follow-up")
@blueprint.body(FollowUp)
@blueprint.answers(Task)
def follow_up(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Say when one comes back to a task, or that one does not (null)."""
    return task_out(planning.follow_up(viewer(), task_id, sent["at"], now=now()))


@blueprint.post("/tasks/<task_id>/priority")
@blueprint.body(Prioritise)
@blueprint.answers(Task)
def prioritise(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Say how urgent a task is."""
    return task_out(planning.prioritise(viewer(), task_id, sent["priority"], now=now(), reason=sent["reason"]))
