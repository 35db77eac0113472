"""/operator/batches: acts on many instances, how far each is, what failed and why; cancelling and trying again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, InvalidAnswers, NotFound
from services import batches, loading
from services.batch_kinds import KINDS
from services.bulk_kinds import BULK
from services.permissions import Permission, Viewer
from storage.queries import batches as queries
from storage.queries import people
from storage.queries.batches import ITEM_STATES, BatchRow, ItemRow
from texts import Text
from web import asked, cursors
from web.i18n.formats import t
from web.operator import batch_parameters
from web.operator.places import operator, places

blueprint = Blueprint("operator_batches", __name__)
PAGE = 50
STATE_NAMES: Mapping[str, Text] = {
    "waiting": Text("Sắp chạy", "About to begin"),
    "running": Text("Đang chạy", "Running"),
    "completed": Text("Đã xong", "Completed"),
    "cancelled": Text("Đã huỷ", "Cancelled"),
}
ITEM_NAMES: Mapping[str, Text] = {
    "waiting": Text("Chưa làm", "Not yet done"),
    "done": Text("Đã làm", "Done"),
    "failed": Text("Không làm được", "Failed"),
}
LABELS = {name: kind.label for name, kind in KINDS.items()} | {name: kind.label for name, kind in BULK.items()}
"""What operators do with instances, and officers with their tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item as the page shows it."""

    row: ItemRow
    process: Text
    message: Text | None


@blueprint.get("/operator/batches")
def listed() -> str:
    """Show one page of the batches, the latest first."""
    operator()
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    before = asked.number("before") if place else 0
    rows, next_ = queries.listed(after=place, limit=PAGE)
    more = {"after": cursors.written(next_), "before": before + len(rows)} if next_ else {}
    return render_template(
        "operator/batches.html",
        places=places(),
        batches=rows,
        labels=LABELS,
        states=STATE_NAMES,
        who=people.names_of(row.created_by for row in rows),
        before=before,
        next_url=asked.address("/operator/batches", **more) if more else "",
        first_url="/operator/batches" if place else "",
        now=datetime.now(UTC),
    )


@blueprint.get("/operator/batches/<batch_id>")
def shown(batch_id: str) -> str:
    """Show one batch, how far it is, and its items."""
    return _page(operator(), _one(batch_id))


@blueprint.get("/operator/batches/<batch_id>/progress")
def progress(batch_id: str) -> str:
    """Give how far it is, alone: the page asks for it now and then while the batch goes on."""
    operator()
    return render_template("operator/batch_progress.html", batch=_one(batch_id), states=STATE_NAMES)


@blueprint.post("/operator/batches/<batch_id>/cancel")
def cancel(batch_id: str) -> Response | tuple[str, int]:
    """Do no more items."""
    viewer = operator()
    batch = _one(batch_id)
    reason = asked.typed("reason")
    try:
        batches.cancel(viewer, batch_id, reason, now=datetime.now(UTC))
    except InvalidAnswers as refused:
        return _page(viewer, batch, refused.details, reason), 422
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(_("Đã dừng lô việc: phần chưa làm bị bỏ, phần đã làm giữ nguyên."), "ok")
    return redirect(f"/operator/batches/{batch_id}", 303)


@blueprint.post("/operator/batches/<batch_id>/retry")
def retry(batch_id: str) -> Response:
    """Do the failed items again."""
    viewer = operator()
    _one(batch_id)
    try:
        batches.retry(viewer, batch_id, now=datetime.now(UTC))
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(_("Đang làm lại các phiên không làm được."), "ok")
    return redirect(f"/operator/batches/{batch_id}", 303)


def _page(viewer: Viewer, batch: BatchRow, errors: Sequence[Detail] = (), reason: str = "") -> str:
    state = asked.one_of("state", ITEM_STATES)
    after = asked.number("after")
    found = queries.items(batch.id, state=state or None, after=after, limit=PAGE + 1)
    rows, url = found[:PAGE], f"/operator/batches/{batch.id}"
    counts = {"": batch.total, "failed": batch.failed, "done": batch.done, "waiting": batch.left}
    labels = {"": Text("Tất cả", "All"), **ITEM_NAMES}
    needed = KINDS[batch.kind].permission if batch.kind in KINDS else Permission.OPERATE
    may = needed in viewer.permissions
    return render_template(
        "operator/batch.html",
        batch=batch,
        url=url,
        kind=LABELS[batch.kind],
        parameters=batch_parameters.summary(batch.parameters) if batch.kind in KINDS else [],
        states=STATE_NAMES,
        author=people.names_of([batch.created_by]).get(batch.created_by, batch.created_by),
        tabs=[
            {
                "label": labels[name],
                "url": asked.address(url, state=name),
                "current": name == state,
                "count": count,
            }
            for name, count in counts.items()
        ],
        lines=[_line(row) for row in rows],
        item_names=ITEM_NAMES,
        next_url=asked.address(url, state=state, after=rows[-1].position) if len(found) > PAGE else "",
        first_url=asked.address(url, state=state) if after else "",
        can_cancel=may and batch.is_open,
        can_retry=may and batch.kind in KINDS and batch.state != "cancelled" and batch.failed > 0,
        errors=errors,
        has_errors=bool(errors),
        reason=reason,
        now=datetime.now(UTC),
    )


def _line(row: ItemRow) -> Line:
    message = Text(row.message_vi, row.message_en) if row.message_vi and row.message_en else None
    return Line(row=row, process=loading.load(row.definition_id).name, message=message)


def _one(batch_id: str) -> BatchRow:
    row = queries.one(batch_id) if batch_id.isprintable() else None
    if row is None:
        raise NotFound()
    return row
