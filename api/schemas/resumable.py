"""Uploads in pieces, and the documents that they become."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered


class Upload(Answered):
    """A file under way."""

    id = fields.String(required=True)
    component = fields.String(
        required=True, metadata={"description": "What it is for: a component, or the path of a field."}
    )
    name = fields.String(required=True)
    length = fields.Integer(required=True)
    offset = fields.Integer(required=True, metadata={"description": "Bytes that have come."})
    expires_at = fields.AwareDateTime(required=True)
    document_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Once it is whole and accepted."}
    )


class Document(Answered):
    """A file that is accepted and waits to be filed or sent with a task."""

    id = fields.String(required=True)
    component = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "Made safe: without path and control characters."})
    media_type = fields.String(required=True, metadata={"description": "What its content is."})
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
