"""/procedures/<key>/file: go on with a draft of this procedure, or choose the case and begin one.

The draft is saved at once; its pages (filing_pages.py) take it from there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from errors import DefinitionSuspended, Detail, WrongState
from forms import pages
from services import dossiers, drafts, filing_pages, legal, loading
from services.filing_pages import PAPERS_TITLE
from services.loading import Loaded
from services.permissions import Permission
from texts import Text
from web.account import signed_in
from web.account.sign_in import device
from web.applicant.filing_view import Line, lines_of, load

blueprint = Blueprint("applicant_filing", __name__)
SHOWN = 5
"""Drafts of one procedure that the page names; the others stand in the list of all."""
LONGEST_PRESS = 40
NO_CASE = Detail(field="case", code="required", message=Text("Chọn trường hợp của bạn.", "Choose your case."))


@blueprint.get("/procedures/<key>/file")
def begin(key: str) -> str | Response | tuple[str, int]:
    """Offer the drafts there are, ask for the case, say what comes; out of service, the procedure's page says so."""
    viewer = signed_in(Permission.FILE_DOSSIER)
    row = dossiers.definition_in_force(key)
    if row.suspended_at is not None:
        return redirect(f"/procedures/{key}", 303)
    return _page(row, lines_of(viewer, key))


@blueprint.post("/procedures/<key>/file")
def post(key: str) -> str | Response | tuple[str, int]:
    """Begin a draft of the chosen case and go to its first page, or to its list of pages."""
    viewer = signed_in(Permission.FILE_DOSSIER)
    row = dossiers.definition_in_force(key)
    if row.suspended_at is not None:
        raise DefinitionSuspended(dossiers.OUT_OF_SERVICE)
    procedure = _procedure(row).procedure
    case = request.form.get("case", "") if procedure.cases else ""
    if procedure.cases and case not in {item.id for item in procedure.cases}:
        return _page(row, lines_of(viewer, key), errors=(NO_CASE,)), 422
    now = datetime.now(UTC)
    press = request.form.get("press", "")[:LONGEST_PRESS]
    draft_id = filing_pages.begun(viewer, row.key, press)
    if draft_id is None:
        draft_id = drafts.begin(viewer, row.key, {}, now=now, case=case, place=press, device=device()).id
    view = load(viewer, draft_id, now)
    steps = view.overview.steps
    return redirect(view.at(steps[0].id) if view.is_short and steps else view.url, 303)


def _procedure(row: Any) -> Any:
    loaded: Loaded = loading.load(row.id)
    if loaded.procedure is None or not legal.can_file_online(loaded.procedure):
        raise WrongState(
            Text("Thủ tục này không nộp trực tuyến được.", "This procedure takes no dossiers over the network.")
        )
    return loaded


def _page(row: Any, lines: list[Line], *, errors: tuple[Detail, ...] = ()) -> str:
    loaded = _procedure(row)
    form_id = dossiers.form_of(loaded, "")
    titles = [page.title for page in pages.split(loading.form(form_id)) if page.id != pages.CHECK] if form_id else []
    has_papers = bool(loaded.procedure.components)
    return render_template(
        "applicant/filing_start.html",
        key=row.key,
        name=Text(row.name, row.name_en),
        terms=legal.terms(loaded.procedure, now=datetime.now(UTC)) if loaded.procedure.cases else (),
        titles=[] if loaded.procedure.cases else [*titles, *([PAPERS_TITLE] if has_papers else [])],
        lines=lines[:SHOWN],
        more=len(lines) - SHOWN,
        errors=errors,
        press=uuid4().hex,
    )
