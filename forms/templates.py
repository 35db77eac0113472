"""`{{…}}` in labels and texts: replaced by values as plain text, or left out; a value is never markup.

form-js' template language (feelers) also has blocks (`{{#if}}`, `{{#loop}}`): they are left out here, their contents
stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from forms import feel
from forms.feel import Scope
from forms.model import Feel
from texts import Text

_PART = re.compile(r"\{\{(.{0,500}?)\}\}", re.DOTALL)
_NAME = re.compile(r"\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*")
_LONGEST = 2000


def fill(text: Text, scope: Scope, escape: Callable[[str], str] = lambda value: value) -> Text:
    """Fill the templates of a text in both languages; each value goes through `escape`."""
    if "{{" not in text.vi and "{{" not in text.en and not text.vi.startswith("=") and not text.en.startswith("="):
        return text
    return Text(_filled(text.vi, scope, escape), _filled(text.en, scope, escape))


def plain(text: str, scope: Scope, *, longest: int = _LONGEST) -> str:
    """Fill the templates of a text that has one language only, such as an address."""
    return _filled(text, scope, lambda value: value, longest) if "{{" in text or text.startswith("=") else text


def _filled(text: str, scope: Scope, escape: Callable[[str], str], longest: int = _LONGEST) -> str:
    if text.startswith("="):
        return escape(_shown(feel.value(Feel(text[1:]), scope), longest))
    return _PART.sub(lambda part: escape(_value(part[1], scope, longest)), text)


def _value(source: str, scope: Scope, longest: int) -> str:
    if source.startswith(("#", "/")):
        return ""
    name = _NAME.fullmatch(source)
    return _shown(_looked_up(name[1], scope) if name else feel.value(Feel(source), scope), longest)


def _looked_up(name: str, scope: Scope) -> Any:
    """Follow a dotted name without calling QuickJS; most templates are no more than that."""
    first, *steps = name.split(".")
    value: Any = scope.names(first).get(first)
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _shown(value: object, longest: int) -> str:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, str | int | float | Decimal):
        return str(value)[:longest]
    return ", ".join(_shown(x, longest) for x in value[:50]) if isinstance(value, list) else ""
