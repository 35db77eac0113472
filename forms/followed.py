"""Which answers a page must follow: those that its conditions, texts, options and computed values depend on.

Only names are compared, so it may be too many, never too few: a page that follows an answer asks the server for the
form anew when it changes, and one that follows none never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from forms import templates
from forms.checks import texts
from forms.model import Component, Computed, Container, Feel, Field, Form

_FEEL_PARTS = ("hide", "readonly", "values_expression", "multiple", "columns_expression", "data_source")
"""The attributes of components that may hold FEEL that changes what is shown; bounds show nothing before a submit."""
_NAME = re.compile(r"[^\W\d]\w*")
_SURROUNDINGS = re.compile(r"\b_?(?:this|parent)_?\b(?!\s*\.\s*[^\W\d])")
"""A whole row, or all that surrounds it: any answer may be meant."""
ANY = "*"


def followed(form: Form, only: Sequence[Component] | None = None) -> frozenset[str]:
    """Give the names (steps of paths) of the answers on a page whose change may change what the page shows.

    `only`: the components of the top level that stand on the page; None: all.
    """
    if not form.is_dynamic:
        return frozenset()
    shown = list(_walk(form.components if only is None else only))
    wanted = {name for component in shown for name in _wanted(component)}
    computed = [component for component in _walk(form.components) if isinstance(component, Computed)]
    left = [component for component in computed if component.expression is not None]
    while found := [component for component in left if ANY in wanted or wanted.intersection(component.path)]:
        left = [component for component in left if component not in found]
        wanted |= {name for one in found if one.expression is not None for name in _names(one.expression.source)}
    asked = {step for component in shown if not isinstance(component, Computed) for step in _path(component)}
    return frozenset(asked if ANY in wanted else asked & wanted)


def _walk(components: Iterable[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        if isinstance(component, Container):
            yield from _walk(component.components)


def _path(component: Component) -> tuple[str, ...]:
    return component.path if isinstance(component, Field | Container) else ()


def _wanted(component: Component) -> Iterator[str]:
    """Give the names that what is shown of a component mentions; what is computed shows nothing itself."""
    for part in _FEEL_PARTS:
        expression = getattr(component, part, None)
        if isinstance(expression, Feel):
            yield from _names(expression.source)
    for _, both in texts(component):
        for text in (both.vi, both.en):
            for source in (text[1:],) if text.startswith("=") else templates.expressions(text) if "{{" in text else ():
                yield from _names(source)


@lru_cache(maxsize=4096)
def _names(source: str) -> frozenset[str]:
    names = frozenset(_NAME.findall(source))
    return names | {ANY} if _SURROUNDINGS.search(source) else names
