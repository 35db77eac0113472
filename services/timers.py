"""Timers drawn in diagrams: fire what is due, once."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from engine import runner
from engine.correlation import Trigger
from engine.starts import StartTimer, following
from errors import EngineError, Unavailable
from services import instances, log
from services.permissions import SYSTEM
from services.record import record
from services.runs import Run, hold, hold_due
from storage.database import session, verb
from storage.rows import definitions as rows_of_definitions
from storage.rows import handing
from storage.rows import instances as rows

LOG = logging.getLogger("motcua.jobs")
LONGEST_PAUSE = timedelta(hours=6)
TOGETHER = 50
"""Instances whose timers are fired in one transaction."""
LONGEST_TURN = 0.1
"""Seconds after which a transaction takes no further instance: people's submits wait for it meanwhile."""


def due(now: datetime, limit: int = TOGETHER) -> list[str]:
    """Give ids of instances with a timer due, those due longest first."""
    return list(rows.due(now, limit))


def fire(instance_id: str, *, now: datetime) -> bool:
    """Fire all timers of an instance that are due at `now`; False where nothing was.

    A fault of the diagram is an incident, so that it never holds up the other timers. After a fault of our own nothing
    is changed but the moment of the next try (5 s, doubling to 6 h); it is in the log, and raised.
    """
    try:
        return _fire(instance_id, now=now)
    except Unavailable:
        raise
    except EngineError as error:
        put_off(instance_id, error.reason, element_id=error.element_id, code=error.code, now=now)
        raise
    except Exception as error:
        put_off(instance_id, f"{type(error).__name__}: {error}", now=now)
        raise


def fire_many(instance_ids: Sequence[str], *, now: datetime) -> int:
    """Fire the timers of several instances in one transaction; give how many had some that were due.

    Those that another writer holds at this moment, and those for which there is no time left in this transaction, are
    not waited for: they stay due. Where one meets a fault of our own, each is fired alone, so that it holds up nobody.
    """
    try:
        return _fire_many(instance_ids, now=now)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001  # whatever it is, it comes again with the one that has it
        return sum(_fire_alone(instance_id, now=now) for instance_id in instance_ids)


@verb
def _fire_many(instance_ids: Sequence[str], *, now: datetime) -> int:
    fired, until = [], time.monotonic() + LONGEST_TURN
    for run in hold_due(instance_ids, actor=SYSTEM.username, now=now):
        _fire_held(run)
        fired.append(run.instance)
        if time.monotonic() > until:
            break
    rows.save_together(fired)
    return len(fired)


def _fire_alone(instance_id: str, *, now: datetime) -> bool:
    try:
        return fire(instance_id, now=now)
    except Exception:  # it is put off
        LOG.exception("timers of %s failed", instance_id)
        return False


@verb
def _fire(instance_id: str, *, now: datetime) -> bool:
    run = hold(instance_id, actor=SYSTEM.username, now=now)
    due_at = run.instance.next_due_at
    if run.instance.status != "running" or due_at is None or due_at > now:
        return False
    _fire_held(run)
    return True


def _fire_held(run: Run) -> None:
    step = runner.fire_timers(run.loaded.definition, run.instance.state, now=run.now, ports=run.ports)
    run.instance.faults = 0
    record(run, step, "timer.fired")
    instances.drain(run)


def starts_due(now: datetime, limit: int = 50) -> list[tuple[str, str]]:
    """Give (definition id, element id) of timer start events that are due."""
    return list(rows_of_definitions.start_timers_due(now, limit))


def start(definition_id: str, element_id: str, *, now: datetime) -> bool:
    """Start an instance by its timer start event and plan the next time; a fault of our own puts the next try off."""
    try:
        return _start(definition_id, element_id, now=now)
    except Exception:
        put_off_start(definition_id, element_id, now=now)
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
        row = f"{definition_id} {element_id}"
        handing.hand_over(handing.Kind.START, row, after.due_at, instance_id=f"start:{definition_id}")
    return True


@verb
def put_off_start(definition_id: str, element_id: str, *, now: datetime) -> None:
    """Try a timer start event later."""
    timer = rows_of_definitions.start_timer(definition_id, element_id)
    if timer is not None:
        timer.faults += 1
        timer.due_at = now + min(timedelta(seconds=5 * 2 ** min(timer.faults - 1, 20)), LONGEST_PAUSE)


@verb
def put_off(
    instance_id: str, reason: str, *, now: datetime, element_id: str = "", code: str = EngineError.code
) -> None:
    """Try the timers of an instance later; nothing of its diagram is read, for that may be what is broken."""
    instance = rows.lock(instance_id)
    if instance is None or instance.next_due_at is None:
        return
    instance.faults += 1
    instance.next_due_at = now + min(timedelta(seconds=5 * 2 ** min(instance.faults - 1, 20)), LONGEST_PAUSE)
    handing.hand_over(handing.Kind.TIMER, instance_id, instance.next_due_at, instance_id=instance_id)
    data = {"element": element_id, "reason": reason[:500], "code": code, "tries": instance.faults}
    log.append(instance, "timer.failed", actor=SYSTEM.username, now=now, data=data)
