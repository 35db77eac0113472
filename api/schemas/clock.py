"""The legal clock: cases in, due dates and their explanation out."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Integer, List, Object, Sent, Text

MOST_CASES = 1000


class Cases(Sent):
    """Cases in the format of the clock's vectors; without a calendar, the agency's own."""

    calendar = Object(load_default=None, allow_none=True)
    cases = List(Object(), most=MOST_CASES, required=True)


class Got(Answered):
    """What the clock says of one case."""

    id = fields.Raw(required=True, allow_none=True)
    got = fields.Dict(required=True)


class Computed(Answered):
    """One answer a case, in their order."""

    items = fields.List(fields.Nested(Got), required=True)


class ExtendPreview(Sent):
    """By how much, in the unit of the limit in force."""

    amount = Integer(1, 100_000, required=True)


class Extend(ExtendPreview):
    """By how much, and on what ground: the applicant reads it."""

    reason = Text(required=True, longest=2000)


class Extended(Answered):
    """When the limit in force ends, and when the result is promised; null while a pause is open."""

    code = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    result_at = fields.AwareDateTime(required=True, allow_none=True)
