"""The macros rendered as a page renders them, without Flask: the two helpers of web/ stand in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from lxml import html

from errors import Detail
from forms import table_parts
from forms.table_parts import Place
from forms.views import FieldView

FRAMED = "https://maps.example.org"
"""The one origin that may be framed here."""
PLACES: dict[str, Place] = {}
"""How the tables of the next page are looked at."""
TEMPLATES = Path(__file__).parents[2] / "web" / "templates"


@cache
def environment(language: str = "vi") -> Environment:
    """Give a Jinja environment with `lang`, `|t` and gettext as web/ sets them up."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals["lang"] = lambda: language
    env.globals["may_frame"] = lambda origin, features: origin == FRAMED
    env.globals["may_preview"] = lambda: True
    env.globals["table_part"] = lambda view: table_parts.part(
        view.table, PLACES.get(view.id, Place()) if view.may_change else None
    )
    env.filters["t"] = lambda text: text.in_(language)
    return env


@cache
def template(language: str) -> Template:
    """Give a page that draws any macro of forms/form.html."""
    source = '{% import "forms/form.html" as form_macros %}{{ form_macros[macro](*args) }}'
    return environment(language).from_string(source)


def render(macro: str, *args: Any, language: str = "vi") -> str:
    """Render one macro of forms/form.html."""
    return template(language).render(macro=macro, args=args)


def page(
    fields: Iterable[FieldView],
    errors: Iterable[Detail] = (),
    language: str = "vi",
    places: Mapping[str, Place] | None = None,
) -> html.HtmlElement:
    """Give the parsed page of a form with its error summary; `places`: how its tables are looked at."""
    PLACES.clear()
    PLACES.update(places or {})
    body = render("error_summary", list(errors), language=language) + render("form", list(fields), language=language)
    return html.document_fromstring(f"<html><body><form>{body}</form></body></html>")


def posted(document: html.HtmlElement) -> list[tuple[str, str]]:
    """Give what a browser would post of an unchanged page: the successful controls, without buttons and files."""
    areas = {area.get("name") for area in document.iter("textarea")}
    pairs = document.forms[0].form_values()
    return [(name, value.removeprefix("\n") if name in areas else value) for name, value in pairs]
