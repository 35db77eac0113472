"""Effects: what entering and leaving an element of the diagram does to the dossier: status, clock, fee, papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bpmn.model import Element, Limit, PauseRule
from engine.events import ElementEvent
from errors import EngineError
from services import clocks
from services.runs import Run
from services.statuses import ENDED, Status, path
from storage.tables import Dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper that an element wants issued: its kind and the element's id."""

    kind: str
    element_id: str


@dataclass(slots=True, kw_only=True)
class Done:
    """What the effects came to."""

    clock_changed: bool = False
    papers: list[Paper] = field(default_factory=list)


def apply(run: Run, events: Iterable[ElementEvent], *, variables: Mapping[str, Any]) -> Done:
    """Apply the effects of these element events, in their order; without a dossier there are none."""
    done = Done()
    if run.dossier is None:
        return done
    for event in events:
        element = run.loaded.element(event.process_key, event.element_id)
        if element is None:
            continue
        if event.kind in ("passed", "entered"):
            _enter(run, run.dossier, element, event, done)
        if event.kind in ("passed", "completed", "cancelled", "failed"):
            _leave(run, run.dossier, element, event, done)
    return done


def set_status(run: Run, dossier: Dossier, target: Status, *, element_id: str = "") -> bool:
    """Bring a dossier to a status by a legal way; say whether the clock must be read anew."""
    try:
        steps = path(Status(dossier.status), target)
    except ValueError as error:
        raise EngineError(element_id=element_id, reason=str(error)) from error
    must_read = False
    for status in steps:  # one that is only passed through counts as well: 9 decides on time or late
        dossier.status = status.value
        run.notes.setdefault("statuses", []).append(status.value)
        must_read |= _on_status(run, dossier, status)
    return must_read


def ended(run: Run, dossier: Dossier) -> bool:
    """Close a dossier whose instance has ended while the diagram left its status open; say whether its clock changed.

    A result that was issued counts as returned, anything else as stopped: no dossier may hang without anybody's task.
    """
    status = Status(dossier.status)
    if status in ENDED:
        return False
    run.notes["left_open_by_diagram"] = status.value
    if status is Status.SUBMITTED:
        return set_status(run, dossier, Status.NOT_ACCEPTED)
    return set_status(run, dossier, Status.RESULT_RETURNED if status is Status.PROCESSED else Status.STOPPED)


def take_back(run: Run, dossier: Dossier, status: Status) -> None:
    """Take a dossier back to a status that it had before: an operator returned to an earlier task.

    What the law counts from stays: the day it was accepted, its pauses. Its result is not ready any more, so that the
    clock, which then counts as if it had never stopped, runs on.
    """
    dossier.status = status.value
    run.notes.setdefault("statuses", []).append(status.value)
    if dossier.finished_at is not None:
        dossier.finished_at = None
        dossier.clock = [event for event in dossier.clock if event["type"] != "finished"]
        run.notes.setdefault("clock", []).append({"type": "reopened", "at": run.now.isoformat()})


def clock_event(run: Run, dossier: Dossier, kind: str, **more: Any) -> None:
    """Add an event to a dossier's clock and to the log's."""
    event = {"type": kind, "at": run.now.isoformat(), **more}
    dossier.clock = [*dossier.clock, event]
    run.notes.setdefault("clock", []).append(event)


def _enter(run: Run, dossier: Dossier, element: Element, event: ElementEvent, done: Done) -> None:
    if element.national_status is not None:
        done.clock_changed |= set_status(run, dossier, Status(element.national_status), element_id=element.id)
    elif element.type == "userTask" and event.kind == "entered" and dossier.status == Status.ACCEPTED:
        set_status(run, dossier, Status.IN_PROCESS, element_id=element.id)
    if element.starts_limit and dossier.accepted_at is not None:
        done.clock_changed |= _start_limit(run, dossier, element.starts_limit)
    if element.pause and event.kind == "entered" and dossier.accepted_at is not None:
        clock_event(
            run, dossier, "pause_started", pause=event.activation_id, **_pause_rule(run, dossier, element.pause)
        )
        done.clock_changed = True
    if element.document:
        done.papers.append(Paper(kind=element.document, element_id=element.id))


def _leave(run: Run, dossier: Dossier, element: Element, event: ElementEvent, done: Done) -> None:
    if element.pause and event.kind != "passed" and _is_open(dossier, event.activation_id):
        clock_event(run, dossier, "pause_ended", pause=event.activation_id)
        done.clock_changed = True
    if element.fee and event.kind in ("passed", "completed"):
        clock_event(run, dossier, "fee_paid", fee=element.fee)
        done.clock_changed = True
    waited = dossier.status in (Status.SUPPLEMENT_REQUESTED, Status.PAYMENT_REQUESTED)
    if waited and element.national_status == dossier.status and event.kind != "passed":
        set_status(run, dossier, Status.IN_PROCESS, element_id=element.id)


def _on_status(run: Run, dossier: Dossier, status: Status) -> bool:
    if status is Status.ACCEPTED and dossier.accepted_at is None:  # after a return it is accepted a second time
        dossier.accepted_at = run.now
        dossier.next_deadline_at = None  # that was of the acceptance; the legal limit says its own
    if status in (Status.PROCESSED, Status.STOPPED):
        _end_pauses(run, dossier)
    if status is Status.PROCESSED and dossier.accepted_at is not None:
        dossier.finished_at = run.now
        clock_event(run, dossier, "finished")
    if status is Status.STOPPED and dossier.accepted_at is not None:
        clock_event(run, dossier, "stopped")
    if status in ENDED:
        dossier.ended_at = run.now
        dossier.next_deadline_at = None
    return status in (Status.ACCEPTED, Status.PROCESSED, Status.STOPPED)


def _end_pauses(run: Run, dossier: Dossier) -> None:
    """What ends has no pause open: the rules have no answer for a finish while paused."""
    for item in dossier.clock:
        if item["type"] == "pause_started" and _is_open(dossier, item["pause"]):
            clock_event(run, dossier, "pause_ended", pause=item["pause"])


def _start_limit(run: Run, dossier: Dossier, limit: str) -> bool:
    """Let a limit of the chain begin where it follows the one in force; what has begun never begins anew."""
    in_force = clocks.limit_in_force(dossier, run.limits, now=run.now)
    following = next((x for x in run.limits if x.id == limit), None)
    if following is None or in_force is None or in_force.id not in following.after:
        return False
    clock_event(run, dossier, "limit_started", limit=limit)
    dossier.at_risk_at = dossier.breached_at = None  # each limit of a chain is raised for itself
    return True


def _pause_rule(run: Run, dossier: Dossier, ground: str) -> dict[str, Any]:
    """Give what the limit in force says of a pause on this ground, in the form of the vectors."""
    limit = clocks.limit_in_force(dossier, run.limits, now=run.now)
    rule = limit.pause_rule(ground) if limit else PauseRule(ground=ground)
    is_phase = rule.policy == "phase"
    return {
        "reason": ground,
        # a phase needs its limit; the check at upload says so
        "policy": "resume" if is_phase and rule.phase is None else rule.policy,
        **({"phase_limit": _written(rule.phase)} if is_phase and rule.phase else {}),
        **({"reply_limit": _written(rule.reply)} if rule.reply else {}),
    }


def _written(limit: Limit) -> dict[str, Any]:
    return {"amount": limit.amount, "unit": limit.unit.value}


def _is_open(dossier: Dossier, pause: str) -> bool:
    started = any(e["type"] == "pause_started" and e["pause"] == pause for e in dossier.clock)
    ended = any(e["type"] == "pause_ended" and e["pause"] == pause for e in dossier.clock)
    return started and not ended
