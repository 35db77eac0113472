"""Incidents: technical faults that hold up one token of an instance, tried again by itself or by an operator.

The engine keeps the fault in the instance's state (engine/spiff/faults.py); a row says when it is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import runner, skipping
from engine.events import Step
from engine.skipping import WayOn
from errors import IncidentNotOpen, InstanceSuspended, MotcuaError, NotFound
from services import faults, instances, loading
from services.permissions import SYSTEM, Permission, Viewer, require
from services.record import record
from services.runs import Run, hold
from storage.database import verb
from storage.rows import incidents as rows
from storage.rows import tasks
from storage.tables import Incident, Instance

PUT_OFF = timedelta(minutes=10)
"""After a fault of our own."""


@verb
def retry(viewer: Viewer, incident_id: str, *, now: datetime, variables: Mapping[str, Any] | None = None) -> Instance:
    """Try an incident again after writing `variables` where its token sees them; the instance runs to its next wait.

    If it fails again the incident stays open. Raises NotFound, IncidentNotOpen, InstanceSuspended, Invalid.
    """
    require(viewer, Permission.OPERATE)
    row = rows.load(incident_id)
    if row is None:
        raise NotFound()
    run = hold(row.instance_id, actor=viewer.username, now=now)
    row = rows.load(incident_id)
    if row is None or row.state != "open" or run.instance.status not in instances.OPEN:
        raise IncidentNotOpen()
    if run.instance.status == "suspended":
        raise InstanceSuspended()
    _again(run, row, variables or {})
    return run.instance


@verb
def skip(
    viewer: Viewer,
    incident_id: str,
    reason: str,
    *,
    now: datetime,
    variables: Mapping[str, Any] | None = None,
    flow_id: str | None = None,
) -> Instance:
    """Let what an incident holds up count as done, `variables` standing for what it would have given; go on behind it.

    The rest of the instance is left alone. `flow_id`: the flow to go by where the element cannot choose one. Raises
    NotFound, IncidentNotOpen, Invalid.
    """
    require(viewer, Permission.MODIFY_INSTANCES)
    reason = instances.reason_given(reason)
    row = rows.load(incident_id)
    if row is None:
        raise NotFound()
    run = hold(row.instance_id, actor=viewer.username, now=now)
    row = rows.load(incident_id)
    if row is None or row.state != "open" or run.instance.status not in instances.OPEN:
        raise IncidentNotOpen()
    step = skipping.skip(
        run.loaded.definition, run.instance.state, row.token_id, now=now, ports=run.ports,
        variables=variables, flow_id=flow_id,
    )  # fmt: skip
    run.notes = faults.told(row) | {"reason": reason}
    if variables:
        run.notes["variables"] = sorted(variables)
    if flow_id:
        run.notes["flow"] = flow_id
    record(run, step, "incident.skipped", completed=_task_done(run, row, step, reason))
    instances.drain(run)
    return run.instance


def _task_done(run: Run, row: Incident, step: Step, reason: str) -> dict[str, Any] | None:
    """Give what the row of a person's task takes over, where the incident was one's; say so in the log, too."""
    task = tasks.load(row.token_id)
    if task is None or task.state != "open" or any(wait.id == task.id for wait in step.waits):
        return None
    run.notes["task"] = task.id
    return {"id": task.id, "completed_by": run.actor, "reason": reason}


def flows(viewer: Viewer, incident_id: str) -> tuple[WayOn, ...]:
    """Give the flows by which a skipped step may be left; none where the incident is not open. Raises NotFound."""
    require(viewer, Permission.OPERATE)
    row = rows.load(incident_id)
    if row is None:
        raise NotFound()
    if row.state != "open":
        return ()
    instance = instances.readable(viewer, row.instance_id)
    return skipping.ways_on(loading.load(row.definition_id).definition, instance.state, row.token_id)


def variables(viewer: Viewer, incident_id: str) -> dict[str, Any]:
    """Give the variables that the token of an open incident sees; none where it is not open. Raises NotFound."""
    require(viewer, Permission.OPERATE)
    row = rows.load(incident_id)
    if row is None:
        raise NotFound()
    if row.state != "open":
        return {}
    instance = instances.readable(viewer, row.instance_id)
    return runner.incident_variables(loading.load(row.definition_id).definition, instance.state, row.token_id)


def due(now: datetime, limit: int = 100) -> list[str]:
    """Give ids of incidents that are to be tried again by themselves, those due longest first."""
    return list(rows.due(now, limit))


def retry_due(incident_id: str, *, now: datetime) -> bool:
    """Try an incident again that is due; False where it is not. A fault of our own puts it off and is raised."""
    try:
        return _retry_due(incident_id, now=now)
    except MotcuaError:
        raise
    except Exception:
        put_off(incident_id, now=now)
        raise


@verb
def _retry_due(incident_id: str, *, now: datetime) -> bool:
    row = rows.load(incident_id)
    if row is None:
        return False
    run = hold(row.instance_id, actor=SYSTEM.username, now=now)
    row = rows.load(incident_id)
    if row is None or row.next_try_at is None or row.next_try_at > now or run.instance.status != "running":
        return False
    _again(run, row, {})
    return True


@verb
def put_off(incident_id: str, *, now: datetime) -> None:
    """Try an incident later than planned: not it but we failed."""
    row = rows.load(incident_id)
    if row is not None and row.next_try_at is not None:
        row.next_try_at = now + PUT_OFF


def _again(run: Run, row: Incident, variables: Mapping[str, Any]) -> None:
    step = runner.retry(
        run.loaded.definition, run.instance.state, row.token_id, now=run.now, ports=run.ports,
        variables=variables,
    )  # fmt: skip
    run.notes = faults.told(row)
    if variables:
        run.notes["variables"] = sorted(variables)
    record(run, step, "incident.retried", retried=row.token_id)
    instances.drain(run)
