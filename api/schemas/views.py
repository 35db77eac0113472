"""Saved views of the inbox."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Boolean, Integer, List, Sent, Text, page_of
from api.schemas.notices import ListParameters
from services.viewconditions import LONGEST_VALUE, MOST_CONDITIONS, MOST_VALUES
from services.views import LONGEST_NAME, SHOWN
from storage.queries.conditions import FIELDS, Comparison
from storage.queries.views import BASES, COLUMNS, ORDERS

__all__ = ["ChangeView", "ListParameters", "SaveView", "ShareView", "View", "ViewCounts", "ViewTaskPage", "Views"]

BASE = f"Among which tasks it looks: {', '.join(BASES)} (heads)."
ORDER = f"One of: {', '.join(ORDERS)}."
SHOWN_COLUMNS = f"In this order, of: {', '.join(COLUMNS)}."


class Condition(Sent):
    """What a task must be to stand in a view."""

    field = Text(longest=60, required=True, metadata={"description": f"One of: {', '.join(FIELDS)}."})
    comparison = Text(longest=60, required=True, metadata={"description": f"One of: {', '.join(Comparison)}."})
    values = List(
        Text(longest=LONGEST_VALUE),
        most=MOST_VALUES,
        load_default=list,
        metadata={"description": "A day (2026-11-30) or a number of days from now (+3d); `@me` and `@nobody`."},
    )


class ConditionField(fields.Nested):
    """A condition, refused in our words."""

    default_error_messages = {"required": "required", "null": "null", "type": "object"}

    def __init__(self) -> None:
        super().__init__(Condition)


class SaveView(Sent):
    """A view: what it looks for, and how it shows that."""

    name = Text(longest=LONGEST_NAME, required=True)
    base = Text(longest=60, load_default=BASES[0], metadata={"description": BASE})
    conditions = List(ConditionField(), most=MOST_CONDITIONS, load_default=list)
    columns = List(
        Text(longest=60), most=len(COLUMNS), load_default=lambda: list(SHOWN), metadata={"description": SHOWN_COLUMNS}
    )
    order = Text(longest=60, load_default="due", metadata={"description": ORDER})
    descending = Boolean(load_default=False)


class ChangeView(Sent):
    """What of a view changes, the whole list of conditions or columns where one of them does."""

    name = Text(longest=LONGEST_NAME)
    base = Text(longest=60, metadata={"description": BASE})
    conditions = List(ConditionField(), most=MOST_CONDITIONS)
    columns = List(Text(longest=60), most=len(COLUMNS), metadata={"description": SHOWN_COLUMNS})
    order = Text(longest=60, metadata={"description": ORDER})
    descending = Boolean()
    seen_version = Integer(0, 2**31, required=True, metadata={"description": "`version` of the view that was read."})


class ShareView(Sent):
    """With whom a view is shared."""

    shared_with = Text(
        longest=100,
        required=True,
        allow_none=True,
        metadata={"description": "`g:CODE` of a group or `n:CODE` of a unit; null: nobody."},
    )


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
