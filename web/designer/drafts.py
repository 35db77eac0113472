"""/designer/drafts: bundles in the making: the list, one with its files and findings, deploying and discarding it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Invalid, InvalidBundle, NotFound, StaleVersion, WrongState
from findings import Finding, errors_among
from http_status import status_of
from services import bundle_changes, bundle_drafts
from services.bundle_changes import Change, Review, State
from services.permissions import Permission
from storage.queries import bundle_drafts as queries
from storage.queries import deployments
from storage.queries.bundle_drafts import Draft, File
from texts import Text
from web.account import signed_in
from web.designer.upload import sorted_findings
from web.designer.words import author, authors

blueprint = Blueprint("designer_drafts", __name__)
STATES: dict[State, tuple[Text, str, str]] = {
    State.SAME: (Text("Như đang hiệu lực", "As in force"), "", "dash-lg"),
    State.CHANGED: (Text("Đã sửa", "Changed"), "soon", "pencil-fill"),
    State.NEW: (Text("Mới", "New"), "note", "plus-lg"),
    State.BESIDE: (Text("Tệp kèm theo", "Beside the rest"), "", "paperclip"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One file of a draft, and what it would change."""

    file: File
    change: Change
    by: Text
    findings: tuple[Finding, ...]


@blueprint.get("/designer/drafts")
def listed() -> str:
    """Show all drafts, and how to begin one."""
    signed_in(Permission.DESIGN)
    return _list()


@blueprint.post("/designer/drafts")
def start() -> Response | tuple[str, int]:
    """Begin one: with nothing, or with the files of an upload, each as it is in force if that is wanted."""
    viewer = signed_in(Permission.DESIGN)
    deployment, form = request.form.get("deployment", ""), request.form.get("form", "")
    try:
        draft = bundle_drafts.start(
            viewer,
            name=request.form.get("name", ""),
            deployment_id=deployment if deployment.isprintable() else "-",
            in_force=bool(request.form.get("in_force")),
            now=datetime.now(UTC),
        )
    except Invalid as refused:
        return _list(refused.details), status_of(refused)
    if form and any(file.name == form for file in queries.files(draft.id)):
        return redirect(at(draft.id, "forms", form), 303)
    return redirect(at(draft.id), 303)


@blueprint.get("/designer/drafts/<draft_id>")
def shown(draft_id: str) -> str:
    """Show one draft: its files, what they change, what an upload would say."""
    signed_in(Permission.DESIGN)
    return page(existing(draft_id))


@blueprint.post("/designer/drafts/<draft_id>/rename")
def rename(draft_id: str) -> Response | tuple[str, int]:
    """Give it another name."""
    viewer = signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    try:
        bundle_drafts.rename(viewer, draft.id, request.form.get("name", ""), now=datetime.now(UTC))
    except Invalid as refused:
        return page(draft, refused.details), status_of(refused)
    return redirect(at(draft.id), 303)


@blueprint.post("/designer/drafts/<draft_id>/deploy")
def deploy(draft_id: str) -> Response | tuple[str, int]:
    """Store its files as versions that can be published; what is shown are the findings that were looked at."""
    viewer = signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    try:
        deployed = bundle_drafts.deploy(viewer, draft.id, seen=request.form.get("seen", ""), now=datetime.now(UTC))
    except (InvalidBundle, StaleVersion, WrongState) as refused:
        return page(draft, refused=refused.text), status_of(refused)
    if deployed.is_new:
        flash(_("Đã triển khai. Chưa có gì thay đổi với người nộp cho đến khi công bố."), "ok")
    else:
        flash(_("Đúng các tệp này đã được tải lên trước đây. Đây là lần tải lên đó."), "note")
    return redirect(f"/designer/deployments/{deployed.id}", 303)


@blueprint.get("/designer/drafts/<draft_id>/discard")
def sure(draft_id: str) -> str:
    """Say what is lost, and ask again."""
    signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    return render_template("designer/draft_discard.html", draft=draft, files=queries.files(draft.id))


@blueprint.post("/designer/drafts/<draft_id>/discard")
def discard(draft_id: str) -> Response:
    """Delete it."""
    viewer = signed_in(Permission.DESIGN)
    bundle_drafts.discard(viewer, existing(draft_id).id, now=datetime.now(UTC))
    flash(_("Đã bỏ bản soạn."), "ok")
    return redirect("/designer/drafts", 303)


def existing(draft_id: str) -> Draft:
    """Give a draft; raise NotFound."""
    draft = queries.draft(draft_id) if draft_id.isprintable() else None
    if draft is None:
        raise NotFound()
    return draft


def file_of(draft: Draft, name: str) -> File:
    """Give a file of it; raise NotFound."""
    found = next((file for file in queries.files(draft.id) if file.name == name), None)
    if found is None:
        raise NotFound()
    return found


def at(draft_id: str, *parts: str) -> str:
    """Give the address of a draft or of something in it."""
    return "/".join(("/designer/drafts", draft_id, *(quote(part, safe="") for part in parts)))


def page(draft: Draft, errors: tuple[Detail, ...] = (), *, refused: Text | None = None, typed: str = "") -> str:
    """Render one draft; `errors` are those of a form on it, `refused` is why it was not deployed."""
    viewer = signed_in(Permission.DESIGN)
    review = bundle_changes.review(viewer, draft.id)
    gone = _gone(draft)
    return render_template(
        "designer/draft.html",
        draft=draft,
        review=review,
        lines=_lines(draft, review),
        findings=sorted_findings(review.findings),
        has_errors_found=bool(errors_among(review.findings)),
        gone=gone,
        start=deployments.upload(draft.base_id) if draft.base_id else None,
        changer=author(draft.changed_by),
        states=STATES,
        errors=errors,
        first={detail.field: detail.message for detail in reversed(errors)},
        refused=refused,
        typed=typed,
    )


def _lines(draft: Draft, review: Review) -> list[Line]:
    files = queries.files(draft.id)
    names = authors(file.saved_by for file in files)
    changes = {change.file: change for change in review.changes}
    return [
        Line(
            file=file,
            change=changes[file.name],
            by=names[file.saved_by],
            findings=tuple(finding for finding in review.findings if finding.file == file.name),
        )
        for file in files
        if file.name in changes  # else somebody put it here a moment ago
    ]


def _gone(draft: Draft) -> list[queries.Earlier]:
    """Give the last contents of files that were removed."""
    there = {file.name for file in queries.files(draft.id)}
    last: dict[str, queries.Earlier] = {}
    for kept in queries.earlier(draft.id):
        if kept.name not in there:
            last.setdefault(kept.name, kept)
    return list(last.values())


def _list(errors: tuple[Detail, ...] = ()) -> str:
    drafts = queries.listed()
    return render_template(
        "designer/drafts.html",
        drafts=drafts,
        authors=authors(draft.changed_by for draft in drafts),
        name=request.form.get("name", ""),
        errors=errors,
        first={detail.field: detail.message for detail in reversed(errors)},
    )
