"""Instances: start a definition, deliver what comes from outside, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bpmn.model import Process
from engine import runner
from engine.correlation import Trigger
from engine.events import Step, Wait
from errors import Conflict, DefinitionSuspended, Detail, InvalidAnswers, NotFound, WrongState
from services import early, endings, faults, ids, loading, log, timing, work
from services.permissions import SYSTEM, Permission, Viewer, has_any, require
from services.record import STEP, record
from services.runs import Run, hold
from services.taskrights import sees_for
from storage.database import session, verb
from storage.queries.instances import InstanceRow
from storage.rows import definitions, messages, tasks
from storage.tables import Instance
from texts import Text

LONGEST_REASON = 2000
OPEN = ("running", "suspended")
"""What an instance is that has not ended."""


@verb
def start(
    viewer: Viewer,
    definition: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    business_key: str | None = None,
    start_element_id: str | None = None,
) -> Instance:
    """Start an instance of a definition (an id, or a key: then its version in force); it has run to its first wait.

    A procedure is not started but filed (dossiers.file); programs may still start one to try it, without a dossier.
    """
    require(viewer, Permission.RUN_INSTANCES)
    row = definitions.startable(definition)
    if row is None or row.kind != "process":
        raise NotFound()
    if row.state == "draft":
        raise WrongState(Text("Phiên bản này chưa công bố.", "This version is not published yet."))
    if row.state == "retired":
        raise WrongState(Text("Thủ tục này đã bãi bỏ.", "This procedure was retired."))
    if row.suspended_at is not None:
        raise DefinitionSuspended()
    run, step = begin(
        row.id, variables, actor=viewer.username, now=now, business_key=business_key, start_element_id=start_element_id
    )
    record(run, step, "instance.started")
    drain(run)
    return run.instance


def begin(
    definition_id: str,
    variables: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
    business_key: str | None = None,
    start_element_id: str | None = None,
    trigger: Trigger | None = None,
) -> tuple[Run, Step]:
    """Run a new instance to its first wait; its row is in the session, the step is still to be recorded."""
    loaded, instance_id = loading.load(definition_id), ids.new(now)
    given = {**_initiators(loaded.definition.process, start_element_id, actor), **variables}
    step = runner.start(
        loaded.definition, given, now=now, ports=timing.ports(loaded, None, now=now), trigger=trigger,
        start_element_id=start_element_id, seed=instance_id,
    )  # fmt: skip
    instance = Instance(
        id=instance_id,
        definition_id=definition_id,
        key=loaded.definition.key,
        version=loaded.definition.version,
        business_key=business_key,
        status="running",
        state=step.state,
        faults=0,
        log_seq=0,
        log_hash=b"",
        started_at=now,
        started_by=actor,
    )
    # Written once, with what `record` makes of it: before its tasks (a flush goes by the names of the modules). What
    # else refers to it is added after a flush.
    session().add(instance)
    return Run(instance=instance, loaded=loaded, dossier=None, actor=actor, now=now), step


def _initiators(process: Process, start_element_id: str | None, actor: str) -> dict[str, Any]:
    """Give the variables that a start event wants to name who starts; the clock is nobody (as in Camunda 7)."""
    who = None if actor == SYSTEM.username else actor
    return {
        element.initiator: who
        for element in process.elements.values()
        if element.initiator and start_element_id in (None, element.id)
    }


def drain(run: Run) -> None:
    """Deliver messages that came before this instance waited for them, until none fits any more."""
    if run.loaded.may_subscribe:
        early.drain(run)


@verb
def cancel(viewer: Viewer, instance_id: str, reason: str, *, now: datetime) -> Instance:
    """End an instance, suspended ones too, that belongs to no dossier (a dossier is stopped or withdrawn instead)."""
    require(viewer, Permission.CANCEL_INSTANCES)
    reason = reason_given(reason)
    run = hold(instance_id, actor=viewer.username, now=now)
    if run.dossier is not None:
        raise Conflict(
            Text(
                "Phiên chạy này thuộc một hồ sơ: hãy dừng hồ sơ.",
                "This instance belongs to a dossier: stop the dossier.",
            )
        )
    end(run, "instance.cancelled", reason=reason)
    return run.instance


def end(run: Run, kind: str, *, reason: str) -> None:
    """Cancel what an instance still waits for and close it; raise WrongState where it has ended already."""
    if run.instance.status not in OPEN:
        raise WrongState()
    closing = {"state": "cancelled", "completed_at": run.now, "next_deadline_at": None}
    tasks.close([task.id for task in tasks.open_of(run.instance.id)], closing)
    endings.forget(run)
    messages.subscribe(run.instance.id, [])
    if run.loaded.has_work:
        work.drop(run)
    run.instance.status, run.instance.ended_at, run.instance.next_due_at = "cancelled", run.now, None
    run.notes["reason"] = reason
    log.append(run.instance, kind, actor=run.actor, now=run.now, data=run.notes)
    faults.close(run)


def reason_given(reason: str) -> str:
    """Give a reason as it is kept; raise InvalidAnswers where there is none or it is longer than LONGEST_REASON."""
    reason = reason.strip()
    if not reason:
        raise InvalidAnswers(
            details=[Detail(field="reason", code="required", message=Text("Cần nêu lý do.", "A reason is needed."))]
        )
    if len(reason) > LONGEST_REASON:
        message = Text(f"Lý do dài quá {LONGEST_REASON} ký tự.", f"At most {LONGEST_REASON} characters.")
        raise InvalidAnswers(details=[Detail(field="reason", code="length", message=message)])
    return reason


def may_read(viewer: Viewer, instance: Instance) -> bool:
    """Say whether a viewer may read an instance: its starter, those who see all, and who has or had a task in it."""
    if has_any(viewer, Permission.OPERATE, Permission.SEE_ALL) or instance.started_by == viewer.username:
        return True
    if tasks.took_part_in_instance(instance.id, viewer.username, viewer.principals):
        return True
    return bool(viewer.stands_for) and any(sees_for(viewer, task) for task in tasks.open_of(instance.id))


def readable(viewer: Viewer, instance_id: str) -> Instance:
    """Load an instance that the viewer may read; raise NotFound otherwise."""
    instance = session().get(Instance, instance_id)
    if instance is None or not may_read(viewer, instance):
        raise NotFound()
    return instance


def seen(instance: Instance | InstanceRow) -> tuple[dict[str, Any], tuple[Wait, ...]]:
    """Give the variables of an instance that the caller may read, and everything it waits for now.

    What has just taken a step is not read again.
    """
    step: Step | None = session().info.get(STEP)
    if step is not None and step.state is instance.state:
        variables, waits = step.variables, step.waits
    else:
        variables, waits = runner.look(loading.load(instance.definition_id).definition, instance.state)
    return variables, waits if instance.status in OPEN else ()


def variables(viewer: Viewer, instance_id: str) -> dict[str, Any]:
    """Give the variables of an instance."""
    instance = readable(viewer, instance_id)
    return runner.variables(loading.load(instance.definition_id).definition, instance.state)


def waiting_for(viewer: Viewer, instance_id: str) -> tuple[Wait, ...]:
    """Give everything an instance waits for now."""
    instance = readable(viewer, instance_id)
    if instance.status not in OPEN:
        return ()
    return runner.waits(loading.load(instance.definition_id).definition, instance.state)
