"""Saved views of the inbox."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, page_of
from api.schemas.notices import ListParameters

__all__ = ["ListParameters", "ViewCounts", "ViewTaskPage", "Views"]


class View(Answered):
    """A view that the caller may open: conditions, columns and order under a name."""

    id = fields.String(required=True)
    owner = fields.String(required=True)
    name = fields.String(required=True)
    base = fields.String(required=True, metadata={"enum": ["own", "unit"]})
    conditions = fields.List(fields.Dict(), required=True)
    columns = fields.List(fields.String(), required=True)
    order = fields.String(required=True)
    descending = fields.Boolean(required=True)
    shared_with = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class Views(Answered):
    """One's own first, then those that are shared with one."""

    items = fields.List(fields.Nested(View), required=True)


class ViewTask(Answered):
    """A task as a view lists it."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    definition_id = fields.String(required=True)
    key = fields.String(required=True)
    element_id = fields.String(required=True)
    name = fields.String(required=True)
    assignee = fields.String(required=True, allow_none=True)
    priority = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    follow_up_at = fields.AwareDateTime(required=True, allow_none=True)
    filed_at = fields.AwareDateTime(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True, metadata={"description": "Of its dossier."})
    applicant_name = fields.String(required=True, allow_none=True)


class ViewCount(Answered):
    """How many tasks a view has; `is_part`: at least."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    is_part = fields.Boolean(required=True)


class ViewCounts(Answered):
    """The counts of all views that the caller may open."""

    items = fields.List(fields.Nested(ViewCount), required=True)


ViewTaskPage = page_of(ViewTask, "ViewTaskPage")
