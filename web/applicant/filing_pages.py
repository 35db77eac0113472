"""/my/drafts/<id>: the list of a filing's pages, and one page of it at a time; each is saved before the next.

Whatever is typed is kept, however wrong: "save and continue" then says what is wrong with this page, "save and do it
later" says nothing. The page's script (web/frontend/site/drafts.js) posts the same by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, DraftChanged, NotFound, Refused
from forms import pages, shape
from forms.pages import State
from forms.submission import from_post, presses, wants_refresh
from http_status import status_of
from services import dossiers, drafts, filing_cases, filing_pages
from services.drafts import Draft
from services.filing_pages import PAPERS, Step
from services.permissions import Permission
from services.wiring import Parts
from web import drafting, live
from web.account import signed_in
from web.account.sign_in import device
from web.applicant import uploads
from web.applicant.filing_view import FilingView, load
from web.applicant.uploads import COMPONENT, Received
from web.i18n.formats import hour, t

blueprint = Blueprint("applicant_filing_pages", __name__)


@blueprint.get("/my/drafts/<draft_id>")
def listed(draft_id: str) -> str | Response:
    """Show the pages of a filing: which are done, which are left, where to go on."""
    view = opened(draft_id)
    if isinstance(view, Response):
        return view
    return render_template("applicant/filing_pages.html", view=view, aside=view.aside())


@blueprint.route("/my/drafts/<draft_id>/case", methods=["GET", "POST"])
def case(draft_id: str) -> str | Response | tuple[str, int]:
    """Choose another case; answers that its form does not ask are named before they go."""
    view = opened(draft_id, is_case=True)
    if isinstance(view, Response):
        return view
    chosen = request.form.get("case", "")
    known = {item.id for item in view.resumed.procedure.cases}
    if not known:
        raise NotFound()
    lost = filing_cases.lost(view.resumed, chosen) if chosen in known else ()
    if request.method == "POST" and chosen in known and not (lost and request.form.get("sure") != chosen):
        filing_cases.change(view.viewer, draft_id, chosen, now=view.now, device=device())
        return redirect(view.url, 303)
    is_wrong = request.method == "POST" and chosen not in known
    page = render_template("applicant/filing_case.html", view=view, chosen=chosen, lost=lost, is_wrong=is_wrong)
    return (page, 422) if is_wrong else page


@blueprint.post("/my/drafts/<draft_id>/swap")
def swap(draft_id: str) -> Response:
    """Take back what was set aside when two devices had changed the same page."""
    viewer = signed_in(Permission.FILE_DOSSIER)
    flash(drafting.act(viewer, draft_id, "swap", now=datetime.now(UTC)), "ok")
    return redirect(f"/my/drafts/{draft_id}", 303)


@blueprint.get("/my/drafts/<draft_id>/<page_id>")
def shown(draft_id: str, page_id: str) -> str | Response | tuple[str, int]:
    """Show one page with what was saved."""
    view = opened(draft_id)
    if isinstance(view, Response):
        return view
    step = _step(view, page_id)
    if step.state is State.NOT_NEEDED:
        flash(_("Không cần khai mục “%(title)s” theo các câu trả lời của bạn.", title=t(step.title)), "note")
        return redirect(view.url, 303)
    return page(view, step, view.resumed.answers)


@blueprint.post("/my/drafts/<draft_id>/<page_id>")
def save(draft_id: str, page_id: str) -> str | Response | tuple[str, int]:
    """Save one page, then go on, or say what is wrong with it; buttons of the form show it anew."""
    view = opened(draft_id, is_typed=True)
    if isinstance(view, Response):
        return view
    step = _step(view, page_id)
    received, sent = taken(view, step)
    data = pages.merged(step.page, view.resumed.answers, sent) if step.page else view.resumed.answers
    if presses(received.pairs, "reset") and step.page:  # what is thrown away is saved with the next button
        data, seen = pages.without(step.page, data), request.form.get("draft_version", "")
        if not live.is_asked():
            return page(view, step, data, received=received, errors=received.errors, seen=seen)
    if live.is_asked() and step.page:  # its script saves by itself, and knows the version that it has seen
        errors = _shown_wrong(view, data, received)
        return live.answer(view.fields(step.page, data, errors=errors, received=view.files_with(received)), errors)
    try:
        draft = store(view, page_id, sent, received)
    except DraftChanged as changed:
        view = load(view.viewer, draft_id, view.now)
        other = view.other(pages.merged(step.page, view.resumed.answers, sent) if step.page else {})
        if drafting.is_script():
            return drafting.choice(other)
        seen = request.form.get("draft_version", "")
        return _with(page(view, step, data, received=received, other=other, seen=seen), status_of(changed))
    except Refused as refused:
        if drafting.is_script():
            return drafting.refusal(refused)
        return _with(page(view, step, data, received=received, errors=_said(refused)), status_of(refused))
    view = load(view.viewer, draft_id, view.now)
    if wants_refresh(received.pairs):
        flash(drafting.saved_words(draft), "ok")
        return page(view, step, data, received=received, errors=_shown_wrong(view, data, received))
    return _saved(view, draft, page_id, sent, received)


def opened(draft_id: str, *, is_typed: bool = False, is_case: bool = False) -> FilingView | Response:
    """Give one's own filing; where it was sent, the way to its dossier; where its case is gone, to the choice.

    `is_typed`: something was typed into it, so that it is taken back where it was thrown away in another tab.
    """
    viewer = signed_in(Permission.FILE_DOSSIER)
    now = datetime.now(UTC)
    try:
        view = load(viewer, draft_id, now)
    except NotFound:
        dossier = dossiers.filed_before(viewer, filing_pages.filing_id(draft_id))
        if dossier is not None:
            flash(_("Bản nháp này đã được gửi thành hồ sơ %(code)s.", code=dossier.code), "ok")
            return redirect(f"/my/dossiers/{dossier.code}", 303)
        if not is_typed:
            raise
        drafts.restore(viewer, draft_id, now=now)
        view = load(viewer, draft_id, now)
    if view.resumed.case_is_gone and not is_case:
        return redirect(view.at("case"), 303)
    return view


def taken(view: FilingView, step: Step | None) -> tuple[Received, dict[str, Any]]:
    """Keep the files that were sent, and read the answers."""
    parts: Parts = current_app.extensions["motcua"]
    components = [part.id for part in view.components] if step is not None and step.id == PAPERS else ()
    received = uploads.receive(view.viewer, parts, components=components, now=view.now)
    form = view.resumed.form
    return received, from_post(form, received.pairs, variables={"case": view.case}) if form else {}


def store(view: FilingView, page_id: str, sent: Mapping[str, Any], received: Received) -> Draft:
    """Save what was posted of a page, or take the choice that was posted with it; raise DraftChanged."""
    return filing_pages.save_page(
        view.viewer,
        view.id,
        page_id,
        sent,
        seen=request.form.get("draft_version", ""),
        now=view.now,
        device=device(),
        document_ids=received.ids,
        keep=drafting.CHOICES.get(request.form.get("draft", "")),
        other_version=drafting.number("draft_other"),
    )


def page(
    view: FilingView,
    step: Step,
    data: Mapping[str, Any],
    *,
    received: Received | None = None,
    errors: Sequence[Detail] = (),
    other: drafting.Other | None = None,
    seen: str = "",
) -> str | tuple[str, int]:
    """Render one page with what was typed into it."""
    parts: Parts = current_app.extensions["motcua"]
    files = view.files_with(received)
    html = render_template(
        "applicant/filing_page.html",
        view=view,
        step=step,
        fields=view.fields(step.page, data, errors=errors, received=files) if step.page else (),
        received=files,
        errors=errors,
        ids={f"{COMPONENT}{part.id}": f"component-{part.id}" for part in view.components},
        said={part.id: [e for e in errors if e.field == f"{COMPONENT}{part.id}"] for part in view.components},
        most=parts.settings.upload_max_bytes // (1024 * 1024),
        other=other,
        seen=seen or filing_pages.mark(step.page, view.resumed.answers),
        back=request.values.get("back", "") == pages.CHECK,
    )
    return (html, 422) if errors and other is None else html


def _shown_wrong(view: FilingView, data: Mapping[str, Any], received: Received) -> list[Detail]:
    """Give what a page shown anew says is wrong: files just sent, and what it had said and is not mended."""
    wrong = live.still_wrong(view.resumed.form, data, variables={"case": view.case}, now=view.now)
    return [*received.errors, *wrong]


def _saved(
    view: FilingView, draft: Draft, page_id: str, sent: Mapping[str, Any], received: Received
) -> str | Response | tuple[str, int]:
    """Answer once a page is saved: the script in words, a person with the next page or with what is wrong."""
    step = _step(view, page_id)
    do = "next" if presses(received.pairs, "submit") else request.form.get("step", "")
    if drafting.is_script():
        return jsonify(version=filing_pages.mark(step.page, view.resumed.answers), words=drafting.saved_words(draft))
    if request.form.get("draft") in drafting.CHOICES or (do == "upload" and not received.errors):
        return redirect(_here(view, step), 303)
    strange = shape.faults(view.resumed.form.names, sent) if view.resumed.form is not None else ()
    errors = [*received.errors]
    if do == "next":
        wrong = {detail.field for detail in received.errors}
        errors = [*strange, *(error for error in step.errors if error.field not in wrong), *errors]
    if errors:
        return page(view, step, view.resumed.answers, errors=list(dict.fromkeys(errors)))
    if do == "next":
        return redirect(view.at(pages.CHECK) if request.form.get("back") == pages.CHECK else view.after(page_id), 303)
    flash(_("Đã lưu lúc %(hour)s.", hour=hour(draft.saved_at)), "ok")
    return redirect(view.url, 303)


def _step(view: FilingView, page_id: str) -> Step:
    step = view.step(page_id)
    if step is None:
        raise NotFound()
    return step


def _here(view: FilingView, step: Step) -> str:
    return view.at(step.id) + ("?back=check" if request.form.get("back") == pages.CHECK else "")


def _said(refused: Refused) -> list[Detail]:
    return list(refused.details) or [Detail(code=refused.code, message=refused.text)]


def _with(html: str | tuple[str, int], status: int) -> tuple[str, int]:
    return (html if isinstance(html, str) else html[0]), status
