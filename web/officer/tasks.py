"""/tasks/<id>: one task: its form and acts, its dossier, history, diagram and documents; and sending it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import (
    Detail,
    DraftChanged,
    EngineError,
    Forbidden,
    InstanceSuspended,
    InvalidAnswers,
    MotcuaError,
    Refused,
    StaleVersion,
    TaskNotOpen,
    TaskTaken,
    WrongState,
)
from forms.submission import from_post, presses, wants_refresh
from forms.views import FieldView, fields
from http_status import status_of
from services import documents, loading, supplements, tasks
from services.permissions import Viewer
from services.staleness import OF_ONESELF, UNIMPORTANT
from services.tasks import Opened, Submitted
from services.wiring import Parts
from storage.queries import tasks as queries
from texts import Text
from web import drafting, live
from web.applicant import uploads
from web.i18n.formats import t
from web.officer import listing, parts, telling
from web.officer.places import Place
from web.officer.task_page import QUEUE, TABS, TaskView, Typed, form_fields, load, number, page, worker

blueprint = Blueprint("officer_tasks", __name__)


@blueprint.get("/tasks/<task_id>")
def shown(task_id: str) -> str:
    """Show one tab of a task."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    tab = request.args.get("tab", "form")
    return page(viewer, view, tab=tab if tab in TABS else "form", now=now)


@blueprint.post("/tasks/<task_id>/submit")
def submit(task_id: str) -> Response | str | tuple[str, int]:
    """Complete the task with its answers and the act pressed; on any refusal all that was typed stays."""
    viewer = worker()
    now = datetime.now(UTC)
    if live.is_asked():
        return _live(viewer, task_id, now)
    view = load(viewer, task_id, now)
    typed = _typed(viewer, view.opened, now)
    problems = [*typed.received.errors, *_gone(view, typed, now)]
    if wants_refresh(typed.received.pairs):
        wrong = live.still_wrong(view.opened.form, typed.data, variables=view.opened.variables, now=now)
        return page(viewer, view, tab="form", now=now, typed=typed, errors=[*problems, *wrong])
    if problems:
        return _refused(viewer, view, typed, problems, now=now)
    try:
        if _asks(view, typed):
            return _compose(viewer, view, typed, now)
        if _needs_last_look(view, typed, viewer, now):
            return _last_look(view, typed)
        done = _complete(viewer, view, typed, now)
    except InvalidAnswers as refused:
        return _refused(viewer, view, typed, refused.details, now=now)
    except DraftChanged as changed:
        files = {**view.links, **typed.received.links}
        other = drafting.changed_meanwhile(viewer, view.opened, changed, typed.data, typed.reason, files=files, now=now)
        return page(viewer, view, tab="form", now=now, typed=typed, other=other), status_of(changed)
    except (StaleVersion, TaskNotOpen, TaskTaken, InstanceSuspended, Forbidden, WrongState, EngineError) as conflict:
        return _conflict(viewer, task_id, typed, conflict)
    return _on(viewer, view, done, typed)


@blueprint.post("/tasks/<task_id>/draft")
def save_draft(task_id: str) -> Response | str | tuple[str, int]:
    """Keep what is typed, however wrong; the same verb for the buttons and for the script that saves by itself.

    Who works on it for somebody goes on to give it back.
    """
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    typed = _typed(viewer, view.opened, now)
    files = {**view.links, **typed.received.links}
    try:
        draft = drafting.store(viewer, task_id, typed.data, reason=typed.reason, files=typed.received.ids, now=now)
    except DraftChanged as changed:
        other = drafting.changed_meanwhile(viewer, view.opened, changed, typed.data, typed.reason, files=files, now=now)
        if drafting.is_script():
            return drafting.choice(other)
        return page(viewer, view, tab="form", now=now, typed=typed, other=other), status_of(changed)
    except Refused as refused:
        if drafting.is_script():
            return drafting.refusal(refused)
        return _conflict(viewer, task_id, typed, refused)
    if drafting.is_script():
        return drafting.answer(draft)
    if typed.received.errors:
        return _refused(viewer, view, typed, typed.received.errors, now=now)
    if request.form.get("draft") == "resolve":
        return redirect(view.at("/do/resolve"), 303)
    flash(drafting.saved_words(draft), "ok")
    return redirect(view.url, 303)


@blueprint.post("/tasks/<task_id>/draft/<any(drop, restore, swap):name>")
def change_draft(task_id: str, name: str) -> Response:
    """Throw the draft away, take it back, or take back what was set aside."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    draft_id = request.form.get("draft_id", "")
    if words := drafting.act(viewer, draft_id, name, now=now):
        flash(words, "ok")
        return redirect(view.url, 303)
    return redirect(view.at("", dropped=draft_id), 303)


def _live(viewer: Viewer, task_id: str, now: datetime) -> str:
    """Show the form alone as its answers are now."""
    opened = tasks.open_task(viewer, task_id, now=now)
    if opened.form is None or not opened.can_submit:
        raise TaskNotOpen()
    typed = _typed(viewer, opened, now)
    links = parts.links_of(viewer, opened.task.dossier_id)
    wrong = live.still_wrong(opened.form, typed.data, variables=opened.variables, now=now)
    errors = [*typed.received.errors, *wrong]
    return live.answer(form_fields(opened, typed, links, errors, now), errors)


def _typed(viewer: Viewer, opened: Opened, now: datetime) -> Typed:
    """Read what was sent, and keep its files."""
    wired: Parts = current_app.extensions["motcua"]
    received = uploads.receive(viewer, wired, components=(), now=now, task=opened.task)
    data = from_post(opened.form, received.pairs, variables=opened.variables) if opened.form else {}
    act = request.form.get("act") or (opened.main_act if presses(received.pairs, "submit") else "")
    return Typed(data=data, received=received, reason=request.form.get("reason", "").strip(), act=act or None)


def _refused(
    viewer: Viewer, view: TaskView, typed: Typed, errors: Sequence[Detail], *, now: datetime
) -> tuple[str, int]:
    """Show the form again with all that was typed and what is wrong with it."""
    return page(viewer, view, tab="form", now=now, typed=typed, errors=errors), 422


def _gone(view: TaskView, typed: Typed, now: datetime) -> list[Detail]:
    """Name the files in the answers that are neither staged by this person nor in the dossier."""
    opened = view.opened
    if opened.form is None:
        return []
    named = documents.named_in(opened.form, typed.data, variables=opened.variables, now=now)
    message = Text("Tệp không còn, hãy tải lên lại.", "This file is no longer there. Upload it again.")
    known = {*typed.received.ids, *view.links}
    return [Detail(field=field, code="gone", message=message) for one, field in named.items() if one not in known]


def _asks(view: TaskView, typed: Typed) -> bool:
    act = supplements.act_of(view.opened.element)
    return act is not None and act.id == typed.act and view.dossier is not None


def _compose(viewer: Viewer, view: TaskView, typed: Typed, now: datetime) -> Response:
    """Go on to the letter, with what the form holds kept as the draft; raise InvalidAnswers for what is wrong there."""
    supplements.check_form(viewer, view.task.id, typed.data, now=now)
    if view.opened.can_claim:
        _claim(viewer, view.task.id, now)
    if view.draft_url:
        drafting.store(viewer, view.task.id, typed.data, reason=typed.reason, files=typed.received.ids, now=now)
    return redirect(view.at("/supplement"), 303)


def _claim(viewer: Viewer, task_id: str, now: datetime) -> None:
    """Who composes a letter has taken the task: before its turn with the reason that stands beside the form."""
    try:
        tasks.claim(viewer, task_id, now=now, reason=request.form.get("turn_reason", ""))
    except InvalidAnswers as refused:
        raise InvalidAnswers(details=[replace(one, field="turn_reason") for one in refused.details]) from None


def _needs_last_look(view: TaskView, typed: Typed, viewer: Viewer, now: datetime) -> bool:
    """A refusal cannot be undone: it is shown once more before it is sent, when nothing is wrong with it."""
    act = next((act for act in view.opened.element.acts if act.id == typed.act), None)
    if act is None or act.kind != "refuse" or request.form.get("sure") == act.id:
        return False
    tasks.check(viewer, view.task.id, typed.data, now=now, act=act.id, reason=typed.reason)
    return True


def _last_look(view: TaskView, typed: Typed) -> str:
    opened = view.opened
    act = next(act for act in opened.element.acts if act.id == typed.act)
    shown: tuple[FieldView, ...] = ()
    if opened.form is not None and act.needs_form:
        shown = fields(
            opened.form,
            typed.data,
            readonly=True,
            variables=opened.variables,
            files={**view.links, **typed.received.links},
        )
    return render_template("officer/task_sure.html", view=view, place=view.place, act=act, typed=typed, fields=shown)


def _complete(viewer: Viewer, view: TaskView, typed: Typed, now: datetime) -> Submitted:
    """Submit; where only a deadline was raised meanwhile, what was decided on has not changed: submit once more."""
    seen = number("seen_version")
    try:
        return _submit(viewer, view, typed, now, seen)
    except StaleVersion:
        events = telling.newer(tasks.open_task(viewer, view.task.id, now=now).instance, number("seen_events") or 0)
        if not all(e.kind in UNIMPORTANT or (e.kind in OF_ONESELF and e.actor == viewer.username) for e in events):
            raise
        return _submit(viewer, view, typed, now, None)


def _submit(viewer: Viewer, view: TaskView, typed: Typed, now: datetime, seen: int | None) -> Submitted:
    return tasks.submit(
        viewer,
        view.task.id,
        typed.data,
        now=now,
        act=typed.act,
        reason=typed.reason,
        turn_reason=request.form.get("turn_reason", ""),
        seen_version=seen,
        document_ids=typed.received.ids,
    )


def _conflict(viewer: Viewer, task_id: str, typed: Typed, error: MotcuaError) -> tuple[str, int]:
    """Show the task as it is now, what happened meanwhile, and what was typed."""
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    return page(viewer, view, tab="form", now=now, typed=typed, conflict=error), status_of(error)


def _on(viewer: Viewer, view: TaskView, done: Submitted, typed: Typed) -> Response:
    """Go on to the next task of the same view, saying what was done."""
    act = next((act.label for act in view.opened.element.acts if act.id == typed.act), None)
    what = t(act).removesuffix("…") if act else t(view.step)
    code = view.dossier.dossier.code if view.dossier else t(view.procedure)
    loaded = loading.load(view.task.definition_id)
    steps = [t(loaded.step_name(task.process_key, task.element_id, task.name)) for task in done.opened]
    fact = _("%(code)s: %(what)s", code=code, what=what)
    flash(f"{fact}. {_('Bước tiếp: %(names)s', names=', '.join(steps))}." if steps else f"{fact}.", "ok")
    if done.instance.incidents and not steps:
        flash(_("Điều bạn gửi đã được ghi nhận. Bước tự động tiếp theo gặp sự cố, người vận hành đã được báo."), "note")
    now = datetime.now(UTC)
    here = replace(view.place, after="", before=0)
    for row in listing.page(viewer, here, now=now, limit=QUEUE).rows:
        if row.state == "open" and row.assignee in (None, viewer.username) and _is_mine_to_do(viewer, here, row):
            return redirect(here.at(f"/tasks/{row.id}", done=view.task.id), 303)
    return redirect(here.at("/inbox", done=view.task.id), 303)


def _is_mine_to_do(viewer: Viewer, place: Place, row: queries.InboxRow) -> bool:
    if place.view == "standing":  # whatever it shows
        return True
    if row.assignee == viewer.username or viewer.username in row.candidate_users:
        return True
    return not viewer.groups.isdisjoint(row.candidate_groups)
