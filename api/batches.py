"""Batches: made, looked at, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.language import said
from api.paging import cursor_of, given, place_of, taken
from api.schemas.batches import (
    Batch,
    BatchPage,
    BatchPreview,
    BatchPreviewed,
    CreateBatch,
    ItemPage,
    ItemParameters,
    ListParameters,
)
from api.schemas.reasons import Reasoned
from api.schemas.tasks import Nothing
from errors import Detail, Invalid, NotFound
from services import batches
from services.permissions import Permission, require
from storage.queries import batches as queries
from storage.queries.selection import Selection
from texts import Text

blueprint = Blueprint("batches", "One act on many instances, done in the background.")
ITEMS = "batch-items"


@blueprint.post("/batches")
@blueprint.body(CreateBatch)
@blueprint.answers(Batch, 201)
def create(sent: dict[str, Any]) -> dict[str, Any]:
    """Make a batch for these instances, or for those of a filter as they are now."""
    chosen = _chosen(sent)
    return _out(
        batches.create(viewer(), sent["kind"], chosen, sent["reason"], now=now(), parameters=sent["parameters"])
    )


@blueprint.post("/batches/preview")
@blueprint.body(BatchPreview)
@blueprint.answers(BatchPreviewed)
def preview(sent: dict[str, Any]) -> dict[str, Any]:
    """Say how many instances a batch would be for, and name some; nothing is written."""
    found = batches.preview(viewer(), sent["kind"], Selection(**sent["filter"]))
    return {"count": found.count, "sample": list(found.sample)}


@blueprint.get("/batches")
@blueprint.filters(ListParameters)
@blueprint.answers(BatchPage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List batches, the latest first."""
    require(viewer(), Permission.OPERATE)
    rows, next_ = queries.listed(state=wanted.get("state"), **taken(wanted))
    return given(rows, next_, wanted, asdict)


@blueprint.get("/batches/<batch_id>")
@blueprint.answers(Batch)
def one(batch_id: str) -> dict[str, Any]:
    """Give one batch with how far it is."""
    return asdict(_one(batch_id))


@blueprint.get("/batches/<batch_id>/items")
@blueprint.filters(ItemParameters)
@blueprint.answers(ItemPage)
def items(wanted: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """List the instances of a batch in their order, with what came of each."""
    _one(batch_id)
    first, limit = place_of(wanted.get("cursor"), ITEMS), wanted["limit"]
    rows = queries.items(batch_id, state=wanted.get("state"), after=first, limit=limit + 1)
    following = cursor_of((rows[limit - 1].position, ""), ITEMS) if len(rows) > limit else None
    return {"items": [_item_out(row) for row in rows[:limit]], "next": following}


@blueprint.post("/batches/<batch_id>/cancel")
@blueprint.body(Reasoned)
@blueprint.answers(Batch)
def cancel(sent: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """Do no more items; what is done stays done."""
    return _out(batches.cancel(viewer(), batch_id, sent["reason"], now=now()))


@blueprint.post("/batches/<batch_id>/retry")
@blueprint.body(Nothing)
@blueprint.answers(Batch)
def retry(_sent: dict[str, Any], batch_id: str) -> dict[str, Any]:
    """Do the failed items again."""
    return _out(batches.retry(viewer(), batch_id, now=now()))


def _chosen(sent: Mapping[str, Any]) -> Selection | list[str]:
    ids, wanted = sent["instance_ids"], sent["filter"]
    if (ids is None) == (wanted is None):
        message = Text("Gửi một trong hai: instance_ids hoặc filter.", "Send one of instance_ids and filter.")
        raise Invalid(details=[Detail(field="instance_ids", code="required", message=message)])
    return Selection(**wanted) if ids is None else list(ids)


def _out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Batch().fields}


def _one(batch_id: str) -> queries.BatchRow:
    require(viewer(), Permission.OPERATE)
    row = queries.one(batch_id)
    if row is None:
        raise NotFound()
    return row


def _item_out(row: queries.ItemRow) -> dict[str, Any]:
    message = said(Text(row.message_vi, row.message_en)) if row.message_vi and row.message_en else None
    own = {name: getattr(row, name) for name in ("position", "instance_id", "state", "code", "done_at")}
    return {**own, "message": message}
