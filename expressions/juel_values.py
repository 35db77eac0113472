"""Values as Unified EL 2.2 coerces, compares and computes them (sections 1.7, 1.8 and 1.23)."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from expressions.failures import Refusal

ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_STEPS: Final[dict[str, Callable[[Any, Any], Any]]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Moment:
    """A moment of joda-time, which `dateTime()` gives; as a result it is its date-time."""

    __slots__ = ("at",)

    def __init__(self, at: datetime) -> None:
        self.at = at


def plain(value: Any) -> Any:
    """Give a result as data."""
    return value.at if isinstance(value, Moment) else value


def member(value: Any, key: Any) -> Any:
    """Give `value[key]`: null of null, and where a map or list has none of that key."""
    if value is None or key is None:
        return None
    if isinstance(value, dict):
        return value.get(key) if isinstance(key, str) else None
    if isinstance(value, list | tuple):
        index = _number(key)
        return value[int(index)] if 0 <= index < len(value) else None
    if isinstance(value, str) and key == "empty":
        return not value
    raise Refusal(f"giá trị không có thuộc tính “{key}”", f'the value has no property "{key}"')


def truth(value: Any) -> bool:
    """Coerce to a boolean: null and every text but "true" are false; a number is an error."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return value.lower() == "true"
    raise Refusal("cần giá trị đúng/sai", "a true or false value is needed")


def equal(left: Any, right: Any) -> bool:
    """`==`: null equals only null; a number makes the other side a number, then a boolean, then a text."""
    if left is None or right is None:
        return left is right
    if _is_number(left) or _is_number(right):
        return bool(_number(left) == _number(right))
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) is truth(right)
    if isinstance(left, str) or isinstance(right, str):
        return _text(left) == _text(right)
    return bool(plain(left) == plain(right))


def ordered(left: Any, sign: str, right: Any) -> bool:
    """`<` and its like: false with null; numbers first, then texts, then dates."""
    if left is None or right is None:
        return left is right and sign in ("<=", ">=")
    if _is_number(left) or _is_number(right):
        return ORDER[sign](_number(left), _number(right))
    if isinstance(left, str) or isinstance(right, str):
        return ORDER[sign](_text(left), _text(right))
    left, right = plain(left), plain(right)
    if isinstance(left, date) and isinstance(right, date):
        return ORDER[sign](left, right)
    raise Refusal("không so sánh được hai giá trị này", "these two values cannot be compared")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: Any) -> Any:
    if _is_number(value):
        return value
    if value == "" and isinstance(value, str):
        return 0
    if isinstance(value, str):
        try:
            return int(value) if re.fullmatch(r"[+-]?\d{1,30}", value) else Decimal(value[:100])
        except InvalidOperation:
            pass
    raise Refusal("cần một số", "a number is needed")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise Refusal("cần một chuỗi", "a text is needed")


def empty(value: Any) -> bool:
    """`empty`: null, an empty text, list or map."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def negative(value: Any) -> Any:
    """`-value`: null is 0 (1.7.4)."""
    return 0 if value is None else -_operand(value)


def arithmetic(left: Any, sign: str, right: Any) -> Any:
    """Compute as section 1.7 says: null is 0; exact numbers stay exact, texts become numbers, `/` gives a fraction."""
    if left is None and right is None:
        return 0
    a, b = _operand(left), _operand(right)
    exact = isinstance(a, Decimal) or isinstance(b, Decimal)
    if sign == "%":
        return _remainder(a, b)
    if exact:
        a, b = Decimal(str(a)), Decimal(str(b))
    if sign == "/":
        return _divided(a, b) if exact else float(a) / float(b)
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)
    return _STEPS[sign](a, b)


def _operand(value: Any) -> Any:
    """Give an operand as a number: a text with a fraction or an exponent is a double."""
    if value is None:
        return 0
    if isinstance(value, str):
        if not value:
            return 0
        number = _number(value)
        return float(number) if isinstance(number, Decimal) else number
    return _number(value)


def _divided(a: Decimal, b: Decimal) -> Decimal:
    """Divide as `BigDecimal.divide(b, ROUND_HALF_UP)` does: with the places of the dividend."""
    return (a / b).quantize(Decimal(1).scaleb(min(int(a.as_tuple().exponent), 0)), rounding=ROUND_HALF_UP)


def _remainder(a: Any, b: Any) -> Any:
    """Give the remainder with the sign of the dividend, as Java does."""
    if isinstance(a, int) and isinstance(b, int):
        if b == 0:
            raise ZeroDivisionError("division by zero")
        return abs(a) % abs(b) * (1 if a >= 0 else -1)
    return math.fmod(float(a), float(b))
