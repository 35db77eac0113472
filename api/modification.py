"""An instance changed from outside: its tokens cancelled, started and moved; its variables set."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.instances import instance_out
from api.schemas.instances import Instance
from api.schemas.modification import Activations, Modify, Preview, PreviewOf, SetVariables
from services import modifications, variables

blueprint = Blueprint("modification", "An operator's changes to a running instance: its tokens, its variables.")


@blueprint.get("/instances/<instance_id>/activations")
@blueprint.answers(Activations)
def activations(instance_id: str) -> dict[str, Any]:
    """Give everything that is active as a tree: what an instruction or a variable can be given to."""
    return {"items": [asdict(one) for one in modifications.activations(viewer(), instance_id)]}


@blueprint.post("/instances/<instance_id>/modify")
@blueprint.body(Modify)
@blueprint.answers(Instance)
def modify(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Apply instructions in their order, all or none; the instance has run to its next wait."""
    given = _instructions(sent)
    return instance_out(modifications.modify(viewer(), instance_id, given, sent["reason"], now=now()))


@blueprint.post("/instances/<instance_id>/modify/preview")
@blueprint.body(PreviewOf)
@blueprint.answers(Preview)
def preview(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Say what the same instructions would do now; nothing changes."""
    found = modifications.preview(viewer(), instance_id, _instructions(sent), now=now())
    lines = ("cancelled", "started", "passed", "lost", "awaited", "sent", "incidents")
    told = {name: [_line(line) for line in getattr(found, name)] for name in lines}
    plain = ("status", "error_code", "variables", "statuses")
    return told | {name: getattr(found, name) for name in plain}


@blueprint.patch("/instances/<instance_id>/variables")
@blueprint.body(SetVariables)
@blueprint.answers(Instance)
def set_variables(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Change variables of a running or suspended instance; those that are not sent stay. null is a value."""
    return instance_out(
        variables.set_variables(
            viewer(), instance_id, sent["variables"], sent["reason"], now=now(), activation_id=sent["activation_id"]
        )
    )


def _instructions(sent: dict[str, Any]) -> list[modifications.Instruction]:
    return [
        modifications.Instruction(**{**one, "kind": modifications.Kind(one["kind"])}) for one in sent["instructions"]
    ]


def _line(line: modifications.Line) -> dict[str, Any]:
    names = ("kind", "element_id", "element_name", "process_key", "name", "due_at")
    return {name: getattr(line, name) for name in names}
