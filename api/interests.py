"""Interests: declared, listed, lifted."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.interests import Interest, Interests, Lift
from api.schemas.task_verbs import Because
from services import interests

blueprint = Blueprint("interests", "Conflicts of interest: who declared one does none of a dossier's tasks.")
COLUMNS = tuple(Interest().fields)


@blueprint.post("/tasks/<task_id>/interest")
@blueprint.body(Because)
@blueprint.answers(Interest)
def declare(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Declare an interest in what a task's instance decides; what one holds of it goes back."""
    return _out(interests.declare(viewer(), task_id, sent["reason"], now=now()))


@blueprint.get("/instances/<instance_id>/interests")
@blueprint.answers(Interests)
def list_(instance_id: str) -> dict[str, Any]:
    """List the declarations about an instance: to who assigns tasks all, to others their own."""
    return {"items": [_out(row) for row in interests.of_instance(viewer(), instance_id)]}


@blueprint.post("/instances/<instance_id>/interests/lift")
@blueprint.body(Lift)
@blueprint.answers(Interest)
def lift(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Let somebody work on it again; never oneself."""
    return _out(interests.lift(viewer(), instance_id, sent["username"], sent["reason"], now=now()))


def _out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}
