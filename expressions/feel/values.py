"""What a FEEL value is. Null, booleans, texts, lists and contexts are Python's own; a number is a Decimal.

A list or context may hold plain data that was never looked at: whatever is taken out of one goes through plain.lift.
Nothing here is compared with `==`: operators.py knows when values are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

SECOND: Final = 1_000_000_000
"""Nanoseconds."""
DAY: Final = 86_400 * SECOND


class Nothing(Exception):
    """An operation has no value: the expression gives null there, and a warning says why."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi = vi
        self.en = en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Zone:
    """An offset in seconds east of Greenwich, or a name of the IANA database."""

    offset: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """A day; 1 is the first of January of the year 1, as in Python, and years go on both ways."""

    days: int


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day in nanoseconds, with or without a zone."""

    nanos: int
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of day, with or without a zone."""

    days: int
    nanos: int
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class DaysDuration:
    """A days and time duration, in nanoseconds."""

    nanos: int


@dataclass(frozen=True, slots=True)
class MonthsDuration:
    """A years and months duration."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """Values between two ends; an end that is None (and not included) is open for ever."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function: `call` takes the run and the arguments in the order of `names`."""

    names: tuple[str, ...]
    call: Callable[[Any, Sequence[Any]], Any]
    title: str = ""
    types: tuple[Any, ...] = ()
    result: Any = None


Scope = Mapping[str, Any]


def kind_of(value: Any) -> str:
    """Give the name of a value's type as FEEL calls it."""
    return _KINDS.get(type(value), "function")


_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    str: "string",
    Decimal: "number",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
    Range: "range",
}
