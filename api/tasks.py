"""Tasks: listed, opened, claimed, assigned, completed."""

from __future__ import annotations

from typing import Any

from flask import current_app

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.instances import instance_out
from api.language import language
from api.paging import given, taken
from api.schemas.delegation import Delegate, Resolve
from api.schemas.tasks import Assign, Claim, Complete, Completed, ListParameters, Nothing, OpenedTask, Task, TaskPage
from services import delegation, loading, tasks
from services.folding import fold
from services.permissions import scope_of
from services.wiring import Parts
from storage.queries import task_lists as queries

blueprint = Blueprint("tasks", "Work for people.")
COLUMNS = tuple(name for name in queries.TaskRow.__slots__ if name != "form")


def most() -> int:
    """Give how often a task may change hands."""
    parts: Parts = current_app.extensions["motcua"]
    return parts.settings.most_reassignments


def task_out(task: Any) -> dict[str, Any]:
    """Write a task, loaded or of a list."""
    own = {name: getattr(task, name) for name in COLUMNS}
    return {**own, "form_key": loading.form_key(task.form) if task.form else None}


@blueprint.get("/tasks")
@blueprint.filters(ListParameters)
@blueprint.answers(TaskPage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List the tasks that the caller may see; open ones unless `state` says otherwise, the oldest first."""
    wish: dict[str, Any] = {name: wanted.get(name) for name in queries.Wanted.__slots__}
    wish["text"] = fold(wanted.get("q", ""))
    page = queries.listed(scope_of(viewer()), queries.Wanted(**wish), **taken(wanted))
    return given(page.rows, page.next, wanted, task_out)


@blueprint.get("/tasks/<task_id>")
@blueprint.answers(OpenedTask)
def one(task_id: str) -> dict[str, Any]:
    """Give a task with its form, its variables and its acts."""
    opened = tasks.open_task(viewer(), task_id, now=now())
    acts = [
        {
            "id": act.id,
            "label": act.label.in_(language()),
            "kind": act.kind.value,
            "reason": act.reason.value,
            "needs_form": act.needs_form,
        }
        for act in opened.element.acts
    ]
    return {
        **task_out(opened.task),
        "form": opened.form_schema,
        "variables": opened.variables,
        "seen_version": opened.seen_version,
        "owner": opened.task.owner,
        "reassigned": opened.task.reassigned,
        "delegation_state": opened.task.delegation,
        "delegation_reason": opened.task.delegation_reason,
        "returned_because": opened.task.returned_because,
        "acts": acts,
        "act_variable": opened.element.act_variable if acts else None,
    }


@blueprint.post("/tasks/<task_id>/claim")
@blueprint.body(Claim)
@blueprint.answers(Task)
def claim(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Take a task for oneself; 409 where somebody else holds it, 422 where another is first and no reason is given."""
    return task_out(tasks.claim(viewer(), task_id, now=now(), reason=sent["reason"]))


@blueprint.post("/tasks/<task_id>/unclaim")
@blueprint.body(Nothing)
@blueprint.answers(Task)
def unclaim(_: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Give a task back to its candidates."""
    return task_out(tasks.unclaim(viewer(), task_id, now=now()))


@blueprint.post("/tasks/<task_id>/assign")
@blueprint.body(Assign)
@blueprint.answers(Task)
def assign(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Give a task to somebody."""
    return task_out(tasks.assign(viewer(), task_id, sent["assignee"], now=now(), most=most()))


@blueprint.post("/tasks/<task_id>/delegate")
@blueprint.body(Delegate)
@blueprint.answers(Task)
def delegate(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Let a colleague work on a task for its holder, who stays its owner."""
    return task_out(
        delegation.delegate(viewer(), task_id, sent["assignee"], now=now(), reason=sent["reason"], most=most())
    )


@blueprint.post("/tasks/<task_id>/resolve")
@blueprint.body(Resolve)
@blueprint.answers(Task)
def resolve(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Give a delegated task back to its owner; 409 where nobody has delegated it."""
    return task_out(delegation.resolve(viewer(), task_id, now=now(), reason=sent["reason"]))


@blueprint.post("/tasks/<task_id>/complete")
@blueprint.body(Complete)
@blueprint.answers(Completed)
def complete(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Complete a task; the instance has run to its next wait. With a form, its rules hold for the variables."""
    how = {name: value for name, value in sent.items() if name not in ("variables", "documents")}
    done = tasks.submit(viewer(), task_id, sent["variables"], now=now(), document_ids=sent["documents"], **how)
    opened = [task for task in done.opened if task.state == "open" and tasks.may_see(viewer(), task)]
    return {
        "instance": instance_out(done.instance),
        "next_tasks": [task_out(task) for task in opened],
    }
