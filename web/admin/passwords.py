"""/admin/people/<name>/password: set somebody's password, typed or made here and shown once."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Invalid, NotFound
from services import passwords, people
from storage.queries import people as queries
from web import asked
from web.admin.people import page
from web.admin.places import administrator, is_production

blueprint = Blueprint("admin_passwords", __name__)


@blueprint.post("/admin/people/<username>/password")
def reset(username: str) -> Response | str | tuple[str, int]:
    """Set the password; one that was made is shown on this answer only and is kept nowhere, so it is no redirect."""
    viewer = administrator()
    person = queries.one(username)
    if person is None:
        raise NotFound()
    if username == viewer.username:
        return redirect("/account", 303)
    is_typed = asked.typed("how") == "typed"
    password = request.form.get("password", "") if is_typed else passwords.generated()
    try:
        people.set_password(viewer, username, password, now=datetime.now(UTC), production=is_production())
    except Invalid as refused:
        return page(person, errors=refused.details, how="typed"), 422
    if is_typed:
        flash(_("Đã đặt mật khẩu mới. Mọi thiết bị của người này đã bị đăng xuất."), "ok")
        return redirect(f"/admin/people/{username}", 303)
    return render_template("admin/password_made.html", person=person, password=password, is_new=False)
