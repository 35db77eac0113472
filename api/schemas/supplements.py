"""Supplement requests: points, the terms they keep to, and what became of them."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Integer, List, Object, Sent, Text
from services.acts import LONGEST_REASON
from services.asking import LONGEST, MOST_ITEMS, PROBLEMS

STATES = ("draft", "proposed", "returned", "sent")
POINT = {
    "component": "Id of a component of this version, or `field:PATH` of a question of the filing form.",
    "problem": f"One of: {', '.join(PROBLEMS)}.",
    "basis": "Number of a legal text of the procedure that is in force.",
    "todo": "What the applicant has to do.",
}
REASON = "Said to all points; from the second request on, why they were not in the one before."
REPLY_BY = "Last day to reply (YYYY-MM-DD); empty: what is proposed. Computed where the limit has a time to answer."


class Point(Sent):
    """One thing that is asked for; what is not known yet is empty."""

    component = Text(longest=500, shortest=0, load_default="", metadata={"description": POINT["component"]})
    problem = Text(longest=40, shortest=0, load_default="", metadata={"description": POINT["problem"]})
    basis = Text(longest=255, shortest=0, load_default="", metadata={"description": POINT["basis"]})
    todo = Text(longest=LONGEST, shortest=0, load_default="", metadata={"description": POINT["todo"]})


class PointField(fields.Nested):
    """A point, refused in our words."""

    default_error_messages = {"required": "required", "null": "null", "type": "object"}

    def __init__(self) -> None:
        super().__init__(Point)


class Compose(Sent):
    """A request as far as it is composed; anything may still be missing or wrong."""

    points = List(PointField(), most=MOST_ITEMS, required=True)
    reply_by = Text(longest=10, shortest=0, load_default="", metadata={"description": REPLY_BY})
    reason = Text(longest=LONGEST_REASON, shortest=0, load_default="", metadata={"description": REASON})
    seen_version = Integer(
        0, 2**31, required=True, metadata={"description": "`version` that was read; 409 where it was saved since."}
    )


class SendSupplement(Sent):
    """The request as it goes out: what is not named is taken as it was saved. Beside it, what the form holds."""

    points = List(PointField(), most=MOST_ITEMS, load_default=None, allow_none=True)
    reply_by = Text(longest=10, shortest=0, load_default=None, allow_none=True, metadata={"description": REPLY_BY})
    reason = Text(
        longest=LONGEST_REASON, shortest=0, load_default=None, allow_none=True, metadata={"description": REASON}
    )
    variables = Object(load_default=dict, metadata={"description": "Answers of the task's form."})
    documents = List(
        Text(), most=200, load_default=list, metadata={"description": "Ids of one's finished uploads, for the dossier."}
    )
    turn_reason = Text(
        load_default="",
        longest=2000,
        shortest=0,
        metadata={"description": "Why this one, where nobody has claimed it and a dossier filed earlier waits."},
    )


class ReturnSupplement(Sent):
    """What is to be changed."""

    reason = Text(required=True, longest=LONGEST_REASON)


class PointOut(Answered):
    """One thing that is asked for."""

    component = fields.String(required=True, metadata={"description": POINT["component"]})
    problem = fields.String(required=True, metadata={"description": POINT["problem"]})
    basis = fields.String(required=True, metadata={"description": POINT["basis"]})
    todo = fields.String(required=True, metadata={"description": POINT["todo"]})


class Supplement(Answered):
    """A supplement request. `proposed`: it waits for its approval; `returned`: it is to be changed first."""

    task_id = fields.String(required=True)
    act = fields.String(required=True, metadata={"description": "The act of the task by which it goes out."})
    state = fields.String(required=True, metadata={"enum": STATES})
    points = fields.List(fields.Nested(PointOut), required=True)
    reply_by = fields.String(required=True, metadata={"description": REPLY_BY})
    reason = fields.String(required=True, metadata={"description": REASON})
    version = fields.Integer(required=True, metadata={"description": "0: nothing was saved yet."})
    saved_by = fields.String(required=True, allow_none=True)
    saved_at = fields.AwareDateTime(required=True, allow_none=True)
    proposed_by = fields.String(required=True, allow_none=True, metadata={"description": "Who handed it in, last."})
    proposed_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Who approved, returned or recalled it, last."}
    )
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    returned_because = fields.String(required=True, allow_none=True)


class Named(Answered):
    """What a point may name, and its words."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class SupplementTerms(Answered):
    """What a request of this dossier may name now, and how it is bound."""

    components = fields.List(fields.Nested(Named), required=True)
    problems = fields.List(fields.Nested(Named), required=True)
    bases = fields.List(fields.Nested(Named), required=True)
    reply_by = fields.Date(required=True, metadata={"description": "Last day to reply: computed, else proposed."})
    is_reply_by_computed = fields.Boolean(required=True)
    round = fields.Integer(required=True, metadata={"description": "The how manieth request of the dossier it is."})
    rounds = fields.Integer(required=True, metadata={"description": "So many the procedure allows."})
    most_points = fields.Integer(required=True)


class ComposedSupplement(Supplement):
    """The request of a task with all that is needed to go on with it."""

    approval = fields.List(
        fields.String(), required=True, metadata={"description": "Groups that approve it; none: it goes out at once."}
    )
    variables = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Answers of the task's form that wait with it; null: it does not wait."},
    )
    can_send = fields.Boolean(required=True)
    can_approve = fields.Boolean(required=True)
    can_recall = fields.Boolean(required=True)
    terms = fields.Nested(
        SupplementTerms, required=True, allow_none=True, metadata={"description": "null: the task is closed."}
    )
