"""The commonest conditions of forms, decided without JavaScript: one name or path compared with one literal.

`status = "new"`, `person.age >= 18`, `this.kind != null`: only where the outcome is plain (a known name, a value of the
literal's own type, or null). Everything else is left to feelin, and a test holds each outcome against feelin's.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

_PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_LITERAL = r'"[^"\\\n]*"|-?\d{1,15}(?:\.\d{1,15})?|true|false|null'
_FORM = re.compile(rf"\s*({_PATH})\s*(!=|<=|>=|=|<|>)\s*({_LITERAL})\s*", re.ASCII)
_WORDS = frozenset({"and", "or", "not", "in", "if", "then", "else", "for", "some", "every", "between", "true", "false"})
_WORDS |= {"null", "return", "satisfies", "instance", "of", "function", "external"}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONSTANTS = {"true": True, "false": False, "null": None}
_EXACT = 2**53
_DEEPEST = 20

Comparison: TypeAlias = tuple[tuple[str, ...], str, Any]


def decided(source: str, context: Mapping[str, Any]) -> bool | None:
    """Give what a unary test without input says, or None where only feelin can tell."""
    comparison = _read(source)
    if comparison is None:
        return None
    path, sign, literal = comparison
    if not _is_plain(context):
        return None
    value: Any = context
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    if sign in _ORDER:
        return _ordered(value, sign, literal)
    if value is not None and literal is not None and not _is_alike(value, literal):
        return None
    return (value == literal) is (sign == "=")


def _is_plain(context: Any, depth: int = 0) -> bool:
    """Say whether feelin takes all of it as it is, and reads the source by its words alone.

    A name with signs in it may decide how a source is read; a number that JavaScript cannot hold is refused.
    """
    if isinstance(context, dict):
        words = all(isinstance(name, str) and name.isidentifier() for name in context)
        return words and depth < _DEEPEST and all(_is_plain(inner, depth + 1) for inner in context.values())
    if isinstance(context, list | tuple):
        return depth < _DEEPEST and all(_is_plain(inner, depth + 1) for inner in context)
    if isinstance(context, str):
        return context.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in context)
    return context is None or isinstance(context, bool) or _is_number(context)


def _ordered(value: Any, sign: str, literal: Any) -> bool | None:
    """Compare numbers; a comparison that lacks its value is null, which a unary test takes for true."""
    if not _is_number(literal):
        return None
    if value is None:
        return True
    return _ORDER[sign](value, literal) if _is_number(value) else None


def _is_alike(value: Any, literal: Any) -> bool:
    return type(value) is type(literal) or (_is_number(value) and _is_number(literal))


def _is_number(value: Any) -> bool:
    return isfinite(value) if type(value) is float else type(value) is int and -_EXACT < value < _EXACT


@lru_cache(maxsize=2000)
def _read(source: str) -> Comparison | None:
    found = _FORM.fullmatch(source) if len(source) <= 200 else None
    if found is None:
        return None
    path = tuple(found[1].split("."))
    literal = found[3]
    if not _WORDS.isdisjoint(path):
        return None
    if literal in _CONSTANTS:
        return path, found[2], _CONSTANTS[literal]
    return path, found[2], literal[1:-1] if literal.startswith('"') else float(literal)
