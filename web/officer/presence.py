"""/tasks/<id>/presence, /dossiers/<id>/presence: a page says that somebody looks at it, and is told who else does."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services import presence
from services.permissions import Viewer
from services.presence import Around
from web.officer.task_page import worker

blueprint = Blueprint("officer_presence", __name__)


@blueprint.post("/tasks/<task_id>/presence")
def of_task(task_id: str) -> Response:
    """Beat for a task; `holder`: who held it when the page came."""
    viewer = worker()
    is_typing = request.form.get("typing") == "1"
    around = presence.of_task(viewer, task_id, is_typing=is_typing, now=datetime.now(UTC))
    return jsonify(others=_words(around), changed=_changed(viewer, around, request.form.get("holder", "")))


@blueprint.post("/dossiers/<dossier_id>/presence")
def of_dossier(dossier_id: str) -> Response:
    """Beat for a dossier."""
    return jsonify(others=_words(presence.of_dossier(worker(), dossier_id, now=datetime.now(UTC))), changed="")


def _words(around: Around) -> list[str]:
    return [
        str(_("%(name)s đang gõ", name=name) if typing else _("%(name)s đang xem", name=name))
        for name, typing in around.others
    ]


def _changed(viewer: Viewer, around: Around, holder: str) -> str:
    """Say what became of the task since the page came; empty: nothing that matters to who types."""
    if around.state == "completed":
        return str(_("%(name)s vừa làm xong việc này. Điều bạn gõ vẫn còn ở đây để chép lại.", name=around.done_by))
    if around.state == "cancelled":
        return str(_("Việc này vừa đóng lại. Điều bạn gõ vẫn còn ở đây để chép lại."))
    if around.holder not in ("", holder, viewer.username):
        return str(_("%(name)s vừa nhận việc này. Điều bạn gõ vẫn còn ở đây để chép lại.", name=around.holder_name))
    return ""
