"""Substitutions: who stands in for whom."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Choice, List, Moment, Sent, Text, listing, page_of
from storage.queries.substitutions import STATES


class Wanted(Sent):
    """Which substitutions, of those that the caller may see."""

    state = Choice(*STATES)


ListParameters = Wanted.from_dict(listing("starts_at", "ends_at", default="-ends_at"), name="SubstitutionsListed")


class Appoint(Sent):
    """Who stands in for whom, from when to when and in what."""

    absent = Text(required=True)
    substitute = Text(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    keys = List(
        Text(longest=200),
        most=100,
        load_default=list,
        metadata={"description": "Of the processes that it holds for; empty: all."},
    )
    reason = Text(load_default="", longest=2000, shortest=0)


class Substitution(Answered):
    """A colleague does somebody's tasks from one moment to another."""

    id = fields.String(required=True)
    absent = fields.String(required=True)
    substitute = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    keys = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    appointed_by = fields.String(required=True)
    appointed_at = fields.AwareDateTime(required=True)


SubstitutionPage = page_of(Substitution, "SubstitutionPage")
