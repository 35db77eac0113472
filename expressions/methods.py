"""The methods of data that code may call, each with what it costs. `_method_` is the guard; nothing else is callable.

A method exists only as part of its call (policy.py), so it cannot be kept and called again past its account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from expressions.budget import LONGEST_TEXT, MOST_ELEMENTS, Budget
from expressions.failures import Refusal
from expressions.guards import each, key, not_offered, search

WIDEST = 10_000
"""Columns that a text may be padded to."""
LONGEST_STRIP = 100
"""Characters that strip() and searches from the end may look for: the cost is their number times the text's."""
DATE_FORMAT = re.compile(r"(%[dmYyHMSjBbAaIp%]|[^%]){0,60}")

Method = Callable[..., Any]


def method(budget: Budget, value: Any, name: str, /, *arguments: Any, **keywords: Any) -> Any:
    """Call a method of plain data. Raises Refusal where its type has none of that name."""
    call = METHODS.get(type(value), {}).get(name)
    if call is None:
        raise not_offered(value, name)
    return call(budget, value, *arguments, **keywords)


def _plain(name: str) -> Method:
    """A method whose cost does not depend on size."""

    def call(budget: Budget, value: Any, /, *arguments: Any, **keywords: Any) -> Any:
        return getattr(value, name)(*arguments, **keywords)

    return call


def _reading(name: str) -> Method:
    """A method of a text that reads it once."""

    def call(budget: Budget, value: str, /, *arguments: Any) -> Any:
        budget.step(len(value) >> 6)
        return getattr(value, name)(*arguments)

    return call


def _reading_backwards(name: str) -> Method:
    """A method that searches from the end: Python's search is quadratic there, so what it looks for must be short."""

    def call(budget: Budget, value: str, wanted: str, *arguments: Any) -> Any:
        if type(wanted) is str and len(wanted) > LONGEST_STRIP:
            raise Refusal("chuỗi cần tìm quá dài", "the text to look for is too long")
        budget.hold(len(value))
        return getattr(value, name)(wanted, *arguments)

    return call


def _writing(name: str) -> Method:
    """A method of a text that gives a new one, at most three times as long (ŉ.upper())."""

    def call(budget: Budget, value: str, /, *arguments: Any) -> Any:
        budget.hold(len(value))
        return getattr(value, name)(*arguments)

    return call


def _stripping(name: str) -> Method:
    def call(budget: Budget, value: str, characters: str | None = None) -> str:
        if characters is not None and len(characters) > LONGEST_STRIP:
            raise Refusal("quá nhiều ký tự để cắt", "too many characters to strip")
        budget.hold(len(value))
        return str(getattr(value, name)(characters))

    return call


def _padding(name: str) -> Method:
    def call(budget: Budget, value: str, width: int, *fill: str) -> str:
        if width > WIDEST:
            raise Refusal("độ rộng quá lớn", "the width is too large")
        budget.hold(len(value) + max(width, 0))
        return str(getattr(value, name)(width, *fill))

    return call


def _splitting(name: str) -> Method:
    def call(budget: Budget, value: str, sep: str | None = None, maxsplit: int = -1) -> list[str]:
        most = MOST_ELEMENTS if maxsplit < 0 else min(maxsplit, MOST_ELEMENTS)
        if sep and name == "rsplit" and len(sep) > LONGEST_STRIP:
            raise Refusal("chuỗi cần tìm quá dài", "the text to look for is too long")
        budget.hold(len(value))
        found: list[str] = getattr(value, name)(sep, most)
        if len(found) > MOST_ELEMENTS:
            raise Refusal("tách thành quá nhiều phần", "it splits into too many parts")
        budget.elements(len(found) * 8)
        return found

    return call


def _lines(budget: Budget, value: str) -> list[str]:
    budget.hold(len(value) * 8)
    return value.splitlines()


def _replace(budget: Budget, value: str, old: str, new: str, count: int = -1) -> str:
    found = value.count(old) if old else len(value) + 1
    times = found if count < 0 else min(found, count)
    budget.text(max(len(value) + times * (len(new) - len(old)), len(value)))
    return value.replace(old, new, count)


def _join(budget: Budget, value: str, parts: Any) -> str:
    texts = list(each(budget, parts))
    budget.text(sum(len(text) for text in texts if type(text) is str) + len(value) * max(len(texts) - 1, 0))
    return value.join(texts)


def _search(name: str) -> Method:
    def call(budget: Budget, value: Any, wanted: Any) -> Any:
        search(budget, value, wanted)
        return getattr(value, name)(wanted)

    return call


def _append(budget: Budget, value: list[Any], element: Any) -> None:
    budget.hold(8)
    value.append(element)


def _extend(budget: Budget, value: list[Any], more: Any) -> None:
    budget.hold(8)
    value.extend(list(each(budget, more, 8)))


def _insert(budget: Budget, value: list[Any], index: int, element: Any) -> None:
    budget.step(1 + (len(value) >> 6))
    value.insert(index, element)


def _pop(budget: Budget, value: list[Any], index: int = -1) -> Any:
    budget.step(1 + (len(value) >> 6))
    return value.pop(index)


def _sort(budget: Budget, value: list[Any], *, reverse: bool = False) -> None:
    budget.walk(value, 8)
    value.sort(reverse=bool(reverse))


def _turn(budget: Budget, value: list[Any]) -> None:
    budget.step(1 + (len(value) >> 4))
    value.reverse()


def _clear(budget: Budget, value: Any) -> None:
    value.clear()


def _copying(name: str) -> Method:
    """A method that copies its container; a dict's keys, values and items come as lists."""

    def call(budget: Budget, value: Any) -> Any:
        budget.elements(len(value))
        made = getattr(value, name)()
        return made if name == "copy" else list(made)

    return call


def _get(budget: Budget, value: dict[Any, Any], name: Any, default: Any = None) -> Any:
    return value.get(key(budget, name), default)


def _take(budget: Budget, value: dict[Any, Any], name: Any, *default: Any) -> Any:
    return value.pop(key(budget, name), *default)


def _setdefault(budget: Budget, value: dict[Any, Any], name: Any, default: Any = None) -> Any:
    budget.hold(16)
    return value.setdefault(key(budget, name), default)


def _update(budget: Budget, value: dict[Any, Any], more: Any = None, /, **named: Any) -> None:
    if more is not None and type(more) is not dict:
        raise Refusal("update() chỉ nhận từ điển", "update() takes a dict")
    budget.elements(2 * len(more or ()) + 2 * len(named))
    value.update(more or {}, **named)


def _set_add(budget: Budget, value: set[Any], element: Any) -> None:
    budget.hold(16)
    value.add(key(budget, element))


def _set_drop(name: str) -> Method:
    def call(budget: Budget, value: set[Any], element: Any) -> None:
        getattr(value, name)(key(budget, element))

    return call


def _set_with(name: str) -> Method:
    """A method of a set that takes other containers."""

    def call(budget: Budget, value: set[Any], /, *others: Any) -> Any:
        made = [{key(budget, element) for element in each(budget, other, 8)} for other in others]
        budget.elements(len(value))
        return getattr(value, name)(*made)

    return call


def _strftime(budget: Budget, value: date, form: str) -> str:
    if not DATE_FORMAT.fullmatch(form):
        raise Refusal("định dạng ngày không được hỗ trợ", "this date format is not offered")
    return value.strftime(form)


_TEXT: Final[dict[str, Method]] = {
    **{name: _writing(name) for name in ("lower", "upper", "title", "capitalize", "casefold", "swapcase")},
    **{name: _writing(name) for name in ("removeprefix", "removesuffix", "partition")},
    **{name: _reading(name) for name in ("startswith", "endswith", "find", "index", "count")},
    **{name: _reading_backwards(name) for name in ("rfind", "rindex", "rpartition")},
    **{
        name: _reading(name) for name in ("isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "isdecimal")
    },
    **{name: _reading(name) for name in ("isnumeric", "isascii", "istitle", "isidentifier")},
    **{name: _stripping(name) for name in ("strip", "lstrip", "rstrip")},
    **{name: _padding(name) for name in ("zfill", "ljust", "rjust", "center")},
    **{name: _splitting(name) for name in ("split", "rsplit")},
    "splitlines": _lines,
    "replace": _replace,
    "join": _join,
}
_LIST: Final[dict[str, Method]] = {
    **{name: _search(name) for name in ("index", "count", "remove")},
    "copy": _copying("copy"),
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "sort": _sort,
    "reverse": _turn,
    "clear": _clear,
}
_DICT: Final[dict[str, Method]] = {
    **{name: _copying(name) for name in ("copy", "keys", "values", "items")},
    "get": _get,
    "pop": _take,
    "popitem": _plain("popitem"),
    "setdefault": _setdefault,
    "update": _update,
    "clear": _clear,
}
_SET: Final[dict[str, Method]] = {
    **{name: _set_with(name) for name in ("union", "intersection", "difference", "symmetric_difference", "update")},
    **{name: _set_with(name) for name in ("issubset", "issuperset", "isdisjoint")},
    **{name: _set_drop(name) for name in ("discard", "remove")},
    "add": _set_add,
    "copy": _copying("copy"),
    "clear": _clear,
}
_DATE: Final[dict[str, Method]] = {
    **{name: _plain(name) for name in ("isoformat", "weekday", "isoweekday", "replace")},
    "strftime": _strftime,
}
METHODS: Final[dict[type, dict[str, Method]]] = {
    str: _TEXT,
    list: _LIST,
    tuple: {name: _search(name) for name in ("index", "count")},
    dict: _DICT,
    set: _SET,
    float: {"is_integer": _plain("is_integer")},
    Decimal: {name: _plain(name) for name in ("quantize", "is_finite")},
    date: _DATE,
    datetime: _DATE | {name: _plain(name) for name in ("date",)},
    timedelta: {"total_seconds": _plain("total_seconds")},
}
assert LONGEST_TEXT > WIDEST
