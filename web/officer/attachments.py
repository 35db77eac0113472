"""/tasks/<id>/attachments: files that an officer adds to a dossier for colleagues, and removes again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO, cast

from flask import Blueprint, current_app, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, Invalid, InvalidAnswers, NotScanned, TooLarge, WrongMediaType
from services import attachments, documents
from services.documents import Upload
from services.permissions import Viewer
from services.wiring import Parts
from web.i18n.formats import t
from web.officer.task_page import load, page, worker

blueprint = Blueprint("officer_attachments", __name__)
MOST_AT_ONCE = 20


@blueprint.post("/tasks/<task_id>/attachments")
def add(task_id: str) -> Response | tuple[str, int]:
    """Keep the files that are sound; say of each other one what is wrong with it."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    if not attachments.may_add(viewer, view.task):
        raise Forbidden()
    kept, errors = _staged(viewer, now)
    try:
        if kept or not errors:
            attachments.add(viewer, task_id, kept, now=now)
    except (InvalidAnswers, Invalid) as refused:
        errors = [*errors, *refused.details]
    if errors:
        named = [Detail(field="files", code=error.code, message=error.message) for error in errors]
        return page(viewer, load(viewer, task_id, now), tab="documents", now=now, errors=named), 422
    flash(_("Đã thêm tệp nội bộ."), "ok")
    return redirect(view.at("", tab="documents"), 303)


@blueprint.post("/tasks/<task_id>/attachments/<document_id>/remove")
def remove(task_id: str, document_id: str) -> Response:
    """Remove a file that one has added at this step."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    try:
        attachments.remove(viewer, task_id, document_id, now=now)
    except Forbidden as refused:
        flash(t(refused.text), "soon")
    else:
        flash(_("Đã bỏ tệp nội bộ."), "ok")
    return redirect(view.at("", tab="documents"), 303)


def _staged(viewer: Viewer, now: datetime) -> tuple[list[str], Sequence[Detail]]:
    wired: Parts = current_app.extensions["motcua"]
    kept, errors = list[str](), list[Detail]()
    for file in [each for each in request.files.getlist("files") if each.filename][:MOST_AT_ONCE]:
        name, stream = documents.safe_name(file.filename or ""), cast(BinaryIO, file.stream)
        upload = Upload(name=name, stream=stream, component=attachments.COMPONENT)
        try:
            kept.append(documents.stage(viewer, upload, wired.intake, now=now).id)
        except (TooLarge, WrongMediaType, Invalid, NotScanned) as refused:
            errors += refused.details
    return kept, errors
