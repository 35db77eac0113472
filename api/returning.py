"""Returning to an earlier task of an instance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.instances import instance_out
from api.schemas.instances import Instance
from api.schemas.returning import EarlierTask, EarlierTasks, Return, ReturnPreview, ReturnWanted
from services import returning
from services.returning import Change

blueprint = Blueprint("returning", "Taking an instance back to a task that was completed.")
COLUMNS = tuple(EarlierTask().fields)


@blueprint.get("/instances/<instance_id>/earlier-tasks")
@blueprint.answers(EarlierTasks)
def earlier(instance_id: str) -> dict[str, Any]:
    """List the completed tasks of a running instance that one can return to."""
    rows = returning.earlier(viewer(), instance_id)
    return {"items": [{name: getattr(row, name) for name in COLUMNS} for row in rows]}


@blueprint.post("/instances/<instance_id>/return")
@blueprint.body(Return)
@blueprint.answers(Instance)
def return_to(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Open a completed task again, under a new id, and take back what its completion led to."""
    done = returning.return_to(
        viewer(), instance_id, sent["task_id"], sent["reason"], now=now(),
        with_data_of_the_time=sent["variables_of_the_time"],
    )  # fmt: skip
    return instance_out(done)


@blueprint.post("/instances/<instance_id>/return/preview")
@blueprint.body(ReturnWanted)
@blueprint.answers(ReturnPreview)
def preview(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Say what a return would do, or why it would be refused; nothing happens."""
    seen = returning.preview(
        viewer(), instance_id, sent["task_id"], now=now(), with_data_of_the_time=sent["variables_of_the_time"]
    )
    return {
        "ends": _changes(seen.ends, have_ids=True),
        "begins": _changes(seen.begins, have_ids=False),
        "stays": _changes(seen.stays, have_ids=True),
        "national_status": seen.status[1].value if seen.status else None,
    }


def _changes(found: Iterable[Change], *, have_ids: bool) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "element_id": one.element_id,
            "element_name": one.element_name,
            "name": one.name,
            "due_at": one.due_at,
            "task_id": one.id if have_ids and one.kind == "task" else None,
        }
        for one in found
    ]
