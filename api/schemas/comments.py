"""Comments and private notes."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.fields import Answered, Sent, Text


class Say(Sent):
    """A comment; `@username` tells somebody of it."""

    text = Text(required=True, longest=4000)
    comment_id = Text(
        load_default="",
        shortest=0,
        longest=32,
        metadata={"description": "32 hexadecimal figures of one's own: sent again it is written once."},
    )


class Write(Sent):
    """A note for oneself; empty: it is deleted."""

    text = Text(required=True, longest=4000, shortest=0)


class Comment(Answered):
    """What a colleague said about a dossier."""

    id = fields.String(required=True)
    task_id = fields.String(required=True, allow_none=True)
    author = fields.String(required=True)
    behalf = fields.String(
        required=True, allow_none=True, metadata={"description": "The absent colleague for whom a substitute wrote it."}
    )
    text = fields.String(required=True)
    mentions = fields.List(fields.String(), required=True)
    at = fields.AwareDateTime(required=True)


class Comments(Answered):
    """The latest 500, the latest first."""

    items = fields.List(fields.Nested(Comment), required=True)


class Note(Answered):
    """What the caller noted; nobody else reads it."""

    text = fields.String(required=True, validate=validate.Length(max=4000))
    saved_at = fields.AwareDateTime(required=True, allow_none=True)
