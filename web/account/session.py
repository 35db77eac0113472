"""Who is signed in: an opaque token in a cookie, looked up in the database at each request that asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, g, request
from flask import session as cookie

from errors import NotSignedIn
from services import people
from services.permissions import Permission, Viewer, require
from services.wiring import Parts

TOKEN = "t"  # noqa: S105  # the name of the cookie's field


def init_session(app: Flask) -> None:
    """Find out before each page who asks; static files and programs (api/) do not need it."""
    app.before_request(_look_up)


def _look_up() -> None:
    if request.endpoint in ("static", "shell.serve") or request.path.startswith(("/api/", "/health/", "/metrics")):
        return
    token = cookie.get(TOKEN)
    if token:
        parts: Parts = current_app.extensions["motcua"]
        idle = timedelta(hours=parts.settings.session_hours)
        g.viewer = people.viewer_of_session(token, now=datetime.now(UTC), idle=idle)


def keep(token: str) -> None:
    """Remember a browser that has just signed in; what the cookie held before is dropped (session fixation)."""
    cookie.clear()
    cookie[TOKEN] = token
    cookie.permanent = True


def forget() -> None:
    """Sign this browser out."""
    token = cookie.pop(TOKEN, None)
    cookie.clear()
    if token:
        people.sign_out(token)


def optional() -> Viewer | None:
    """Give who is signed in, or None."""
    viewer: Viewer | None = g.get("viewer")
    return viewer


def signed_in(*permissions: Permission) -> Viewer:
    """Give who is signed in; raise NotSignedIn, or Forbidden where a permission is missing."""
    viewer = optional()
    if viewer is None:
        raise NotSignedIn()
    for permission in permissions:
        require(viewer, permission)
    return viewer
