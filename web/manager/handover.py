"""/board/hand-over/<username>: what a colleague who leaves has in their name, to whom it goes, and the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, Invalid
from services import bulk, handover, loading
from services.handover import LEAVE, RELEASE, SHARE, Group, Plan
from services.permissions import Permission, Viewer, has_any
from texts import Text
from web import asked
from web.account import signed_in
from web.i18n.formats import t

blueprint = Blueprint("manager_handover", __name__)
MOST_GROUPS = 200
WAYS = {
    "held": Text("Đang giữ", "Holds"),
    "owned": Text("Đã nhờ người khác làm", "Has delegated"),
    "offered": Text("Được mời đích danh", "Offered by name"),
}
CHOICES = {
    SHARE: Text("Chia đều cho người được chọn", "Shared among the chosen"),
    RELEASE: Text("Về nhóm xử lý", "Back to the groups"),
    LEAVE: Text("Để yên", "Stays"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One group of tasks as the page shows it, with what may become of it."""

    group: Group
    step: Text
    procedure: Text
    options: tuple[tuple[str, Text], ...]


@blueprint.get("/board/hand-over/<username>")
def ask(username: str) -> str:
    """Show all that there is, shared among the colleagues of the unit."""
    plan = handover.plan(_mover(), username, now=datetime.now(UTC))
    return _page(plan, batch_id=uuid4().hex)


@blueprint.post("/board/hand-over/<username>")
def hand_over(username: str) -> str | Response | tuple[str, int]:
    """Show what other choices would come to; or begin."""
    viewer, now = _mover(), datetime.now(UTC)
    successors = list(dict.fromkeys(request.form.getlist("to")))[: handover.MOST_PEOPLE]
    pairs = zip(request.form.getlist("group"), request.form.getlist("choice"), strict=False)
    choices = dict(list(pairs)[:MOST_GROUPS])
    typed = asked.typed("batch")
    batch_id = typed if bulk.BATCH_ID.fullmatch(typed) else uuid4().hex
    reason, views_to = asked.typed("reason"), asked.typed("views_to")
    errors: Sequence[Detail] = ()
    if request.form.get("step") == "start":
        try:
            batch = handover.apply(
                viewer, username, batch_id=batch_id, reason=reason, now=now, successors=successors, choices=choices,
                views_to=views_to,
            )  # fmt: skip
        except Invalid as refused:
            errors = refused.details
        else:
            flash(_("Đang bàn giao. Xong thì khoá được tài khoản."), "ok")
            return redirect(f"/inbox/bulk/{batch.id}" if batch else f"/board/hand-over/{username}", 303)
    plan = handover.plan(viewer, username, now=now, successors=successors, choices=choices)
    page = _page(plan, batch_id=batch_id, reason=reason, views_to=views_to, errors=errors)
    return (page, 422) if errors else page


def _page(plan: Plan, *, batch_id: str, reason: str = "", views_to: str = "", errors: Sequence[Detail] = ()) -> str:
    names = {each.username: each.name for each in plan.people}
    return render_template(
        "manager/handover.html",
        plan=plan,
        lines=[_line(group, names) for group in plan.groups],
        names=names,
        ways=WAYS,
        batch_id=batch_id,
        reason=reason,
        views_to=views_to,
        errors=errors,
        wrong={detail.field: t(detail.message) for detail in errors},
        has_errors=bool(errors),
    )


def _line(group: Group, names: dict[str, str]) -> Line:
    row = group.every[0].row
    loaded = loading.load(row.definition_id)
    known = [choice for choice in CHOICES if choice != RELEASE or group.way == "held"]
    people = [(name, Text(words, words)) for name, words in names.items() if name in group.fits]
    return Line(
        group=group,
        step=loaded.step_name(row.process_key, row.element_id, row.name),
        procedure=loaded.name,
        options=(*((choice, CHOICES[choice]) for choice in known), *people),
    )


def _mover() -> Viewer:
    viewer = signed_in(Permission.SEE_BOARD)
    if not has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK):
        raise Forbidden()
    return viewer
