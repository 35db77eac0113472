"""Returning to an earlier task: what one can return to, what a return would do."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Boolean, Sent, Text
from api.schemas.instances import WAITS


class ReturnWanted(Sent):
    """To which task, and whether today's variables are kept."""

    task_id = Text(required=True, metadata={"description": "Of a completed task (`/earlier-tasks`)."})
    variables_of_the_time = Boolean(
        load_default=False,
        metadata={
            "description": "The whole instance goes back, with its variables of then; false: only what the task's "
            "completion led to is taken back, with today's variables."
        },
    )


class Return(ReturnWanted):
    """To which task, and why."""

    reason = Text(longest=2000, required=True)


class EarlierTask(Answered):
    """A completed task that one can return to."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    element_id = fields.String(required=True)
    name = fields.String(required=True)
    completed_at = fields.AwareDateTime(required=True)
    completed_by = fields.String(required=True)
    act = fields.String(required=True, allow_none=True)


class EarlierTasks(Answered):
    """What one can return to, the latest first; of many the latest 200."""

    items = fields.List(fields.Nested(EarlierTask), required=True)


class Change(Answered):
    """Something that is waited for, or held up by an incident."""

    kind = fields.String(required=True, metadata={"enum": [*WAITS, "incident"]})
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    name = fields.String(
        required=True, metadata={"description": "Of the message, signal, topic or connector; the error of an incident."}
    )
    due_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "Of a timer."})
    task_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Of a task that is open now, else null."}
    )


class ReturnPreview(Answered):
    """What a return would do; nothing has happened."""

    ends = fields.List(
        fields.Nested(Change),
        required=True,
        metadata={"description": "Waited for (or an open incident) now and not after it: cancelled."},
    )
    begins = fields.List(fields.Nested(Change), required=True, metadata={"description": "Waited for anew."})
    stays = fields.List(fields.Nested(Change), required=True)
    national_status = fields.Integer(
        required=True, allow_none=True, metadata={"description": "To which the dossier goes back; null: it stays."}
    )
