"""Modification: instructions, what they would do, and variables that are set."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.schemas.fields import Answered, Choice, List, Object, Sent, Text
from api.schemas.instances import STATUSES

KINDS = ("cancel", "start_before", "start_after", "move")
MOST = 100


class Instruction(Sent):
    """One change of where the tokens of an instance are."""

    kind = Choice(*KINDS, required=True)
    element_id = Text(required=True, metadata={"description": "What to cancel, to start at, or to move from."})
    to_element_id = Text(load_default=None, allow_none=True, metadata={"description": "Of a move: where to."})
    activation_id = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "Cancel or move only this one; null: all at the element."},
    )
    ancestor_id = Text(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Start inside this activation, in new scopes (the instance's own id: in the process itself)."
        },
    )
    flow_id = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of start_after: the flow to follow; null: by the element's own conditions."},
    )
    process_key = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of the called process with the element, where several have one of that id."},
    )
    variables = Object(
        load_default=dict, metadata={"description": "Written where the new token sees them, before it enters."}
    )


class InstructionField(fields.Nested):
    """An instruction, refused in our words."""

    default_error_messages = {"required": "required", "null": "null", "type": "object"}

    def __init__(self) -> None:
        super().__init__(Instruction)


class PreviewOf(Sent):
    """What somebody thinks of doing."""

    instructions = List(InstructionField(), fewest=1, most=MOST, required=True)
    reason = Text(longest=2000, load_default=None, allow_none=True, metadata={"description": "Not needed yet."})


class Modify(Sent):
    """What is to be done, and why."""

    instructions = List(InstructionField(), fewest=1, most=MOST, required=True)
    reason = Text(longest=2000, required=True, metadata={"description": "Kept in the log."})


class SetVariables(Sent):
    """Variables and why they are changed."""

    variables = Object(
        required=True,
        metadata={
            "description": "Those that are not named stay. What JSON has no kind for is marked: "
            '{"$date": "2026-08-20"}, {"$moment": …}, {"$time": …}, {"$decimal": "1.20"}, {"$seconds": "90.0"}.'
        },
    )
    reason = Text(longest=2000, required=True, metadata={"description": "Kept in the log."})
    activation_id = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "Write them where this activation sees them; null: the process's own."},
    )


class Activation(Answered):
    """One token or open scope."""

    id = fields.String(required=True)
    parent_id = fields.String(required=True, allow_none=True, metadata={"description": "null: the instance itself."})
    process_key = fields.String(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    element_type = fields.String(required=True)
    has_incident = fields.Boolean(required=True)
    is_loop = fields.Boolean(required=True, metadata={"description": "It stands for all instances of a loop."})
    local = fields.Dict(required=True, allow_none=True, metadata={"description": "Variables of its own."})


class Activations(Answered):
    """All of them, the outer ones first."""

    items = fields.List(fields.Nested(Activation), required=True)


class Line(Answered):
    """One element, wait or thing sent."""

    kind = fields.String(required=True, metadata={"description": "Type of the element, or what is awaited or sent."})
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    process_key = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "Of a message, signal, topic, connector or paper."})
    due_at = fields.AwareDateTime(required=True, allow_none=True)


def _lines(words: str) -> Any:
    return fields.List(fields.Nested(Line), required=True, metadata={"description": words})


class Preview(Answered):
    """What a modification would do."""

    status = fields.String(required=True, metadata={"enum": STATUSES})
    error_code = fields.String(required=True, allow_none=True)
    cancelled = _lines("Active now, taken away then.")
    started = _lines("Active then.")
    passed = _lines("Run through at once.")
    lost = _lines("What would not be waited for any more.")
    awaited = _lines("What would be waited for.")
    sent = _lines("What would leave the instance: messages, signals, work, papers.")
    incidents = _lines("Faults that would hold something up.")
    statuses = fields.List(
        fields.Integer(), required=True, metadata={"description": "That the dossier would pass through, in order."}
    )
    variables = fields.List(fields.String(), required=True, metadata={"description": "Names of what would change."})
