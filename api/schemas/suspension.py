"""Suspension: why something is stopped or goes on."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.batches import Batch
from api.schemas.definitions import Definition
from api.schemas.fields import Boolean
from api.schemas.reasons import Reasoned


class OfDefinition(Reasoned):
    """Why it is done, and whether to what runs too."""

    with_instances = Boolean(
        load_default=False,
        metadata={"description": "Also the instances of this version, as a batch: suspend the running, resume all."},
    )


class InService(Definition):
    """A version of a process, and the batch of its instances if one was asked for and there are any."""

    batch = fields.Nested(Batch, required=True, allow_none=True)
