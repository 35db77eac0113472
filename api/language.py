"""The language in which a program is answered: that of Accept-Language, English where it says nothing."""

from __future__ import annotations

from flask import request

from texts import Text

LANGUAGES = ("en", "vi")


def said(text: Text) -> str:
    """Give a text in the language of this request."""
    return text.vi if language() == "vi" else text.en


def language() -> str:
    """Give "en" or "vi" for this request."""
    if "Accept-Language" not in request.headers:
        return "en"
    asked = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())  # the most wanted first
    return next((tag for tag in asked if tag in LANGUAGES), "en")
