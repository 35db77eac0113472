"""Languages of the pages: which one, the words, and how dates and numbers are written in it.

The msgid is the Vietnamese text. English stands in web/translations/en/<area>.po, one fragment an area;
`python -m web.i18n compile` merges them (a server does it by itself when one is newer), `check` finds what is missing.
May import texts and third parties only.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale

from web.i18n import formats
from web.i18n.catalogue import TRANSLATIONS, compile_if_stale
from web.i18n.language import LANGUAGES, counted, lang, words

COOKIE = "lang"
A_YEAR = 365 * 24 * 3600

__all__ = ["LANGUAGES", "init_i18n", "lang"]


def init_i18n(app: Flask) -> None:
    """Choose the language of each request, remember it, and give templates the filters of web.i18n.formats."""
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    app.config["BABEL_DEFAULT_TIMEZONE"] = formats.ZONE.key
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    compile_if_stale()
    Babel(app, locale_selector=_chosen)
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals.update(
        _=words, gettext=words, ngettext=counted, lang=lang, here_in=here_in, language_names=dict(LANGUAGES)
    )
    app.after_request(_remember)


def _chosen() -> str:
    asked = request.args.get("lang") if has_request_context() else None
    if asked in LANGUAGES:
        g.language_asked = asked
        return asked
    kept = request.cookies.get(COOKIE) if has_request_context() else None
    return kept if kept in LANGUAGES else "vi"


def here_in(language: str) -> str:
    """Give the address of this page in another language, with all its other parameters."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    path = request.path if request.method in ("GET", "HEAD") or _can_be_opened() else "/"
    path = quote("/" + path.lstrip("/\\"))  # two slashes at the beginning would name another host
    return f"{path}?{urlencode([*pairs, ('lang', language)])}"


def _can_be_opened() -> bool:
    """Say whether the address that a form was sent to is also a page."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(request.path, "GET")


def _remember(response: Response) -> Response:
    if b"lang" not in request.query_string or "lang" not in request.args:
        return response
    get_locale()  # also for answers that printed no word, such as a redirection
    asked = cast("str | None", g.get("language_asked"))
    if asked and asked != request.cookies.get(COOKIE):
        secure = request.is_secure
        response.set_cookie(COOKIE, asked, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
