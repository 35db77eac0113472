"""External tasks: work that programs fetch, lock and report on."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import after_this_request, current_app, request

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.paging import given, taken
from api.schemas.external_tasks import (
    BpmnError,
    CompleteExternalTask,
    ExtendLock,
    ExternalTask,
    ExternalTaskPage,
    Failure,
    FetchAndLock,
    FetchedPage,
    ListParameters,
    Reported,
    Unlock,
)
from services import external_tasks
from services.external_tasks import Wanted
from storage.queries import external as queries

blueprint = Blueprint("external_tasks", "Work for programs.")
COLUMNS = (
    "id", "topic", "connector", "state", "lock_expires_at", "available_at", "retries", "priority", "instance_id",
    "definition_id", "key", "element_id", "business_key", "error_message", "error_details", "created_at",
)  # fmt: skip
LATER = "1"
"""Seconds after which a caller that could not wait is to ask again."""


def task_out(task: Any) -> dict[str, Any]:
    """Write an external task."""
    own = {name: getattr(task, name) for name in COLUMNS}
    return {**own, "worker_id": task.worker, "element_name": task.name}


@blueprint.get("/external-tasks")
@blueprint.filters(ListParameters)
@blueprint.answers(ExternalTaskPage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List external tasks, open ones unless `state` says otherwise, the oldest first; finished ones for a day."""
    external_tasks.require_list(viewer())
    wish = {name: wanted[name] for name in queries.Wanted.__slots__ if name in wanted}
    rows, following = queries.listed(queries.Wanted(**wish), **taken(wanted))
    return given(rows, following, wanted, task_out)


@blueprint.post("/external-tasks/fetch-and-lock")
@blueprint.body(FetchAndLock)
@blueprint.answers(FetchedPage)
def fetch_and_lock(sent: dict[str, Any]) -> dict[str, Any]:
    """Fetch work and lock it, the most urgent and then the oldest first; no other worker gets it while the lock lasts.

    Where there is none it waits for `wait_ms`. Where too many wait already the answer comes at once, empty, with the
    header Retry-After.
    """
    found, is_crowded = external_tasks.wait_and_lock(
        viewer(),
        sent["worker_id"],
        [_wanted(topic, sent["lock_duration_ms"]) for topic in sent["topics"]],
        most=sent["max_tasks"],
        wait=timedelta(milliseconds=sent["wait_ms"]),
        waiters=current_app.extensions["motcua"].settings.waiting,
        is_gone=_hung_up(request.environ),
    )
    if is_crowded:
        after_this_request(_later)
    return {"items": [{**task_out(each.task), "variables": each.variables} for each in found], "next": None}


@blueprint.post("/external-tasks/<task_id>/complete")
@blueprint.body(CompleteExternalTask)
@blueprint.answers(Reported)
def complete(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Report work as done; the instance has run to its next wait. 409 where another worker holds it, or it is over."""
    done = external_tasks.complete(viewer(), task_id, sent["worker_id"], sent["variables"], now=now())
    return _reported(task_id, done)


@blueprint.post("/external-tasks/<task_id>/bpmn-error")
@blueprint.body(BpmnError)
@blueprint.answers(Reported)
def bpmn_error(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Report a modelled error: what the diagram draws around the task catches it, else the instance fails."""
    done = external_tasks.bpmn_error(
        viewer(), task_id, sent["worker_id"], sent["error_code"], sent["error_message"], sent["variables"], now=now()
    )
    return _reported(task_id, done)


@blueprint.post("/external-tasks/<task_id>/failure")
@blueprint.body(Failure)
@blueprint.answers(ExternalTask)
def failure(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Report that the work failed: it is offered again while tries are left, then it is an incident."""
    pause = sent["retry_timeout_ms"]
    task = external_tasks.fail(
        viewer(),
        task_id,
        sent["worker_id"],
        sent["error_message"],
        details=sent["error_details"],
        retries=sent["retries"],
        pause=None if pause is None else timedelta(milliseconds=pause),
        now=now(),
    )
    return task_out(task)


@blueprint.post("/external-tasks/<task_id>/extend-lock")
@blueprint.body(ExtendLock)
@blueprint.answers(ExternalTask)
def extend_lock(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Hold work for so long from now."""
    lock = timedelta(milliseconds=sent["lock_duration_ms"])
    return task_out(external_tasks.extend_lock(viewer(), task_id, sent["worker_id"], lock, now=now()))


@blueprint.post("/external-tasks/<task_id>/unlock")
@blueprint.body(Unlock)
@blueprint.answers(ExternalTask)
def unlock(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Give work back at once, for any worker to fetch."""
    return task_out(external_tasks.unlock(viewer(), task_id, sent["worker_id"], now=now()))


def _wanted(topic: Mapping[str, Any], lock_ms: int) -> Wanted:
    return Wanted(
        topic=topic["name"],
        lock=timedelta(milliseconds=topic["lock_duration_ms"] or lock_ms),
        variables=topic["variables"],
        business_key=topic["business_key"],
        key=topic["key"],
    )


def _reported(task_id: str, instance: Any) -> dict[str, Any]:
    return {"id": task_id, "instance_id": instance.id, "instance_status": instance.status}


def _hung_up(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """Give what says whether the caller has hung up, as far as the server lets one know."""
    if "waitress.client_disconnected" in environ:
        asked: Callable[[], bool] = environ["waitress.client_disconnected"]
        return asked
    connection = environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket) or isinstance(connection, ssl.SSLSocket):  # TLS lets nobody peek
        return lambda: False

    def is_closed() -> bool:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:  # open, and nothing more was sent
            return False
        except OSError:
            return True

    return is_closed


def _later(response: Any) -> Any:
    response.headers["Retry-After"] = LATER
    return response
