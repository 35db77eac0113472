"""Batches: one act on many instances, and what came of each."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Boolean, Choice, Integer, List, Object, Sent, Text, listing, page_of
from api.schemas.instances import STATUSES
from services.batch_kinds import KINDS
from services.bulk_kinds import BULK

STATES = ("waiting", "running", "completed", "cancelled")
ITEM_STATES = ("waiting", "done", "failed")
MOST_IDS = 10_000


class ChosenInstances(Sent):
    """Which instances, as they are when the batch is made; those to whom the act is of no use are left out."""

    key = Text(metadata={"description": "Key of the process."})
    definition_id = Text()
    version = Integer(1, 2**31 - 1)
    status = Choice(*STATUSES)
    business_key = Text()
    incidents = Boolean(metadata={"description": "Those with open incidents, or those without any."})
    faults = Boolean(metadata={"description": "Those whose timers failed, or the others."})


class BatchPreview(Sent):
    """A batch that is thought of."""

    kind = Choice(*KINDS, required=True)
    filter = fields.Nested(ChosenInstances, required=True)


class CreateBatch(Sent):
    """A batch: of these ids, or of a filter."""

    kind = Choice(*KINDS, required=True)
    reason = Text(longest=2000, required=True, metadata={"description": "Kept in the log of each instance."})
    instance_ids = List(
        Text(), most=MOST_IDS, load_default=None, allow_none=True, metadata={"description": "In their order."}
    )
    filter = fields.Nested(
        ChosenInstances, load_default=None, allow_none=True, metadata={"description": "Instead of ids; {} means all."}
    )
    parameters = Object(load_default=dict, metadata={"description": "Of the act, as its own verb takes them."})


class BatchPreviewed(Answered):
    """What a batch would be for."""

    count = fields.Integer(required=True)
    sample = fields.List(fields.String(), required=True, metadata={"description": "Ids of some, the oldest first."})


class BatchesWanted(Sent):
    """Which batches."""

    state = Choice(*STATES)


ListParameters = BatchesWanted.from_dict(listing("created_at", default="-created_at"), name="BatchesListed")


class ItemParameters(Sent):
    """Which part of a batch."""

    state = Choice(*ITEM_STATES)
    limit = Integer(1, 500, load_default=50, metadata={"description": "At most so many items."})
    cursor = Text(longest=1000, metadata={"description": "`next` of the page before."})


class Batch(Answered):
    """One act on many instances, worked off in the background."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": [*KINDS, *BULK]})
    parameters = fields.Dict(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": STATES})
    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    run_by = fields.String(required=True, metadata={"description": "With whose rights its items are done."})
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class BatchItem(Answered):
    """One instance of a batch; what waits when the batch is cancelled is never done."""

    position = fields.Integer(required=True)
    instance_id = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ITEM_STATES})
    code = fields.String(required=True, allow_none=True, metadata={"description": "Of the error."})
    message = fields.String(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)


BatchPage = page_of(Batch, "BatchPage")
ItemPage = page_of(BatchItem, "BatchItemPage")
