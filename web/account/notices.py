"""/notices: what one was told, the latest first, with the way to its place; /notices/settings: how one is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, InvalidAnswers
from services import accounts, notice_settings, notices
from services.notice_settings import KINDS, OTHER, Way
from services.permissions import Viewer
from storage.queries import notices as queries
from texts import Text
from web import asked, cursors
from web.account.session import signed_in

blueprint = Blueprint("account_notices", __name__)
PAGE = 50
WAYS: Sequence[tuple[Way, Text]] = (
    (Way.PAGE, Text("Chỉ ở chuông", "Bell only")),
    (Way.DIGEST, Text("Thư buổi sáng", "Morning e-mail")),
    (Way.NOW, Text("Thư ngay", "E-mail at once")),
    (Way.NOTHING, Text("Không báo", "Nothing")),
)


@blueprint.get("/notices")
def listed() -> str:
    """Show one page of one's notices."""
    viewer = _staff()
    is_unread = asked.one_of("only", ("unread",)) == "unread"
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    rows, following = queries.listed(viewer.username, is_unread=is_unread, after=place, limit=PAGE)
    before, next_ = asked.number("before") if place else 0, cursors.written(following)
    only = "unread" if is_unread else ""
    return render_template(
        "account/notices.html",
        lines=[(row, KINDS.get(row.kind, KINDS[OTHER])) for row in rows],
        is_unread=is_unread,
        before=before,
        first_url=asked.address("/notices", only=only) if place else "",
        next_url=asked.address("/notices", only=only, after=next_, before=before + len(rows)) if next_ else "",
        now=datetime.now(UTC),
    )


@blueprint.get("/notices/<notice_id>")
def opened(notice_id: str) -> Response:
    """Lead to the place of a notice; it is read by that."""
    return redirect(notices.open_one(_staff(), notice_id, now=datetime.now(UTC)), 303)


@blueprint.post("/notices/read")
def read() -> Response:
    """Mark one notice as read, or all."""
    viewer = _staff()
    one = asked.typed("notice")[:100]
    count = notices.read(viewer, [one] if one else None, now=datetime.now(UTC))
    if not one:
        flash(ngettext("Đã đọc %(num)s thông báo.", "Đã đọc %(num)s thông báo.", count), "ok")
    return redirect(asked.address("/notices", only=asked.one_of("only", ("unread",))), 303)


@blueprint.get("/notices/settings")
def settings() -> str:
    """Show how one is told of what."""
    viewer = _staff()
    chosen = notice_settings.own(viewer)
    ways = {kind: chosen.way(kind).value for kind in KINDS}
    return _settings(viewer, ways, chosen.morning.isoformat("minutes"))


@blueprint.post("/notices/settings")
def change_settings() -> Response | tuple[str, int]:
    """Keep how one is told of what."""
    viewer = _staff()
    ways = {kind: request.form.get(f"way.{kind}", "") for kind in KINDS}
    morning = asked.typed("morning")[:20]
    try:
        notice_settings.change(viewer, ways, morning, now=datetime.now(UTC))
    except InvalidAnswers as refused:
        return _settings(viewer, ways, morning, refused.details), 422
    flash(_("Đã lưu cách báo."), "ok")
    return redirect("/notices/settings", 303)


def _settings(viewer: Viewer, ways: dict[str, str], morning: str, errors: Sequence[Detail] = ()) -> str:
    return render_template(
        "account/notice_settings.html",
        kinds=KINDS,
        all_ways=WAYS,
        ways=ways,
        morning=morning,
        email=accounts.account(viewer).email,
        errors=errors,
        wrong={detail.field: detail.message for detail in reversed(errors)},
        has_errors=bool(errors),
    )


def _staff() -> Viewer:
    viewer = signed_in()
    if not viewer.is_staff:
        raise Forbidden()
    return viewer
