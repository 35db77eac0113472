"""Saved views of the inbox: listed, opened, counted; made, changed, shared, removed."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.paging import given, taken
from api.schemas.tasks import Nothing
from api.schemas.views import (
    ChangeView,
    ListParameters,
    SaveView,
    ShareView,
    View,
    ViewCounts,
    Views,
    ViewTask,
    ViewTaskPage,
)
from services import views
from services.views import Content

blueprint = Blueprint("views", "Saved views of the inbox; each caller sees of them what is theirs to see.")
COLUMNS = tuple(View().fields)
OF_TASK = tuple(ViewTask().fields)
CONTENT = tuple(SaveView().fields)
ORDER = "view"


@blueprint.get("/views")
@blueprint.answers(Views)
def list_() -> dict[str, Any]:
    """List the views that the caller may open."""
    return _all()


@blueprint.post("/views")
@blueprint.body(SaveView)
@blueprint.answers(View, 201)
def save(sent: dict[str, Any]) -> dict[str, Any]:
    """Keep a view under a name, for oneself; the same again gives the view that there is."""
    return _view_out(views.save(viewer(), Content(**sent), now=now()))


@blueprint.patch("/views/<view_id>")
@blueprint.body(ChangeView)
@blueprint.answers(View)
def change(sent: dict[str, Any], view_id: str) -> dict[str, Any]:
    """Change or rename one's own view; what is not named stays. 409 where it was changed since `seen_version`."""
    caller = viewer()
    before = views.one(caller, view_id)
    content = Content(**{name: sent.get(name, getattr(before, name)) for name in CONTENT})
    return _view_out(views.change(caller, view_id, content, seen_version=sent["seen_version"], now=now()))


@blueprint.post("/views/<view_id>/share")
@blueprint.body(ShareView)
@blueprint.answers(View)
def share(sent: dict[str, Any], view_id: str) -> dict[str, Any]:
    """Share one's own view with one's group or unit, in place of with whom it was; null: with nobody any more."""
    return _view_out(views.share(viewer(), view_id, sent["shared_with"] or "", now=now()))


@blueprint.post("/views/<view_id>/remove")
@blueprint.body(Nothing)
@blueprint.answers(Views)
def remove(_: dict[str, Any], view_id: str) -> dict[str, Any]:
    """Delete one's own view, or as who manages people a shared one; gives what is left."""
    views.drop(viewer(), view_id, now=now())
    return _all()


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


def _all() -> dict[str, Any]:
    return {"items": [_view_out(one.view) for one in views.of(viewer())]}


def _view_out(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in COLUMNS}


def _out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in OF_TASK}
