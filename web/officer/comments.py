"""/tasks/<id>/comments, note, undo: what colleagues say of a task, what one notes for oneself, and taking back."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Forbidden, InvalidAnswers, WrongState
from services import comments, notes, undoing
from web.i18n.formats import t
from web.officer import places
from web.officer.task_page import load, page, worker

blueprint = Blueprint("officer_talk", __name__)


@blueprint.post("/tasks/<task_id>/comments")
def comment(task_id: str) -> Response | tuple[str, int]:
    """Write a comment; one that is refused stays in its field."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    number = request.form.get("comment_id", "")
    try:
        comments.add(viewer, task_id, request.form.get("text", ""), now=now, comment_id=number)
    except InvalidAnswers as refused:
        return page(viewer, view, tab="talk", now=now, errors=refused.details), 422
    return redirect(view.at("", tab="talk"), 303)


@blueprint.post("/tasks/<task_id>/note")
def note(task_id: str) -> Response | tuple[str, int]:
    """Keep one's private note."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    try:
        notes.save(viewer, task_id, request.form.get("note", ""), now=now)
    except InvalidAnswers as refused:
        flash(t(refused.details[0].message), "soon")
    else:
        flash(_("Đã lưu ghi chú riêng."), "ok")
    return redirect(view.at("", tab="talk"), 303)


@blueprint.post("/tasks/<task_id>/undo")
def undo(task_id: str) -> Response:
    """Take back what was just completed, and open it again with what was typed."""
    viewer = worker()
    place = places.here(viewer)
    try:
        task = undoing.undo(viewer, task_id, now=datetime.now(UTC))
    except (WrongState, Forbidden) as refused:
        flash(t(refused.text), "soon")
        return redirect(place.inbox, 303)
    flash(_("Đã hoàn tác. Điều bạn đã gõ vẫn còn, hãy sửa rồi gửi lại."), "ok")
    return redirect(place.at(f"/tasks/{task.id}"), 303)
