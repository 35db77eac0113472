"""The legal clock, for programs that ask when something would be due."""

from __future__ import annotations

from typing import Any

from api.blueprint import Blueprint
from api.schemas.clock import Cases, Computed
from services import clocks

blueprint = Blueprint("clock", "The legal clock: limits, pauses and due dates.")


@blueprint.post("/clock/compute")
@blueprint.body(Cases)
@blueprint.answers(Computed)
def compute(sent: dict[str, Any]) -> dict[str, Any]:
    """Compute due dates of cases; `flask clock compute` does the same on files."""
    return {"items": list(clocks.compute_cases(sent["calendar"], sent["cases"]))}
