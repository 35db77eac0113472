"""/tasks/<id>: one task: its form and acts, its dossier, history, diagram and documents; and sending it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import (
    Detail,
    EngineError,
    Forbidden,
    InvalidAnswers,
    MotcuaError,
    StaleVersion,
    TaskNotOpen,
    TaskTaken,
    WrongState,
)
from forms.submission import from_post, wants_refresh
from forms.views import FieldView, FileLink, fields
from http_status import status_of
from services import documents, dossiers, instances, loading, tasks
from services.permissions import Permission, Viewer, has_any, scope_of
from services.statuses import Status
from services.tasks import Opened, Submitted
from services.wiring import Parts
from storage.queries import people
from storage.queries import tasks as queries
from texts import Text
from web.account import signed_in
from web.applicant import uploads
from web.applicant.uploads import Received
from web.i18n.formats import t
from web.officer import diagrams, dues, inbox, parts, places, telling
from web.officer.places import Place

blueprint = Blueprint("officer_tasks", __name__)
QUEUE = 30
TABS = ("form", "dossier", "history", "diagram", "documents")
UNIMPORTANT = frozenset({"task.at_risk", "task.breached", "dossier.at_risk", "dossier.breached"})
"""Events that change nothing of what is decided on: answers sent across one of them are taken as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task as its page shows it."""

    opened: Opened
    place: Place
    step: Text
    procedure: Text
    holder: str
    groups: tuple[Text, ...]
    done_by: str
    done_act: Text
    dossier: parts.DossierView | None
    due: dues.Due
    answered: queries.DoneStep | None
    """The applicant's answer that led to this task."""
    may_assign: bool
    is_withdrawing: bool

    @property
    def task(self) -> Any:
        """Give the row (storage.tables.Task)."""
        return self.opened.task

    @property
    def url(self) -> str:
        """Give the address of this page, the place with it."""
        return self.at("")

    @property
    def asks_reason(self) -> bool:
        """Say whether any act takes a reason."""
        return any(act.reason != "none" for act in self.opened.element.acts)

    def at(self, end: str, **more: object) -> str:
        """Give an address under this task's."""
        return self.place.at(f"/tasks/{self.task.id}{end}", **more)

    @property
    def links(self) -> dict[str, FileLink]:
        """Give what forms call the dossier's documents."""
        return parts.links(self.dossier.papers) if self.dossier else {}


@blueprint.get("/tasks/<task_id>")
def shown(task_id: str) -> str:
    """Show one tab of a task."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    tab = request.args.get("tab", "form")
    return _page(viewer, view, tab=tab if tab in TABS else "form", now=now)


@blueprint.post("/tasks/<task_id>/submit")
def submit(task_id: str) -> Response | str | tuple[str, int]:
    """Complete the task with its answers and the act pressed; on any refusal all that was typed stays."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    storage: Parts = current_app.extensions["motcua"]
    received = uploads.receive(viewer, storage, components=(), now=now)
    form = view.opened.form
    data = from_post(form, received.pairs, variables=view.opened.variables) if form else {}
    typed = _Typed(data=data, received=received, reason=request.form.get("reason", "").strip())
    problems = [*received.errors, *_gone(view, typed, now)]
    if wants_refresh(received.pairs) or problems:
        return _refused(viewer, view, typed, problems, now=now)
    try:
        if _needs_last_look(view, typed, viewer, now):
            return _last_look(view, typed)
        done = _complete(viewer, view, typed, now)
    except InvalidAnswers as refused:
        return _refused(viewer, view, typed, refused.details, now=now)
    except (StaleVersion, TaskNotOpen, TaskTaken, Forbidden, WrongState, EngineError) as conflict:
        return _conflict(viewer, task_id, typed, conflict)
    return _on(viewer, view, done, typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """What was sent: answers, files, reason."""

    data: dict[str, Any]
    received: Received
    reason: str

    @property
    def act(self) -> str | None:
        """Give the id of the act whose button was pressed."""
        return request.form.get("act") or None


def worker() -> Viewer:
    """Give the signed-in member of staff; raise Forbidden for applicants, who have pages of their own."""
    viewer = signed_in()
    if not viewer.is_staff:
        raise Forbidden()
    return viewer


def load(viewer: Viewer, task_id: str, now: datetime) -> TaskView:
    """Gather a task with its dossier; raise NotFound where the viewer may not see it."""
    opened = tasks.open_task(viewer, task_id, now=now)
    task = opened.task
    loaded = loading.load(task.definition_id)
    dossier = dossiers.readable(viewer, task.dossier_id) if task.dossier_id else None
    names = people.names_of(name for name in (task.assignee, task.completed_by) if name)
    groups = people.group_names(task.candidate_groups)
    shown_dossier = parts.of_dossier(viewer, dossier, now=now) if dossier else None
    return TaskView(
        opened=opened,
        place=places.here(viewer),
        step=loaded.step_name(task.process_key, task.element_id, task.name),
        procedure=shown_dossier.name if shown_dossier else loaded.name,
        holder=names.get(task.assignee, task.assignee) if task.assignee else "",
        groups=tuple(groups.values()),
        done_by=names.get(task.completed_by, task.completed_by) if task.completed_by else "",
        done_act=next((act.label for act in opened.element.acts if act.id == task.act), Text("", "")),
        dossier=shown_dossier,
        due=_due(task, dossier, now),
        answered=_answered(task, dossier) if task.state == "open" else None,
        may_assign=task.state == "open" and has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK),
        is_withdrawing=dossier is not None and dossier.status == Status.WITHDRAWAL_REQUESTED,
    )


def _page(
    viewer: Viewer,
    view: TaskView,
    *,
    tab: str,
    now: datetime,
    typed: _Typed | None = None,
    errors: Sequence[Detail] = (),
    conflict: MotcuaError | None = None,
) -> str:
    """Render the page; `typed` is what was just sent and is not lost."""
    task, instance = view.task, view.opened.instance
    open_steps: tuple[queries.InboxRow, ...] = queries.open_of(instance.id) if tab == "diagram" else ()
    if tab == "diagram":
        g.allows_inline_style = True
    return render_template(
        "officer/task.html",
        view=view,
        task=task,
        place=view.place,
        tab=tab,
        tabs=_tabs(view, tab),
        queue=_queue(viewer, view.place, now),
        fields=_fields(view, typed, errors, now) if tab == "form" else (),
        errors=errors,
        typed=typed,
        conflict=conflict,
        news=_news(view) if conflict else [],
        answers=parts.answers(view.dossier) if tab == "dossier" and view.dossier else (),
        steps=parts.steps(task.definition_id, instance.id, view.links) if tab == "dossier" else (),
        variables=instances.variables(viewer, instance.id) if tab == "dossier" and not view.dossier else {},
        timeline=telling.timeline(instance) if tab == "history" else [],
        held=telling.held(instance, now=now) if tab == "history" else (),
        course=diagrams.course(instance, open_steps, process_key=task.process_key, now=now)
        if tab == "diagram"
        else None,
        loads_viewer=tab == "diagram",
        has_errors=bool(errors),
        now=now,
    )


def _tabs(view: TaskView, tab: str) -> list[dict[str, object]]:
    labels = {
        "form": (_("Biểu mẫu"), None),
        "dossier": (_("Hồ sơ") if view.dossier else _("Dữ liệu"), None),
        "history": (_("Lịch sử"), view.opened.instance.log_seq),
        "diagram": (_("Sơ đồ"), None),
        "documents": (_("Tài liệu"), len(view.dossier.papers) if view.dossier else 0),
    }
    return [
        {
            "label": label,
            "count": count,
            "current": name == tab,
            "url": view.at("", tab=name if name != "form" else ""),
        }
        for name, (label, count) in labels.items()
        if name != "documents" or view.dossier
    ]


def _queue(viewer: Viewer, place: Place, now: datetime) -> list[inbox.Line]:
    page = queries.inbox(scope_of(viewer), place.filter, now=now, after=place.cursor, limit=QUEUE)
    return [inbox.line(row, viewer, now=now) for row in page.rows]


def _fields(view: TaskView, typed: _Typed | None, errors: Sequence[Detail], now: datetime) -> tuple[FieldView, ...]:
    opened = view.opened
    if opened.form is None:
        return ()
    readonly = not opened.can_submit
    return fields(
        opened.form,
        typed.data if typed else opened.variables,
        errors=errors,
        readonly=readonly,
        variables=opened.variables,
        files={**view.links, **(typed.received.links if typed else {})},
        refreshable=True,
        now=now,
    )


def _refused(
    viewer: Viewer, view: TaskView, typed: _Typed, errors: Sequence[Detail], *, now: datetime
) -> str | tuple[str, int]:
    """Show the form again with all that was typed; 200 where a button only changed the form."""
    page = _page(viewer, view, tab="form", now=now, typed=typed, errors=errors)
    return (page, 422) if errors else page


def _gone(view: TaskView, typed: _Typed, now: datetime) -> list[Detail]:
    """Name the files in the answers that are neither staged by this person nor in the dossier."""
    opened = view.opened
    if opened.form is None:
        return []
    named = documents.named_in(opened.form, typed.data, variables=opened.variables, now=now)
    message = Text("Tệp không còn, hãy tải lên lại.", "This file is no longer there. Upload it again.")
    known = {*typed.received.ids, *view.links}
    return [Detail(field=field, code="gone", message=message) for one, field in named.items() if one not in known]


def _needs_last_look(view: TaskView, typed: _Typed, viewer: Viewer, now: datetime) -> bool:
    """A refusal cannot be undone: it is shown once more before it is sent, when nothing is wrong with it."""
    act = next((act for act in view.opened.element.acts if act.id == typed.act), None)
    if act is None or act.kind != "refuse" or request.form.get("sure") == act.id:
        return False
    tasks.check(viewer, view.task.id, typed.data, now=now, act=act.id, reason=typed.reason)
    return True


def _last_look(view: TaskView, typed: _Typed) -> str:
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


def _complete(viewer: Viewer, view: TaskView, typed: _Typed, now: datetime) -> Submitted:
    """Submit; where only a deadline was raised meanwhile, what was decided on has not changed: submit once more."""
    seen = _number("seen_version")
    try:
        return _submit(viewer, view, typed, now, seen)
    except StaleVersion:
        events = telling.newer(tasks.open_task(viewer, view.task.id, now=now).instance, _number("seen_events") or 0)
        mine = {"task.claimed", "task.released"}
        if not all(e.kind in UNIMPORTANT or (e.kind in mine and e.actor == viewer.username) for e in events):
            raise
        return _submit(viewer, view, typed, now, None)


def _submit(viewer: Viewer, view: TaskView, typed: _Typed, now: datetime, seen: int | None) -> Submitted:
    return tasks.submit(
        viewer,
        view.task.id,
        typed.data,
        now=now,
        act=typed.act,
        reason=typed.reason,
        seen_version=seen,
        document_ids=typed.received.ids,
    )


def _conflict(viewer: Viewer, task_id: str, typed: _Typed, error: MotcuaError) -> tuple[str, int]:
    """Show the task as it is now, what happened meanwhile, and what was typed."""
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    return _page(viewer, view, tab="form", now=now, typed=typed, conflict=error), status_of(error)


def _news(view: TaskView) -> list[str]:
    seen = _number("seen_events")
    return telling.since(view.opened.instance, seen) if seen is not None else []


def _on(viewer: Viewer, view: TaskView, done: Submitted, typed: _Typed) -> Response:
    """Go on to the next task of the same view, saying what was done."""
    act = next((act.label for act in view.opened.element.acts if act.id == typed.act), None)
    what = t(act).removesuffix("…") if act else t(view.step)
    code = view.dossier.dossier.code if view.dossier else t(view.procedure)
    loaded = loading.load(view.task.definition_id)
    steps = [t(loaded.step_name(task.process_key, task.element_id, task.name)) for task in done.opened]
    fact = _("%(code)s: %(what)s", code=code, what=what)
    flash(f"{fact}. {_('Bước tiếp: %(names)s', names=', '.join(steps))}." if steps else f"{fact}.", "ok")
    now = datetime.now(UTC)
    page = queries.inbox(scope_of(viewer), view.place.filter, now=now, limit=QUEUE)
    for row in page.rows:
        if row.state == "open" and row.assignee in (None, viewer.username) and _is_mine_to_do(viewer, row):
            return redirect(
                Place(view=view.place.view, text=view.place.text, key=view.place.key).at(f"/tasks/{row.id}"), 303
            )
    return redirect(view.place.first, 303)


def _is_mine_to_do(viewer: Viewer, row: queries.InboxRow) -> bool:
    if row.assignee == viewer.username or viewer.username in row.candidate_users:
        return True
    return not viewer.groups.isdisjoint(row.candidate_groups)


def _due(task: Any, dossier: Any, now: datetime) -> dues.Due:
    if task.due_at is None:
        is_paused = dossier is not None and dossier.clock_state == "paused" and task.state == "open"
        return dues.Due(kind="pause" if is_paused else "none")
    if task.completed_at is not None:
        return dues.of_end(task.due_at, task.completed_at)
    return dues.of_moment(task.due_at, now=now, is_at_risk=task.at_risk_at is not None)


def _answered(task: Any, dossier: Any) -> queries.DoneStep | None:
    """What completes in the same moment as a task begins has led to it."""
    if dossier is None:
        return None
    done = queries.done_steps(task.instance_id)
    return next((s for s in done if s.done_at == task.created_at and s.done_by == dossier.applicant), None)


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 12 else None
