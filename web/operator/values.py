"""Data of programs for people: each value in a line, a long or deep one as indented JSON to unfold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

SHORT = 100
LONGEST = 20_000
"""So much of one value is written to a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value: `short` stands in the line, `whole` unfolds (empty: short is all there is)."""

    name: str
    type: str
    short: str
    whole: str = ""
    is_cut: bool = False


def lines(data: Mapping[str, Any]) -> list[Line]:
    """Give the values by name."""
    return [line(name, data[name]) for name in sorted(data, key=str)]


def line(name: str, value: Any) -> Line:
    """Write one value."""
    whole = value if isinstance(value, str) else _json(value, indented=isinstance(value, list | dict))
    flat = " ".join(value.split()) if isinstance(value, str) else _json(value, indented=False)
    type_ = _type(value)
    if len(flat) <= SHORT and (not isinstance(value, str) or flat == value):
        return Line(name=str(name), type=type_, short=flat)
    return Line(
        name=str(name), type=type_, short=f"{flat[:SHORT]}…" if len(flat) > SHORT else flat, whole=whole[:LONGEST],
        is_cut=len(whole) > LONGEST,
    )  # fmt: skip


def _json(value: Any, *, indented: bool) -> str:
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if indented else 0)
    return orjson.dumps(value, option=options, default=str).decode()


def _type(value: Any) -> str:
    names = ((bool, "boolean"), (int | float, "number"), (str, "text"), (list, "list"), (dict, "object"))
    return "null" if value is None else next((name for kind, name in names if isinstance(value, kind)), "object")
