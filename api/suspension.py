"""Suspended and resumed: instances, and versions of processes."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.instances import instance_out
from api.schemas.batches import Batch
from api.schemas.definitions import Definition
from api.schemas.instances import Instance
from api.schemas.reasons import Reasoned
from api.schemas.suspension import InService, OfDefinition
from services import out_of_service, suspension

blueprint = Blueprint("suspension", "Instances that stand still, and versions of processes that are out of service.")


@blueprint.post("/instances/<instance_id>/suspend")
@blueprint.body(Reasoned)
@blueprint.answers(Instance)
def suspend(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Let an instance stand still until it is resumed; one that is suspended stays so."""
    return instance_out(suspension.suspend(viewer(), instance_id, sent["reason"], now=now()))


@blueprint.post("/instances/<instance_id>/resume")
@blueprint.body(Reasoned)
@blueprint.answers(Instance)
def resume(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Let a suspended instance go on: what was due meanwhile happens, what was sent to it arrives."""
    return instance_out(suspension.resume(viewer(), instance_id, sent["reason"], now=now()))


@blueprint.post("/definitions/<definition_id>/suspend")
@blueprint.body(OfDefinition)
@blueprint.answers(InService)
def suspend_definition(sent: dict[str, Any], definition_id: str) -> dict[str, Any]:
    """Let nothing new begin with a version of a process; what runs goes on, unless it is asked for too."""
    return _out(*out_of_service.suspend(viewer(), definition_id, **sent, now=now()))


@blueprint.post("/definitions/<definition_id>/resume")
@blueprint.body(OfDefinition)
@blueprint.answers(InService)
def resume_definition(sent: dict[str, Any], definition_id: str) -> dict[str, Any]:
    """Put a version of a process back in service."""
    return _out(*out_of_service.resume(viewer(), definition_id, **sent, now=now()))


def _out(row: Any, batch: Any) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in Definition().fields}
    return {**own, "batch": {name: getattr(batch, name) for name in Batch().fields} if batch else None}
