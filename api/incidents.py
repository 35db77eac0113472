"""Incidents: listed, looked at, tried again."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.instances import instance_out
from api.language import said
from api.paging import given, taken
from api.schemas.incidents import Incident, IncidentPage, ListParameters, Retry, Skip
from api.schemas.instances import Instance
from errors import NotFound
from services import incidents
from services.permissions import Permission, has_any, scope_of
from storage.queries import incidents as queries
from texts import Text

COLUMNS = tuple(name for name in Incident().fields if name not in ("message", "reason"))
blueprint = Blueprint("incidents", "Technical faults that hold up an instance until they are mended.")


@blueprint.get("/incidents")
@blueprint.filters(ListParameters)
@blueprint.answers(IncidentPage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List the incidents of instances that the caller may read, the latest first."""
    filters = queries.Wanted(**{name: wanted.get(name) for name in queries.Wanted.__slots__})
    rows, next_ = queries.listed(scope_of(viewer()), filters, **taken(wanted))
    return given(rows, next_, wanted, incident_out)


@blueprint.get("/incidents/<incident_id>")
@blueprint.answers(Incident)
def one(incident_id: str) -> dict[str, Any]:
    """Give one incident."""
    row = queries.one(scope_of(viewer()), incident_id)
    if row is None:
        raise NotFound()
    return incident_out(row)


@blueprint.post("/incidents/<incident_id>/retry")
@blueprint.body(Retry)
@blueprint.answers(Instance)
def retry(sent: dict[str, Any], incident_id: str) -> dict[str, Any]:
    """Try an incident again; the instance has run to its next wait, and has the incident still if it failed again."""
    return instance_out(incidents.retry(viewer(), incident_id, variables=sent["variables"], now=now()))


@blueprint.post("/incidents/<incident_id>/skip")
@blueprint.body(Skip)
@blueprint.answers(Instance)
def skip(sent: dict[str, Any], incident_id: str) -> dict[str, Any]:
    """Let the step that an incident holds up count as done; the instance goes on behind it to its next wait."""
    return instance_out(incidents.skip(viewer(), incident_id, **sent, now=now()))


def incident_out(row: queries.IncidentRow) -> dict[str, Any]:
    """Write an incident; its reason may quote variables, so it is for operators."""
    own = {name: getattr(row, name) for name in COLUMNS}
    message = said(Text(row.message_vi, row.message_en))
    reason = row.reason if has_any(viewer(), Permission.OPERATE, Permission.SEE_ALL) else ""
    return {**own, "message": message, "reason": reason}
