"""Instances: runs of definitions, what they wait for, and their history."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Boolean, Choice, Integer, Object, Sent, Text, listing, page_of

STATUSES = ("running", "suspended", "completed", "failed", "cancelled")
WAITS = ("task", "timer", "message", "signal", "condition", "external_task", "called_instance", "job")


class Start(Sent):
    """How an instance begins."""

    variables = Object(load_default=dict)
    business_key = Text(load_default=None, allow_none=True, metadata={"description": "The caller's own name for it."})
    start_element_id = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "The start event that happens; null: the plain one."},
    )


class Cancel(Sent):
    """Why an instance is ended."""

    reason = Text(longest=2000, required=True)


class InstancesWanted(Sent):
    """Which instances."""

    key = Text()
    definition_id = Text()
    status = Choice(*STATUSES)
    business_key = Text()


ListParameters = InstancesWanted.from_dict(listing("started_at", default="-started_at"), name="InstancesListed")


class HistoryParameters(Sent):
    """Which part of a history."""

    called = Boolean(load_default=False, metadata={"description": "Also what called processes passed."})
    limit = Integer(1, 500, load_default=50, metadata={"description": "At most so many items."})
    cursor = Text(longest=1000, metadata={"description": "`next` of the page before."})


class InstanceIncident(Answered):
    """A technical fault that somebody must look at."""

    id = fields.String(required=True)
    element_id = fields.String(required=True)
    kind = fields.String(required=True)
    message = fields.String(required=True)
    retries_left = fields.Integer(required=True)


class WaitingFor(Answered):
    """One thing that an instance waits for."""

    kind = fields.String(required=True, metadata={"enum": WAITS})
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    instance_id = fields.String(required=True)


class Instance(Answered):
    """One run of a definition."""

    id = fields.String(required=True)
    definition_id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    business_key = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"enum": STATUSES})
    variables = fields.Dict(required=True)
    parent_id = fields.String(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    incidents = fields.List(fields.Nested(InstanceIncident), required=True)
    waiting_for = fields.List(fields.Nested(WaitingFor), required=True)
    error_code = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the uncaught BPMN error that ended it."}
    )


class Passage(Answered):
    """One activation of one flow node."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    element_type = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["active", "completed", "cancelled", "failed"]})
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    task_id = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True, allow_none=True)


class Count(Answered):
    """How many there are."""

    count = fields.Integer(required=True)


InstancePage = page_of(Instance, "InstancePage")
HistoryPage = page_of(Passage, "HistoryPage")
