"""Faults: the incidents that a step opens, keeps and resolves, as rows and in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from bpmn import retries
from engine.events import Incident as Fault
from engine.events import Step
from errors import NestedTooDeep, StepBudgetExhausted, TooManyInstances, TooMuchData, WorkFailed
from services import log
from services.runs import Run
from storage.database import session
from storage.rows import handing
from storage.rows import incidents as rows
from storage.tables import Incident

MOST = 100
"""Open rows of one instance; the others are in its state and follow as these are resolved."""
LONGEST_REASON = 500
"""Characters of a reason that the log repeats."""
FOR_PEOPLE = frozenset(
    kind.code for kind in (StepBudgetExhausted, NestedTooDeep, TooManyInstances, TooMuchData, WorkFailed)
)
"""Kinds that would only cost the same again, or were tried often enough: these wait for an operator from the start."""


def sync(run: Run, step: Step, *, retried: str | None = None) -> None:
    """Write the incidents of a step as rows and into the log; `retried`: the token that was tried again."""
    instance = run.instance
    if not step.incidents and not instance.incidents:
        return
    known = rows.open_of(instance.id) if instance.incidents else {}
    faults = {fault.id: fault for fault in step.incidents}
    resolved = [row for token_id, row in known.items() if token_id not in faults]
    for row in resolved:
        _resolve(row, run.now)
    for token_id, row in known.items():
        if token_id in faults and (token_id == retried or _is_other(row, faults[token_id])):
            _failed_again(run, row, faults[token_id])
    room = MOST - len(known) + len(resolved)
    opened = [_row(run, fault) for fault in step.incidents if fault.id not in known][: max(room, 0)]
    if opened:
        session().flush()  # the instance may be new
        session().add_all(opened)
    for row in (*known.values(), *opened):
        handing.hand_over(handing.Kind.INCIDENT, row.id, row.next_try_at, instance_id=instance.id)
    instance.incidents = len(known) - len(resolved) + len(opened)
    for kind, which in (("incident.resolved", resolved), ("incident.opened", opened)):
        if which:
            log.append(instance, kind, actor=run.actor, now=run.now, data={"incidents": [told(row) for row in which]})


def close(run: Run) -> None:
    """Resolve what is open: the instance has been ended from outside."""
    if run.instance.incidents:
        for row in rows.open_of(run.instance.id).values():
            _resolve(row, run.now)
        run.instance.incidents = 0


def suspend(run: Run) -> None:
    """Let no incident of an instance be tried again by itself."""
    if run.instance.incidents:
        for row in rows.open_of(run.instance.id).values():
            row.held_try_at, row.next_try_at = row.next_try_at, None


def resume(run: Run) -> None:
    """Let them be tried again when they would have been; what is overdue, at once."""
    if run.instance.incidents:
        for row in rows.open_of(run.instance.id).values():
            row.next_try_at, row.held_try_at = row.held_try_at, None


def follow(run: Run, step: Step) -> None:
    """Let the open incidents follow an instance to another version: they are the same faults, at its elements."""
    if not run.instance.incidents:
        return
    known = rows.open_of(run.instance.id)
    for fault in step.incidents:
        if (row := known.get(fault.id)) is not None:
            row.definition_id, row.key = run.instance.definition_id, run.instance.key
            for name, value in _said(fault).items():
                setattr(row, name, value)


def _row(run: Run, fault: Fault) -> Incident:
    plan = _plan(run, fault)
    left = 0 if fault.kind in FOR_PEOPLE else plan.tries - 1
    return Incident(
        id=uuid4().hex,
        instance_id=run.instance.id,
        token_id=fault.id,
        definition_id=run.instance.definition_id,
        key=run.instance.key,
        state="open",
        tries=1,
        retries_left=left,
        created_at=run.now,
        **_said(fault),
        **_tried(run, plan, left),
    )


def _failed_again(run: Run, row: Incident, fault: Fault) -> None:
    plan = _plan(run, fault)
    row.tries += 1
    row.retries_left = 0 if fault.kind in FOR_PEOPLE else max(row.retries_left - 1, 0)
    for name, value in (_said(fault) | _tried(run, plan, row.retries_left)).items():
        setattr(row, name, value)


def _tried(run: Run, plan: retries.Retries, left: int) -> dict[str, Any]:
    """When it is tried again by itself; while its instance is suspended that moment is only kept."""
    moment = run.now + plan.pause_before(left) if left else None
    is_held = run.instance.status == "suspended"
    return {"next_try_at": None if is_held else moment, "held_try_at": moment if is_held else None}


def _plan(run: Run, fault: Fault) -> retries.Retries:
    element = run.loaded.element(fault.process_key, fault.element_id)
    return (retries.read(element.retries) if element else None) or retries.DEFAULT


def _said(fault: Fault) -> dict[str, Any]:
    return {
        "process_key": fault.process_key,
        "element_id": fault.element_id,
        "element_name": fault.element_name,
        "kind": fault.kind,
        "message_vi": fault.message.vi,
        "message_en": fault.message.en,
        "reason": fault.reason,
    }


def _is_other(row: Incident, fault: Fault) -> bool:
    return (row.element_id, row.kind, row.reason) != (fault.element_id, fault.kind, fault.reason)


def _resolve(row: Incident, now: datetime) -> None:
    row.state, row.resolved_at, row.retries_left = "resolved", now, 0
    row.next_try_at = row.held_try_at = None


def told(row: Incident) -> dict[str, Any]:
    """What the log says of an incident."""
    return {
        "incident": row.id,
        "element": row.element_id,
        "name": row.element_name,
        "process": row.process_key,
        "code": row.kind,
        "why": row.reason[:LONGEST_REASON],
        "tries": row.tries,
    }
