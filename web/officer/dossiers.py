"""/dossiers: search; one dossier with its steps, answers, documents, clock, history and diagram; its control sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services import apologies, clocks, dossiers, extensions, history, interests, loading, searching, statuses
from services.permissions import Permission, Viewer, has_any, require, scope_of
from services.statuses import NEXT, Status
from storage.queries import dossiers as queries
from storage.queries import search
from storage.queries import tasks as task_queries
from texts import Text
from web.account import signed_in
from web.officer import diagrams, dues, internal, listing, parts, places, telling, versions

blueprint = Blueprint("officer_dossiers", __name__)
PAGE = 50
NUMBER = re.compile(r"-?[0-9]{1,15}")
TABS = ("overview", "history", "diagram", "documents")
CLOCKS: Mapping[str, Text] = {
    "running": Text("Đang chạy", "Running"),
    "due_soon": Text("Sắp đến hạn", "Due soon"),
    "overdue": Text("Quá hạn", "Overdue"),
    "paused": Text("Tạm dừng", "Paused"),
    "not_started": Text("Chưa bắt đầu", "Not started"),
    "early": Text("Xong trước hạn", "Done early"),
    "on_time": Text("Xong đúng hạn", "Done on time"),
    "late": Text("Xong quá hạn", "Done late"),
    "stopped": Text("Đã dừng", "Stopped"),
}
"""The states of the clock that the list can be narrowed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the list."""

    row: queries.DossierRow
    procedure: Text
    due: dues.Due | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the list is narrowed to."""

    text: str
    key: str
    status: int | None
    clock: str
    after: str
    before: int

    @property
    def is_filtered(self) -> bool:
        """Say whether anything narrows the list."""
        return bool(self.text or self.key or self.status is not None or self.clock)

    def at(self, *, after: str = "", before: int = 0) -> str:
        """Give the address of a page of this list."""
        pairs = {"q": self.text, "procedure": self.key, "status": self.status or "", "clock": self.clock}
        pairs |= {"after": after, "before": before or ""}
        query = urlencode({name: value for name, value in pairs.items() if value})
        return f"/dossiers?{query}" if query else "/dossiers"


@blueprint.get("/dossiers")
def listed() -> str:
    """Search the dossiers that the viewer may see, the latest first."""
    viewer = reader()
    now = datetime.now(UTC)
    wanted = _wanted()
    page = _found(viewer, wanted) if wanted.text else _latest(viewer, wanted)
    return render_template(
        "officer/dossiers.html",
        wanted=wanted,
        lines=[
            Line(row=row, procedure=Text(row.procedure_name, row.procedure_name_en), due=dues.of_dossier(row, now=now))
            for row in page.rows
        ],
        next_url=wanted.at(after=page.next, before=wanted.before + len(page.rows)) if page.next else "",
        is_part=page.is_part,
        looked=search.LOOKED,
        procedures=queries.procedures(),
        statuses=[(status.value, name) for status, name in statuses.NAMES.items()],
        clocks=CLOCKS.items(),
        now=now,
    )


@blueprint.get("/dossiers/<dossier_id>")
def shown(dossier_id: str) -> str | Response:
    """Show one tab of a dossier; its own applicant is led to the applicant's page."""
    viewer = signed_in()
    now = datetime.now(UTC)
    dossier = dossiers.readable(viewer, dossier_id)
    if dossier.applicant == viewer.username:
        return redirect(f"/my/dossiers/{dossier.code}")
    reader()
    tab = request.args.get("tab", "overview")
    return page(viewer, dossier, tab=tab if tab in TABS else "overview", now=now)


@blueprint.get("/dossiers/<dossier_id>/control-sheet")
def control_sheet(dossier_id: str) -> str:
    """Show form 05: who held the dossier from when to when, and whether in time."""
    viewer = reader()
    now = datetime.now(UTC)
    dossier = dossiers.readable(viewer, dossier_id)
    loaded = loading.load(dossier.definition_id)
    return render_template(
        "officer/control_sheet.html",
        view=parts.of_dossier(viewer, dossier, now=now),
        procedure=loaded.procedure,
        held=telling.held(dossiers.instance_of(viewer, dossier), now=now),
        zone=clocks.LOCAL,
        today=now.astimezone(clocks.LOCAL).date(),
        now=now,
    )


def reader() -> Viewer:
    """Give the signed-in member of staff who may read dossiers; raise Forbidden for others."""
    viewer = signed_in()
    if not has_any(viewer, Permission.WORK_TASKS, Permission.SUPERVISE_UNIT, Permission.SEE_ALL):
        require(viewer, Permission.WORK_TASKS)
    return viewer


def page(viewer: Viewer, dossier: Any, *, tab: str, now: datetime) -> str:
    """Render the page of a dossier."""
    view = parts.of_dossier(viewer, dossier, now=now)
    instance = dossiers.instance_of(viewer, dossier)
    open_steps = task_queries.open_steps(dossier.id) if tab in ("overview", "diagram") else ()
    if tab == "diagram":
        g.allows_inline_style = True
    mine = {row.id for row in task_queries.of_dossier(scope_of(viewer), dossier.id)} if open_steps else set()
    status = Status(dossier.status)
    return render_template(
        "officer/dossier.html",
        view=view,
        tab=tab,
        tabs=_tabs(dossier.id, tab, instance.log_seq, len(view.papers)),
        internal=internal.of_dossier(viewer, dossier) if tab == "documents" else (),
        interested=bool(interests.of_instance(viewer, instance.id)),
        has_apology=apologies.is_there(dossier),
        stands_still=instance.status == "suspended",
        open_steps=[(listing.line(row, viewer, now=now), row.id in mine) for row in open_steps],
        answers=parts.answers(view) if tab == "overview" else (),
        earlier=versions.of(view, instance.id, parts.links(view.papers)) if tab == "overview" else None,
        timeline=telling.timeline(instance) if tab == "history" else [],
        held=telling.held(instance, now=now) if tab == "history" else (),
        course=diagrams.course(instance, open_steps, now=now) if tab == "diagram" else None,
        loads_viewer=tab == "diagram",
        said=history.last_said(dossier.instance_id),
        is_withdrawing=status is Status.WITHDRAWAL_REQUESTED,
        may_extend=extensions.may_extend(viewer, dossier, now=now),
        may_confirm=Permission.CONFIRM_WITHDRAWAL in viewer.permissions,
        may_stop=Permission.STOP_DOSSIER in viewer.permissions
        and Status.STOPPED in NEXT[status]
        and status is not Status.WITHDRAWAL_REQUESTED,
        now=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    rows: tuple[queries.DossierRow, ...]
    next: str
    is_part: bool = False


def _latest(viewer: Viewer, wanted: Wanted) -> _Page:
    page = queries.search(
        scope_of(viewer),
        key=wanted.key,
        status=wanted.status,
        clock_state=wanted.clock,
        after=places.cursor(wanted.after),
        limit=PAGE,
    )
    return _Page(rows=page.rows, next="_".join(page.next or ()))


def _found(viewer: Viewer, wanted: Wanted) -> _Page:
    page = search.found(
        scope_of(viewer),
        searching.sought(wanted.text),
        search.Narrowed(key=wanted.key, status=wanted.status, clock_state=wanted.clock),
        after=int(wanted.after) if wanted.after else None,
        limit=PAGE,
    )
    return _Page(rows=page.rows, next="" if page.next is None else str(page.next), is_part=page.is_part)


def _tabs(dossier_id: str, tab: str, events: int, papers: int) -> list[dict[str, object]]:
    labels = {
        "overview": (_("Hồ sơ"), None),
        "history": (_("Lịch sử"), events),
        "diagram": (_("Sơ đồ"), None),
        "documents": (_("Tài liệu"), papers),
    }
    url = f"/dossiers/{dossier_id}"
    return [
        {
            "label": label,
            "count": count,
            "current": name == tab,
            "url": url if name == "overview" else f"{url}?tab={name}",
        }
        for name, (label, count) in labels.items()
    ]


def _wanted() -> Wanted:
    def kept(name: str) -> str:
        return request.args.get(name, "").strip()[: places.LONGEST]

    status, before = kept("status"), kept("before")
    number = int(status) if status.isdecimal() and len(status) < 3 else 0
    return Wanted(
        text=kept("q"),
        key=kept("procedure"),
        status=number if number in {item.value for item in Status} else None,
        clock=kept("clock") if kept("clock") in CLOCKS else "",
        after=kept("after") if _is_place(kept("after"), found=bool(kept("q"))) else "",
        before=int(before) if before.isdecimal() and len(before) < 7 else 0,
    )


def _is_place(text: str, *, found: bool) -> bool:
    """What is found by words has a number as its place, a plain list a moment."""
    return bool(NUMBER.fullmatch(text)) if found else places.cursor(text) is not None
