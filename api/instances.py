"""Instances: started, looked at, listed, counted, ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.language import said
from api.paging import cursor_of, given, place_of, taken
from api.schemas.instances import (
    Cancel,
    Count,
    HistoryPage,
    HistoryParameters,
    Instance,
    InstancePage,
    InstancesWanted,
    ListParameters,
    Start,
)
from services import history as histories
from services import instances
from services.permissions import scope_of
from storage.queries import instances as queries
from storage.queries.incidents import IncidentRow, open_of
from texts import Text

blueprint = Blueprint("instances", "Runs of definitions.")
COLUMNS = (
    "id", "definition_id", "key", "version", "business_key", "status", "started_at", "ended_at", "error_code",
)  # fmt: skip


def instance_out(row: Any, faults: Sequence[IncidentRow] | None = None) -> dict[str, Any]:
    """Write an instance, loaded or of a list, that the caller may read; `faults`: its open incidents, if looked up."""
    variables, waits = instances.seen(row)
    if faults is None:
        faults = open_of([row.id])[row.id] if row.incidents else ()
    waiting = [
        {
            "kind": wait.kind.value,
            "element_id": wait.element_id,
            "element_name": wait.element_name,
            "due_at": wait.due_at,
            "instance_id": row.id,
        }
        for wait in waits
    ]
    waiting += [
        {
            "kind": "job",
            "element_id": fault.element_id,
            "element_name": fault.element_name,
            "due_at": fault.next_try_at,
            "instance_id": row.id,
        }
        for fault in faults
        if fault.next_try_at is not None
    ]
    own = {name: getattr(row, name) for name in COLUMNS}
    incidents = [
        {
            "id": fault.id,
            "element_id": fault.element_id,
            "kind": fault.kind,
            "message": said(Text(fault.message_vi, fault.message_en)),
            "retries_left": fault.retries_left,
        }
        for fault in faults
    ]
    return {**own, "variables": variables, "parent_id": None, "incidents": incidents, "waiting_for": waiting}


@blueprint.post("/definitions/<definition>/instances")
@blueprint.body(Start)
@blueprint.answers(Instance, 201)
def start(sent: dict[str, Any], definition: str) -> dict[str, Any]:
    """Start an instance of a definition (an id, or a key: its version in force); it has run to its first wait."""
    return instance_out(instances.start(viewer(), definition, **sent, now=now()))


@blueprint.get("/instances")
@blueprint.filters(ListParameters)
@blueprint.answers(InstancePage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List instances, the latest started first."""
    page = queries.listed(scope_of(viewer()), _filter(wanted), **taken(wanted))
    faults = open_of([row.id for row in page.rows if row.incidents])
    return given(page.rows, page.next, wanted, lambda row: instance_out(row, faults.get(row.id, ())))


@blueprint.get("/instances/count")
@blueprint.filters(InstancesWanted)
@blueprint.answers(Count)
def count(wanted: dict[str, Any]) -> dict[str, Any]:
    """Count instances."""
    return {"count": queries.count(scope_of(viewer()), _filter(wanted))}


@blueprint.get("/instances/<instance_id>")
@blueprint.answers(Instance)
def one(instance_id: str) -> dict[str, Any]:
    """Give an instance with its variables and all that it waits for."""
    return instance_out(instances.readable(viewer(), instance_id))


@blueprint.get("/instances/<instance_id>/history")
@blueprint.filters(HistoryParameters)
@blueprint.answers(HistoryPage)
def history(wanted: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Give every activation of every flow node in order of completion, what is still active last."""
    instance = instances.readable(viewer(), instance_id)
    passed = [p for p in histories.passages(instance) if wanted["called"] or p.is_own]
    first = place_of(wanted.get("cursor"), HISTORY)
    last = first + wanted["limit"]
    items = [
        {
            "id": p.id,
            "instance_id": instance.id,
            "element_id": p.element_id,
            "element_name": p.element_name,
            "element_type": p.element_type,
            "state": p.state,
            "started_at": p.started_at,
            "ended_at": p.ended_at,
            "task_id": p.task_id,
            "actor": p.actor,
        }
        for p in passed[first:last]
    ]
    return {"items": items, "next": cursor_of((last, ""), HISTORY) if last < len(passed) else None}


HISTORY = "history"


@blueprint.post("/instances/<instance_id>/cancel")
@blueprint.body(Cancel)
@blueprint.answers(Instance)
def cancel(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """End a running instance that belongs to no dossier (a dossier is stopped or withdrawn instead)."""
    return instance_out(instances.cancel(viewer(), instance_id, sent["reason"], now=now()))


def _filter(wanted: dict[str, Any]) -> queries.Wanted:
    return queries.Wanted(**{name: wanted.get(name) for name in queries.Wanted.__slots__})
