"""/operator/instances: the runs of all processes; one of them with its state, data, history and diagram; cancelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, InvalidAnswers
from services import history, instances, loading
from services.permissions import Viewer, scope_of
from storage.queries import incidents, people
from storage.queries import instances as queries
from storage.queries import tasks as task_queries
from storage.queries.instances import STATUSES, Wanted, WatchedRow
from texts import Text
from web import asked, cursors
from web.i18n.formats import t
from web.officer import diagrams, telling
from web.operator import values
from web.operator.incidents import Incident, shown_as
from web.operator.places import operator, places

blueprint = Blueprint("operator_instances", __name__)
PAGE = 50
MOST_PASSAGES = 500
"""So many lines of the history are written to a page, the latest."""
TABS = ("state", "variables", "history", "log")
STATUS_NAMES: Mapping[str, Text] = {
    "running": Text("Đang chạy", "Running"),
    "suspended": Text("Tạm dừng", "Suspended"),
    "completed": Text("Đã xong", "Completed"),
    "failed": Text("Dừng vì lỗi của quy trình", "Ended by an error of the process"),
    "cancelled": Text("Đã huỷ", "Cancelled"),
}
WAIT_NAMES: Mapping[str, Text] = {
    "task": Text("Người làm việc", "A person's work"),
    "timer": Text("Đến giờ hẹn", "A timer"),
    "message": Text("Thông điệp", "A message"),
    "signal": Text("Tín hiệu", "A signal"),
    "condition": Text("Điều kiện", "A condition"),
    "external_task": Text("Chương trình bên ngoài", "A program outside"),
    "job": Text("Máy chủ thực hiện", "Work of the server"),
}

TYPE_NAMES: Mapping[str, Text] = {
    **diagrams.SHOWN,
    "startEvent": Text("Bắt đầu", "Start"),
    "boundaryEvent": Text("Sự kiện gắn vào bước", "Event on a step"),
    "intermediateThrowEvent": Text("Phát sự kiện", "Event thrown"),
    "exclusiveGateway": Text("Cổng rẽ một nhánh", "Exclusive gateway"),
    "parallelGateway": Text("Cổng song song", "Parallel gateway"),
    "inclusiveGateway": Text("Cổng rẽ nhiều nhánh", "Inclusive gateway"),
    "eventBasedGateway": Text("Cổng chờ sự kiện", "Event-based gateway"),
    "task": Text("Tự động", "Automatic"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One instance of the list."""

    row: WatchedRow
    process: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that an instance waits for."""

    kind: str
    kind_name: Text
    step: Text
    name: str
    """Of the message or signal."""
    who: Text
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The last technical fault of a timer."""

    at: datetime
    step: Text
    reason: str
    code: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Since when an instance is suspended, by whom and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One instance as its page shows it."""

    instance: Any
    process: Text
    dossier: tuple[str, str] | None
    started_by: str

    @property
    def url(self) -> str:
        """Give the address of the page."""
        return f"/operator/instances/{self.instance.id}"

    @property
    def is_open(self) -> bool:
        """Say whether it runs, or would if it were not suspended."""
        return self.instance.status in instances.OPEN

    @property
    def stands_still(self) -> bool:
        """Say whether an operator has suspended it."""
        return bool(self.instance.status == "suspended")

    @property
    def can_cancel(self) -> bool:
        """Say whether an operator may end it; one of a dossier is stopped by officers."""
        return self.is_open and self.dossier is None


@blueprint.get("/operator/instances")
def listed() -> str | Response:
    """Show one page of the instances that are asked for; an id or a code leads to its instance at once."""
    viewer = operator()
    text = asked.text("q")
    if text and (instance_id := queries.found(scope_of(viewer), text)):
        return redirect(f"/operator/instances/{instance_id}")
    filters = {
        "status": asked.one_of("status", STATUSES),
        "key": asked.text("key"),
        "faults": asked.one_of("faults", ("yes",)),
    }
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    before = asked.number("before") if place else 0
    wanted = Wanted(key=filters["key"] or None, status=filters["status"] or None)
    page = queries.watched(scope_of(viewer), wanted, faulty=bool(filters["faults"]), after=place, limit=PAGE)
    more = {"after": cursors.written(page.next), "before": before + len(page.rows)} if page.next else {}
    return render_template(
        "operator/instances.html",
        places=places(),
        text=text,
        filters=filters,
        is_filtered=any(filters.values()),
        statuses=STATUS_NAMES.items(),
        keys=queries.keys(),
        lines=[named(row) for row in page.rows],
        names=STATUS_NAMES,
        before=before,
        next_url=asked.address("/operator/instances", **filters, **more) if more else "",
        first_url=asked.address("/operator/instances", **filters) if place else "",
        now=datetime.now(UTC),
    )


@blueprint.get("/operator/instances/<instance_id>")
def shown(instance_id: str) -> str:
    """Show one tab of an instance."""
    viewer = operator()
    now = datetime.now(UTC)
    view = view_of(viewer, instance_id)
    tab = asked.one_of("tab", TABS, "state")
    variables, waits = instances.seen(view.instance)
    open_steps = task_queries.open_of(instance_id)
    if tab == "state":
        g.allows_inline_style = True
    passages = history.passages(view.instance) if tab == "history" else ()
    return render_template(
        "operator/instance.html",
        view=view,
        status=STATUS_NAMES[view.instance.status],
        tab=tab,
        tabs=_tabs(view, tab, len(variables)),
        waits=[_waiting(view, wait, open_steps) for wait in waits],
        fault=_fault(view) if view.instance.faults and not view.stands_still else None,
        stopped=_stopped(view) if view.stands_still else None,
        incidents=_incidents(view) if tab == "state" else (),
        course=diagrams.course(view.instance, open_steps, now=now) if tab == "state" else None,
        loads_viewer=tab == "state",
        variables=values.lines(variables) if tab == "variables" else (),
        passages=passages[-MOST_PASSAGES:],
        left_out=max(0, len(passages) - MOST_PASSAGES),
        states=diagrams.STATES,
        types=TYPE_NAMES,
        who=people.names_of(passage.actor for passage in passages if passage.actor),
        timeline=telling.timeline(view.instance) if tab == "log" else (),
        now=now,
    )


@blueprint.get("/operator/instances/<instance_id>/cancel")
def ask(instance_id: str) -> str | Response:
    """Say what cancelling does and ask for its reason; where it is not possible any more, show the instance."""
    view = view_of(operator(), instance_id)
    return _question(view) if view.can_cancel else redirect(view.url)


@blueprint.post("/operator/instances/<instance_id>/cancel")
def cancel(instance_id: str) -> Response | tuple[str, int]:
    """End an instance that belongs to no dossier."""
    viewer = operator()
    view = view_of(viewer, instance_id)
    reason = asked.typed("reason")
    try:
        instances.cancel(viewer, instance_id, reason, now=datetime.now(UTC))
    except InvalidAnswers as refused:
        return _question(view, refused.details, reason), 422
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(_("Đã huỷ phiên chạy."), "ok")
    return redirect(view.url, 303)


def named(row: WatchedRow) -> Line:
    """Give a row with the name of its process."""
    return Line(row=row, process=loading.load(row.definition_id).name)


def view_of(viewer: Viewer, instance_id: str) -> View:
    """Give an instance that the viewer may read, as pages show it."""
    instance = instances.readable(viewer, instance_id)
    by = instance.started_by
    return View(
        instance=instance,
        process=loading.load(instance.definition_id).name,
        dossier=queries.dossier_of(instance_id),
        started_by=people.names_of([by]).get(by, by),
    )


def _tabs(view: View, tab: str, variables: int) -> list[dict[str, object]]:
    labels = {
        "state": (_("Trạng thái"), None),
        "variables": (_("Biến"), variables),
        "history": (_("Các bước đã qua"), None),
        "log": (_("Nhật ký"), view.instance.log_seq),
    }
    return [
        {
            "label": label,
            "count": count,
            "current": name == tab,
            "url": asked.address(view.url, tab=name if name != TABS[0] else ""),
        }
        for name, (label, count) in labels.items()
    ]


def _waiting(view: View, wait: Any, open_steps: Sequence[task_queries.InboxRow]) -> Waiting:
    kind = str(wait.kind)
    loaded = loading.load(view.instance.definition_id)
    task = next((row for row in open_steps if row.id == wait.id), None)
    return Waiting(
        kind=kind,
        kind_name=WAIT_NAMES.get(kind, Text(kind, kind)),
        step=loaded.step_name(wait.process_key, wait.element_id, wait.element_name or wait.element_id),
        name=wait.name or "",
        who=who_of(task) if task else Text("", ""),
        due_at=task.due_at if task else wait.due_at,
    )


def who_of(task: task_queries.InboxRow) -> Text:
    """Say who holds an open task, or who may take it."""
    if task.assignee:
        return Text(task.assignee_name or task.assignee, task.assignee_name or task.assignee)
    names = people.group_names(task.candidate_groups)
    found = [names.get(code, Text(code, code)) for code in task.candidate_groups]
    found += [Text(name, name) for name in task.candidate_users]
    return Text(", ".join(each.vi for each in found), ", ".join(each.en for each in found))


def _incidents(view: View) -> list[Incident]:
    if not view.instance.incidents:
        return []
    return [shown_as(row) for row in incidents.open_of([view.instance.id])[view.instance.id]]


def _fault(view: View) -> Fault | None:
    for at, kind, _actor, data in history.acts(view.instance):
        if kind == "timer.failed":
            return Fault(
                at=at,
                step=history.step_name(view.instance, data["element"], ""),
                reason=data["reason"],
                code=data["code"],
                tries=data["tries"],
            )
    return None


def _stopped(view: View) -> Stopped | None:
    for at, kind, actor, data in history.acts(view.instance):
        if kind == "instance.suspended":
            return Stopped(at=at, by=people.names_of([actor]).get(actor, actor), reason=data["reason"])
    return None


def _question(view: View, errors: Sequence[Detail] = (), reason: str = "") -> str:
    waits = instances.seen(view.instance)[1]
    return render_template(
        "operator/cancel.html", view=view, waits=len(waits), errors=errors, has_errors=bool(errors), reason=reason
    )
