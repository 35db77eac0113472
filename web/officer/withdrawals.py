"""/dossiers/<id>/stop, confirm-withdrawal, decline-withdrawal: what ends a dossier or lets it go on; asked twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from errors import Detail, InvalidAnswers
from services import dossiers, history
from services.permissions import Permission, Viewer, require
from services.statuses import NEXT, Status
from texts import Text
from web.i18n.formats import t
from web.officer import parts
from web.officer.dossiers import reader

blueprint = Blueprint("officer_withdrawals", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act on a whole dossier, and the words of its second step."""

    needs: Permission
    verb: Callable[..., Any]
    title: Text
    fact: Text
    todo: Text
    button: Text
    done: Text
    asks_reason: bool = True
    reason_label: Text = Text("Lý do", "Reason")
    reason_help: Text = Text("", "")
    is_grave: bool = True


ACTS: Mapping[str, Act] = {
    "stop": Act(
        needs=Permission.STOP_DOSSIER,
        verb=dossiers.stop,
        title=Text("Dừng xử lý hồ sơ", "Stop the dossier"),
        fact=Text("Hồ sơ sẽ sang trạng thái 8, Dừng xử lý.", "The dossier goes to status 8, stopped."),
        todo=Text(
            "Đồng hồ dừng hẳn, mọi bước đang mở đóng lại, người nộp được báo. Không lấy lại được.",
            "Its clock stops, every open step closes and the applicant is told. This cannot be undone.",
        ),
        reason_help=Text("Người nộp đọc được lý do này.", "The applicant reads this reason."),
        button=Text("Dừng xử lý hồ sơ", "Stop the dossier"),
        done=Text("Đã dừng xử lý hồ sơ.", "The dossier is stopped."),
    ),
    "confirm-withdrawal": Act(
        needs=Permission.CONFIRM_WITHDRAWAL,
        verb=dossiers.confirm_withdrawal,
        title=Text("Xác nhận rút hồ sơ", "Confirm the withdrawal"),
        fact=Text("Hồ sơ sẽ sang trạng thái 8, Dừng xử lý.", "The dossier goes to status 8, stopped."),
        todo=Text(
            "Đồng hồ dừng hẳn, mọi bước đang mở đóng lại. Không lấy lại được.",
            "Its clock stops and every open step closes. This cannot be undone.",
        ),
        button=Text("Xác nhận rút hồ sơ", "Confirm the withdrawal"),
        done=Text("Đã xác nhận rút hồ sơ.", "The withdrawal is confirmed."),
        asks_reason=False,
    ),
    "decline-withdrawal": Act(
        needs=Permission.CONFIRM_WITHDRAWAL,
        verb=dossiers.decline_withdrawal,
        title=Text("Không chấp nhận rút, xử lý tiếp", "Decline the withdrawal and go on"),
        fact=Text("Hồ sơ trở lại trạng thái trước khi yêu cầu rút.", "The dossier goes back to its state of before."),
        todo=Text("Các bước đang mở được làm tiếp.", "Its open steps go on."),
        reason_help=Text("Người nộp đọc được lý do này.", "The applicant reads this reason."),
        button=Text("Xử lý tiếp hồ sơ", "Go on with the dossier"),
        done=Text("Hồ sơ được xử lý tiếp.", "The dossier goes on."),
        is_grave=False,
    ),
}
"""Addresses end with these names."""


@blueprint.get("/dossiers/<dossier_id>/<any(stop, 'confirm-withdrawal', 'decline-withdrawal'):name>")
def ask(dossier_id: str, name: str) -> str | Response:
    """Say what the act does and ask for its reason; where it is not possible any more, show the dossier."""
    viewer = reader()
    act = ACTS[name]
    require(viewer, act.needs)
    dossier = dossiers.readable(viewer, dossier_id)
    return _question(viewer, dossier, name) if _is_possible(dossier, name) else redirect(f"/dossiers/{dossier_id}")


@blueprint.post("/dossiers/<dossier_id>/<any(stop, 'confirm-withdrawal', 'decline-withdrawal'):name>")
def do(dossier_id: str, name: str) -> Response | tuple[str, int]:
    """Do the act."""
    viewer = reader()
    act = ACTS[name]
    reason = request.form.get("reason", "")
    now = datetime.now(UTC)
    try:
        if act.asks_reason:
            act.verb(viewer, dossier_id, reason, now=now)
        else:
            act.verb(viewer, dossier_id, now=now)
    except InvalidAnswers as refused:
        return _question(viewer, dossiers.readable(viewer, dossier_id), name, refused.details, reason), 422
    flash(t(act.done), "ok")
    return redirect(f"/dossiers/{dossier_id}", 303)


def _is_possible(dossier: Any, name: str) -> bool:
    status = Status(dossier.status)
    return Status.STOPPED in NEXT[status] if name == "stop" else status is Status.WITHDRAWAL_REQUESTED


def _question(viewer: Viewer, dossier: Any, name: str, errors: Sequence[Detail] = (), reason: str = "") -> str:
    now = datetime.now(UTC)
    return render_template(
        "officer/dossier_act.html",
        view=parts.of_dossier(viewer, dossier, now=now),
        act=ACTS[name],
        url=f"/dossiers/{dossier.id}/{name}",
        said=history.last_said(dossier.instance_id) if name != "stop" else None,
        errors=errors,
        reason=reason,
        has_errors=bool(errors),
        now=now,
    )
