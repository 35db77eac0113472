"""The methods of Java's values and the functions that `${…}` may call: those whose result is the same here.

Methods that change their value, and those whose result depends on Java's classes (hashCode, equals of numbers), are
not among them. Regular expressions are Java's, so `matches` and `split` are not either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from expressions.failures import Refusal
from expressions.juel_values import Moment, empty, equal, ordered
from expressions.zone import OFFICE

LONGEST = 200_000
"""Characters of a text that a method makes or reads as JSON."""
Method = Callable[..., Any]


def _on(kinds: type | tuple[type, ...], call: Method) -> Method:
    """Let a method be called on values of these kinds only."""

    def checked(value: Any, *arguments: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise Refusal("giá trị không có phương thức này", "the value has no such method")
        return call(value, *arguments)

    return checked


def _either(*methods: tuple[type | tuple[type, ...], Method]) -> Method:
    """Choose by the kind of value."""

    def checked(value: Any, *arguments: Any) -> Any:
        for kinds, call in methods:
            if isinstance(value, kinds):
                return call(value, *arguments)
        raise Refusal("giá trị không có phương thức này", "the value has no such method")

    return checked


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refusal("cần một chuỗi", "a text is needed")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("cần một số nguyên", "a whole number is needed")
    if abs(value) > 10_000_000:
        raise Refusal("số quá lớn", "the number is too large")
    return value


def _at(values: Any, index: Any) -> Any:
    position = _whole(index)
    if not 0 <= position < len(values):
        raise Refusal("chỉ số nằm ngoài danh sách", "the index lies outside")
    return values[position]


def _part(text: str, start: Any, end: Any = None) -> str:
    first, last = _whole(start), len(text) if end is None else _whole(end)
    if not 0 <= first <= last <= len(text):
        raise Refusal("chỉ số nằm ngoài chuỗi", "the index lies outside")
    return text[first:last]


def _replaced(text: str, old: Any, new: Any) -> str:
    if len(text) * (len(_text(new)) + 1) > LONGEST:
        raise Refusal("chuỗi quá dài", "the text is too long")
    return text.replace(_text(old), _text(new))


def _joined(text: str, more: Any) -> str:
    if len(text) + len(_text(more)) > LONGEST:
        raise Refusal("chuỗi quá dài", "the text is too long")
    return text + str(more)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return value.at.isoformat(timespec="milliseconds")
    if isinstance(value, str | int):
        return str(value)
    raise Refusal("không đổi được giá trị này ra chuỗi", "this value cannot be made a text")


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or not isinstance(one, str | bool):
        raise Refusal("equals() chỉ so sánh hai chuỗi: hãy dùng ==", "equals() compares texts only: use ==")
    return bool(one == other)


def _has(values: Any, wanted: Any) -> bool:
    """Tell whether a list holds a value; numbers are compared as numbers, which Java does only within one class."""
    if not isinstance(wanted, str | bool | int) and wanted is not None:
        raise Refusal(
            "contains() chỉ tìm chuỗi, số nguyên, đúng/sai", "contains() finds texts, whole numbers, booleans"
        )
    return any(type(value) is type(wanted) and value == wanted for value in values)


def _moved(sign: int, unit: str) -> Method:
    def move(moment: Moment, amount: Any) -> Moment:
        count = sign * _whole(amount)
        if unit in ("months", "years"):
            return Moment(_months_after(moment.at, count * (12 if unit == "years" else 1)))
        try:
            return Moment(moment.at + timedelta(**{unit: count}))
        except OverflowError:
            raise Refusal("ngoài lịch", "beyond the calendar") from None

    return move


def _months_after(at: datetime, months: int) -> datetime:
    """Count months as joda-time does: the last day where the month is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Refusal("ngoài lịch", "beyond the calendar")
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month + 1)


def _property(value: dict[str, Any], name: Any) -> Any:
    if _text(name) not in value:
        raise Refusal(f"không có thuộc tính “{name}”", f'there is no property "{name}"')
    return value[name]


NUMBER = (int, float, Decimal)

METHODS: Final[dict[tuple[str, int], Method]] = {
    ("length", 0): _on(str, len),
    ("isEmpty", 0): _on((str, list, tuple, dict), lambda value: not value),
    ("isBlank", 0): _on(str, lambda text: not text.strip()),
    ("contains", 1): _either((str, lambda text, part: _text(part) in text), ((list, tuple), _has)),
    ("startsWith", 1): _on(str, lambda text, part: text.startswith(_text(part))),
    ("endsWith", 1): _on(str, lambda text, part: text.endswith(_text(part))),
    ("indexOf", 1): _on(str, lambda text, part: text.find(_text(part))),
    ("toUpperCase", 0): _on(str, str.upper),
    ("toLowerCase", 0): _on(str, str.lower),
    ("trim", 0): _on(str, lambda text: text.strip("".join(map(chr, range(33))))),
    ("concat", 1): _on(str, _joined),
    ("replace", 2): _on(str, _replaced),
    ("substring", 1): _on(str, _part),
    ("substring", 2): _on(str, _part),
    ("equals", 1): _same,
    ("equalsIgnoreCase", 1): _on(str, lambda text, other: isinstance(other, str) and text.lower() == other.lower()),
    ("toString", 0): _shown,
    ("size", 0): _on((list, tuple, dict), len),
    ("get", 1): _either((dict, lambda value, key: value.get(_text(key))), ((list, tuple), _at)),
    ("getOrDefault", 2): _on(dict, lambda value, key, other: value.get(_text(key), other)),
    ("containsKey", 1): _on(dict, lambda value, key: _text(key) in value),
    ("containsValue", 1): _on(dict, lambda value, wanted: _has(list(value.values()), wanted)),
    ("keySet", 0): _on(dict, list),
    ("values", 0): _on(dict, lambda value: list(value.values())),
    ("intValue", 0): _on(NUMBER, int),
    ("longValue", 0): _on(NUMBER, int),
    ("doubleValue", 0): _on(NUMBER, float),
    ("booleanValue", 0): _on(bool, bool),
    ("toDate", 0): _on(Moment, lambda moment: moment.at),
    ("getTime", 0): _on(datetime, lambda at: int(at.timestamp() * 1000)),
    ("withTimeAtStartOfDay", 0): _on(
        Moment, lambda moment: Moment(moment.at.replace(hour=0, minute=0, second=0, microsecond=0))
    ),
    ("getYear", 0): _on(Moment, lambda moment: moment.at.year),
    ("getMonthOfYear", 0): _on(Moment, lambda moment: moment.at.month),
    ("getDayOfMonth", 0): _on(Moment, lambda moment: moment.at.day),
    ("getDayOfWeek", 0): _on(Moment, lambda moment: moment.at.isoweekday()),
    ("getHourOfDay", 0): _on(Moment, lambda moment: moment.at.hour),
    ("prop", 1): _on(dict, _property),
    ("hasProp", 1): _on(dict, lambda value, name: _text(name) in value),
    ("elements", 0): _on((list, tuple), list),
    ("stringValue", 0): _on(str, str),
    ("numberValue", 0): _on(NUMBER, lambda value: value),
    ("boolValue", 0): _on(bool, bool),
    ("value", 0): _on((str, *NUMBER, bool), lambda value: value),
    **{
        (f"{word}{unit.capitalize()}", 1): _on(Moment, _moved(sign, unit))
        for word, sign in (("plus", 1), ("minus", -1))
        for unit in ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
    },
}
"""By name and number of arguments: of texts, lists, maps, numbers, joda-time's moments, Camunda's JSON (Spin)."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function without a value in front; it gets the moment first."""

    call: Method
    counts: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class VariableFunction:
    """A function of Flowable on a variable, which it gets by name with all variables."""

    call: Callable[..., Any]
    more: int = 0
    """How many arguments besides the name."""


def _now(now: datetime | None) -> datetime:
    if now is None:
        raise Refusal("ở đây không có thời điểm", "the moment is not known here")
    return now.astimezone(OFFICE)


def _json(now: datetime | None, value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    if len(_text(value)) > LONGEST:
        raise Refusal("chuỗi quá dài", "the text is too long")
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise Refusal("chuỗi không phải JSON", "the text is no JSON") from None


FUNCTIONS: Final = {
    "now": Function(_now),
    "dateTime": Function(lambda now: Moment(_now(now))),
    "S": Function(_json, (1,)),
    "JSON": Function(_json, (1,)),
}


def _order(sign: str) -> Callable[..., bool]:
    def compare(variables: Mapping[str, Any], name: str, other: Any) -> bool:
        value = variables.get(name)
        return value is not None and other is not None and ordered(value, sign, other)

    return compare


_EQUAL = VariableFunction(lambda variables, name, other: equal(variables.get(name), other), 1)
_UNEQUAL = VariableFunction(lambda variables, name, other: not equal(variables.get(name), other), 1)
_EMPTY = VariableFunction(lambda variables, name: empty(variables.get(name)))
_FILLED = VariableFunction(lambda variables, name: not empty(variables.get(name)))
_EXISTS = VariableFunction(lambda variables, name: variables.get(name) is not None)
VARIABLE_FUNCTIONS: Final = {
    "get": VariableFunction(lambda variables, name: variables.get(name)),
    "getOrDefault": VariableFunction(
        lambda variables, name, other: other if variables.get(name) is None else variables[name], 1
    ),
    "exists": _EXISTS,
    "exist": _EXISTS,
    "isEmpty": _EMPTY,
    "empty": _EMPTY,
    "isNotEmpty": _FILLED,
    "notEmpty": _FILLED,
    "equals": _EQUAL,
    "eq": _EQUAL,
    "notEquals": _UNEQUAL,
    "ne": _UNEQUAL,
    "lt": VariableFunction(_order("<"), 1),
    "lte": VariableFunction(_order("<="), 1),
    "gt": VariableFunction(_order(">"), 1),
    "gte": VariableFunction(_order(">="), 1),
}
