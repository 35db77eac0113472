"""Saved views of the inbox: listed, opened, counted."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.paging import given, taken
from api.schemas.views import ListParameters, View, ViewCounts, Views, ViewTask, ViewTaskPage
from services import views

blueprint = Blueprint("views", "Saved views of the inbox; each caller sees of them what is theirs to see.")
COLUMNS = tuple(View().fields)
OF_TASK = tuple(ViewTask().fields)
ORDER = "view"


@blueprint.get("/views")
@blueprint.answers(Views)
def list_() -> dict[str, Any]:
    """List the views that the caller may open."""
    return {"items": [{name: getattr(one.view, name) for name in COLUMNS} for one in views.of(viewer())]}


@blueprint.get("/views/counts")
@blueprint.answers(ViewCounts)
def counts() -> dict[str, Any]:
    """Count the tasks of all of them at once."""
    found = views.counts(viewer(), [one.view for one in views.of(viewer())], now=now())
    items = [{"id": name, "number": one.number, "is_part": one.is_part} for name, one in found.items()]
    return {"items": items}


@blueprint.get("/views/<view_id>/tasks")
@blueprint.filters(ListParameters)
@blueprint.answers(ViewTaskPage)
def tasks(wanted: dict[str, Any], view_id: str) -> dict[str, Any]:
    """List the tasks of a view in its order."""
    view = views.one(viewer(), view_id)
    in_order = {**wanted, "sort": f"{ORDER}:{view.order}:{view.descending}"}
    place = taken(in_order)
    page = views.opened(viewer(), view, now=now(), after=place["after"], limit=place["limit"])
    return given(page.rows, page.next, in_order, _out)


def _out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in OF_TASK}
