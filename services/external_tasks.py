"""External tasks: work that programs outside fetch under a topic, lock for a while, and report on.

A worker holds what it fetched until its lock ends; then another may fetch it, and what the first reports is refused.
A lock is a lease, not an act: fetching, and extending a lock, leave no event in the log, whatever is reported does.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from engine import runner
from errors import InstanceSuspended, NotFound, NotLocked, TaskNotOpen
from services import instances, loading, log, waking, work
from services.permissions import Permission, Viewer, has_any, require
from services.record import record
from services.runs import Run, hold_locked
from storage.database import after_commit, is_inside, session, verb
from storage.rows import external as rows
from storage.rows import handing
from storage.tables import ExternalTask, Instance

POLL = 0.5
"""Seconds between looks at the database while a caller waits: what other processes made is found so late at most."""
LONGEST_MESSAGE = 2_000
LONGEST_DETAILS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a worker asks for: a topic, how long it locks, and which of the work it takes."""

    topic: str
    lock: timedelta
    variables: Sequence[str] | None = None
    """Names of the variables that it wants to see; None: all."""
    business_key: str | None = None
    key: str | None = None
    """Key of the instance's process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A locked piece of work and what it sees."""

    task: ExternalTask
    variables: Mapping[str, Any]


def fetch_and_lock(
    viewer: Viewer, worker: str, wanted: Sequence[Wanted], *, most: int, now: datetime
) -> tuple[Fetched, ...]:
    """Lock up to `most` pieces of work for a worker, the most urgent and then the oldest first.

    No two callers get the same one. Raises Forbidden.
    """
    require(viewer, Permission.WORK_OUTSIDE)
    if not rows.is_any({each.topic for each in wanted}, now):  # a look that keeps no writer waiting
        return ()
    taken = _lock(worker, wanted, most=most, now=now)
    return tuple(_seen(taken))


def wait_and_lock(
    viewer: Viewer,
    worker: str,
    wanted: Sequence[Wanted],
    *,
    most: int,
    wait: timedelta,
    waiters: int,
    is_gone: Callable[[], bool] = lambda: False,
) -> tuple[tuple[Fetched, ...], bool]:
    """Do the same, waiting until there is something; also say whether so many wait already that this caller may not.

    No transaction is open while it waits; within one (a request with an Idempotency-Key) it does not wait. Nothing is
    locked for a caller that has hung up (`is_gone`).
    """
    until = time.monotonic() + wait.total_seconds()
    with waking.waiter(frozenset(each.topic for each in wanted), most=waiters) as waiter:
        while True:
            found = fetch_and_lock(viewer, worker, wanted, most=most, now=datetime.now(UTC))
            left = until - time.monotonic()
            if found or left <= 0 or waiter is None or is_inside():
                return found, waiter is None and not found and left > 0
            session().rollback()  # the connection goes back while we wait
            waiter.woken.wait(min(left, POLL))
            waiter.woken.clear()
            if is_gone():
                return (), False


@verb
def _lock(
    worker: str, wanted: Sequence[Wanted], *, most: int, now: datetime
) -> tuple[tuple[ExternalTask, bytes, Wanted], ...]:
    found = {
        task.id: (task, state, each)
        for each in reversed(wanted)
        for task, state in rows.take(each.topic, now=now, limit=most, business_key=each.business_key, key=each.key)
    }
    order = sorted(found.values(), key=lambda one: (one[0].rank, one[0].created_at, one[0].id))[:most]
    for task, _, each in order:
        task.worker, task.available_at = worker, now + each.lock
    return tuple(order)


def _seen(taken: Sequence[tuple[ExternalTask, bytes, Wanted]]) -> Iterator[Fetched]:
    """Read what each sees; all of one instance at one go."""
    of_instance: dict[str, list[str]] = defaultdict(list)
    states: dict[str, tuple[str, bytes]] = {}
    for task, state, _ in taken:
        of_instance[task.instance_id].append(task.id)
        states[task.instance_id] = task.definition_id, state
    seen: dict[str, dict[str, Any]] = {}
    for instance_id, ids in of_instance.items():
        definition_id, state = states[instance_id]
        seen |= runner.work_variables(loading.load(definition_id).definition, state, ids)
    for task, _, each in taken:
        variables = seen.get(task.id, {})
        if each.variables is not None:
            variables = {name: variables[name] for name in each.variables if name in variables}
        yield Fetched(task=task, variables=variables)


@verb
def complete(viewer: Viewer, task_id: str, worker: str, variables: Mapping[str, Any], *, now: datetime) -> Instance:
    """Report a piece of work as done, with the variables that it gives; the instance runs to its next wait.

    Raises TaskNotOpen, NotLocked where another worker has it, NotFound, Forbidden.
    """
    run, task = _hold(viewer, task_id, worker, now)
    step = runner.complete_task(run.loaded.definition, run.instance.state, task_id, variables, now=now, ports=run.ports)
    run.notes = _notes(task, worker)
    record(run, step, "work.completed")
    instances.drain(run)
    return run.instance


@verb
def bpmn_error(
    viewer: Viewer, task_id: str, worker: str, code: str, message: str, variables: Mapping[str, Any], *, now: datetime
) -> Instance:
    """Report that the work came to a modelled error: what is around it catches the error, or the instance fails."""
    run, task = _hold(viewer, task_id, worker, now)
    step = runner.throw_error(
        run.loaded.definition,
        run.instance.state,
        task_id,
        code,
        variables,
        message=message[:LONGEST_MESSAGE],
        now=now,
        ports=run.ports,
    )
    run.notes = {**_notes(task, worker), "code": code, "reason": message[:LONGEST_MESSAGE]}
    record(run, step, "work.error")
    instances.drain(run)
    return run.instance


@verb
def fail(
    viewer: Viewer,
    task_id: str,
    worker: str,
    message: str,
    *,
    now: datetime,
    details: str = "",
    retries: int | None = None,
    pause: timedelta | None = None,
) -> ExternalTask:
    """Report that the work failed: it is tried again after a pause while tries are left, then it is an incident.

    `retries`: tries left now; None: one less than before. `pause`: None: as the diagram says.
    """
    run, task = _hold(viewer, task_id, worker, now)
    left = max(task.retries - 1, 0) if retries is None else retries
    task.retries, task.worker = left, None
    task.error_message, task.error_details = message[:LONGEST_MESSAGE], details[:LONGEST_DETAILS]
    run.notes = {**_notes(task, worker), "reason": task.error_message, "retries": left}
    if left:
        task.available_at = now + (work.plan_of(task).pause_before(left) if pause is None else pause)
        log.append(run.instance, "work.failed", actor=run.actor, now=now, data=run.notes)
        _offer(task, now)
        if task.connector:
            handing.hand_over(handing.Kind.WORK, task.id, task.available_at, instance_id=task.instance_id)
    else:
        task.state = "failed"  # until its incident is tried again, see work.sync
        step = runner.fail(
            run.loaded.definition, run.instance.state, task_id, task.error_message, now=now, ports=run.ports
        )
        record(run, step, "work.failed")
    return task


@verb
def extend_lock(viewer: Viewer, task_id: str, worker: str, lock: timedelta, *, now: datetime) -> ExternalTask:
    """Hold a piece of work for so long from now."""
    require(viewer, Permission.WORK_OUTSIDE)
    task = rows.load(task_id, lock=True)
    _check(task, worker)
    assert task is not None
    task.available_at = now + lock
    return task


@verb
def unlock(viewer: Viewer, task_id: str, worker: str | None, *, now: datetime) -> ExternalTask:
    """Give a piece of work back at once; an operator may take it from whoever has it."""
    if worker is None:
        require(viewer, Permission.OPERATE)
        run, task = _held(task_id, viewer, now)
    else:
        run, task = _hold(viewer, task_id, worker, now)
    data = _notes(task, task.worker)
    task.worker, task.available_at = None, now
    log.append(run.instance, "work.unlocked", actor=run.actor, now=now, data=data)
    _offer(task, now)
    return task


def require_list(viewer: Viewer) -> None:
    """Raise Forbidden unless the viewer may list external tasks."""
    if not has_any(viewer, Permission.OPERATE):
        require(viewer, Permission.WORK_OUTSIDE)


def _hold(viewer: Viewer, task_id: str, worker: str, now: datetime) -> tuple[Run, ExternalTask]:
    """Lock the instance first, then the row, and see that this worker has it."""
    require(viewer, Permission.WORK_OUTSIDE)
    run, task = _held(task_id, viewer, now)
    _check(task, worker)
    return run, task


def _held(task_id: str, viewer: Viewer, now: datetime) -> tuple[Run, ExternalTask]:
    run = hold_locked(rows.lock_of_task(task_id), actor=viewer.username, now=now)
    task = rows.load(task_id, lock=True)
    if task is None:
        raise NotFound()
    if task.state == "suspended":
        raise InstanceSuspended()
    if task.state != "open" or run.instance.status != "running":
        raise TaskNotOpen()
    return run, task


def _check(task: ExternalTask | None, worker: str) -> None:
    if task is None:
        raise NotFound()
    if task.state == "suspended":
        raise InstanceSuspended()
    if task.state != "open":
        raise TaskNotOpen()
    if task.worker != worker:  # a lock that ended but that nobody took over still counts: the work is not done twice
        raise NotLocked()


def _offer(task: ExternalTask, now: datetime) -> None:
    if task.state == "open" and task.available_at <= now:
        after_commit(partial(waking.wake, frozenset([task.topic])))


def _notes(task: ExternalTask, worker: str | None) -> dict[str, Any]:
    return {"task": task.id, "element": task.element_id, "topic": task.topic or task.connector, "worker": worker}
