"""The legal clock: cases in, due dates and their explanation out."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, List, Object, Sent

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
