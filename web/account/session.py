"""Who is signed in: an opaque token in a cookie, looked up in the database at each request that asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask, Request, current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from errors import NotSignedIn
from services import people
from services.permissions import Permission, Viewer, require
from services.wiring import Parts

TOKEN = "t"  # noqa: S105  # the name of the cookie's field

ASKED_BY_ITSELF = frozenset({"officer_news.news"})
"""What a script asks for while nobody does anything: it does not count as using the browser."""


class PeoplesSessions(SecureCookieSessionInterface):
    """Sessions for people: a program shows its token in each request, so no cookie is read or written for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie; None for a program: writing to such a session raises."""
        is_program = request.path.startswith("/api/") and "Authorization" in request.headers
        return None if is_program else super().open_session(app, request)


def init_session(app: Flask) -> None:
    """Find out before each page who asks; static files and programs (api/) do not need it."""
    app.session_interface = PeoplesSessions()
    app.before_request(_look_up)


def _look_up() -> None:
    if request.endpoint in ("static", "shell.serve") or request.path.startswith(("/api/", "/health/", "/metrics")):
        return
    kept = cookie.get(TOKEN)
    if kept:
        by_itself = request.endpoint in ASKED_BY_ITSELF
        g.viewer = people.viewer_of_session(kept, now=datetime.now(UTC), idle=idle(), is_in_use=not by_itself)


def keep(fresh: str) -> None:
    """Remember the token of a browser that has just signed in; what the cookie held before is dropped (fixation)."""
    cookie.clear()
    cookie[TOKEN] = fresh
    cookie.permanent = True


def forget() -> None:
    """Sign this browser out."""
    kept = cookie.pop(TOKEN, None)
    cookie.clear()
    if kept:
        people.sign_out(kept)


def token() -> str:
    """Give the token of this browser, or an empty string."""
    return str(cookie.get(TOKEN, ""))


def optional() -> Viewer | None:
    """Give who is signed in, or None."""
    viewer: Viewer | None = g.get("viewer")
    return viewer


def idle() -> timedelta:
    """Give how long a session may rest before it ends."""
    parts: Parts = current_app.extensions["motcua"]
    return timedelta(hours=parts.settings.session_hours)


def signed_in(*permissions: Permission) -> Viewer:
    """Give who is signed in; raise NotSignedIn, or Forbidden where a permission is missing."""
    viewer = optional()
    if viewer is None:
        raise NotSignedIn()
    for permission in permissions:
        require(viewer, permission)
    return viewer
