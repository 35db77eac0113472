"""Suspension: an operator stops an instance, or takes a definition out of service, and lets it go on.

Nothing happens by itself in a suspended instance: nobody works on its tasks, no timer fires, no work is fetched, no
incident is tried again, what is sent to it is kept. The legal clock of a dossier goes on: it is the law's, not ours.
With a suspended definition nothing new begins; what runs goes on.
"""

from __future__ import annotations

from datetime import datetime

from engine import runner
from engine.starts import StartTimer, following
from errors import NotFound, WrongState
from services import faults, instances, log, work
from services.definitions import LOG
from services.permissions import Permission, Viewer, require
from services.runs import Run, hold
from storage.database import verb
from storage.rows import definitions as rows
from storage.tables import Definition, Instance
from storage.tables import StartTimer as StartTimerRow
from texts import Text

MOST_SKIPPED = 100_000
"""Times of a start timer that are passed over when its definition is resumed; were there more, they are made up for."""


@verb
def suspend(viewer: Viewer, instance_id: str, reason: str, *, now: datetime) -> Instance:
    """Let an instance stand still until it is resumed; one that is suspended stays so. Raises WrongState, NotFound."""
    require(viewer, Permission.SUSPEND)
    reason = instances.reason_given(reason)
    run = hold(instance_id, actor=viewer.username, now=now)
    _refuse_ended(run)
    if run.instance.status == "running":
        run.instance.status, run.instance.next_due_at = "suspended", None
        faults.suspend(run)
        if run.loaded.has_work:
            work.suspend(run)
        log.append(run.instance, "instance.suspended", actor=run.actor, now=now, data={"reason": reason})
    return run.instance


@verb
def resume(viewer: Viewer, instance_id: str, reason: str, *, now: datetime) -> Instance:
    """Let a suspended instance go on; one that runs goes on running. Raises WrongState, NotFound.

    Messages that were kept for it are delivered now; timers that were due meanwhile fire at the next tick.
    """
    require(viewer, Permission.SUSPEND)
    reason = instances.reason_given(reason)
    run = hold(instance_id, actor=viewer.username, now=now)
    _refuse_ended(run)
    if run.instance.status == "suspended":
        waits = runner.waits(run.loaded.definition, run.instance.state)
        run.instance.status = "running"
        run.instance.next_due_at = min((wait.due_at for wait in waits if wait.due_at is not None), default=None)
        faults.resume(run)
        if run.loaded.has_work:
            work.resume(run)
        log.append(run.instance, "instance.resumed", actor=run.actor, now=now, data={"reason": reason})
        instances.drain(run)
    return run.instance


@verb
def suspend_definition(viewer: Viewer, definition_id: str, reason: str, *, now: datetime) -> Definition:
    """Let nothing new begin with one version of a process; one that is suspended stays so. Raises NotFound."""
    require(viewer, Permission.SUSPEND)
    reason = instances.reason_given(reason)
    row = _process(definition_id)
    if row.suspended_at is None:
        row.suspended_at, row.suspension_reason = now, reason
        _log(viewer, row, "definition.suspended", reason, now)
    return row


@verb
def resume_definition(viewer: Viewer, definition_id: str, reason: str, *, now: datetime) -> Definition:
    """Put a version back in service. What its timers would have begun meanwhile begins once, not once for each time."""
    require(viewer, Permission.SUSPEND)
    reason = instances.reason_given(reason)
    row = _process(definition_id)
    if row.suspended_at is not None:
        row.suspended_at, row.suspension_reason = None, ""
        for timer in rows.start_timers(definition_id):
            _catch_up(timer, now)
        _log(viewer, row, "definition.resumed", reason, now)
    return row


def _refuse_ended(run: Run) -> None:
    if run.instance.status not in instances.OPEN:
        raise WrongState(Text("Phiên chạy này đã kết thúc.", "This instance has ended."))


def _process(definition_id: str) -> Definition:
    row = rows.lock(definition_id)
    if row is None or row.kind != "process":
        raise NotFound()
    return row


def _catch_up(timer: StartTimerRow, now: datetime) -> None:
    planned = StartTimer(element_id=timer.element_id, due_at=timer.due_at, plan=timer.plan)
    for _ in range(MOST_SKIPPED):
        after = following(planned)
        if after is None or after.due_at > now:
            break
        planned = after
    timer.due_at, timer.plan, timer.faults = planned.due_at, dict(planned.plan), 0


def _log(viewer: Viewer, row: Definition, kind: str, reason: str, now: datetime) -> None:
    data = {"definition": row.id, "key": row.key, "version": row.version, "reason": reason}
    log.append_to(LOG, kind, actor=viewer.username, now=now, data=data)
