"""Migrations: a mapping between two versions, what it means, and what migrating an instance does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from api.schemas.fields import Answered, Object, Sent, Text

LONGEST = 600
MOST = 2_000
TARGET = "Id of the version to go over to, or a key: its version in force."
PAIRS = (
    "Ids of elements (or of flows that lead to a gateway) to those of the target; null: no counterpart. An element of "
    "a called process may be written `process:element`. What is not named goes over to the element of the same id."
)


class Pairs(Object):
    """Ids to ids, or to null."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
        found = super()._deserialize(value, attr, data, **more)
        if len(found) > MOST:
            raise ValidationError([f"entries|0|{MOST}"])
        wrong = {
            name[:LONGEST]: ["text"]
            for name, to in found.items()
            if len(name) > LONGEST or not (to is None or (isinstance(to, str) and len(to) <= LONGEST))
        }
        if wrong:
            raise ValidationError(wrong)
        return found


class PlanWanted(Sent):
    """Between which versions, and by which mapping."""

    definition = Text(required=True, metadata={"description": TARGET})
    mapping = Pairs(
        load_default=None, allow_none=True, metadata={"description": f"{PAIRS} null: a mapping is suggested."}
    )


class MigrationWanted(Sent):
    """Where to, and which element stands for which."""

    definition = Text(required=True, metadata={"description": TARGET})
    mapping = Pairs(load_default=dict, metadata={"description": PAIRS})


class Migrate(MigrationWanted):
    """Where to, how and why."""

    reason = Text(longest=2000, required=True)


class Option(Answered):
    """An element that a token may go on at."""

    element_id = fields.String(required=True)
    element_name = fields.String(required=True)


class PlanLine(Answered):
    """One element of the source."""

    process_key = fields.String(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    element_type = fields.String(required=True)
    target_id = fields.String(required=True, allow_none=True)
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Why a token that stands here could not go over."}
    )
    options = fields.List(fields.Nested(Option), required=True)


class Problem(Answered):
    """Something that stands in the way."""

    element_id = fields.String(required=True)
    field = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class Plan(Answered):
    """What a mapping means, whatever the instance."""

    source = fields.String(required=True)
    target = fields.String(required=True)
    mapping = fields.Dict(required=True, metadata={"description": "As given, or as suggested."})
    elements = fields.List(fields.Nested(PlanLine), required=True)
    problems = fields.List(
        fields.Nested(Problem),
        required=True,
        metadata={"description": "Wrong whatever the instance may be."},
    )


class Place(Answered):
    """Where something stands."""

    activation_id = fields.String(required=True)
    process_key = fields.String(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    element_type = fields.String(required=True)


class MovedToken(Answered):
    """One token that goes over."""

    before = fields.Nested(Place, required=True)
    after = fields.Nested(Place, required=True)


class MigrationPreview(Answered):
    """What migrating an instance would do; where there are problems it is refused."""

    problems = fields.List(fields.Nested(Problem), required=True)
    moved = fields.List(fields.Nested(MovedToken), required=True)
    armed = fields.List(
        fields.Nested(Place), required=True, metadata={"description": "Events that would begin to be awaited."}
    )
    gone = fields.List(
        fields.Nested(Place), required=True, metadata={"description": "Events that would not be awaited any more."}
    )
    happens = fields.List(
        fields.Nested(Place), required=True, metadata={"description": "What would happen at once, in order."}
    )
    is_over = fields.Boolean(required=True, metadata={"description": "The instance would end by it."})
