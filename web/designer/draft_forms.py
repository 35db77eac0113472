"""/designer/drafts/<id>/forms/<name>: one form in the making: the editor, what is said of it, and how it looks here.

Without JavaScript the schema is edited as JSON; what is shown and checked is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from errors import Malformed, NotFound, Refused, StaleVersion
from http_status import status_of
from services import bundle_drafts, form_previews
from services.permissions import Permission
from storage.queries import bundle_drafts as queries
from storage.queries.bundle_drafts import Draft, File
from texts import Text
from web.account import signed_in
from web.designer.drafts import at, existing, file_of
from web.designer.upload import sorted_findings
from web.designer.words import author
from web.i18n import formats

blueprint = Blueprint("designer_draft_forms", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a designer sent."""

    source: str
    seen: int
    sample: str | None
    is_auto: bool = False


@blueprint.get("/designer/drafts/<draft_id>/forms/<name>")
def shown(draft_id: str, name: str) -> str:
    """Show the form page."""
    signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    return _page(draft, _form_of(draft, name))


@blueprint.post("/designer/drafts/<draft_id>/forms/<name>")
def save(draft_id: str, name: str) -> BaseResponse | tuple[str, int]:
    """Save the schema and the sample: from the editor as JSON, without JavaScript as a form."""
    viewer = signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    typed = _typed()
    try:
        bundle_drafts.put(
            viewer, draft.id, name, typed.source.encode("utf-8", "replace"),
            seen_version=typed.seen, now=datetime.now(UTC), is_auto=typed.is_auto, sample=typed.sample,
        )  # fmt: skip
    except Refused as refused:
        if request.is_json:
            return _told(draft, name, refused)
        if isinstance(refused, StaleVersion):
            return _page(draft, _form_of(draft, name), typed=typed, conflict=refused.text), status_of(refused)
        return _page(draft, _form_of(draft, name), typed=typed, refused=_words(refused)), status_of(refused)
    if request.is_json:
        file = file_of(draft, name)
        return jsonify(version=file.version, saved=formats.moment(file.saved_at))
    flash(_("Đã lưu."), "ok")
    return redirect(at(draft.id, "forms", name), 303)


def _form_of(draft: Draft, name: str) -> File:
    file = file_of(draft, name)
    if not file.is_form:
        raise NotFound()
    return file


def _typed() -> Typed:
    if not request.is_json:
        given: Any = {
            "source": request.form.get("source", "").replace("\r\n", "\n"),
            "sample": request.form.get("sample", "").replace("\r\n", "\n"),
            "seen": request.form.get("seen", ""),
        }
    else:
        given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Malformed()
    source, sample, seen = given.get("source"), given.get("sample"), str(given.get("seen"))
    if not isinstance(source, str) or not isinstance(sample, str | None) or "\0" in source + (sample or ""):
        raise Malformed()
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    return Typed(source=source, seen=number, sample=sample, is_auto=given.get("auto") is True)


def _told(draft: Draft, name: str, refused: Refused) -> BaseResponse:
    """Say to the editor why nothing was saved; of a conflict also what stands there now, and whose it is."""
    told: dict[str, object] = {"error": {"code": refused.code, "message": formats.t(_words(refused))}}
    file = next((file for file in queries.files(draft.id) if file.name == name), None)
    if isinstance(refused, StaleVersion):
        told["version"] = file.version if file else 0
        told["who"] = formats.t(author(file.saved_by)) if file else ""
        told["when"] = formats.moment(file.saved_at) if file else ""
    answer: Response = jsonify(told)
    answer.status_code = status_of(refused)
    return answer


def _words(refused: Refused) -> Text:
    return refused.details[0].message if refused.details else refused.text


def _page(
    draft: Draft,
    file: File,
    *,
    typed: Typed | None = None,
    conflict: Text | None = None,
    refused: Text | None = None,
) -> str:
    viewer = signed_in(Permission.DESIGN)
    data, sample = queries.content(draft.id, file.name) or (b"", "")
    source = typed.source if typed else data.decode("utf-8-sig", "replace")
    sample = typed.sample or "" if typed else sample
    tried = form_previews.preview(viewer, source, file=file.name, sample=sample, now=datetime.now(UTC))
    g.allows_inline_style = True  # the form editor styles by itself
    return render_template(
        "designer/draft_form.html",
        draft=draft,
        file=file,
        base=at(draft.id, "forms", file.name),
        source=source,
        sample=sample,
        made_up=form_previews.written(tried.sample) if not sample.strip() else "",
        tried=tried,
        findings=sorted_findings(tried.findings),
        earlier=queries.earlier(draft.id, file.name),
        saver=author(file.saved_by),
        conflict=conflict,
        refused=refused,
        has_errors=bool(conflict or refused),
    )
