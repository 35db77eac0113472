"""/inbox/news: what a shown inbox does not show yet, for the script that asks every now and then (site/news.js).

Short and cheap, since three hundred inboxes ask: who asks and what is new are two statements. Where nothing has changed
since the page was made or since the last answer (its ETag), the answer is 304 and empty. It moves nothing on the page:
new tasks are a line to press, and rows that others have taken say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import ngettext

from services.permissions import Viewer, scope_of
from storage.queries import news as queries
from storage.queries import tasks as task_queries
from storage.queries import views as view_queries
from storage.queries.tasks import InboxRow
from web import asked
from web.officer import places
from web.officer.places import Place

blueprint = Blueprint("officer_news", __name__)
LONGEST_ROWS = 4000
LATE = timedelta(seconds=2)
"""What was under way when the page was made may have been written just after it."""


@blueprint.get("/inbox/news")
def news() -> Response:
    """Say what is new since the page was made, and who has the rows that it shows."""
    viewer = places.worker()
    place = places.here(viewer)
    now = datetime.now(UTC)
    shown = sorted({row for row in asked.text("rows", longest=LONGEST_ROWS).split("*") if row})[: queries.MOST_SHOWN]
    scope = scope_of(viewer)
    principals, conditions = _asked(viewer, place, now)
    found = queries.since(scope, principals, conditions, _moment(now), shown)
    rows = {row: found.holders.get(row) for row in shown}
    answer = jsonify(
        new=ngettext("%(num)s việc mới", "%(num)s việc mới", len(found.new)) if found.new else "",
        show=_("Hiện"),
        rows={row: _told(rows[row], viewer.username) for row in shown},
    )
    answer.set_etag(tag(found.new, {row: holder and holder[0] for row, holder in rows.items()}))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


def _asked(viewer: Viewer, place: Place, now: datetime) -> tuple[Sequence[str], Sequence[Any]]:
    """Give to whom the tasks of a place are offered, and what it asks of them."""
    scope = scope_of(viewer)
    if place.saved is None:
        return task_queries.asked_of(scope, place.filter, now=now)
    return view_queries.asked_of(scope, place.question(now), now=now)


def tag(new: Iterable[str], holders: Mapping[str, str | None]) -> str:
    """Name a state of an inbox: its new tasks, and who holds each row (None: gone, empty: nobody)."""
    rows = ",".join(f"{row}:{'-' if holder is None else '@' + holder}" for row, holder in sorted(holders.items()))
    return hashlib.sha256(f"{'.'.join(sorted(new))};{rows}".encode()).hexdigest()[:20]


def tag_of(rows: Iterable[InboxRow]) -> str:
    """Name the state of an inbox as its page is made."""
    return tag((), {row.id: row.assignee or "" for row in rows})


def _told(holder: tuple[str, str] | None, username: str) -> list[str]:
    """Give the user name of a row's holder, and what the row says where another took it or it went elsewhere."""
    if holder is None:
        return ["-", _("Không còn trong danh sách: đã xong hoặc đã chuyển.")]
    words = _("%(name)s đã nhận việc này.", name=holder[1]) if holder[0] not in ("", username) else ""
    return [holder[0], words]


def _moment(now: datetime) -> datetime:
    """Read when the page was made; what is none, or lies in the future, is now."""
    at = asked.moment(asked.text("since"))
    return min(at, now) - LATE if at else now
