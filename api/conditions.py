"""Conditions, looked at from outside."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.conditions import Begun, Conditions
from services import starting

blueprint = Blueprint("conditions", "Conditions: for the processes that begin when one holds.")


@blueprint.post("/conditions")
@blueprint.body(Conditions)
@blueprint.answers(Begun)
def evaluate(sent: dict[str, Any]) -> dict[str, Any]:
    """Look at the conditional start events of all processes with these variables, and start those that hold."""
    return {"instances": list(starting.by_conditions(viewer(), **sent, now=now()))}
