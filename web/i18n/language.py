"""The language of this request; apart, so that formats need not import the set-up."""

from __future__ import annotations

from flask_babel import get_locale

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def lang() -> str:
    """Give "vi" or "en"; Vietnamese outside a request."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "vi"
