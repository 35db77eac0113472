"""The one shape of every refusal and fault."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered


class DetailOut(Answered):
    """One thing that is wrong, with the field or the diagram's element it is about."""

    field = fields.String()
    element_id = fields.String()
    code = fields.String(required=True)
    message = fields.String(required=True)
    rule = fields.String(metadata={"description": "Findings of an upload: the rule that is broken."})
    severity = fields.String(metadata={"enum": ["error", "warning", "info"]})
    file = fields.String()
    element_name = fields.String()
    line = fields.Integer(allow_none=True)


class ErrorBody(Answered):
    """What happened and what to do."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.List(fields.Nested(DetailOut), required=True)


class Error(Answered):
    """The answer to a request that was refused or failed."""

    error = fields.Nested(ErrorBody, required=True)
