"""/inbox: the tasks of oneself and one's groups, soonest due first; /inbox/next takes the next one."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services import duties, loading, tasks
from services.permissions import Permission, Viewer, has_any, require, scope_of
from storage.queries import dossiers as dossier_queries
from storage.queries import drafts as draft_queries
from storage.queries import tasks as queries
from storage.queries.drafts import TaskDraft
from texts import Text
from web.account import signed_in
from web.officer import dues, offers, places
from web.officer.places import Place

blueprint = Blueprint("officer_inbox", __name__)
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a list of tasks."""

    row: queries.InboxRow
    step: Text
    procedure: Text
    due: dues.Due
    can_claim: bool
    draft: TaskDraft | None = None
    """What somebody has typed into it and not sent yet."""
    is_barred: bool = False
    """This viewer's duties are kept apart from it, or they declared an interest."""
    is_stood: bool = False
    """It is done for a colleague whom this viewer stands for."""


@blueprint.get("/inbox")
def listed() -> str:
    """Show one page of a view."""
    viewer = worker()
    place = places.here(viewer)
    now = datetime.now(UTC)
    scope = scope_of(viewer)
    page = queries.inbox(scope, place.filter, now=now, after=place.cursor, limit=PAGE)
    barred = duties.barred_rows(viewer.username, page.rows)
    drafts = draft_queries.of_tasks([row.id for row in page.rows if row.has_draft])
    return render_template(
        "officer/inbox.html",
        place=place,
        views=places.OWN,
        supervised=[view for view in places.views_of(viewer) if view in places.SUPERVISED],
        standing=[view for view in places.views_of(viewer) if view in places.STANDING],
        counts=counts_of(queries.counts(scope, now=now)),
        lines=[
            line(row, viewer, now=now, draft=drafts.get(row.id), barred=barred, is_stood=place.view == "standing")
            for row in page.rows
        ],
        procedures=[(key, name) for key, name in dossier_queries.procedures()],
        next_url=_next_url(place, page) if page.next else "",
        is_part=page.is_part,
        undoable=offers.undoable(viewer, now),
        looked=queries.LOOKED,
        now=now,
    )


@blueprint.post("/inbox/next")
def take_next() -> Response:
    """Take what is next in turn: one's own, else an unclaimed one of one's groups, which is claimed."""
    viewer = worker()
    place = places.here(viewer)
    task = tasks.take_next(viewer, now=datetime.now(UTC))
    if task is not None:
        return redirect(place.at(f"/tasks/{task.id}"), 303)
    flash(_("Hết việc rồi: không còn việc nào của bạn hoặc chưa ai nhận."), "ok")
    return redirect(place.inbox, 303)


def worker() -> Viewer:
    """Give the signed-in officer; raise Forbidden for others."""
    viewer = signed_in()
    if not has_any(viewer, Permission.WORK_TASKS, Permission.WORK_ANY_TASK):
        require(viewer, Permission.WORK_TASKS)
    return viewer


def line(
    row: queries.InboxRow,
    viewer: Viewer,
    *,
    now: datetime,
    draft: TaskDraft | None = None,
    barred: Container[str] = (),
    is_stood: bool = False,
) -> Line:
    """Give a row as a list shows it; `barred`: ids of tasks that this viewer may not do.

    `is_stood`: they may do it for a colleague whom they stand for.
    """
    loaded = loading.load(row.definition_id)
    is_candidate = viewer.username in row.candidate_users or not viewer.groups.isdisjoint(row.candidate_groups)
    may_claim = is_candidate or is_stood or Permission.WORK_ANY_TASK in viewer.permissions
    return Line(
        row=row,
        step=loaded.step_name(row.process_key, row.element_id, row.name),
        procedure=Text(row.procedure_name, row.procedure_name_en or "") if row.procedure_name else loaded.name,
        due=dues.of_task(row, now=now),
        can_claim=row.state == "open"
        and not row.is_suspended
        and row.assignee is None
        and may_claim
        and row.id not in barred,
        draft=draft,
        is_barred=row.id in barred,
        is_stood=is_stood,
    )


def counts_of(counts: Mapping[str, int]) -> Mapping[str, str]:
    """Write counts: "499+" from where nobody counted on; where not all tasks were looked at, "12+"."""
    most = queries.MOST_COUNTED
    is_part = {"unit", "escalated"} if counts.get("unit", 0) >= most else set()
    if counts.get("all", 0) >= most:
        is_part |= set(queries.COUNTED)
    return {
        view: f"{most - 1}+" if count >= most else f"{count}+" if view in is_part and count else str(count)
        for view, count in counts.items()
    }


def _next_url(place: Place, page: queries.Page) -> str:
    after = "_".join(page.next or ())
    return place.at("/inbox", after=after, before=place.before + len(page.rows))
