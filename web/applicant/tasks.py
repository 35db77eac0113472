"""/my/dossiers/<code>/tasks/<task_id>: what the applicant is asked for: answer it, bring papers, send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, DraftChanged, Forbidden, InvalidAnswers, NotFound, Refused, TaskNotOpen
from forms.submission import from_post, presses, wants_refresh
from forms.views import FieldView, FileLink, fields
from http_status import status_of
from services import documents, dossiers, drafts, tasks
from services.drafts import Draft
from services.permissions import Viewer
from services.statuses import Status
from services.wiring import Parts
from texts import Text
from web import drafting, live
from web.account import signed_in
from web.applicant import uploads
from web.applicant.uploads import NOTHING, Received

blueprint = Blueprint("applicant_tasks", __name__)


@blueprint.get("/my/dossiers/<code>/tasks/<task_id>")
def shown(code: str, task_id: str) -> str:
    """Show the task with its form; one that is done shows what was answered."""
    viewer = signed_in()
    dossier, opened = _open(viewer, code, task_id)
    draft = drafts.of_task(viewer, opened.task)
    if draft is None:
        return _page(viewer, dossier, opened, {}, NOTHING)
    received = uploads.of_draft(drafts.documents_of(draft))
    return _page(viewer, dossier, opened, drafts.answers_of(draft), received, draft=draft)


@blueprint.post("/my/dossiers/<code>/tasks/<task_id>")
def submit(code: str, task_id: str) -> str | Response | tuple[str, int]:
    """Keep the files of this post, then send the answers, or show the form again with what is wrong."""
    viewer = signed_in()
    dossier, opened = _open(viewer, code, task_id)
    if opened.task.state != "open":
        raise TaskNotOpen()
    now = datetime.now(UTC)
    received, data = _sent(viewer, opened, now)
    act = request.form.get("act", opened.main_act if presses(received.pairs, "submit") else None)
    if act is None or wants_refresh(received.pairs):
        wrong = live.still_wrong(opened.form, data, variables=opened.variables, now=now)
        return _shown(viewer, dossier, opened, data, received, [*received.errors, *wrong])
    if opened.is_suspended:
        return _page(viewer, dossier, opened, data, received), 409
    problems: list[Detail] = [*received.errors, *_gone(opened, data, received, now)]
    if problems:
        return _answer(_page(viewer, dossier, opened, data, received, problems), problems)
    reason = request.form.get("reason", "").strip()
    try:
        tasks.submit(
            viewer,
            task_id,
            data,
            now=now,
            act=act or None,
            reason=reason,
            document_ids=received.ids,
        )
    except InvalidAnswers as refused:
        return _answer(_page(viewer, dossier, opened, data, received, refused.details), refused.details)
    waited = bool(opened.element.pause)
    flash(_("Đã gửi. Cơ quan xử lý tiếp, đồng hồ chạy lại.") if waited else _("Đã gửi. Cơ quan xử lý tiếp."), "ok")
    return redirect(f"/my/dossiers/{code}", 303)


@blueprint.post("/my/dossiers/<code>/tasks/<task_id>/draft")
def save_draft(code: str, task_id: str) -> str | Response | tuple[str, int]:
    """Keep what is typed, however wrong; the same verb for the button and for the script that saves by itself."""
    viewer = signed_in()
    dossier, opened = _open(viewer, code, task_id)
    now = datetime.now(UTC)
    received, data = _sent(viewer, opened, now)
    reason = request.form.get("reason", "").strip()
    try:
        draft = drafting.store(viewer, task_id, data, reason=reason, files=received.ids, now=now)
    except DraftChanged as changed:
        other = drafting.changed_meanwhile(viewer, opened, changed, data, reason, files=received.links, now=now)
        if drafting.is_script():
            return drafting.choice(other)
        return _page(viewer, dossier, opened, data, received, other=other), status_of(changed)
    except Refused as refused:
        if drafting.is_script():
            return drafting.refusal(refused)
        raise
    if drafting.is_script():
        return drafting.answer(draft)
    if received.errors:
        return _answer(_page(viewer, dossier, opened, data, received, received.errors), received.errors)
    flash(drafting.saved_words(draft), "ok")
    return redirect(f"/my/dossiers/{code}/tasks/{task_id}", 303)


@blueprint.post("/my/dossiers/<code>/tasks/<task_id>/draft/<any(drop, restore, swap):name>")
def change_draft(code: str, task_id: str, name: str) -> Response:
    """Throw the draft away, take it back, or take back what was set aside."""
    viewer = signed_in()
    _open(viewer, code, task_id)
    draft_id = request.form.get("draft_id", "")
    here = f"/my/dossiers/{code}/tasks/{task_id}"
    if words := drafting.act(viewer, draft_id, name, now=datetime.now(UTC)):
        flash(words, "ok")
        return redirect(here, 303)
    return redirect(f"{here}?{urlencode({'dropped': draft_id})}", 303)


def _sent(viewer: Viewer, opened: tasks.Opened, now: datetime) -> tuple[Received, dict[str, Any]]:
    """Read what was sent, and keep its files."""
    parts: Parts = current_app.extensions["motcua"]
    received = uploads.receive(viewer, parts, components=(), now=now, task=opened.task)
    return received, from_post(opened.form, received.pairs, variables=opened.variables) if opened.form else {}


def _open(viewer: Viewer, code: str, task_id: str) -> tuple[Any, tasks.Opened]:
    """Give one's own dossier and a task of it that is one's own."""
    dossier = dossiers.own(viewer, code)
    opened = tasks.open_task(viewer, task_id, now=datetime.now(UTC))
    if opened.task.dossier_id != dossier.id:
        raise NotFound()
    if opened.task.state == "open" and not opened.can_submit and not opened.is_suspended:
        raise Forbidden()
    return dossier, opened


def _gone(opened: tasks.Opened, data: dict[str, Any], received: Received, now: datetime) -> list[Detail]:
    """Name the files in the answers that are not staged any more (or never were this person's)."""
    if opened.form is None:
        return []
    named = documents.named_in(opened.form, data, variables=opened.variables, now=now)
    message = Text("Tệp không còn, hãy tải lên lại.", "Upload this file again.")
    return [
        Detail(field=field, code="gone", message=message) for one, field in named.items() if one not in received.ids
    ]


def _shown(
    viewer: Viewer, dossier: Any, opened: tasks.Opened, data: dict[str, Any], received: Received, errors: list[Detail]
) -> str:
    """Show the form as its answers are now: the whole page, or for its script the form alone."""
    is_open = _is_open(dossier, opened)
    if not live.is_asked() or not is_open:
        return _page(viewer, dossier, opened, data, received, errors)
    links = _links(documents.of_dossier(viewer, dossier)) | received.links
    return live.answer(_views(opened, data, links, errors, is_open=is_open), errors)


def _answer(page: str, errors: Sequence[Detail]) -> str | tuple[str, int]:
    return (page, 422) if errors else page


def _page(
    viewer: Viewer,
    dossier: Any,
    opened: tasks.Opened,
    data: dict[str, Any],
    received: Received,
    errors: Sequence[Detail] = (),
    *,
    draft: Draft | None = None,
    other: drafting.Other | None = None,
) -> str:
    """Render the page; filled with a draft it says so, and `other` is what was saved in place of what was sent."""
    now = datetime.now(UTC)
    is_open = _is_open(dossier, opened)
    papers = documents.of_dossier(viewer, dossier)
    own_papers = [d for d in papers if d.origin == "issued"]
    links = _links(papers) | received.links
    request_kind = opened.element.document
    return render_template(
        "applicant/task.html",
        dossier=dossier,
        name=Text(dossier.procedure_name, dossier.procedure_name_en),
        title=opened.element.public_name or Text(opened.task.name, opened.task.name),
        task=opened.task,
        acts=opened.element.acts,
        fields=_views(opened, data, links, errors, is_open=is_open),
        received=received,
        errors=errors,
        is_open=is_open,
        is_suspended=opened.is_suspended,
        reason=draft.reason if draft else request.form.get("reason", ""),
        draft=drafting.described(viewer, opened, draft, files=received.links, now=now) if draft else None,
        draft_version=draft.version if draft else drafting.seen_version(),
        dropped=request.args.get("dropped", "") if draft is None else "",
        other=other,
        paper=next((d for d in reversed(own_papers) if d.kind == request_kind), None) if request_kind else None,
    )


def _is_open(dossier: Any, opened: tasks.Opened) -> bool:
    is_asked = opened.task.state == "open" and not opened.is_suspended
    return is_asked and dossier.status != Status.WITHDRAWAL_REQUESTED


def _links(papers: Iterable[Any]) -> dict[str, FileLink]:
    return {d.id: FileLink(name=d.file_name, url=f"/documents/{d.id}", media_type=d.media_type) for d in papers}


def _views(
    opened: tasks.Opened,
    data: dict[str, Any],
    files: Mapping[str, FileLink],
    errors: Sequence[Detail],
    *,
    is_open: bool,
) -> tuple[FieldView, ...]:
    if opened.form is None:
        return ()
    return fields(
        opened.form,
        data if opened.task.state == "open" else dict(opened.variables),
        errors=errors,
        readonly=not is_open,
        variables=opened.variables,
        files=files,
        refreshable=is_open,
        now=datetime.now(UTC),
    )
