"""The language of this request; apart, so that formats need not import the set-up."""

from __future__ import annotations

from functools import lru_cache

from flask import g
from flask_babel import get_locale, get_translations, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def lang() -> str:
    """Give "vi" or "en"; Vietnamese outside a request."""
    try:
        found = g._get_current_object().__dict__.get("_flask_babel")
    except RuntimeError:
        return "vi"
    locale = getattr(found, "babel_locale", None) or get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "vi"


@pass_eval_context
def words(where: EvalContext, text: str, /, **named: object) -> str:
    """Translate a text of a template: Jinja's `_`, which looks each text up once in the life of a process.

    A page says some hundred texts, and asking Flask-Babel for each of them took a fifth of the time of a page.
    """
    language, is_markup = lang(), bool(where.autoescape)
    return _said(language, text, is_markup) % named if named else _whole(language, text, is_markup)


@pass_eval_context
def counted(where: EvalContext, one: str, many: str, number: int, /, **named: object) -> str:
    """Translate a text of a template for a number: Jinja's `ngettext`."""
    found = _counted(lang(), one, many, number, bool(where.autoescape))
    return found % {"num": number, **named}


@lru_cache(maxsize=20_000)
def _counted(_language: str, one: str, many: str, number: int, is_markup: bool) -> str:
    found = str(get_translations().ungettext(one, many, number))
    return Markup(found) if is_markup else found  # noqa: S704  # ours, from the templates and catalogues


@lru_cache(maxsize=20_000)
def _said(_language: str, text: str, is_markup: bool) -> str:
    found = str(gettext(text))
    return Markup(found) if is_markup else found  # noqa: S704  # ours, from the templates and catalogues


@lru_cache(maxsize=20_000)
def _whole(language: str, text: str, is_markup: bool) -> str:
    """A text without gaps is written with its signs doubled, too."""
    return _said(language, text, is_markup) % {}
