"""/operator/batches/new: from what was chosen in the list of instances to a batch: act, details, last look, start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Invalid
from services import batches
from services.batch_kinds import KINDS, Kind
from services.instances import reason_given
from services.permissions import Viewer, scope_of
from storage.queries import batches as queries_of_batches
from storage.queries import instances as queries
from storage.queries.instances import STATUSES
from storage.queries.selection import Selection
from texts import Text
from web import asked
from web.operator import batch_parameters
from web.operator.batch_parameters import Typed
from web.operator.instances import STATUS_NAMES, named
from web.operator.modification import KIND_NAMES
from web.operator.places import operator

blueprint = Blueprint("operator_batch_making", __name__)
MOST_TICKED = 200
"""Rows of one page of the list, and then some."""
VERSIONS = 20
"""The newest versions among what was chosen, whose elements are on offer."""
NOTHING_CHOSEN = Text("Chưa chọn phiên chạy nào.", "No instance is chosen.")
NO_ACT = Text("Chọn việc cần làm.", "Choose what to do.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen in the list: rows that were ticked, or all that match its filters."""

    ids: tuple[str, ...]
    is_all: bool
    filters: Mapping[str, str]

    @property
    def selection(self) -> Selection:
        """Give the filters as batches take them."""
        key, status, faults = (self.filters[name] or None for name in ("key", "status", "faults"))
        return Selection(key=key, status=status, faults=True if faults else None)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Give what travels in the form."""
        if self.is_all:
            return [("all", "yes"), *((name, value) for name, value in self.filters.items() if value)]
        return [("selected", instance_id) for instance_id in self.ids]


@blueprint.get("/operator/batches/new")
def ask() -> str | Response:
    """Say what was chosen, and ask what to do with it."""
    viewer = operator()
    chosen = _chosen(request.args)
    if not chosen.ids and not chosen.is_all:
        flash(_("Chưa chọn phiên chạy nào."), "soon")
        return redirect("/operator/instances", 303)
    return _question(viewer, chosen)


@blueprint.post("/operator/batches/new")
def make() -> str | Response | tuple[str, int]:
    """Take a last look, or start."""
    viewer = operator()
    chosen = _chosen(request.form)
    name, reason = asked.typed("kind"), asked.typed("reason")
    errors = _wrong(viewer, chosen, name, reason)
    if errors:
        return _question(viewer, chosen, errors), 422
    step, given = request.form.get("step"), batch_parameters.typed()
    if name in batch_parameters.ASKED and step not in ("look", "start"):
        return _details(chosen, name, given)
    try:
        found = batch_parameters.parameters(name, given)
    except Invalid as refused:
        return _details(chosen, name, given, refused.details), 422
    if step != "start":
        return _last_look(viewer, chosen, KINDS[name], found, given)
    try:
        of = chosen.selection if chosen.is_all else chosen.ids
        batch = batches.create(viewer, name, of, reason, now=datetime.now(UTC), parameters=found)
    except Invalid as refused:
        return _question(viewer, chosen, refused.details), 422
    return redirect(f"/operator/batches/{batch.id}", 303)


def _chosen(sent: Any) -> Chosen:
    ids = [one for one in sent.getlist("selected") if one.isprintable()][:MOST_TICKED]
    return Chosen(
        ids=tuple(dict.fromkeys(ids)),
        is_all=sent.get("all") == "yes",
        filters={
            "key": sent.get("key", "").strip()[: asked.LONGEST],
            "status": sent.get("status", "") if sent.get("status", "") in STATUSES else "",
            "faults": "yes" if sent.get("faults") == "yes" else "",
        },
    )


def _wrong(viewer: Viewer, chosen: Chosen, name: str, reason: str) -> list[Detail]:
    """Name all that is wrong at once."""
    found = []
    if name not in _kinds(viewer):
        found.append(Detail(field="kind", code="required", message=NO_ACT))
    try:
        reason_given(reason)
    except Invalid as refused:
        found += refused.details
    if not chosen.ids and not chosen.is_all:
        found.append(Detail(field="kind", code="required", message=NOTHING_CHOSEN))
    return found


def _kinds(viewer: Viewer) -> dict[str, Kind]:
    """Give the acts that these pages can ask for and that this person may do; migration has a page of its own."""
    known = {name: kind for name, kind in KINDS.items() if kind.is_plain or name in batch_parameters.ASKED}
    return {name: kind for name, kind in known.items() if kind.permission in viewer.permissions}


def _question(viewer: Viewer, chosen: Chosen, errors: Sequence[Detail] = ()) -> str:
    return render_template(
        "operator/batch_new.html",
        chosen=chosen,
        kinds=[(name, kind.label) for name, kind in _kinds(viewer).items()],
        kind=asked.typed("kind"),
        reason=asked.typed("reason"),
        names=STATUS_NAMES,
        processes=dict(queries.keys()),
        errors=errors,
        said={error.field: error.message for error in reversed(errors)},
        has_errors=bool(errors),
    )


def _details(chosen: Chosen, name: str, given: Typed, errors: Sequence[Detail] = ()) -> str:
    """Ask for what the act is to do."""
    of = chosen.selection if chosen.is_all else chosen.ids
    return render_template(
        "operator/batch_details.html",
        chosen=chosen,
        kind=name,
        label=KINDS[name].label,
        reason=asked.typed("reason"),
        typed=given,
        acts=list(KIND_NAMES.items()),
        groups=[] if name == "set_variables" else batch_parameters.groups(queries_of_batches.definitions(of, VERSIONS)),
        may_add=len(given.rows) < batch_parameters.MOST_ROWS,
        errors=errors,
        messages={error.field: error.message for error in reversed(errors)},
        has_errors=bool(errors),
    )


def _last_look(viewer: Viewer, chosen: Chosen, kind: Kind, found: Mapping[str, Any], given: Typed) -> str:
    name = asked.typed("kind")
    if chosen.is_all:
        seen = batches.preview(viewer, name, chosen.selection)
        count, ids = seen.count, seen.sample
    else:
        count, ids = len(chosen.ids), chosen.ids[: batches.SAMPLE]
    rows = queries.watched_among(scope_of(viewer), ids)
    return render_template(
        "operator/batch_sure.html",
        chosen=chosen,
        kind=name,
        label=kind.label,
        reason=asked.typed("reason"),
        parameters=batch_parameters.summary(found),
        fields=given.fields if found else [],
        count=count,
        most=batches.MOST,
        lines=[named(row) for row in rows],
        unfit=0 if chosen.is_all else _unfit(viewer, chosen, kind),
        names=STATUS_NAMES,
        statuses=[STATUS_NAMES[status] for status in kind.statuses],
        now=datetime.now(UTC),
    )


def _unfit(viewer: Viewer, chosen: Chosen, kind: Kind) -> int:
    """Count those of the ticked to whom the act is of no use."""
    rows = queries.watched_among(scope_of(viewer), chosen.ids)
    fitting = [row for row in rows if row.status in kind.statuses and (row.incidents or not kind.only_with_incidents)]
    return len(chosen.ids) - len(fitting)
