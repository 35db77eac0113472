"""/inbox/bulk/<id>: how far an act on many tasks is and what came of each; stopping it, and trying again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, InvalidAnswers
from services import batches, bulk, loading
from services.bulk_kinds import BULK
from storage.queries import bulk as queries
from storage.queries import people
from storage.queries.batches import ITEM_STATES
from storage.queries.bulk import TaskItem
from texts import Text
from web import asked
from web.i18n.formats import t
from web.officer import places
from web.officer.places import worker

blueprint = Blueprint("officer_bulk_results", __name__)
PAGE = 50
STATES: Mapping[str, Text] = {
    "waiting": Text("Sắp chạy", "About to begin"),
    "running": Text("Đang làm", "Under way"),
    "completed": Text("Đã xong", "Finished"),
    "cancelled": Text("Đã dừng", "Stopped"),
}
ITEMS: Mapping[str, Text] = {
    "waiting": Text("Chưa làm", "Not yet"),
    "done": Text("Đã làm", "Done"),
    "failed": Text("Không làm được", "Refused"),
}
STOPPED = Text("Người làm dừng lại.", "Stopped by who began it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task of the act, as the page shows it."""

    item: TaskItem
    step: Text
    message: Text | None
    move: str = ""
    """From whom to whom it goes, where that is said of each."""


@blueprint.get("/inbox/bulk")
def listed() -> str:
    """Show one's own latest acts: whoever closed the browser finds them here."""
    viewer = worker()
    return render_template(
        "officer/bulks.html",
        place=places.here(viewer),
        batches=bulk.of_viewer(viewer),
        kinds=BULK,
        states=STATES,
        now=datetime.now(UTC),
    )


@blueprint.get("/inbox/bulk/<batch_id>")
def shown(batch_id: str) -> str:
    """Show one act; while it goes on the page asks for its own middle again."""
    viewer = worker()
    place = places.here(viewer)
    batch = bulk.readable(viewer, batch_id)
    state = asked.one_of("state", ITEM_STATES)
    after = asked.number("from")
    found = queries.items(batch.id, state=state or None, after=after, limit=PAGE + 1)
    rows, url = found[:PAGE], f"/inbox/bulk/{batch.id}"
    counts = {"": batch.total, "done": batch.done, "failed": batch.failed, "waiting": batch.left}
    labels = {"": Text("Tất cả", "All"), **ITEMS}
    is_own = batch.created_by == viewer.username
    return render_template(
        "officer/bulk.html",
        place=place,
        batch=batch,
        url=url,
        here=place.at(url, state=state, **({"from": after} if after else {})),
        label=BULK[batch.kind].label,
        to=_to(batch.parameters),
        states=STATES,
        item_names=ITEMS,
        author="" if is_own else people.names_of([batch.created_by]).get(batch.created_by, batch.created_by),
        tabs=[
            {"label": labels[name], "url": place.at(url, state=name), "current": name == state, "count": count}
            for name, count in counts.items()
        ],
        lines=_lines(rows),
        next_url=place.at(url, state=state, **{"from": rows[-1].position}) if len(found) > PAGE else "",
        first_url=place.at(url, state=state) if after else "",
        can_stop=is_own and batch.is_open,
        can_retry=is_own and batch.state != "cancelled" and batch.failed > 0,
        now=datetime.now(UTC),
    )


@blueprint.post("/inbox/bulk/<batch_id>/stop")
def stop(batch_id: str) -> Response:
    """Do no more of it; what is done stays done."""
    viewer = worker()
    bulk.readable(viewer, batch_id)
    try:
        batches.cancel(viewer, batch_id, t(STOPPED), now=datetime.now(UTC))
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(_("Đã dừng: phần chưa làm để nguyên, phần đã làm giữ nguyên."), "ok")
    return redirect(places.here(viewer).at(f"/inbox/bulk/{batch_id}"), 303)


@blueprint.post("/inbox/bulk/<batch_id>/again")
def again(batch_id: str) -> Response:
    """Do what was refused again, perhaps with a reason."""
    viewer = worker()
    bulk.readable(viewer, batch_id)
    try:
        batches.retry(viewer, batch_id, now=datetime.now(UTC), reason=asked.typed("reason"))
    except (Conflict, InvalidAnswers) as refused:
        flash(t(refused.text), "soon")
    else:
        flash(_("Đang làm lại các việc không làm được."), "ok")
    return redirect(places.here(viewer).at(f"/inbox/bulk/{batch_id}"), 303)


def _lines(rows: Sequence[TaskItem]) -> list[Line]:
    said = [name for row in rows for name in ((row.given or {}).get("from"), (row.given or {}).get("to")) if name]
    names = people.names_of(said)
    return [_line(row, names) for row in rows]


def _line(row: TaskItem, names: Mapping[str, str]) -> Line:
    loaded = loading.load(row.definition_id)
    message = Text(row.message_vi, row.message_en) if row.message_vi and row.message_en else None
    given = row.given or {}
    move = " → ".join(names.get(name, name) for name in (given.get("from"), given.get("to")) if name)
    step = loaded.step_name(row.process_key, row.element_id, row.name)
    return Line(item=row, step=step, message=message, move=move)


def _to(parameters: Mapping[str, object]) -> Text | None:
    """Name the person or the unit that the tasks go to."""
    if person := parameters.get("assignee"):
        name = people.names_of([str(person)]).get(str(person), str(person))
        return Text(name, name)
    unit = str(parameters.get("unit") or "")
    return people.unit_names([unit]).get(unit, Text(unit, unit)) if unit else None
