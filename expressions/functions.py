"""The functions that code may call by name, each with what it costs. A variable of the same name hides one.

Nothing here reads the clock: `now()` and `today()` exist only where the caller gives them as `extra`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from expressions.budget import MOST_ELEMENTS, Budget
from expressions.failures import Refusal
from expressions.guards import NUMBERS, each, key, text
from expressions.zone import OFFICE

LONGEST_NUMBER = 400
"""Characters of a text that is read as a number."""
MOST_DIGITS = 100
"""Digits of a Decimal made from a text, places that round() takes, and the power of ten of a Decimal made whole."""

_REQUIRED: Final = object()


def _whole(budget: Budget, value: Any = 0, base: int | None = None) -> int:
    if type(value) is str:
        if len(value) > LONGEST_NUMBER:
            raise Refusal("số quá dài", "the number is too long")
        return int(value) if base is None else int(value, base)
    return int(_number(value))


def _float(budget: Budget, value: Any = 0.0) -> float:
    if type(value) is str:
        if len(value) > LONGEST_NUMBER:
            raise Refusal("số quá dài", "the number is too long")
        return float(value)
    return float(_number(value))


def _decimal(budget: Budget, value: Any = 0) -> Decimal:
    if type(value) is str and len(value) > MOST_DIGITS:
        raise Refusal("số quá dài", "the number is too long")
    return _number(Decimal(value) if type(value) is str else Decimal(_number(value)))  # type: ignore[no-any-return]


def _number(value: Any) -> Any:
    if type(value) not in NUMBERS:
        raise Refusal("cần một số", "a number is needed")
    if type(value) is Decimal and value.is_finite() and abs(value.adjusted()) > MOST_DIGITS:
        raise Refusal("số quá lớn", "the number is too large")
    return value


def _round(budget: Budget, value: Any, digits: int | None = None) -> Any:
    if digits is not None and abs(digits) > MOST_DIGITS:
        raise Refusal("làm tròn quá nhiều chữ số", "too many digits to round to")
    return round(_number(value), digits)


def _length(budget: Budget, value: Any) -> int:
    return len(value)


def _truth(budget: Budget, value: Any = False) -> bool:
    return bool(value)


def _absolute(budget: Budget, value: Any) -> Any:
    return abs(value)


def _sum(budget: Budget, values: Any, start: Any = 0) -> Any:
    if type(start) not in NUMBERS and type(start) is not timedelta:
        raise Refusal("sum() chỉ cộng số", "sum() adds only numbers")
    return sum(each(budget, values, 4), start)


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    def call(budget: Budget, *values: Any, default: Any = _REQUIRED) -> Any:
        candidates = list(each(budget, values[0], 4)) if len(values) == 1 else list(values)
        if not candidates and default is not _REQUIRED:
            return default
        budget.walk(candidates)
        return choose(candidates)

    return call


def _sorted(budget: Budget, values: Any, *, reverse: bool = False) -> list[Any]:
    elements = _list(budget, values)
    budget.walk(elements, 8)
    return sorted(elements, reverse=bool(reverse))


def _list(budget: Budget, values: Any = ()) -> list[Any]:
    if type(values) in (list, tuple, range, str):
        budget.elements(len(values))
    return list(each(budget, values))


def _tuple(budget: Budget, values: Any = ()) -> tuple[Any, ...]:
    return tuple(_list(budget, values))


def _reversed(budget: Budget, values: Any) -> list[Any]:
    return _list(budget, values)[::-1]


def _set(budget: Budget, values: Any = ()) -> set[Any]:
    made = set()
    for value in each(budget, values, 8):  # one by one: colliding keys show up on the clock, not in one long call
        made.add(key(budget, value))
    return made


def _dict(budget: Budget, pairs: Any = (), /, **named: Any) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    if type(pairs) is dict:
        budget.elements(2 * len(pairs))
        made.update(pairs)
    else:
        for name, value in each(budget, pairs, 8):
            made[key(budget, name)] = value
    made.update(named)
    return made


def _range(budget: Budget, *ends: int) -> range:
    made = range(*ends)
    if len(made) > MOST_ELEMENTS:
        raise Refusal("khoảng quá dài", "the range is too long")
    return made


def _enumerate(budget: Budget, values: Any, start: int = 0) -> list[tuple[int, Any]]:
    return list(enumerate(each(budget, values, 12), start))


def _zip(budget: Budget, *lists: Any) -> list[tuple[Any, ...]]:
    return list(zip(*(each(budget, values, 12) for values in lists), strict=False))


def _any(budget: Budget, values: Any) -> bool:
    return any(each(budget, values))


def _all(budget: Budget, values: Any) -> bool:
    return all(each(budget, values))


def _isinstance(budget: Budget, value: Any, kinds: Any) -> bool:
    wanted = kinds if type(kinds) is tuple else (kinds,)
    types = tuple(KINDS.get(getattr(kind, "func", None)) for kind in wanted)
    if None in types:
        raise Refusal("isinstance() chỉ nhận tên kiểu", "isinstance() takes the names of types")
    return isinstance(value, types)  # type: ignore[arg-type]


def _date(budget: Budget, *parts: Any) -> date:
    """`date("2026-01-31")`, `date(2026, 1, 31)`, `date(moment)`"""
    match parts:
        case (str() as iso,):
            return datetime.fromisoformat(iso).date() if "T" in iso else date.fromisoformat(iso)
        case (datetime() as moment,):
            return moment.date()
        case (date() as day,):
            return day
    return date(*parts)


def _datetime(budget: Budget, *parts: Any) -> datetime:
    """`datetime("2026-01-31T08:00:00+07:00")`, `datetime(2026, 1, 31, 8)`, `datetime(day)`; else office time."""
    match parts:
        case (str() as iso,):
            moment = datetime.fromisoformat(iso)
            return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE)
        case (datetime() as moment,):
            return moment
        case (date() as day,):
            return datetime(day.year, day.month, day.day, tzinfo=OFFICE)
    return datetime(*parts).replace(tzinfo=OFFICE)  # noqa: DTZ001 (the line says its zone)


def _timedelta(budget: Budget, **parts: float) -> timedelta:
    return timedelta(**parts)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "len": _length,
    "bool": _truth,
    "int": _whole,
    "float": _float,
    "str": text,
    "abs": _absolute,
    "round": _round,
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "sorted": _sorted,
    "reversed": _reversed,
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "dict": _dict,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "any": _any,
    "all": _all,
    "isinstance": _isinstance,
    "date": _date,
    "datetime": _datetime,
    "timedelta": _timedelta,
    "Decimal": _decimal,
}
"""Each takes the run's Budget first."""
KINDS: Final[dict[Any, type]] = {
    _truth: bool,
    _whole: int,
    _float: float,
    text: str,
    _list: list,
    _tuple: tuple,
    _set: set,
    _dict: dict,
    _date: date,
    _datetime: datetime,
    _timedelta: timedelta,
    _decimal: Decimal,
}


def bound(name: str, budget: Budget) -> Callable[..., Any]:
    """Give the function `name` on the account `budget`."""
    return partial(FUNCTIONS[name], budget)
