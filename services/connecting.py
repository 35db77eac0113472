"""Connectors: work that the server does itself, with no transaction open, tried again as the diagram says.

A piece of work is locked as a worker would lock it, so that after a crash it is done again, with the same key.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Connector, Kept, Rejected
from engine import runner
from errors import InstanceSuspended, Invalid, NotFound, NotLocked, TaskNotOpen
from services import external_tasks, loading, outbox
from services.permissions import SYSTEM
from storage.database import session, verb
from storage.rows import external as rows
from storage.tables import Instance

LOG = logging.getLogger("motcua.connectors")
WORKER = "motcua"
LOCK = timedelta(minutes=2)
"""Longer than any connector takes; after it whoever did the work is taken to be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    id: str
    connector: str
    inputs: Mapping[str, Any]
    result_variable: str

    @property
    def key(self) -> str:
        return f"work:{self.id}"


def due(now: datetime, limit: int = 20) -> list[str]:
    """Give ids of connectors' work that is due."""
    return list(rows.jobs_due(now, limit))


@verb
def take_up(_gone: str, *, now: datetime) -> None:
    """Let the work be done again that was being done by a process that is gone, where only one does such work."""
    rows.release(WORKER, now)


def perform(task_id: str, connectors: Mapping[str, Connector], *, now: datetime) -> bool:
    """Do one piece of work and report it as a worker would; False where somebody else did or it is over."""
    job = _take(task_id, now=now)
    if job is None:
        return False
    session().rollback()  # no transaction may be open while the outside is called
    try:
        results = _called(job, connectors)
    except Kept as kept:
        _report(_keep, job, kept.letter, now=now)
    except Rejected as refusal:
        _report(_reject, job, refusal, now=now)
    except Exception as error:  # noqa: BLE001  # whatever the outside does, it is tried again
        _report(_fail, job, f"{type(error).__name__}: {error}", now=now)
    else:
        _report(_complete, job, results, now=now)
    return True


def _called(job: _Job, connectors: Mapping[str, Connector]) -> Mapping[str, Any]:
    if job.connector not in connectors:
        raise Rejected("unknown_connector", f"there is no connector {job.connector!r}")
    return connectors[job.connector].call(key=job.key, inputs=job.inputs)


def _report(how: Any, job: _Job, what: Any, *, now: datetime) -> None:
    """Report; what the diagram took away meanwhile needs no report."""
    try:
        how(job, what, now)
    except (TaskNotOpen, NotLocked, NotFound):
        LOG.info("the work %s of %s was over before it was done", job.id, job.connector)
    except InstanceSuspended:  # done again after it is resumed, with the same key
        LOG.info("the instance of the work %s of %s was suspended before it was done", job.id, job.connector)
    except Invalid as error:
        _fail(job, f"what came of it cannot be kept: {error.text.en}", now)


@verb
def _take(task_id: str, *, now: datetime) -> _Job | None:
    task = rows.load(task_id, lock=True)
    if task is None or task.state != "open" or not task.connector or task.available_at > now:
        return None
    instance = session().get(Instance, task.instance_id, populate_existing=True)
    if instance is None or instance.status != "running":
        return None
    loaded = loading.load(task.definition_id)
    element = loaded.element(task.process_key, task.element_id)
    seen = runner.task_variables(loaded.definition, instance.state, task_id)
    names = element.inputs if element and element.inputs else tuple(seen)
    task.worker, task.available_at = WORKER, now + LOCK
    return _Job(
        id=task.id,
        connector=task.connector,
        inputs={name: seen[name] for name in names if name in seen},
        result_variable=element.result_variable if element else "",
    )


def _complete(job: _Job, results: Mapping[str, Any], now: datetime) -> None:
    given = {job.result_variable: dict(results)} if job.result_variable else dict(results)
    external_tasks.complete(SYSTEM, job.id, WORKER, given, now=now)


@verb
def _keep(job: _Job, letter: Mapping[str, str], now: datetime) -> None:
    _complete(job, {}, now)
    outbox.add("email", letter, key=job.key, now=now)


def _reject(job: _Job, refusal: Rejected, now: datetime) -> None:
    """Throw it as a BPMN error where the diagram catches it; else no try is of any use."""
    code, message = refusal.code, refusal.message
    if _is_caught(job, code):
        external_tasks.bpmn_error(SYSTEM, job.id, WORKER, code, message, {}, now=now)
    else:
        external_tasks.fail(SYSTEM, job.id, WORKER, f"{code}: {message}", retries=0, now=now)


def _fail(job: _Job, message: str, now: datetime) -> None:
    external_tasks.fail(SYSTEM, job.id, WORKER, message, now=now)


def _is_caught(job: _Job, code: str) -> bool:
    task = rows.load(job.id)
    instance = session().get(Instance, task.instance_id, populate_existing=True) if task else None
    if task is None or instance is None:
        raise NotFound()
    definition = loading.load(task.definition_id).definition
    return runner.catches_error(definition, instance.state, job.id, code)
