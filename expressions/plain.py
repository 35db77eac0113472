"""Plain data: what may enter and leave a script. Copies share nothing with their source."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from expressions.failures import Refusal

MOMENTS = frozenset((date, datetime, time, timedelta))
MOST_VALUES = 100_000
"""Values in one copied variable or result, each shared one as often as it is met."""
MOST_CHARACTERS = 4_000_000
DEEPEST = 40
"""Levels of lists and dicts inside each other."""
WIDEST_INTEGER = 64
"""Bits of a whole number that leaves a run: what JSON writers and databases take."""


def copied(value: Any) -> Any:
    """Copy `value` as plain data: tuples and ranges become lists, sets sorted lists.

    Takes None, bool, int (64 bits), float (finite), str (encodable, without NUL), list, dict with str keys, date,
    time, datetime, timedelta and Decimal. Raises Refusal for anything else, and for too much.
    """
    return Copy().of(value, 0)


class Copy:
    """Copies one value, within the limits above; `_leaf` says what may stand besides texts, lists and dicts."""

    __slots__ = ("_characters", "_values")

    def __init__(self) -> None:
        self._values = MOST_VALUES
        self._characters = MOST_CHARACTERS

    def of(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value)
        self._values -= 1
        if self._values < 0 or depth > DEEPEST:
            raise Refusal("dữ liệu quá lớn hoặc lồng quá sâu", "the data is too large or nested too deeply")
        if kind is dict:
            return {self._key(key): self.of(part, depth + 1) for key, part in value.items()}
        if kind is list or kind is tuple or kind is range:
            return [self.of(part, depth + 1) for part in value]
        if kind is set or kind is frozenset:
            return [self.of(part, depth + 1) for part in in_order(value)]
        return self._leaf(value, kind)

    def _leaf(self, value: Any, kind: type) -> Any:
        if value is None or kind is bool or kind in MOMENTS:
            return value
        if kind is int:
            if value.bit_length() >= WIDEST_INTEGER:
                raise Refusal("số nguyên vượt 64 bit", "a whole number has more than 64 bits")
            return value
        if kind is float or kind is Decimal:
            if not (isfinite(value) if kind is float else value.is_finite()):
                raise Refusal("kết quả không phải là số hữu hạn", "a number is not finite")
            return value
        name = "function" if callable(value) else kind.__name__
        raise Refusal(f"không giữ được giá trị kiểu {name}", f"a value of type {name} cannot be kept")

    def _text(self, value: str) -> str:
        self._values -= 1
        self._characters -= len(value)
        if self._characters < 0 or self._values < 0:
            raise Refusal("dữ liệu quá lớn", "the data is too large")
        if "\0" in value or not (value.isascii() or _encodable(value)):
            raise Refusal("chuỗi có ký tự không ghi được", "a text has characters that cannot be stored")
        return value

    def _key(self, key: Any) -> str:
        if type(key) is not str:
            raise Refusal("khoá của từ điển phải là chuỗi", "the keys of a dict must be texts")
        return self._text(key)


def in_order(values: set[Any] | frozenset[Any]) -> list[Any]:
    """Give the elements of a set in an order that does not change from one run to the next."""
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda value: (type(value).__name__, str(value)))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
