"""/sign-in and /sign-out. Tries are counted by address; where a person goes afterwards is a path of ours only."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response

from errors import NotSignedIn
from services import accounts, passwords, people
from services.wiring import Parts
from texts import Text
from web.account.session import forget, idle, keep, optional
from web.security import limiter
from web.viewer import in_frame

blueprint = Blueprint("account_sign_in", __name__)
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def sign_in_limit() -> str:
    """Give how many tries one address has."""
    parts: Parts = current_app.extensions["motcua"]
    return parts.settings.sign_in_limit


@blueprint.get("/sign-in")
def form() -> str | Response:
    """Show the form; who is signed in already goes on."""
    wanted = local_path(request.args.get("next", ""))
    if optional() is not None:
        return redirect(wanted or _home())
    return _page(wanted)


@blueprint.post("/sign-in")
@limiter.limit(sign_in_limit)
def sign_in() -> Response | tuple[str, int]:
    """Check name and password and open a session; what was wrong is not told."""
    parts: Parts = current_app.extensions["motcua"]
    wanted = local_path(request.form.get("next", ""))
    username, password = request.form.get("username", ""), request.form.get("password", "")
    now = datetime.now(UTC)
    try:
        token = people.sign_in(
            username, password, device=device(), now=now, allow_demo=not parts.settings.is_production
        )
    except NotSignedIn as refused:
        return _page(wanted, username=username, problem=refused.text), 422
    keep(token)
    g.viewer = people.viewer_of_session(token, now=now, idle=idle())
    return redirect(wanted or _home(), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this browser's session."""
    forget()
    return redirect("/", 303)


def local_path(wanted: str) -> str:
    """Give a path of this site to go to, or an empty string for anything that could lead elsewhere."""
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if is_ours and wanted.isprintable() else ""


def device() -> str:
    """Name this browser in a few words, from what it says of itself: Firefox, Windows."""
    said = request.headers.get("User-Agent", "")
    browser = next((name for sign, name in BROWSERS if sign in said), "")
    system = next((name for sign, name in SYSTEMS if sign in said), "")
    return ", ".join(part for part in (browser, system) if part) or "".join(filter(str.isprintable, said[:60]))


def _home() -> str:
    viewer = optional()
    frame = in_frame(viewer) if viewer else None
    return frame.areas[0].url if frame and frame.areas else "/my/dossiers"


def _page(wanted: str, *, username: str = "", problem: Text | None = None) -> str:
    parts: Parts = current_app.extensions["motcua"]
    production = parts.settings.is_production
    return render_template(
        "account/sign_in.html",
        next=wanted,
        username=username,
        problem=problem,
        demo=() if production else accounts.demo_people(),
        demo_password="" if production else passwords.DEMO_PASSWORD,
    )
