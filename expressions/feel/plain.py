"""From plain data to FEEL values and back. Data is taken over when it is looked at: size nobody asks for is free.

In: None, bool, str, int (up to 34 digits), float and Decimal (finite), date, time, datetime, timedelta, list, tuple,
dict; FEEL values.
Out: whole numbers of 64 bits as int, others as Decimal; date; datetime with an offset; times, durations and ranges as
texts (ISO 8601; `[1..5]`); lists and dicts of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from expressions.failures import Refusal
from expressions.feel import moments, numeric
from expressions.feel.numeric import CONTEXT
from expressions.feel.values import (
    Date,
    DateTime,
    DaysDuration,
    Function,
    MonthsDuration,
    Range,
    Time,
    kind_of,
)
from expressions.plain import Copy

_MOST_BITS: Final = 112
"""Bits of a whole number that 34 digits certainly hold."""


def lift(value: Any) -> Any:
    """Give the FEEL value of plain data; what is in a list or dict is left as it is. Raises Refusal."""
    read = _LIFT.get(type(value))
    if read is None:
        name = type(value).__name__
        raise Refusal(f"FEEL không nhận dữ liệu kiểu {name}", f"FEEL cannot take data of type {name}")
    return value if read is _same else read(value)


def lifted(values: list[Any]) -> list[Any]:
    """Give the FEEL values of a list's items."""
    return [lift(value) for value in values]


def _same(value: Any) -> Any:
    return value


def _int(value: int) -> Decimal:
    if value.bit_length() > _MOST_BITS:
        raise Refusal("số nguyên quá 34 chữ số", "a whole number has more than 34 digits")
    return Decimal(value)


def _float(value: float) -> Decimal:
    if not isfinite(value):
        raise _not_finite()
    return Decimal(repr(value))


def _decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise _not_finite()
    try:
        if CONTEXT.plus(value) == value:
            return value
    except ArithmeticError:
        pass
    raise Refusal("số quá 34 chữ số", "a number has more than 34 digits")


def _not_finite() -> Refusal:
    return Refusal("số không hữu hạn", "a number is not finite")


_LIFT: Final[dict[type, Callable[[Any], Any]]] = {
    type(None): _same,
    bool: _same,
    str: _same,
    list: _same,
    dict: _same,
    Date: _same,
    Time: _same,
    DateTime: _same,
    DaysDuration: _same,
    MonthsDuration: _same,
    Range: _same,
    Function: _same,
    int: _int,
    float: _float,
    Decimal: _decimal,
    date: moments.from_python,
    datetime: moments.from_python,
    time: lambda value: moments.read_time(value.isoformat()),
    timedelta: lambda value: moments.duration(
        (value.days * 86_400 + value.seconds) * 10**9 + value.microseconds * 1000
    ),
    tuple: list,
}


def plain(value: Any) -> Any:
    """Give plain data of its own. Raises Refusal for a function, for too much of it, and for what cannot be stored."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is Decimal:
        return numeric.left(value)
    return _Copy().of(value, 0)


class _Copy(Copy):
    __slots__ = ()

    def _leaf(self, value: Any, kind: type) -> Any:
        if value is None or kind is bool:
            return value
        value = lift(value)
        kind = type(value)
        if kind is Decimal:
            return numeric.left(value)
        if kind is Date or kind is DateTime:
            return moments.to_python(value)
        if kind is Time or kind is DaysDuration or kind is MonthsDuration:
            return moments.shown(value)
        if kind is Range:
            return _range(value)
        if kind is Function:
            raise Refusal("không giữ được một hàm", "a function cannot be kept")
        return value


def _range(value: Range) -> str:
    start, end = (written(side) for side in (value.start, value.end))
    return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"


def written(value: Any) -> str:
    """Write the end of a range."""
    if value is None:
        return ""
    if type(value) is Decimal:
        return numeric.shown(value)
    if type(value) is str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'@"{moments.shown(value)}"' if kind_of(value) in _MOMENTS else kind_of(value)


_MOMENTS: Final = ("date", "time", "date and time", "days and time duration", "years and months duration")
