"""/tasks/<id>/claim, unclaim, assign: who works on a task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, InstanceSuspended, InvalidAnswers, TaskTaken, WrongState
from services import duties, tasks
from services.permissions import Permission, has_any, require
from services.wiring import Parts
from storage.queries import people
from texts import Text
from web.i18n.formats import t
from web.officer import places
from web.officer.task_page import TaskView, load, worker

blueprint = Blueprint("officer_assigning", __name__)


@blueprint.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take a task for oneself and go back to the page that the button stood on."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    try:
        tasks.claim(viewer, task_id, now=now)
    except TaskTaken as taken:
        held = load(viewer, task_id, now)
        flash(_("%(name)s đã nhận việc này trước.", name=held.holder) if held.holder else t(taken.text), "soon")
    except InvalidAnswers:  # another dossier was filed before: say why this one
        return redirect(view.at("/do/claim"), 303)
    except (InstanceSuspended, Forbidden) as refused:
        flash(t(refused.text), "soon")
    else:
        flash(_("Đã nhận việc: %(step)s, %(code)s.", step=t(view.step), code=_code(view)), "ok")
    return redirect(places.here(viewer).inbox if request.form.get("from") == "inbox" else view.url, 303)


@blueprint.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Response:
    """Give a task back to its group."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    tasks.unclaim(viewer, task_id, now=now)
    flash(_("Đã trả lại nhóm: %(step)s, %(code)s.", step=t(view.step), code=_code(view)), "ok")
    return redirect(view.url, 303)


@blueprint.get("/tasks/<task_id>/assign")
def choose(task_id: str) -> str | Response:
    """Show who could take a task."""
    view = _assignable(task_id)
    return redirect(view.url) if view.task.state != "open" else _choice(view)


@blueprint.post("/tasks/<task_id>/assign")
def assign(task_id: str) -> Response | tuple[str, int]:
    """Give a task to the person chosen."""
    view = _assignable(task_id)
    chosen = request.form.get("assignee", "")
    if not chosen:
        message = Text("Chọn người nhận việc.", "Choose who takes the task.")
        return _choice(view, [Detail(field="assignee", code="required", message=message)]), 422
    viewer = worker()
    try:
        wired: Parts = current_app.extensions["motcua"]
        tasks.assign(viewer, task_id, chosen, now=datetime.now(UTC), most=wired.settings.most_reassignments)
    except WrongState as refused:
        flash(t(refused.text), "soon")
        return redirect(view.url, 303)
    except InvalidAnswers as refused:
        return _choice(view, refused.details, chosen), 422
    name = people.names_of([chosen]).get(chosen, chosen)
    flash(_("Đã giao cho %(name)s: %(step)s, %(code)s.", name=name, step=t(view.step), code=_code(view)), "ok")
    return redirect(view.url, 303)


def _assignable(task_id: str) -> TaskView:
    viewer = worker()
    if not has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK):
        require(viewer, Permission.ASSIGN_TASKS)
    return load(viewer, task_id, datetime.now(UTC))


def _choice(view: TaskView, errors: Sequence[Detail] = (), chosen: str = "") -> str:
    unit = view.task.unit_code if view.task.transferred else ""
    found = people.candidates(groups=view.task.candidate_groups, usernames=view.task.candidate_users, unit=unit)
    return render_template(
        "officer/assign.html",
        view=view,
        candidates=found,
        barred=_barred(view, [one.username for one in found]),
        chosen=chosen or view.task.assignee or "",
        errors=errors,
        has_errors=bool(errors),
        now=datetime.now(UTC),
    )


def _barred(view: TaskView, usernames: Sequence[str]) -> dict[str, Text]:
    """Say of each of these people who may not have it why; nothing is asked where nothing could bar anybody."""
    instance, element = view.opened.instance, view.opened.element
    if not element.not_by and not instance.interested:
        return {}
    why = {name: duties.barred(instance, element, name) for name in usernames}
    return {name: text for name, text in why.items() if text is not None}


def _code(view: TaskView) -> str:
    return view.dossier.dossier.code if view.dossier else t(view.procedure)
