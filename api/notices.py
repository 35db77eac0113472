"""Notices of the caller: listed, counted, read."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.language import said
from api.paging import given, taken
from api.schemas.notices import ListParameters, Marked, NoticePage, Read, Unread
from services import notices
from storage.queries import notices as queries
from texts import Text

blueprint = Blueprint("notices", "What the caller is told.")
ORDER = "-created_at"


@blueprint.get("/notices")
@blueprint.filters(ListParameters)
@blueprint.answers(NoticePage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List the caller's notices, the latest first."""
    sorted_ = {**wanted, "sort": ORDER}
    place = taken(sorted_)
    rows, following = queries.listed(viewer().username, after=place["after"], limit=place["limit"])
    return given(rows, following, sorted_, _out)


@blueprint.get("/notices/count")
@blueprint.answers(Unread)
def count() -> dict[str, Any]:
    """Count what the caller has not read."""
    return {"unread": queries.unread(viewer().username)}


@blueprint.post("/notices/read")
@blueprint.body(Read)
@blueprint.answers(Marked)
def read(sent: dict[str, Any]) -> dict[str, Any]:
    """Mark notices as read."""
    return {"read": notices.read(viewer(), sent["ids"], now=now())}


def _out(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "text": said(Text(row.text_vi, row.text_en)),
        "url": row.url,
        "dossier_id": row.dossier_id,
        "created_at": row.created_at,
        "read_at": row.read_at,
    }
