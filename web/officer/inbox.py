"""/inbox: the tasks of oneself and one's groups, soonest due first; /inbox/next takes the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services import tasks
from services import views as saved_views
from services.permissions import Viewer, scope_of
from storage.queries import dossiers as dossier_queries
from storage.queries import people
from storage.queries import supplements as supplement_queries
from storage.queries import tasks as queries
from storage.queries.supplements import Letter
from storage.queries.views import Known
from texts import Text
from web.i18n.formats import t
from web.officer import columns, listing, news, offers, places
from web.officer.places import SAVED, Place, View

blueprint = Blueprint("officer_inbox", __name__)
PAGE = 50


@blueprint.get("/inbox")
def listed() -> str | tuple[str, int]:
    """Show one page of a view."""
    viewer = places.worker()
    if places.is_part():  # the script goes there as a whole page, which says what was done
        return "", 204
    place = places.here(viewer)
    now = datetime.now(UTC)
    page = listing.page(viewer, place, now=now, limit=PAGE)
    shown = columns.of(place)
    saved = saved_views.of(viewer)
    letters = {} if place.view == "done" else supplement_queries.pending(viewer.username, [it.id for it in page.rows])
    return render_template(
        "officer/inbox.html",
        is_list=True,
        place=place,
        username=viewer.username,
        views=places.OWN,
        supervised=[view for view in places.views_of(viewer) if view in places.SUPERVISED],
        standing=[view for view in places.views_of(viewer) if view in places.STANDING],
        saved=_rail(viewer, saved, now),
        counts=counts_of(queries.counts(scope_of(viewer), now=now)),
        columns=[(name, columns.label(name, place.view)) for name in shown],
        offered=columns.LABELS,
        clocks=columns.CLOCKS,
        lines=listing.lines(viewer, page.rows, shown, now=now, letters=letters, is_stood=place.view == "standing"),
        waiting=_waiting(viewer, place, letters.values()),
        procedures=[(key, name) for key, name in dossier_queries.procedures()],
        next_url=_next_url(place, page) if page.next else "",
        is_part=page.is_part,
        undoable=offers.undoable(viewer, now),
        looked=queries.LOOKED,
        news_tag=news.tag_of(page.rows) if place.view != "done" else "",
        now=now,
    )


@blueprint.app_template_global()
def staff_base() -> str:
    """Give the frame of a task's page, or none where it is shown in place."""
    return "base_part.html" if places.is_part() else "base_staff.html"


@blueprint.post("/inbox/next")
def take_next() -> Response:
    """Take what is next in turn: one's own, else an unclaimed one of one's groups, which is claimed."""
    viewer = places.worker()
    place = places.here(viewer)
    task = tasks.take_next(viewer, now=datetime.now(UTC))
    if task is not None:
        return redirect(place.at(f"/tasks/{task.id}"), 303)
    flash(_("Hết việc rồi: không còn việc nào của bạn hoặc chưa ai nhận."), "ok")
    return redirect(place.inbox, 303)


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


def _waiting(viewer: Viewer, place: Place, letters: Iterable[Letter]) -> list[tuple[Letter, str]]:
    """Give one's own requests that wait, the longest first, and for whom: their tasks stand in others' inboxes."""
    if place.view not in ("all", "mine") or place.is_filtered or place.after:
        return []
    own = [letter for letter in letters if letter.is_waiting and letter.proposed_by == viewer.username]
    names = people.group_names(group for letter in own for group in letter.groups)
    return [(it, it.holder or ", ".join(t(names[group]) for group in it.groups if group in names)) for it in own]


def _rail(viewer: Viewer, saved: Sequence[Known], now: datetime) -> list[View]:
    """Give the saved views as the rail shows them, counted together."""
    counts = saved_views.counts(viewer, [known.view for known in saved], now=now) if saved else {}
    return [
        View(
            name=f"{SAVED}{known.view.id}",
            label=Text(known.view.name, known.view.name),
            icon="bookmark" if known.view.owner == viewer.username else "share",
            number=f"{counts[known.view.id].number}{'+' * counts[known.view.id].is_part}",
        )
        for known in saved
    ]


def _next_url(place: Place, page: queries.Page) -> str:
    after = "_".join(page.next or ())
    return place.at("/inbox", after=after, before=place.before + len(page.rows))
