"""Interests: declared conflicts of interest."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Text
from api.schemas.task_verbs import Because


class Lift(Because):
    """Whose declaration no longer holds, and why."""

    username = Text(required=True)


class Interest(Answered):
    """Somebody keeps away from a dossier."""

    instance_id = fields.String(required=True)
    username = fields.String(required=True)
    reason = fields.String(required=True)
    declared_at = fields.AwareDateTime(required=True)
    lifted_at = fields.AwareDateTime(required=True, allow_none=True)
    lifted_by = fields.String(required=True, allow_none=True)


class Interests(Answered):
    """All that were declared about an instance, the lifted ones too."""

    items = fields.List(fields.Nested(Interest), required=True)
