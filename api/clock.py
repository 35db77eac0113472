"""The legal clock, for programs that ask when something would be due."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.clock import Cases, Computed, Extend, Extended, ExtendPreview
from services import clocks, extensions

blueprint = Blueprint("clock", "The legal clock: limits, pauses and due dates.")


@blueprint.post("/clock/compute")
@blueprint.body(Cases)
@blueprint.answers(Computed)
def compute(sent: dict[str, Any]) -> dict[str, Any]:
    """Compute due dates of cases; `flask clock compute` does the same on files."""
    return {"items": list(clocks.compute_cases(sent["calendar"], sent["cases"]))}


@blueprint.post("/instances/<instance_id>/extension/preview")
@blueprint.body(ExtendPreview)
@blueprint.answers(Extended)
def preview_extension(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Say when a dossier would be due if the limit in force were extended; nothing is written."""
    moment, who = now(), viewer()
    dossier = extensions.of_instance(who, instance_id)
    seen = extensions.outlook(who, dossier, sent["amount"], now=moment)
    return {"code": dossier.code, "due_at": seen.due_at, "result_at": seen.result_at}


@blueprint.post("/instances/<instance_id>/extension")
@blueprint.body(Extend)
@blueprint.answers(Extended)
def extend(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Extend the limit in force of a dossier, once; its applicant gets the notice."""
    moment, who = now(), viewer()
    dossier = extensions.of_instance(who, instance_id)
    extended = extensions.extend(who, dossier.id, amount=sent["amount"], ground=sent["reason"], now=moment)
    told = clocks.tell(extended, asked_at=moment)
    return {"code": extended.code, "due_at": extended.due_at, "result_at": told.result_at if told else None}
