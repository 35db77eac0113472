"""The language in which a program is answered: that of Accept-Language, English where it says nothing."""

from __future__ import annotations

from flask import request

LANGUAGES = ("en", "vi")


def language() -> str:
    """Give "en" or "vi" for this request."""
    asked = request.headers.get("Accept-Language")
    return request.accept_languages.best_match(LANGUAGES, "en") if asked else "en"
