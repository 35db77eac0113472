"""Definitions: versions of processes, decisions and forms."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Boolean, Choice, Sent, Text, listing, page_of

KINDS = ("process", "decision", "form")
STATES = ("draft", "published", "superseded", "retired")


class DefinitionBrief(Answered):
    """A definition as its deployment names it."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})


class Definition(DefinitionBrief):
    """One immutable version of a process, a decision or a form."""

    state = fields.String(required=True, metadata={"enum": STATES})
    version_tag = fields.String(required=True)
    is_procedure = fields.Boolean(
        required=True, metadata={"description": "It has legal parts: dossiers are filed in it."}
    )
    deployment_id = fields.String(required=True)
    file_name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    retired_at = fields.AwareDateTime(required=True, allow_none=True)
    suspended_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Since when nothing new begins with it."}
    )


class DefinitionsWanted(Sent):
    """Which definitions."""

    key = Text()
    kind = Choice(*KINDS)
    state = Choice(*STATES)
    latest = Boolean(load_default=False, metadata={"description": "Only the highest version of each."})


ListParameters = DefinitionsWanted.from_dict(
    listing("created_at", "key", "version", default="-created_at"), name="DefinitionsListed"
)
DefinitionPage = page_of(Definition, "DefinitionPage")
