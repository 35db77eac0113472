"""What the signs mean (DMN 1.4, 10.3.2.13): equality, order and arithmetic over all kinds of values.

None is null: of a comparison of different kinds, and of arithmetic that has no result (then Nothing says why).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from expressions.budget import Budget
from expressions.feel import moments, zones
from expressions.feel.numeric import CONTEXT
from expressions.feel.plain import lift
from expressions.feel.values import (
    DAY,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Nothing,
    Range,
    Time,
    kind_of,
)

# Equality


def equal(left: Any, right: Any, budget: Budget) -> bool | None:
    """Say whether two values are equal; None where they are of different kinds."""
    kind = type(left)
    if kind is not type(right):
        return False if left is None or right is None else None
    if kind is list or kind is dict:
        budget.step(len(left))
        return _equal_lists(left, right, budget) if kind is list else _equal_contexts(left, right, budget)
    if kind is DateTime:
        return _moment(left, right)
    if kind is Time:
        if (left.zone is None) != (right.zone is None):
            return False
        return moments.instant(left) == moments.instant(right)
    if kind is Range:
        return _equal_ranges(left, right, budget)
    return bool(left == right)


def _moment(left: DateTime, right: DateTime) -> bool:
    zone = zones.HOUSE if (left.zone is None) != (right.zone is None) else None
    return moments.instant(left, zone) == moments.instant(right, zone)


def _equal_lists(left: list[Any], right: list[Any], budget: Budget) -> bool | None:
    if len(left) != len(right):
        return False
    return _all(equal(lift(mine), lift(other), budget) for mine, other in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, Any], right: dict[str, Any], budget: Budget) -> bool | None:
    if left.keys() != right.keys():
        return False
    return _all(equal(lift(mine), lift(right[name]), budget) for name, mine in left.items())


def _equal_ranges(left: Range, right: Range, budget: Budget) -> bool | None:
    if (left.start_included, left.end_included) != (right.start_included, right.end_included):
        return False
    return _all((equal(left.start, right.start, budget), equal(left.end, right.end, budget)))


def _all(answers: Any) -> bool | None:
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def same(left: Any, right: Any, budget: Budget) -> bool:
    """Say whether two values are equal, different kinds being different."""
    return equal(lift(left), lift(right), budget) is True


# Order


def order(left: Any, right: Any) -> int | None:
    """Give -1, 0 or 1; None where the two have no order."""
    kind = type(left)
    if kind is not type(right):
        return None
    key = _KEYS.get(kind)
    if key is None:
        return None
    if kind is DateTime or kind is Time:
        zone = zones.HOUSE if (left.zone is None) != (right.zone is None) else None
        mine, other = moments.instant(left, zone), moments.instant(right, zone)
        return int(mine > other) - int(mine < other)
    mine, other = key(left), key(right)
    return int(mine > other) - int(mine < other)


_KEYS: Final[dict[type, Callable[[Any], Any]]] = {
    Decimal: lambda value: value,
    str: lambda value: value,
    Date: lambda value: value.days,
    DateTime: moments.instant,
    Time: moments.instant,
    DaysDuration: lambda value: value.nanos,
    MonthsDuration: lambda value: value.months,
}


def less(left: Any, right: Any) -> bool | None:
    """`<`"""
    if type(left) is Decimal and type(right) is Decimal:
        return bool(left < right)
    found = order(left, right)
    return None if found is None else found < 0


def at_most(left: Any, right: Any) -> bool | None:
    """`<=`"""
    if type(left) is Decimal and type(right) is Decimal:
        return bool(left <= right)
    found = order(left, right)
    return None if found is None else found <= 0


def greater(left: Any, right: Any) -> bool | None:
    """`>`"""
    return less(right, left)


def at_least(left: Any, right: Any) -> bool | None:
    """`>=`"""
    return at_most(right, left)


ORDERS: Final[dict[str, Callable[[Any, Any], bool | None]]] = {
    "<": less,
    "<=": at_most,
    ">": greater,
    ">=": at_least,
}


def within(value: Any, interval: Range) -> bool | None:
    """Say whether a value is in a range; None where it cannot be compared with its ends."""
    low = high = True
    if interval.start is not None:
        found = order(interval.start, value)
        if found is None:
            return None
        low = found < 0 or (found == 0 and interval.start_included)
    if interval.end is not None:
        found = order(value, interval.end)
        if found is None:
            return None
        high = found < 0 or (found == 0 and interval.end_included)
    return low and high


# Arithmetic


def add(left: Any, right: Any, budget: Budget) -> Any:
    """`+`"""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return CONTEXT.add(left, right)
    if kind is str and other is str:
        budget.text(len(left) + len(right))
        return left + right
    if other in _MOMENTS and kind in _DURATIONS:
        left, right, kind, other = right, left, other, kind
    if other is DaysDuration:
        return _later(left, right.nanos)
    if other is MonthsDuration:
        return _months_later(left, right.months)
    raise _undefined("+", left, right)


def subtract(left: Any, right: Any, budget: Budget) -> Any:
    """`-`"""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return CONTEXT.subtract(left, right)
    if other is DaysDuration:
        return _later(left, -right.nanos)
    if other is MonthsDuration:
        return _months_later(left, -right.months)
    if kind is Time and other is Time:
        return moments.duration(_between(left, right))
    if (kind is Date or kind is DateTime) and (other is Date or other is DateTime):
        return moments.duration(_between(_midnight(left), _midnight(right)))
    raise _undefined("-", left, right)


def _midnight(value: Date | DateTime) -> DateTime:
    return DateTime(value.days, 0, None) if type(value) is Date else value  # type: ignore[return-value]


def _between(left: Any, right: Any) -> int:
    zone = zones.HOUSE if (left.zone is None) != (right.zone is None) else None
    return moments.instant(left, zone) - moments.instant(right, zone)


def _later(value: Any, nanos: int) -> Any:
    match value:
        case Date():
            days = value.days + nanos // DAY
            moments.date_of(days)
            return Date(days)
        case DateTime():
            return moments.shifted(value, nanos)
        case Time():
            return Time((value.nanos + nanos) % DAY, value.zone)
        case DaysDuration():
            return moments.duration(value.nanos + nanos)
    raise _undefined("+", value, DaysDuration(nanos))


def _months_later(value: Any, months: int) -> Any:
    match value:
        case Date():
            return Date(moments.months_later(value.days, months))
        case DateTime():
            return DateTime(moments.months_later(value.days, months), value.nanos, value.zone)
        case MonthsDuration():
            return moments.months(value.months + months)
    raise _undefined("+", value, MonthsDuration(months))


def multiply(left: Any, right: Any, budget: Budget) -> Any:
    """`*`"""
    if type(left) is Decimal and type(right) is Decimal:
        return CONTEXT.multiply(left, right)
    if type(left) in _DURATIONS and type(right) is Decimal:
        return _scaled(left, right, CONTEXT.multiply)
    if type(right) in _DURATIONS and type(left) is Decimal:
        return _scaled(right, left, CONTEXT.multiply)
    raise _undefined("*", left, right)


def divide(left: Any, right: Any, budget: Budget) -> Any:
    """`/`"""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        if not right:
            raise _by_zero()
        return CONTEXT.divide(left, right)
    if kind in _DURATIONS and other is Decimal:
        if not right:
            raise _by_zero()
        return _scaled(left, right, CONTEXT.divide)
    if kind in _DURATIONS and kind is other:
        mine, theirs = _length(left), _length(right)
        if not theirs:
            raise _by_zero()
        return CONTEXT.divide(Decimal(mine), Decimal(theirs))
    raise _undefined("/", left, right)


def power(left: Any, right: Any, budget: Budget) -> Any:
    """`**`"""
    if type(left) is Decimal and type(right) is Decimal:
        result = CONTEXT.power(left, right)
        if not result.is_finite():
            raise _by_zero()
        return result
    raise _undefined("**", left, right)


def negative(value: Any) -> Any:
    """`-a`"""
    match value:
        case Decimal():
            return CONTEXT.minus(value)
        case DaysDuration():
            return DaysDuration(-value.nanos)
        case MonthsDuration():
            return MonthsDuration(-value.months)
    raise Nothing(f"không có số đối của {kind_of(value)}", f"a {kind_of(value)} has no negative")


def _length(value: DaysDuration | MonthsDuration) -> int:
    return value.nanos if type(value) is DaysDuration else value.months  # type: ignore[union-attr]


def _scaled(value: Any, number: Decimal, by: Callable[[Decimal, Decimal], Decimal]) -> Any:
    """A duration times or by a number, cut to whole months or nanoseconds."""
    length = by(Decimal(_length(value)), number)
    if length.adjusted() > 30:
        raise Nothing("khoảng thời gian quá dài", "the duration is too long")
    return moments.duration(int(length)) if type(value) is DaysDuration else moments.months(int(length))


def _by_zero() -> Nothing:
    return Nothing("chia cho không", "a division by zero")


def _undefined(sign: str, left: Any, right: Any) -> Nothing:
    kinds = f"{kind_of(left)} {sign} {kind_of(right)}"
    return Nothing(f"không có phép {kinds}", f"there is no {kinds}")


_MOMENTS: Final = frozenset({Date, Time, DateTime})
_DURATIONS: Final = frozenset({DaysDuration, MonthsDuration})
ARITHMETIC: Final[dict[str, Callable[[Any, Any, Budget], Any]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
NUMBERS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
}
