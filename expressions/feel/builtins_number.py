"""Built-in functions of numbers and booleans (DMN 1.4, 10.3.4.2 and 10.3.4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from expressions.feel import numeric
from expressions.feel.numeric import CONTEXT, ROUNDINGS, ZERO
from expressions.feel.running import Run
from expressions.feel.values import DaysDuration, MonthsDuration, Nothing

LONGEST: Final = 400
"""Characters of a text that is read as a number."""
SCALES: Final = range(-6111, 6177)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


def _rounding(title: str) -> Callable[..., Decimal]:
    def call(run: Run, value: Decimal, scale: int | None = None) -> Decimal:
        scale = scale or 0
        if scale not in SCALES:
            raise Nothing("số chữ số thập phân quá lớn", "the scale is out of range")
        return numeric.rounded(value, scale, ROUNDINGS[title])

    return call


def _absolute(run: Run, value: Any) -> Any:
    match value:
        case DaysDuration():
            return DaysDuration(abs(value.nanos))
        case MonthsDuration():
            return MonthsDuration(abs(value.months))
        case list() if len(value) == 1:
            return _absolute(run, value[0])
        case Decimal():
            return abs(value)
    raise Nothing("cần một số hoặc khoảng thời gian", "a number or duration is needed")


def _modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise Nothing("chia cho không", "a division by zero")
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _square_root(run: Run, value: Decimal) -> Decimal:
    if value < 0:
        raise Nothing("số âm không có căn", "a negative number has no square root")
    return CONTEXT.sqrt(value)


def _logarithm(run: Run, value: Decimal) -> Decimal:
    if value <= 0:
        raise Nothing("chỉ số dương có lô-ga-rít", "only a positive number has a logarithm")
    return CONTEXT.ln(value)


def _is_even(run: Run, value: Decimal) -> bool:
    return CONTEXT.remainder(value, Decimal(2)) == ZERO


def _is_odd(run: Run, value: Decimal) -> bool:
    return abs(CONTEXT.remainder(value, Decimal(2))) == 1


def _number(run: Run, text: Any, grouping: str | None = None, point: str | None = None) -> Decimal:
    if type(text) is Decimal:
        return text
    if type(text) is not str:
        raise Nothing("cần một chuỗi", "a text is needed")
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (grouping and grouping == point):
        raise Nothing("dấu phân cách không dùng được", "these separators cannot be used")
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        text = text.replace(".", "\0").replace(",", ".")
    if len(text) > LONGEST or not _NUMBER.fullmatch(text):
        raise Nothing("chuỗi không phải là số", "the text is no number")
    return CONTEXT.create_decimal(text)


def _negated(run: Run, value: Any) -> bool | None:
    return not value if type(value) is bool else None


VALUE: Final = "number: n"
FUNCTIONS: Final = {
    "not": [("negand: a", _negated)],
    "number": [
        ("from: a", _number),
        ("from: s, grouping separator: s?, decimal separator: s?", _number),
    ],
    "decimal": [("n: n, scale: i", _rounding("decimal"))],
    "floor": [("n: n, scale: i?", _rounding("floor"))],
    "ceiling": [("n: n, scale: i?", _rounding("ceiling"))],
    "round up": [("n: n, scale: i?", _rounding("round up"))],
    "round down": [("n: n, scale: i?", _rounding("round down"))],
    "round half up": [("n: n, scale: i?", _rounding("round half up"))],
    "round half down": [("n: n, scale: i?", _rounding("round half down"))],
    "abs": [("n: a", _absolute), ("number: a", _absolute)],
    "modulo": [("dividend: n, divisor: n", _modulo)],
    "sqrt": [(VALUE, _square_root)],
    "log": [(VALUE, _logarithm)],
    "exp": [(VALUE, lambda run, value: CONTEXT.exp(value))],
    "odd": [(VALUE, _is_odd)],
    "even": [(VALUE, _is_even)],
}
