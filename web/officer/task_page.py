"""A task as its page shows it: what is gathered, and how the page is rendered; tasks.py sends it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import g, render_template, request
from flask_babel import gettext as _

from errors import Detail, Forbidden, MotcuaError
from forms.views import FieldView, FileLink, fields
from services import (
    attachments,
    comments,
    dossiers,
    drafts,
    instances,
    loading,
    measures,
    notes,
    step_clocks,
    supplements,
    tasks,
    turns,
)
from services.drafts import Draft
from services.permissions import Permission, Viewer, has_any
from services.statuses import Status
from services.taskrights import is_candidate
from services.tasks import Opened
from storage.queries import people
from storage.queries import tasks as queries
from storage.queries.steps import DoneStep, done_steps
from texts import Text
from web import drafting
from web.account import signed_in
from web.applicant import uploads
from web.applicant.uploads import Received
from web.i18n.formats import t
from web.officer import acting, diagrams, dues, internal, listing, news, offers, parts, places, telling, versions
from web.officer.places import Place

QUEUE = 50
NOTHING: Mapping[str, Any] = {}
TABS = ("form", "dossier", "talk", "history", "diagram", "documents")


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
    answered: DoneStep | None
    """The applicant's answer that led to this task."""
    may_assign: bool
    may_release: bool
    is_withdrawing: bool
    draft: Draft | None
    ahead: str
    """The code of a dossier that should be taken before this one, which nobody holds."""
    request: Any
    """The supplement request that is composed on it (storage.tables.Supplement), or None."""
    who: Mapping[str, str]
    """The names of those whom the page tells of."""

    @property
    def task(self) -> Any:
        """Give the row (storage.tables.Task)."""
        return self.opened.task

    @property
    def url(self) -> str:
        """Give the address of this page, the place with it."""
        return self.at("")

    @property
    def stands_still(self) -> bool:
        """Say whether an operator has suspended the instance of this open task."""
        return self.opened.is_suspended

    @property
    def waits_for(self) -> str:
        """Name who approves the waiting request: who has taken it, else the groups that it is with."""
        return self.holder or ", ".join(t(name) for name in self.groups)

    @property
    def asks_reason(self) -> bool:
        """Say whether any act takes a reason."""
        return any(act.reason != "none" and not act.asks for act in self.opened.element.acts)

    @property
    def draft_url(self) -> str:
        """Give where what is typed is saved; empty where nothing is typed, or nothing is taken now."""
        types = self.opened.form is not None or self.asks_reason
        return self.at("/draft") if types and self.opened.can_submit and not self.is_withdrawing else ""

    def at(self, end: str, **more: object) -> str:
        """Give an address under this task's."""
        return self.place.at(f"/tasks/{self.task.id}{end}", **more)

    @property
    def links(self) -> dict[str, FileLink]:
        """Give what forms call the dossier's documents."""
        return parts.links(self.dossier.papers) if self.dossier else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was sent: answers, files, reason."""

    data: dict[str, Any]
    received: Received
    reason: str
    act: str | None
    """The act whose button was pressed, or that the form's own button stands for."""


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
    letter = supplements.of_task(viewer, opened) if supplements.act_of(opened.element) else None
    told = (letter.proposed_by, letter.decided_by) if letter is not None else ()
    names = people.names_of(name for name in (task.assignee, task.completed_by, *told) if name)
    groups = people.group_names(task.candidate_groups)
    may_give = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    is_own = task.assignee == viewer.username and opened.can_submit and not opened.is_pending
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
        may_assign=task.state == "open" and not opened.is_suspended and may_give,
        may_release=bool(groups) and task.assignee is not None and (is_own or (may_give and opened.can_submit)),
        is_withdrawing=dossier is not None and dossier.status == Status.WITHDRAWAL_REQUESTED,
        draft=drafts.of_task(viewer, task),
        ahead=_ahead(viewer, opened),
        request=letter,
        who=names,
    )


def _ahead(viewer: Viewer, opened: Opened) -> str:
    if not opened.can_submit or opened.task.assignee is not None or not is_candidate(viewer, opened.task):
        return ""
    first = turns.first_ahead(viewer, opened.task)
    return first.code or "" if first else ""


def page(
    viewer: Viewer,
    view: TaskView,
    *,
    tab: str,
    now: datetime,
    typed: Typed | None = None,
    errors: Sequence[Detail] = (),
    conflict: MotcuaError | None = None,
    other: drafting.Other | None = None,
) -> str:
    """Render the page; `typed` is what was just sent and is not lost, `other` what was saved in its place meanwhile."""
    task, instance = view.task, view.opened.instance
    draft = view.draft if typed is None and tab == "form" else None
    version = drafting.seen_version() if typed is not None else draft.version if draft else 0
    typed = drafted(draft) if draft is not None else typed
    queue = _queue(viewer, view.place, now) if not places.is_part() else []
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
        queue=queue,
        queue_tag=news.tag_of(it.row for it in queue) if view.place.view != "done" else "",
        fields=_fields(view, typed, errors, now) if tab == "form" else (),
        errors=errors,
        typed=typed,
        unsent=_unsent(view, typed),
        conflict=conflict,
        news=_news(view) if conflict else [],
        draft=_draft(viewer, view, draft, typed, now) if draft is not None and typed is not None else None,
        draft_version=version,
        dropped=request.args.get("dropped", "") if view.draft is None else "",
        other=other,
        answers=parts.answers(view.dossier) if tab == "dossier" and view.dossier else (),
        earlier=versions.of(view.dossier, instance.id, view.links) if tab == "dossier" else None,
        variables=instances.variables(viewer, instance.id) if tab == "dossier" and not view.dossier else {},
        timeline=telling.timeline(instance) if tab == "history" else [],
        held=telling.held(instance, now=now) if tab == "history" else (),
        course=diagrams.course(instance, open_steps, process_key=task.process_key, now=now)
        if tab == "diagram"
        else None,
        loads_viewer=tab == "diagram",
        comments=comments.of_task(viewer, task) if tab == "talk" else (),
        note=notes.of_task(viewer, task) if tab == "talk" else None,
        comment_id=uuid4().hex,
        acts=offers.acts(viewer, view.opened),
        acting=acting.said(viewer, view.opened),
        internal=internal.of_dossier(viewer, view.dossier.dossier, task) if tab == "documents" and view.dossier else (),
        may_attach=attachments.may_add(viewer, task) and not view.stands_still,
        undoable=offers.undoable(viewer, now),
        has_errors=bool(errors),
        now=now,
    )


def drafted(draft: Draft) -> Typed:
    """Give what a draft holds as what was sent."""
    received = uploads.of_draft(drafts.documents_of(draft))
    return Typed(data=drafts.answers_of(draft), received=received, reason=draft.reason, act=None)


def _draft(viewer: Viewer, view: TaskView, draft: Draft, typed: Typed, now: datetime) -> drafting.DraftView:
    files = {**view.links, **typed.received.links}
    return drafting.described(viewer, view.opened, draft, files=files, now=now)


def _tabs(view: TaskView, tab: str) -> list[dict[str, object]]:
    labels = {
        "form": (_("Biểu mẫu"), None),
        "dossier": (_("Hồ sơ") if view.dossier else _("Dữ liệu"), None),
        "talk": (_("Trao đổi"), None),
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


def _queue(viewer: Viewer, place: Place, now: datetime) -> list[listing.Line]:
    return [listing.line(row, viewer, now=now) for row in listing.page(viewer, place, now=now, limit=QUEUE).rows]


def _fields(view: TaskView, typed: Typed | None, errors: Sequence[Detail], now: datetime) -> tuple[FieldView, ...]:
    held = view.request.answers if view.task.proposed_by is not None and view.request is not None else None
    return form_fields(view.opened, typed, view.links, errors, now, held=held or {})


def form_fields(
    opened: Opened,
    typed: Typed | None,
    links: Mapping[str, FileLink],
    errors: Sequence[Detail],
    now: datetime,
    *,
    held: Mapping[str, Any] = NOTHING,
) -> tuple[FieldView, ...]:
    """Give the form to fill in, with what was typed; or for reading, with what the task itself holds.

    `held`: the answers that wait with a supplement request for its approval.
    """
    if opened.form is None:
        return ()
    return fields(
        opened.form,
        typed.data if typed and opened.can_submit else {**opened.variables, **held},
        errors=errors,
        readonly=not opened.can_submit,
        variables=opened.variables,
        files={**links, **(typed.received.links if typed else {})},
        refreshable=True,
        now=now,
    )


def _unsent(view: TaskView, typed: Typed | None) -> tuple[FieldView, ...]:
    """Give what was typed and can no longer be sent, for reading."""
    opened = view.opened
    if typed is None or opened.form is None or opened.can_submit:
        return ()
    return fields(opened.form, typed.data, readonly=True, files=typed.received.links)


def _news(view: TaskView) -> list[str]:
    seen = number("seen_events")
    return telling.since(view.opened.instance, seen) if seen is not None else []


def _due(task: Any, dossier: Any, now: datetime) -> dues.Due:
    if task.due_at is None:
        is_paused = dossier is not None and dossier.clock_state == "paused" and task.state == "open"
        due = dues.Due(kind="pause" if is_paused else "none")
    elif task.completed_at is not None:
        due = dues.of_end(task.due_at, task.completed_at, measure=measures.of_step(task))
    else:
        is_at_risk = task.at_risk_at is not None
        due = dues.of_moment(task.due_at, now=now, measure=measures.of_step(task), is_at_risk=is_at_risk)
    return replace(due, why=step_clocks.step(task, dossier, now=now))


def _answered(task: Any, dossier: Any) -> DoneStep | None:
    """What completes in the same moment as a task begins has led to it."""
    if dossier is None:
        return None
    done = done_steps(task.instance_id)
    return next((s for s in done if s.done_at == task.created_at and s.done_by == dossier.applicant), None)


def number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 12 else None
