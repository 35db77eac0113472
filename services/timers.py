"""Timers drawn in diagrams: fire what is due, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine import runner
from engine.correlation import Trigger
from engine.starts import StartTimer, following
from errors import EngineError, MotcuaError, NotFound
from services import instances, log
from services.permissions import SYSTEM
from services.record import record
from services.runs import hold
from storage.database import session, verb
from storage.rows import definitions as rows_of_definitions
from storage.rows import instances as rows

LONGEST_PAUSE = timedelta(hours=6)


def due(now: datetime, limit: int = 200) -> list[str]:
    """Give ids of instances with a timer due, those due longest first."""
    return list(rows.due(now, limit))


def fire(instance_id: str, *, now: datetime) -> bool:
    """Fire all timers of an instance that are due at `now`; False where nothing was.

    A fault of the diagram is an incident, so that it never holds up the other timers. After a fault of our own nothing
    is changed but the moment of the next try (5 s, doubling to 6 h); it is in the log, and raised.
    """
    try:
        return _fire(instance_id, now=now)
    except EngineError as error:
        _put_off(instance_id, error, now=now)
        raise
    except MotcuaError:
        raise
    except Exception as error:
        _put_off(instance_id, EngineError(reason=f"{type(error).__name__}: {error}"), now=now)
        raise


@verb
def _fire(instance_id: str, *, now: datetime) -> bool:
    run = hold(instance_id, actor=SYSTEM.username, now=now)
    due_at = run.instance.next_due_at
    if run.instance.status != "running" or due_at is None or due_at > now:
        return False
    step = runner.fire_timers(run.loaded.definition, run.instance.state, now=now, ports=run.loaded.ports)
    run.instance.faults = 0
    record(run, step, "timer.fired")
    instances.drain(run)
    return True


def starts_due(now: datetime, limit: int = 50) -> list[tuple[str, str]]:
    """Give (definition id, element id) of timer start events that are due."""
    return list(rows_of_definitions.start_timers_due(now, limit))


def start(definition_id: str, element_id: str, *, now: datetime) -> bool:
    """Start an instance by its timer start event and plan the next time; a fault of our own puts the next try off."""
    try:
        return _start(definition_id, element_id, now=now)
    except Exception:
        _put_off_start(definition_id, element_id, now=now)
        raise


@verb
def _start(definition_id: str, element_id: str, *, now: datetime) -> bool:
    timer = rows_of_definitions.start_timer(definition_id, element_id)
    definition = rows_of_definitions.load(definition_id)
    if timer is None or timer.due_at > now or definition is None or definition.suspended_at is not None:
        return False
    planned = StartTimer(element_id=element_id, due_at=timer.due_at, plan=timer.plan)
    trigger = Trigger(index=planned.index)
    run, step = instances.begin(
        definition_id, {}, actor=SYSTEM.username, now=now, start_element_id=planned.element, trigger=trigger
    )
    record(run, step, "instance.started")
    instances.drain(run)
    after = following(planned)
    if after is None:
        session().delete(timer)
    else:
        timer.due_at, timer.plan, timer.faults = after.due_at, dict(after.plan), 0
    return True


@verb
def _put_off_start(definition_id: str, element_id: str, *, now: datetime) -> None:
    timer = rows_of_definitions.start_timer(definition_id, element_id)
    if timer is not None:
        timer.faults += 1
        timer.due_at = now + min(timedelta(seconds=5 * 2 ** min(timer.faults - 1, 20)), LONGEST_PAUSE)


@verb
def _put_off(instance_id: str, error: EngineError, *, now: datetime) -> None:
    try:
        run = hold(instance_id, actor=SYSTEM.username, now=now)
    except NotFound:
        return
    run.instance.faults += 1
    pause = min(timedelta(seconds=5 * 2 ** min(run.instance.faults - 1, 20)), LONGEST_PAUSE)
    run.instance.next_due_at = now + pause
    data = {"element": error.element_id, "reason": error.reason[:500], "code": error.code, "tries": run.instance.faults}
    log.append(run.instance, "timer.failed", actor=SYSTEM.username, now=now, data=data)
