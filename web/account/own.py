"""/account: one's own account: who one is, the password, the signed-in browsers."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Invalid
from services import accounts, passwords, people
from services.permissions import Viewer
from services.wiring import Parts
from texts import Text
from web.account.session import idle, keep, signed_in, token
from web.account.sign_in import device, sign_in_limit
from web.security import limiter

blueprint = Blueprint("account_own", __name__)


@blueprint.get("/account")
def shown() -> str:
    """Show one's account."""
    return _page(signed_in())


@blueprint.post("/account/password")
@limiter.limit(sign_in_limit)
def change_password() -> Response | tuple[str, int]:
    """Change the password; every other browser is signed out, this one goes on."""
    viewer = signed_in()
    parts: Parts = current_app.extensions["motcua"]
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    now, production = datetime.now(UTC), parts.settings.is_production
    try:
        if new != again:
            message = Text("Hai lần nhập mật khẩu mới chưa giống nhau.", "The two new passwords are not the same.")
            raise Invalid(details=[Detail(field="again", code="differs", message=message)])
        accounts.change_password(viewer, old, new, now=now, production=production)
    except Invalid as refused:
        return _page(viewer, refused.details), 422
    keep(people.sign_in(viewer.username, new, device=device(), now=now, allow_demo=not production))
    flash(_("Đã đổi mật khẩu. Mọi thiết bị khác đã bị đăng xuất."), "ok")
    return redirect("/account", 303)


@blueprint.post("/account/devices/end")
def end_devices() -> Response:
    """Sign out one browser by its id, or all others."""
    viewer = signed_in()
    if device_id := request.form.get("device"):
        accounts.end_device(viewer, device_id)
        flash(_("Đã đăng xuất thiết bị đó."), "ok")
    else:
        accounts.end_other_devices(viewer, token())
        flash(_("Đã đăng xuất mọi thiết bị khác."), "ok")
    return redirect("/account", 303)


def _page(viewer: Viewer, errors: tuple[Detail, ...] = ()) -> str:
    return render_template(
        "account/account.html",
        account=accounts.account(viewer),
        devices=accounts.devices(viewer, token(), now=datetime.now(UTC), idle=idle()),
        errors=errors,
        first={detail.field: detail.message for detail in reversed(errors)},
        shortest=passwords.SHORTEST_PASSWORD,
    )
