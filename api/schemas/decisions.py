"""Decisions: what they are asked with, and what they answer."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.deployments import Finding
from api.schemas.fields import Answered, Object, Sent

RESULT = "Numbers are exact; moments and durations are ISO 8601 texts."


class Asked(Sent):
    """The variables that a decision sees, as in a process."""

    variables = Object(load_default=dict)


class MatchedRule(Answered):
    """A rule of a decision table that matched: what it saw and what it said."""

    decision = fields.String(required=True, metadata={"description": "Id of the decision that holds the table."})
    table = fields.String(required=True, metadata={"description": "Id of the table; the decision's where it has none."})
    rule_id = fields.String(
        required=True, metadata={"description": "Id of the rule; where it has none, `{table}-rule-{number}`."}
    )
    number = fields.Integer(required=True, metadata={"description": "From 1, in the order of the table."})
    inputs = fields.Dict(required=True, metadata={"description": "Values of the input columns, by label."})
    outputs = fields.Dict(required=True, metadata={"description": "Values of the output columns, by name."})
    annotation = fields.String(required=True)


class Warned(Answered):
    """Why something is null that is perhaps not meant to be."""

    element_id = fields.String(required=True)
    message = fields.String(required=True)


class Evaluated(Answered):
    """What a decision gives."""

    result = fields.Raw(required=True, allow_none=True, metadata={"description": RESULT})
    matched_rules = fields.List(fields.Nested(MatchedRule), required=True)
    warnings = fields.List(fields.Nested(Warned), required=True)


class TriedOut(Evaluated):
    """What a decision of files gives that are not stored, and what the check says of its file."""

    findings = fields.List(fields.Nested(Finding), required=True)
