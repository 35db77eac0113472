"""Safety of every answer: the content policy, other headers, forged requests, too many tries, cookies.

`g.allows_inline_style = True` in a view loosens the policy for pages with bpmn-js, dmn-js, the form-js editor,
swagger-ui or a chart.
`csrf.exempt(blueprint)` is for blueprints whose callers send a bearer token. `limiter.limit("10 per minute")` decorates
views.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from errors import Detail, Malformed
from texts import Text
from web import frames

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_NAME = 100
"""So much of a field's name is said back."""
_NUL = Text(
    "Có ký tự NUL, không lưu được. Hãy xoá ký tự đó.", "It holds the sign NUL, which cannot be stored. Remove it."
)

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_policy(*, allows_inline_style: bool = False) -> str:
    """Give the Content-Security-Policy; scripts are never inline, styles only where a drawing library needs them."""
    policy = dict(_POLICY)
    if allows_inline_style:
        policy["style-src"] += " 'unsafe-inline'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def init_security(app: Flask) -> None:
    """Protect forms against forgery, count tries, and put the safety headers on every answer."""
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_NAME"] = "motcua"
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", 12 * 3600)  # a long form must not expire under the hands of its writer
    app.config.setdefault("RATELIMIT_ENABLED", True)  # the limiter would keep what the last application said
    app.before_request(_refuse_unstorable)
    csrf.init_app(app)
    # Its hooks on every request are for limits of whole applications; ours stand on views, which look by themselves.
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    app.wsgi_app = _hardened(app.wsgi_app)  # type: ignore[method-assign, assignment]  # Flask says so


def _refuse_unstorable() -> None:
    """No page and no form holds the sign NUL; PostgreSQL keeps none, so it is refused before anything looks at it."""
    if request.path.startswith("/api/"):
        return
    sent = [("", request.path), *request.args.items(multi=True)]
    if request.method == "POST":
        sent += [*request.form.items(multi=True), *((name, "") for name in request.files)]
    if any(name is None for name, _ in sent):  # a part of multipart/form-data without a name
        raise Malformed()
    bad = dict.fromkeys(name.replace("\0", "")[:LONGEST_NAME] for name, text in sent if "\0" in name + text)
    if bad:
        raise Malformed(details=[Detail(field=name, code="nul", message=_NUL) for name in bad])


def _hardened(serve: WSGIApplication) -> WSGIApplication:
    """Put on every answer what its view has not said itself.

    It is done at the very end, where headers are a plain list: the framework looks at each one twice.
    """

    def served(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], fault: Any = None) -> Any:
            said = {name.lower() for name, _ in headers}
            return start(status, [*headers, *(pair for pair in _safe() if pair[0].lower() not in said)], fault)

        return serve(environ, begin)

    return served


def _safe() -> tuple[tuple[str, str], ...]:
    """Give the headers of this answer; its request is still at hand."""
    # A page of a signed-in person must not be shown again from the cache of a shared computer.
    headers = _headers(bool(g.get("allows_inline_style")), bool(g.get("viewer")), request.is_secure)
    return frames.loosened(headers) if g.get("frames") or g.get("shows_documents") else headers


@cache
def _headers(allows_inline_style: bool, is_signed_in: bool, is_secure: bool) -> tuple[tuple[str, str], ...]:
    transport = {"Strict-Transport-Security": "max-age=31536000"} if is_secure else {}
    return tuple(
        {
            **_HEADERS,
            "Content-Security-Policy": content_policy(allows_inline_style=allows_inline_style),
            "Cache-Control": "no-store" if is_signed_in else "no-cache",
            **transport,
        }.items()
    )
