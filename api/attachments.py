"""Attachments: listed, added, removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.attachments import Attach, Attachment, Attachments
from api.schemas.tasks import Nothing
from services import attachments, dossiers, tasks

blueprint = Blueprint("attachments", "Internal files of a dossier, which its applicant never sees.")
COLUMNS = tuple(Attachment().fields)


@blueprint.get("/tasks/<task_id>/attachments")
@blueprint.answers(Attachments)
def list_(task_id: str) -> dict[str, Any]:
    """List the internal files of a task's dossier; none where it has no dossier."""
    return _all(task_id)


@blueprint.post("/tasks/<task_id>/attachments")
@blueprint.body(Attach)
@blueprint.answers(Attachments)
def add(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Add finished uploads; gives all there are."""
    return _out(attachments.add(viewer(), task_id, sent["documents"], now=now()))


@blueprint.post("/tasks/<task_id>/attachments/<document_id>/remove")
@blueprint.body(Nothing)
@blueprint.answers(Attachments)
def remove(_: dict[str, Any], task_id: str, document_id: str) -> dict[str, Any]:
    """Remove what one has added at this task; gives what is left."""
    attachments.remove(viewer(), task_id, document_id, now=now())
    return _all(task_id)


def _all(task_id: str) -> dict[str, Any]:
    task = tasks.open_task(viewer(), task_id, now=now()).task
    if task.dossier_id is None:
        return {"items": []}
    return _out(attachments.of_dossier(viewer(), dossiers.readable(viewer(), task.dossier_id)))


def _out(rows: Iterable[Any]) -> dict[str, Any]:
    return {"items": [{name: getattr(row, name) for name in COLUMNS} for row in rows]}
