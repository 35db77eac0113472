"""/operator/work: what programs and connectors are to do, by state and topic; a lock can be taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, MotcuaError
from services import external_tasks, loading
from storage.queries import external as queries
from storage.queries.external import TopicRow, Wanted
from texts import Text
from web import asked, cursors
from web.operator.places import operator, places

blueprint = Blueprint("operator_work", __name__)
PAGE = 50
STATES = ("failed", "open", "suspended")
STATE_NAMES: Mapping[str, Text] = {
    "failed": Text("Hết lần thử", "No tries left"),
    "open": Text("Đang chờ làm", "To be done"),
    "suspended": Text("Phiên tạm dừng", "Suspended"),
    "completed": Text("Đã xong", "Done"),
    "cancelled": Text("Sơ đồ đã bỏ", "Taken away by the diagram"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A piece of work as the page shows it."""

    row: Any
    """Of the table of work for programs."""
    process: Text
    is_held: bool
    """A worker's lock has not ended."""


@blueprint.get("/operator/work")
def listed() -> str:
    """Show one page of the work of a state; without one, of what failed, where there is some."""
    operator()
    now = datetime.now(UTC)
    topics = queries.topics()
    state = asked.one_of("state", STATE_NAMES, "failed" if any(row.state == "failed" for row in topics) else "open")
    topic = asked.text("topic")
    connector = asked.text("connector")
    after, before = asked.text("after", longest=cursors.LONGEST), asked.number("before")
    place = cursors.read(after)
    wanted = Wanted(state=state, topic=topic or None, connector=connector or None)
    rows, next_ = queries.listed(wanted, after=place, limit=PAGE)
    before = before if place else 0
    here = {"state": state, "topic": topic, "connector": connector}
    return render_template(
        "operator/work.html",
        places=places(),
        state=state,
        tabs=[
            {
                "label": name,
                "url": asked.address("/operator/work", state=each, topic=topic, connector=connector),
                "current": each == state,
                "count": sum(row.count for row in topics if row.state == each) if each in STATES else None,
            }
            for each, name in STATE_NAMES.items()
        ],
        topics=[_topic(row) for row in topics if row.state == state],
        chosen=topic or connector,
        works=[_work(row, now) for row in rows],
        before=before,
        next_url=asked.address("/operator/work", **here, after=cursors.written(next_), before=before + len(rows))
        if next_
        else "",
        first_url=asked.address("/operator/work", **here) if place else "",
        all_url=asked.address("/operator/work", state=state) if topic or connector else "",
        now=now,
    )


@blueprint.post("/operator/work/<task_id>/unlock")
def unlock(task_id: str) -> Response:
    """Take a piece of work from whoever holds it, for another to fetch."""
    viewer = operator()
    try:
        external_tasks.unlock(viewer, task_id, None, now=datetime.now(UTC))
    except Conflict:
        flash(_("Việc này đã xong hoặc không còn chờ ai."), "soon")
    else:
        flash(_("Đã lấy lại việc, chương trình khác nhận được ngay."), "ok")
    state = request.args.get("state", "")
    return redirect(asked.address("/operator/work", state=state if state in STATE_NAMES else ""), 303)


def _topic(row: TopicRow) -> dict[str, object]:
    address = asked.address("/operator/work", state=row.state, topic=row.topic, connector=row.connector)
    return {"name": row.topic or row.connector, "url": address, "count": row.count, "oldest": row.oldest}


def _work(row: Any, now: datetime) -> Work:
    try:
        process = loading.load(row.definition_id).name
    except MotcuaError:
        process = Text(row.key, row.key)
    held = row.state == "open" and row.worker is not None and row.available_at > now
    return Work(row=row, process=process, is_held=held)
