"""Attachments: internal files of dossiers."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, List, Sent, Text


class Attach(Sent):
    """Which of one's finished uploads (`/uploads`)."""

    documents = List(Text(), fewest=1, most=100, required=True)


class Attachment(Answered):
    """A file that an officer added for colleagues."""

    id = fields.String(required=True)
    file_name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    task_id = fields.String(required=True)
    created_by = fields.String(required=True)
    behalf = fields.String(
        required=True, allow_none=True, metadata={"description": "The absent colleague for whom a substitute added it."}
    )
    created_at = fields.AwareDateTime(required=True)


class Attachments(Answered):
    """All of a dossier, the oldest first."""

    items = fields.List(fields.Nested(Attachment), required=True)
