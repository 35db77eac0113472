"""/dossiers/<id>/interests: who declared a conflict of interest about a dossier; a head lifts one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, InvalidAnswers
from services import dossiers, interests
from services.permissions import Permission, Viewer, has_any
from storage.queries import people
from web import asked
from web.i18n.formats import t
from web.officer import parts
from web.officer.dossiers import reader

blueprint = Blueprint("officer_interests", __name__)


@blueprint.get("/dossiers/<dossier_id>/interests")
def listed(dossier_id: str) -> str:
    """Show the declarations: to who assigns tasks all of them, to others their own."""
    viewer = reader()
    return _page(viewer, dossiers.readable(viewer, dossier_id))


@blueprint.post("/dossiers/<dossier_id>/interests")
def lift(dossier_id: str) -> Response | tuple[str, int]:
    """Lift one with a reason."""
    viewer = reader()
    dossier = dossiers.readable(viewer, dossier_id)
    username = asked.typed("username")
    try:
        interests.lift(viewer, dossier.instance_id, username, asked.typed("reason"), now=datetime.now(UTC))
    except InvalidAnswers as refused:
        return _page(viewer, dossier, refused.details), 422
    except Forbidden as refused:
        flash(t(refused.text), "soon")
    else:
        flash(_("Đã gỡ khai báo. Người này làm việc với hồ sơ được như trước."), "ok")
    return redirect(f"/dossiers/{dossier.id}/interests", 303)


def _page(viewer: Viewer, dossier: Any, errors: Sequence[Detail] = ()) -> str:
    now = datetime.now(UTC)
    found = interests.of_instance(viewer, dossier.instance_id)
    names = people.names_of(name for one in found for name in (one.username, one.lifted_by) if name)
    may_lift = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    open_ones = [one.username for one in found if one.lifted_at is None and one.username != viewer.username]
    liftable = [(name, names.get(name, name)) for name in open_ones] if may_lift else []
    return render_template(
        "officer/interests.html",
        view=parts.of_dossier(viewer, dossier, now=now),
        interests=found,
        who=names,
        liftable=liftable,
        sees_all=may_lift,
        oneself=viewer.username,
        typed={"username": asked.typed("username"), "reason": asked.typed("reason")},
        errors=errors,
        wrong={detail.field: detail.message for detail in errors},
        has_errors=bool(errors),
        now=now,
    )
