"""Notices: what the caller is told."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Integer, List, Sent, Text, page_of


class ListParameters(Sent):
    """How many, and from where."""

    limit = Integer(1, 500, load_default=50, metadata={"description": "At most so many items."})
    cursor = Text(longest=1000, metadata={"description": "`next` of the page before."})


class Read(Sent):
    """Which notices were read; null: all."""

    ids = List(Text(), most=500, load_default=None, allow_none=True)


class Notice(Answered):
    """Something that the caller is told."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    url = fields.String(required=True)
    dossier_id = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class Unread(Answered):
    """How many are not read yet; 100 or more are counted as 100."""

    unread = fields.Integer(required=True)


class Marked(Answered):
    """How many were not read before."""

    read = fields.Integer(required=True)


NoticePage = page_of(Notice, "NoticePage")
