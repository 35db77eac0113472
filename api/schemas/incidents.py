"""Incidents: technical faults of instances."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Choice, Object, Sent, Text, listing, page_of


class Retry(Sent):
    """What is mended before it is tried again."""

    variables = Object(
        load_default=dict,
        metadata={"description": "Written where the element sees them (its loop's, sub-process's or process's own)."},
    )


class Skip(Sent):
    """Why a step counts as done, and what stands for it."""

    reason = Text(longest=2000, required=True, metadata={"description": "Kept in the log."})
    variables = Object(
        load_default=dict,
        metadata={"description": "What the step would have given, written where the element sees it."},
    )
    flow_id = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "The flow to go by, where the element cannot choose one."},
    )


class IncidentsWanted(Sent):
    """Which incidents."""

    state = Choice("open", "resolved")
    key = Text()
    definition_id = Text()
    instance_id = Text()
    element_id = Text()
    kind = Text()


ListParameters = IncidentsWanted.from_dict(listing("created_at", default="-created_at"), name="IncidentsListed")


class Incident(Answered):
    """A technical fault that holds up one token of an instance."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    definition_id = fields.String(required=True)
    key = fields.String(required=True)
    process_key = fields.String(
        required=True,
        metadata={
            "description": "Of the called process with the element; behind `@` its version where the call chose one."
        },
    )
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    kind = fields.String(required=True)
    message = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "For whoever mends it; operators alone read it."})
    state = fields.String(required=True, metadata={"enum": ["open", "resolved"]})
    tries = fields.Integer(required=True, metadata={"description": "How often it failed."})
    retries_left = fields.Integer(required=True, metadata={"description": "How often it is tried again by itself."})
    next_try_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)


IncidentPage = page_of(Incident, "IncidentPage")
