"""What else one does with a task beside completing it: taken back, sent back, passed on, planned."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Integer, Moment, Sent, Text
from api.schemas.returning import EarlierTask
from api.schemas.tasks import Task


class Because(Sent):
    """Why."""

    reason = Text(required=True, longest=2000)


class FollowUp(Sent):
    """When one comes back to a task; null: no date."""

    at = Moment(required=True, allow_none=True)


class Prioritise(Sent):
    """How urgent a task is: 50 is ordinary, the greater the sooner."""

    priority = Integer(0, 100, required=True)
    reason = Text(load_default="", longest=2000, shortest=0)


class Transfer(Because):
    """The unit that gets a task, and why."""

    unit = Text(required=True)


class SendBack(Because):
    """Which completed task is done again (`/tasks/{id}/earlier-tasks`), and why."""

    task_id = Text(required=True)


class EarlierSteps(Answered):
    """What a task can be sent back to, the latest first; none where the diagram has a way back of its own."""

    items = fields.List(fields.Nested(EarlierTask), required=True)


class NextTask(Answered):
    """The task that was taken, or null where nothing is left."""

    task = fields.Nested(Task, required=True, allow_none=True)
