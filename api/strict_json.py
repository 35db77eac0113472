"""Read JSON of strangers so that nothing in it can surprise what comes after: databases, expressions, other readers.

Refused: what is no JSON, NaN, numbers beyond a float, whole numbers beyond 64 bits (they would silently lose digits),
lone surrogates, the character NUL (PostgreSQL keeps no such text), and nesting that would exhaust a stack. The usual
body is read once by orjson; only one that looks odd is walked through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from api import wording
from errors import Detail, Invalid, Malformed
from texts import Text

DEEPEST = 64
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
_NO_JSON = Text("Nội dung không phải JSON hợp lệ: {0}.", "The body is not valid JSON: {0}.")


def loads(body: bytes) -> Any:
    """Read a body; raise Malformed where it is no JSON, Invalid naming the place of what cannot be kept."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(Text(_NO_JSON.vi.format(error.msg), _NO_JSON.en.format(error.msg))) from error
    details: list[Detail] = []
    if body.count(b"[") + body.count(b"{") > DEEPEST or b"\\u0000" in body:
        details += walk(value)
    if not details and _LONG_NUMBER.search(body):
        details += _too_long(body)
    if details:
        raise Invalid(details=details)
    return value


def walk(value: Any, place: str = "", depth: int = 0) -> Iterator[Detail]:
    """Give what cannot be kept, each with its dotted place."""
    if isinstance(value, str):
        if "\0" in value:
            yield wording.detail(place, "nul")
    elif isinstance(value, dict | list):
        if depth == DEEPEST:
            yield wording.detail(place[:200], "deep", DEEPEST)
            return
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            name = str(key).replace("\0", "\\u0000")
            inner = f"{place}.{name}" if place else name
            if name != str(key):
                yield wording.detail(inner, "nul")
            yield from walk(item, inner, depth + 1)


def _too_long(body: bytes) -> list[Detail]:
    """Find whole numbers beyond 64 bits, which orjson would read as floats; digits in a text are none."""
    found: list[Detail] = []

    def whole(digits: str) -> int:
        if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
            found.append(wording.detail("", "number"))
            return 0
        return int(digits)

    json.loads(body, parse_int=whole)
    return found[:1]
