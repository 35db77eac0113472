"""Tasks: work for people."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Choice, Integer, List, Moment, Object, Sent, Text, listing, page_of
from api.schemas.instances import Instance

STATES = ("open", "completed", "cancelled")


class TasksWanted(Sent):
    """Which tasks, of those that the caller may see."""

    assignee = Text()
    candidate_group = Text()
    instance_id = Text()
    key = Text(metadata={"description": "Key of the instance's process."})
    element_id = Text()
    state = Choice(*STATES, load_default="open")
    due_before = Moment()
    q = Text(metadata={"description": "Words, with or without marks, in the task's name, business key or dossier."})


ListParameters = TasksWanted.from_dict(listing("created_at", "due_at", default="created_at"), name="TasksListed")


class Nothing(Sent):
    """No field at all."""


class Claim(Sent):
    """Why this task, where a dossier that was filed before it waits at the same step."""

    reason = Text(
        load_default="",
        longest=2000,
        shortest=0,
        metadata={"description": "Needed where a dossier that was filed earlier waits at the same step (422)."},
    )


class Assign(Sent):
    """Who gets a task."""

    assignee = Text(required=True)


class Complete(Sent):
    """The answers of a task. Where it has acts, `act` (or the act's variable among the variables) says which."""

    variables = Object(load_default=dict)
    act = Text(load_default=None, allow_none=True, metadata={"description": "Id of the chosen act."})
    reason = Text(load_default="", longest=10_000, shortest=0, metadata={"description": "Reason of the act."})
    turn_reason = Text(
        load_default="",
        longest=10_000,
        shortest=0,
        metadata={"description": "Why this one, where nobody has claimed it and a dossier filed earlier waits."},
    )
    seen_version = Integer(
        0, 2**31, load_default=None, allow_none=True, metadata={"description": "409 where it changed since."}
    )
    documents = List(
        Text(), most=200, load_default=list, metadata={"description": "Ids of one's finished uploads, for the dossier."}
    )


class Task(Answered):
    """Work for a person."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    definition_id = fields.String(required=True)
    key = fields.String(required=True)
    element_id = fields.String(required=True)
    name = fields.String(required=True)
    assignee = fields.String(required=True, allow_none=True)
    candidate_groups = fields.List(fields.String(), required=True)
    candidate_users = fields.List(fields.String(), required=True)
    priority = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    follow_up_at = fields.AwareDateTime(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": STATES})
    business_key = fields.String(required=True, allow_none=True)
    form_key = fields.String(required=True, allow_none=True)


class Act(Answered):
    """One way to complete a task."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["advance", "return", "refuse", "neutral"]})
    reason = fields.String(required=True, metadata={"enum": ["none", "optional", "required"]})
    needs_form = fields.Boolean(required=True)


class OpenedTask(Task):
    """A task with what is needed to complete it."""

    form = fields.Dict(required=True, allow_none=True, metadata={"description": "The form-js schema, or null."})
    variables = fields.Dict(
        required=True, metadata={"description": "All that the task sees; of a closed one, its answers."}
    )
    seen_version = fields.Integer(required=True)
    owner = fields.String(
        required=True, allow_none=True, metadata={"description": "Who has delegated it; null: nobody has."}
    )
    delegation_state = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": ["pending", "resolved", "standing", None],
            "description": "pending: a colleague works on it for its owner; resolved: given back to them; standing: a "
            "substitute took it for its owner.",
        },
    )
    delegation_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "What was asked for, or what came of it."}
    )
    reassigned = fields.Integer(
        required=True, metadata={"description": "How often it was taken from one person and given to another."}
    )
    returned_because = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why an operator returned to it; null: the diagram opened it."},
    )
    acts = fields.List(fields.Nested(Act), required=True)
    act_variable = fields.String(required=True, allow_none=True)


class Completed(Answered):
    """What came of completing a task: the instance at its next wait, and the tasks that opened."""

    instance = fields.Nested(Instance, required=True)
    next_tasks = fields.List(fields.Nested(Task), required=True)


TaskPage = page_of(Task, "TaskPage")
