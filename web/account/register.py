"""/register: open an account as an applicant."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Invalid
from services import passwords, people, people_checks
from services.wiring import Parts
from texts import Text
from web.account.session import keep, optional
from web.account.sign_in import device, local_path, sign_in_limit
from web.security import limiter

blueprint = Blueprint("account_register", __name__)
FIELDS = ("username", "name", "email", "phone", "organisation")


@blueprint.get("/register")
def form() -> str | Response:
    """Show the form."""
    wanted = local_path(request.args.get("next", ""))
    if optional() is not None:
        return redirect(wanted or "/account")
    return _page({}, wanted)


@blueprint.post("/register")
@limiter.limit(sign_in_limit)
def register() -> Response | tuple[str, int]:
    """Open the account and sign its owner in; everything that is wrong is said at once."""
    parts: Parts = current_app.extensions["motcua"]
    wanted = local_path(request.form.get("next", ""))
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    values["username"] = values["username"].lower()
    password, again = request.form.get("password", ""), request.form.get("again", "")
    now, production = datetime.now(UTC), parts.settings.is_production
    try:
        if password != again:
            raise Invalid(details=_problems(values, password, production=production))
        people.register(**values, password=password, now=now, production=production)
    except (Invalid, Duplicate) as refused:
        return _page(values, wanted, refused.details), 422
    keep(people.sign_in(values["username"], password, device=device(), now=now, allow_demo=False))
    flash(_("Tài khoản đã mở, bạn đang đăng nhập."), "ok")
    return redirect(wanted or "/my/dossiers", 303)


def _problems(values: dict[str, str], password: str, *, production: bool) -> list[Detail]:
    """Say what is wrong besides the password typed twice in two ways."""
    problems = people_checks.problems_of(**values)
    if problem := passwords.password_problem(password, production=production):
        problems.append(problem)
    message = Text("Hai lần nhập mật khẩu chưa giống nhau.", "The two passwords are not the same.")
    return [*problems, Detail(field="again", code="differs", message=message)]


def _page(values: dict[str, str], wanted: str, errors: tuple[Detail, ...] = ()) -> str:
    first = {detail.field: detail.message for detail in reversed(errors)}
    return render_template(
        "account/register.html",
        values=values,
        next=wanted,
        errors=errors,
        first=first,
        shortest=passwords.SHORTEST_PASSWORD,
    )
