"""Deployments: bundles of files, and what was found in them."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.definitions import DefinitionBrief
from api.schemas.fields import Answered


class Finding(Answered):
    """A remark about one element of one file; `message` says what to do."""

    rule = fields.String(required=True)
    code = fields.String(required=True)
    severity = fields.String(required=True, metadata={"enum": ["error", "warning", "info"]})
    file = fields.String(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    line = fields.Integer(required=True, allow_none=True)
    message = fields.String(required=True)


class Deployment(Answered):
    """A stored bundle: its definitions, processes first, and its warnings."""

    id = fields.String(required=True)
    definitions = fields.List(fields.Nested(DefinitionBrief), required=True)
    findings = fields.List(fields.Nested(Finding), required=True)


class Checked(Answered):
    """What was found in files that were not stored."""

    findings = fields.List(fields.Nested(Finding), required=True)
