"""/operator/incidents/<id>/skip: let the step that an incident holds up count as done, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Invalid
from services import incidents
from services.permissions import Viewer
from storage.queries.incidents import IncidentRow
from texts import Text
from web import asked
from web.i18n.formats import t
from web.operator.incidents import LONGEST_TYPED, one_of, read_variables, shown_as
from web.operator.places import operator

blueprint = Blueprint("operator_skipping", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent."""

    variables: str = ""
    reason: str = ""
    flow_id: str = ""


@blueprint.get("/operator/incidents/<incident_id>/skip")
def ask(incident_id: str) -> str | Response:
    """Say what skipping does and ask for its reason; where the incident is not open any more, show it."""
    viewer = operator()
    row = one_of(viewer, incident_id)
    return _page(viewer, row, Typed()) if row.state == "open" else redirect(f"/operator/incidents/{incident_id}")


@blueprint.post("/operator/incidents/<incident_id>/skip")
def skip(incident_id: str) -> Response | tuple[str, int]:
    """Skip the step; the instance goes on behind it."""
    viewer = operator()
    row = one_of(viewer, incident_id)
    typed = Typed(
        variables=asked.typed("variables")[:LONGEST_TYPED],
        reason=asked.typed("reason"),
        flow_id=asked.typed("flow_id")[:255],
    )
    try:
        given = read_variables(typed.variables)
        incidents.skip(
            viewer, incident_id, typed.reason, now=datetime.now(UTC), variables=given, flow_id=typed.flow_id or None
        )
    except Invalid as refused:
        details = refused.details or [Detail(code=refused.code, field="variables", message=refused.text)]
        return _page(viewer, row, typed, details), 422
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(_("Đã bỏ qua bước gặp sự cố, phiên đi tiếp."), "ok")
    return redirect(f"/operator/instances/{row.instance_id}", 303)


def _page(viewer: Viewer, row: IncidentRow, typed: Typed, errors: Sequence[Detail] = ()) -> str:
    return render_template(
        "operator/skip.html",
        incident=shown_as(row),
        ways=[(way.flow_id, _way(way)) for way in incidents.flows(viewer, row.id)],
        typed=typed,
        errors=errors,
        has_errors=bool(errors),
        messages={detail.field: detail.message for detail in errors},
    )


def _way(way: Any) -> Text:
    """Name a flow by where it leads and when."""
    to = way.target_name or way.target_id
    when = f" ({way.condition})" if way.condition else ""
    return Text(f"đến “{to}”{when}", f"to “{to}”{when}")
