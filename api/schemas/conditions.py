"""Conditions: for the processes that begin when one holds."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Object, Sent, Text


class Conditions(Sent):
    """Variables to look at conditions with."""

    variables = Object(load_default=dict)
    business_key = Text(load_default=None, allow_none=True)
    key = Text(load_default=None, allow_none=True, metadata={"description": "Of the one process that may begin."})


class Begun(Answered):
    """The instances that began."""

    instances = fields.List(fields.String(), required=True)
