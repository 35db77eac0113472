"""/my/drafts/<id>/check: a last look at all that was answered, what is declared, and the one button that sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from errors import DefinitionSuspended, Detail, DraftChanged, Invalid, WrongState
from forms import pages, shape
from forms.submission import wants_refresh
from services import dossiers, filing_pages, filings
from services.permissions import Permission
from texts import Text
from web import drafting, live
from web.account import signed_in
from web.applicant.filing_pages import opened, store, taken
from web.applicant.filing_view import FilingView, load
from web.applicant.uploads import Received

blueprint = Blueprint("applicant_filing_send", __name__)
CHANGED = Detail(
    code="draft_changed",
    message=Text(
        "Hồ sơ vừa được sửa ở nơi khác nên chưa gửi. Hãy xem lại dưới đây rồi gửi.",
        "The dossier was changed elsewhere and was not sent. Look at it again below, then send it.",
    ),
)


@blueprint.get("/my/drafts/<draft_id>/check")
def check(draft_id: str) -> str | Response | tuple[str, int]:
    """Show all answers and files as the server holds them, and what still keeps them from being sent."""
    view = opened(draft_id)
    return view if isinstance(view, Response) else _page(view, view.resumed.answers)


@blueprint.post("/my/drafts/<draft_id>/check")
def send(draft_id: str) -> str | Response | tuple[str, int]:
    """File the dossier as it was looked at; sent twice, or on two devices, it is one dossier and one receipt."""
    before = _receipt(draft_id)
    if before is not None:
        return before
    view = opened(draft_id, is_typed=True)
    if isinstance(view, Response):
        return view
    received, sent = taken(view, None)
    declared = view.overview.check
    data = pages.merged(declared, view.resumed.answers, sent) if declared else view.resumed.answers
    if wants_refresh(received.pairs):
        return _refreshed(view, data, sent, received)
    seen = (str(view.resumed.draft.version), view.resumed.definition.id)
    if (request.form.get("seen"), request.form.get("definition")) != seen and not _is_again(view, data):
        return _page(view, data, [CHANGED], received=received), 409
    try:
        draft = store(view, pages.CHECK, sent if declared else {}, received)
    except DraftChanged:
        return _page(load(view.viewer, draft_id, view.now), data, [CHANGED], received=received), 409
    view = load(view.viewer, draft_id, view.now)
    if request.form.get("step") != "send":
        return redirect(view.url, 303)
    strange = shape.faults(view.resumed.form.names, sent) if view.resumed.form is not None else ()
    if strange or view.overview.problems:
        return _page(view, view.resumed.answers, [*strange, *view.overview.problems], received=received), 422
    return _send(view, draft.version)


def _refreshed(
    view: FilingView, data: Mapping[str, Any], sent: Mapping[str, Any], received: Received
) -> str | tuple[str, int]:
    """Show the last look as its answers are now, and save them; its script saves by itself."""
    declared = view.overview.check
    wrong = live.still_wrong(view.resumed.form, data, variables={"case": view.case}, now=view.now)
    if live.is_asked() and declared:
        return live.answer(view.fields(declared, data, errors=wrong, received=view.files_with(received)))
    try:
        draft = store(view, pages.CHECK, sent, received)
    except DraftChanged:
        return _page(load(view.viewer, view.id, view.now), data, [CHANGED], received=received), 409
    flash(drafting.saved_words(draft), "ok")
    return _page(load(view.viewer, view.id, view.now), data, wrong, received=received)


def _is_again(view: FilingView, data: Mapping[str, Any]) -> bool:
    """Say whether only this very post was saved since: its answer was lost, as when the server was killed before it."""
    draft = view.resumed.draft
    seen = (str(draft.version - 1), view.resumed.definition.id)
    is_last = (request.form.get("seen"), request.form.get("definition")) == seen and draft.place == pages.CHECK
    return is_last and data == view.resumed.answers


def _send(view: FilingView, version: int) -> str | Response | tuple[str, int]:
    try:
        dossier = filings.send(
            view.viewer, view.id, seen_version=version, now=view.now, filing_id=filing_pages.filing_id(view.id)
        )
    except DraftChanged:
        return _page(load(view.viewer, view.id, view.now), view.resumed.answers, [CHANGED]), 409
    except Invalid as refused:
        return _page(view, view.resumed.answers, refused.details), 422
    except (DefinitionSuspended, WrongState) as refused:
        return _page(view, view.resumed.answers, [Detail(code=refused.code, message=refused.text)]), 409
    return redirect(f"/my/dossiers/{dossier.code}/receipt", 303)


def _receipt(draft_id: str) -> Response | None:
    """Give the way to the receipt where this draft was sent before."""
    viewer = signed_in(Permission.FILE_DOSSIER)
    before = dossiers.filed_before(viewer, filing_pages.filing_id(draft_id))
    return redirect(f"/my/dossiers/{before.code}/receipt", 303) if before is not None else None


def _page(
    view: FilingView, data: Mapping[str, Any], errors: Sequence[Detail] = (), *, received: Received | None = None
) -> str:
    """Render the last look; before anything was sent, what is left on other pages is said all the same."""
    overview = view.overview
    declared = overview.check
    asked = {problem for problem in overview.problems if declared is not None and declared.owns(problem.field)}
    left = [problem for problem in overview.problems if problem not in asked]
    errors = list(dict.fromkeys([*errors, *left]))
    return render_template(
        "applicant/filing_check.html",
        view=view,
        sections=view.sections(),
        declared=declared,
        fields=view.fields(declared, data, errors=errors, received=view.files_with(received)) if declared else (),
        errors=errors,
        places={problem.field: view.place_of(problem) for problem in errors},
        mark=filing_pages.mark(declared, view.resumed.answers),
        is_sendable=overview.is_ready and not view.resumed.is_suspended and not view.resumed.is_retired,
    )
