"""/board/load: how much each person of a unit has to do, and what they hold; /board/rebalance: what if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, Invalid
from services import bulk, load, loading, rebalancing
from services.permissions import Permission, Viewer, has_any
from services.rebalancing import Plan
from services.wiring import Parts
from storage.queries.load import Held
from texts import Text
from web import asked
from web.account import signed_in
from web.i18n.formats import t
from web.officer import dues

blueprint = Blueprint("manager_load", __name__)
SHOWN = 50
LONGEST_ID = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A task that somebody holds."""

    held: Held
    step: Text
    due: dues.Due


@blueprint.get("/board/load")
def shown() -> str:
    """Show the people of a unit, the heaviest first."""
    viewer = signed_in(Permission.SEE_BOARD)
    unit, units = _unit(viewer)
    now = datetime.now(UTC)
    return render_template(
        "manager/load.html",
        unit=unit,
        units=units,
        loads=load.of_unit(viewer, unit, now=now) if unit else (),
        may_move=_may_move(viewer),
        days=load.DAYS,
        weights=load.WEIGHTS,
        now=now,
    )


@blueprint.get("/board/load/<username>")
def person(username: str) -> str:
    """Show what one person holds, and what they took before its turn."""
    viewer = signed_in(Permission.SEE_BOARD)
    now = datetime.now(UTC)
    found, held, exceptions = load.of_person(viewer, username, now=now, limit=SHOWN)
    return render_template(
        "manager/load_person.html",
        load=found,
        lines=[_line(each, now) for each in held],
        exceptions=exceptions,
        hands_over=_may_move(viewer),
        opens=has_any(viewer, Permission.WORK_TASKS, Permission.WORK_ANY_TASK),
        days=load.DAYS,
        now=now,
    )


@blueprint.get("/board/rebalance")
def ask() -> str | Response:
    """Propose moves, and show what each would have then."""
    viewer = _mover()
    unit, units = _unit(viewer)
    if not unit:
        return redirect("/board/load")
    now = datetime.now(UTC)
    plan = rebalancing.plan(viewer, unit, now=now, most=_most())
    return _page(unit, units, plan, now, batch_id=uuid4().hex)


@blueprint.post("/board/rebalance")
def move() -> str | Response | tuple[str, int]:
    """Show what the changed moves would come to; or let them be done."""
    viewer = _mover()
    unit, units = _unit(viewer)
    now = datetime.now(UTC)
    chosen = _chosen()
    typed = asked.typed("batch")
    batch_id = typed if bulk.BATCH_ID.fullmatch(typed) else uuid4().hex
    reason = asked.typed("reason")
    if request.form.get("step") == "start":
        try:
            batch = rebalancing.apply(viewer, unit, chosen, batch_id=batch_id, reason=reason, now=now, most=_most())
        except Invalid as refused:
            plan = rebalancing.plan(viewer, unit, now=now, most=_most(), chosen=chosen)
            return _page(unit, units, plan, now, batch_id=batch_id, reason=reason, errors=refused.details), 422
        flash(_("Đang chia lại việc."), "ok")
        return redirect(f"/inbox/bulk/{batch.id}", 303)
    plan = rebalancing.plan(viewer, unit, now=now, most=_most(), chosen=chosen)
    return _page(unit, units, plan, now, batch_id=batch_id, reason=reason)


def _page(
    unit: str,
    units: Mapping[str, Text],
    plan: Plan,
    now: datetime,
    *,
    batch_id: str,
    reason: str = "",
    errors: Sequence[Detail] = (),
) -> str:
    names = {each.person.username: each.person.name for each in plan.loads}
    has_part = {name for line in plan.lines for name in (line.holder, line.to) if line.to}
    return render_template(
        "manager/rebalance.html",
        unit=unit,
        unit_name=units.get(unit, Text(unit, unit)),
        plan=plan,
        moved=[each for each in plan.loads if each.person.username in has_part],
        same=[each for each in plan.loads if each.person.username not in has_part],
        lines=[(line, _line(line.held, now)) for line in plan.lines],
        names=names,
        moving=sum(1 for line in plan.lines if line.to and line.to != line.holder),
        batch_id=batch_id,
        reason=reason,
        errors=errors,
        wrong={detail.field: t(detail.message) for detail in errors},
        has_errors=bool(errors),
        now=now,
    )


def _chosen() -> dict[str, str]:
    """Read task id -> to whom it goes (empty: it stays) from the form."""
    ids = list(dict.fromkeys(one for one in request.form.getlist("task") if one.isprintable()))
    return {task_id: asked.typed(f"to-{task_id}")[:LONGEST_ID] for task_id in ids[: rebalancing.MOST]}


def _unit(viewer: Viewer) -> tuple[str, Mapping[str, Text]]:
    """Give the unit that is asked for, else one's own or the first; and all that one may look at."""
    units = load.units_of(viewer)
    wanted = asked.text("unit") or request.form.get("unit", "")
    if wanted in units:
        return wanted, units
    return (viewer.unit if viewer.unit in units else next(iter(units), "")), units


def _mover() -> Viewer:
    viewer = signed_in(Permission.SEE_BOARD)
    if not _may_move(viewer):
        raise Forbidden()
    return viewer


def _may_move(viewer: Viewer) -> bool:
    return has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)


def _most() -> int:
    parts: Parts = current_app.extensions["motcua"]
    return parts.settings.most_reassignments


def _line(held: Held, now: datetime) -> Line:
    row = held.row
    loaded = loading.load(row.definition_id)
    step = loaded.step_name(row.process_key, row.element_id, row.name)
    return Line(held=held, step=step, due=dues.of_task(row, now=now))
