"""Forms: what is validated by them, and what they say."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Object, Sent


class Validate(Sent):
    """A form-js schema and answers to it."""

    schema = Object(required=True, metadata={"description": "As form-js writes it."})
    data = Object(required=True)


class Validated(Answered):
    """What a submit of these answers would say and store."""

    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": "By field: a dotted path with the numbers of rows from 0 (`people.0.name`)."},
    )
    visible = fields.List(fields.String(), required=True, metadata={"description": "The fields in sight, in order."})
    data = fields.Dict(required=True, metadata={"description": "As it would be stored: without hidden fields."})
