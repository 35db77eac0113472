"""/inbox/views: one's saved views and those shared with one; made, changed, shared and deleted here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Forbidden, Invalid, StaleVersion, TooLarge
from http_status import status_of
from services import views
from services.permissions import Viewer
from services.views import Content
from storage.queries import people
from texts import Text
from web.i18n.formats import t
from web.officer import columns, listing, places, viewform
from web.officer.places import Place

blueprint = Blueprint("officer_saved", __name__)
LOOKED = 200
"""Open tasks whose steps and cases the form offers."""


@blueprint.get("/inbox/views")
def listed() -> str:
    """Show the views that one may open, with how many tasks each has now."""
    viewer = places.worker()
    now = datetime.now(UTC)
    known = views.of(viewer)
    return render_template(
        "officer/views.html",
        known=known,
        counts=views.counts(viewer, [each.view for each in known], now=now) if known else {},
        circles=_circles(viewer),
        username=viewer.username,
        place=places.here(viewer),
    )


@blueprint.get("/inbox/views/new")
def new() -> str:
    """Ask for the name of what the inbox shows, and whatever else."""
    viewer = places.worker()
    place = places.here(viewer)
    base, conditions = _of_place(place)
    shown = columns.of(place) if place.view != "done" else columns.DEFAULT
    content = Content(name="", base=base, conditions=conditions, columns=shown)
    return _page(viewer, content, place)


@blueprint.post("/inbox/views/new")
def save() -> Response | tuple[str, int] | str:
    """Keep a new view, and show it."""
    return _keep(None)


@blueprint.get("/inbox/views/<view_id>")
def shown(view_id: str) -> str | Response:
    """Show a view's conditions: one's own to be changed; another's are copied into a new one."""
    viewer = places.worker()
    view = views.one(viewer, view_id)
    is_own = view.owner == viewer.username
    content = Content(
        name=view.name if is_own else "",
        base=view.base,
        conditions=view.conditions,
        columns=view.columns,
        order=view.order,
        descending=view.descending,
    )
    return _page(viewer, content, places.here(viewer), view=view if is_own else None)


@blueprint.post("/inbox/views/<view_id>")
def change(view_id: str) -> Response | tuple[str, int] | str:
    """Change one's own view, and show it."""
    return _keep(view_id)


@blueprint.post("/inbox/views/<view_id>/share")
def share(view_id: str) -> Response:
    """Share a view with one's group or unit, or with nobody any more."""
    viewer = places.worker()
    try:
        view = views.share(viewer, view_id, request.form.get("shared_with", ""), now=datetime.now(UTC))
    except (Invalid, TooLarge, Forbidden) as refused:
        details = refused.details
        flash(t(details[0].message) if details else t(refused.text), "soon")
    else:
        flash(
            _("Đã chia sẻ “%(name)s”.", name=view.name) if view.shared_with else _("Chỉ bạn thấy góc nhìn này."), "ok"
        )
    return redirect("/inbox/views", 303)


@blueprint.post("/inbox/views/<view_id>/drop")
def drop(view_id: str) -> Response:
    """Delete a view."""
    viewer = places.worker()
    views.drop(viewer, view_id, now=datetime.now(UTC))
    flash(_("Đã xoá góc nhìn."), "ok")
    return redirect("/inbox/views", 303)


def _keep(view_id: str | None) -> Response | tuple[str, int] | str:
    viewer = places.worker()
    now, place = datetime.now(UTC), places.here(viewer)
    names = _names(viewer, now)
    content = viewform.content(names)
    view = views.one(viewer, view_id) if view_id else None
    if request.form.get("do") == "more":
        return _page(viewer, content, place, view=view)
    seen = request.form.get("seen_version", "")
    try:
        if view is None:
            kept = views.save(viewer, content, now=now)
        else:
            version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
            kept = views.change(viewer, view.id, content, seen_version=version, now=now)
    except Invalid as refused:
        return _page(viewer, content, place, view=view, errors=refused.details), 422
    except (Duplicate, StaleVersion, TooLarge) as refused:
        errors = [Detail(field="name", code=refused.code, message=refused.text)]
        return _page(viewer, content, place, view=view, errors=errors), status_of(refused)
    flash(_("Đã lưu góc nhìn “%(name)s”.", name=kept.name), "ok")
    return redirect(f"/inbox?view={places.SAVED}{kept.id}", 303)


def _page(viewer: Viewer, content: Content, place: Place, *, view: Any = None, errors: Sequence[Detail] = ()) -> str:
    names = _names(viewer, datetime.now(UTC))
    lang = str(get_locale())
    rows = (
        viewform.shown(content.conditions, names, lang) if not request.form else viewform.with_spare(viewform.typed())
    )
    return render_template(
        "officer/view.html",
        view=view,
        content=content,
        place=place,
        rows=rows,
        names=names,
        asks=viewform.asks(),
        bases=viewform.bases(viewer),
        orders=list(viewform.ORDER_WORDS.items()),
        offered=columns.LABELS,
        errors=[Detail(field=_id_of(each.field), code=each.code, message=each.message) for each in errors],
        wrong={_id_of(detail.field): detail.message for detail in errors},
        has_errors=bool(errors),
    )


def _id_of(field: str | None) -> str:
    """Name the control of a field that is wrong: conditions.3.values stands in value-3."""
    parts = (field or "").split(".")
    return f"{'value' if parts[2] == 'values' else 'ask'}-{parts[1]}" if len(parts) == 3 else parts[0]


def _names(viewer: Viewer, now: datetime) -> viewform.Named:
    rows = listing.page(viewer, Place(), now=now, limit=LOOKED).rows
    return viewform.named([listing.line(row, viewer, now=now) for row in rows])


def _of_place(place: Place) -> tuple[str, list[dict[str, Any]]]:
    """Write what an inbox shows as the conditions of a view."""
    if place.saved is not None:
        base, found = place.saved.base, list(place.saved.conditions)
    else:
        base = "unit" if place.view in ("unit", "escalated") else "own"
        asked = {
            "mine": ("assignee", "is", ["@me"]),
            "unassigned": ("assignee", "is", ["@nobody"]),
            "breached": ("breached", "yes", []),
            "soon": ("at_risk", "yes", []),
            "paused": ("clock", "is", ["paused"]),
        }.get(place.view)
        found = [dict(zip(("field", "comparison", "values"), asked, strict=True))] if asked else []
    if place.key:
        found.append({"field": "procedure", "comparison": "is", "values": [place.key]})
    if place.text:
        found.append({"field": "text", "comparison": "holds", "values": [place.text]})
    return base, found


def _circles(viewer: Viewer) -> list[tuple[str, Text]]:
    """Give with whom this viewer may share."""
    groups = [(f"g:{code}", name) for code, name in people.group_names(viewer.groups).items()]
    unit = [(f"n:{viewer.unit}", viewer.unit_name or Text(viewer.unit, viewer.unit))] if viewer.unit else []
    return [*groups, *unit]
