"""/dossiers/<id>/extend: the one extension of a dossier's limit; its new due date is shown before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, InvalidAnswers, WrongState
from services import dossiers, extensions, legal
from services.extensions import Outlook
from services.permissions import Permission, Viewer, require
from texts import Text
from web.i18n.formats import day, t
from web.officer import parts
from web.officer.dossiers import reader

blueprint = Blueprint("officer_extending", __name__)


@blueprint.get("/dossiers/<dossier_id>/extend")
def ask(dossier_id: str) -> str | Response:
    """Ask by how much and why; where a dossier cannot be extended, say so on its page."""
    viewer, dossier = _extendable(dossier_id)
    try:
        return _question(viewer, dossier)
    except WrongState as refused:
        return _refused(dossier_id, refused)


@blueprint.post("/dossiers/<dossier_id>/extend")
def do(dossier_id: str) -> str | Response | tuple[str, int]:
    """Show the new due date (`look`), or extend."""
    viewer, dossier = _extendable(dossier_id)
    now, amount, ground = datetime.now(UTC), _amount(), request.form.get("reason", "")
    try:
        if "look" in request.form:
            seen = extensions.outlook(viewer, dossier, amount, ground, now=now)
            return _question(viewer, dossier, ground=ground, seen=seen)
        after = extensions.extend(viewer, dossier_id, amount=amount, ground=ground, now=now)
    except WrongState as refused:
        return _refused(dossier_id, refused)
    except InvalidAnswers as refused:
        return _question(viewer, dossier, ground=ground, errors=refused.details), 422
    if after.due_at is None:
        flash(_("Đã gia hạn. Ngày hẹn mới được tính khi đồng hồ chạy lại. Người nộp được thông báo."), "ok")
    else:
        flash(_("Đã gia hạn đến %(day)s. Người nộp được thông báo.", day=day(after.due_at)), "ok")
    return redirect(f"/dossiers/{dossier_id}", 303)


def _extendable(dossier_id: str) -> tuple[Viewer, Any]:
    viewer = reader()
    require(viewer, Permission.EXTEND_DOSSIER)
    return viewer, dossiers.readable(viewer, dossier_id)


def _refused(dossier_id: str, refused: WrongState) -> Response:
    flash(t(refused.text), "soon")
    return redirect(f"/dossiers/{dossier_id}", 303)


def _amount() -> int:
    """What is no number is as wrong as none."""
    written = request.form.get("amount", "").strip()
    return int(written) if written.isdecimal() and len(written) < 6 else 0


def _question(
    viewer: Viewer, dossier: Any, *, ground: str = "", seen: Outlook | None = None, errors: Sequence[Detail] = ()
) -> str:
    now = datetime.now(UTC)
    terms = extensions.terms(dossier, now=now)
    return render_template(
        "officer/extend.html",
        view=parts.of_dossier(viewer, dossier, now=now),
        terms=terms,
        unit=Text(*legal.UNITS[terms.unit]),
        amount=request.form.get("amount", ""),
        ground=ground,
        seen=seen,
        errors={error.field: error for error in errors},
        listed=errors,
        has_errors=bool(errors),
        now=now,
    )
