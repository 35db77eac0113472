"""/operator/instances/<id>/return: the tasks that one can return to, what that would do, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, EngineError, InvalidAnswers
from services import history, instances, loading, returning
from services.permissions import Permission, Viewer
from services.returning import Preview
from services.statuses import NAMES
from storage.queries import instances as queries
from storage.queries import people
from storage.queries import tasks as task_queries
from texts import Text
from web import asked
from web.account import signed_in
from web.i18n.formats import t
from web.operator.incidents import KIND_NAMES
from web.operator.instances import WAIT_NAMES, who_of

blueprint = Blueprint("operator_returning", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that is waited for, as the page shows it."""

    step: Text
    kind: Text
    who: Text
    name: str
    """Of a message, a topic, a connector."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The instance that goes back."""

    instance: Any
    process: Text
    name: str
    """The dossier's code, or the beginning of the instance's id."""

    @property
    def url(self) -> str:
        """Give the address of the instance's page."""
        return f"/operator/instances/{self.instance.id}"


@blueprint.get("/operator/instances/<instance_id>/return")
def ask(instance_id: str) -> str | Response:
    """List the tasks that one can return to; with one chosen, say what a return would do and ask for its reason."""
    viewer = signed_in(Permission.RETURN_INSTANCES)
    view = _view(viewer, instance_id)
    task_id = asked.text("task")
    if not task_id:
        return _list(viewer, view)
    return _question(viewer, view, task_id, whole=asked.one_of("data", ("then",)) == "then")


@blueprint.post("/operator/instances/<instance_id>/return")
def go(instance_id: str) -> Response | tuple[str | Response, int]:
    """Return to a task."""
    viewer = signed_in(Permission.RETURN_INSTANCES)
    view = _view(viewer, instance_id)
    task_id, reason, whole = asked.typed("task"), asked.typed("reason"), asked.typed("data") == "then"
    now = datetime.now(UTC)
    try:
        returning.return_to(viewer, instance_id, task_id, reason, now=now, with_data_of_the_time=whole)
    except InvalidAnswers as refused:
        return _question(viewer, view, task_id, whole=whole, errors=refused.details, reason=reason), 422
    except (Conflict, EngineError) as conflict:
        flash(_told(conflict), "soon")
    else:
        flash(_("Đã quay lại. Việc mở lại nằm trong danh sách của nhóm xử lý, kèm lý do."), "ok")
    return redirect(view.url, 303)


def _list(viewer: Viewer, view: View) -> str:
    rows = returning.earlier(viewer, view.instance.id)
    return render_template(
        "operator/return.html",
        view=view,
        tasks=[(row, _step(view, row)) for row in rows],
        who=people.names_of(row.completed_by for row in rows if row.completed_by),
        acts={row.id: history.act_label(view.instance, row.element_id, row.act or "") for row in rows},
        now=datetime.now(UTC),
    )


def _question(
    viewer: Viewer, view: View, task_id: str, *, whole: bool, errors: Sequence[Detail] = (), reason: str = ""
) -> str | Response:
    try:
        seen = returning.preview(viewer, view.instance.id, task_id, now=datetime.now(UTC), with_data_of_the_time=whole)
    except (Conflict, EngineError) as conflict:
        flash(_told(conflict), "soon")
        return redirect(asked.address(f"{view.url}/return"), 303)
    by = seen.task.completed_by or ""
    return render_template(
        "operator/return_sure.html",
        view=view,
        task=seen.task,
        step=_step(view, seen.task),
        by=people.names_of([by]).get(by, by),
        whole=whole,
        status=_status(seen),
        errors=errors,
        has_errors=bool(errors),
        reason=reason,
        **_changes(view, seen),
    )


def _changes(view: View, seen: Preview) -> dict[str, list[Change]]:
    open_steps = {row.id: row for row in task_queries.open_of(view.instance.id)}
    loaded = loading.load(view.instance.definition_id)

    def shown(found: Iterable[returning.Change]) -> list[Change]:
        return [
            Change(
                step=loaded.step_name(one.process_key, one.element_id, one.element_name or one.element_id),
                kind=_kind(one),
                who=who_of(open_steps[one.id]) if one.id in open_steps and one.kind == "task" else Text("", ""),
                name=one.name if one.kind != "incident" else "",
                due_at=one.due_at,
            )
            for one in found
        ]

    return {"ends": shown(seen.ends), "begins": shown(seen.begins), "stays": shown(seen.stays)}


def _kind(one: returning.Change) -> Text:
    if one.kind != "incident":
        return WAIT_NAMES.get(one.kind, Text(one.kind, one.kind))
    what = KIND_NAMES.get(one.name, Text(one.name, one.name))
    return Text(f"Sự cố: {what.vi}", f"Incident: {what.en}")


def _status(seen: Preview) -> Mapping[str, Text] | None:
    return {"before": NAMES[seen.status[0]], "after": NAMES[seen.status[1]]} if seen.status else None


def _step(view: View, task: Any) -> Text:
    return loading.load(view.instance.definition_id).step_name(task.process_key, task.element_id, task.name)


def _told(conflict: Conflict | EngineError) -> str:
    elements = ", ".join(dict.fromkeys(detail.element_id for detail in conflict.details if detail.element_id))
    return f"{t(conflict.text)} ({elements})" if elements else t(conflict.text)


def _view(viewer: Viewer, instance_id: str) -> View:
    instance = instances.readable(viewer, instance_id)
    dossier = queries.dossier_of(instance_id)
    return View(
        instance=instance,
        process=loading.load(instance.definition_id).name,
        name=dossier[1] if dossier else instance_id[:8],
    )
