"""/admin/calendar/changes/<id>/paused and /timers: what a change moves, or has moved, besides appointments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template

from services import calendar_changes, calendar_others, loading
from services.calendar_others import Other
from storage.queries import calendar as queries
from storage.queries.paging import Place
from texts import Text
from web import asked, cursors
from web.admin.calendar_changes import one, title
from web.admin.places import PLACES, administrator

blueprint = Blueprint("admin_calendar_others", __name__)
PAGE = 50
LOOKS = {"paused": calendar_others.paused, "timers": calendar_others.timers}


@blueprint.get("/admin/calendar/changes/<change_id>/<any(paused, timers):what>")
def listed(change_id: str, what: str) -> str:
    """Show one page of the paused dossiers, or of the timers, that a change concerns."""
    administrator()
    change = one(change_id)
    is_planned, url = change.state == "planned", f"/admin/calendar/changes/{change.id}"
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    after = (place[0], place[1]) if place and isinstance(place[0], datetime) else None
    following: Place | None
    if is_planned:
        lines, following = LOOKS[what](calendar_changes.wanted(change, now=datetime.now(UTC)), after=after, limit=PAGE)
    else:
        rows, following = queries.shifts(change.id, timers=what == "timers", after=after, limit=PAGE)
        lines = list(map(_done, rows))
    next_ = cursors.written(following)
    return render_template(
        "admin/calendar_others.html",
        places=PLACES,
        what=what,
        title=title(change),
        url=url,
        is_planned=is_planned,
        lines=lines,
        first_url=f"{url}/{what}" if after else "",
        next_url=asked.address(f"{url}/{what}", after=next_) if next_ else "",
    )


def _done(row: Any) -> Other:
    """Give what the batch has moved."""
    named = Text(row.procedure_name, row.procedure_name_en) if row.code else loading.load(row.definition_id).name
    return Other(
        instance_id=row.instance_id, dossier_id=row.dossier_id, code=row.code or "", procedure=named,
        applicant=row.applicant_name or "", element_id=row.element_id, name=Text(row.name, row.name_en),
        before=row.due_before, after=row.due_at,
    )  # fmt: skip
