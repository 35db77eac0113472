"""The properties of moments, durations and ranges (DMN 1.4, table 65)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from expressions.feel import moments, zones
from expressions.feel.numeric import CONTEXT
from expressions.feel.values import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Nothing,
    Range,
    Time,
    kind_of,
)

Read = Callable[[Any], Any]


def property_of(value: Any, name: str) -> Any:
    """Give a property. Raises Nothing where the kind of value has none of that name."""
    read = _PROPERTIES.get(type(value), {}).get(name)
    if read is None:
        raise Nothing(f"{kind_of(value)} không có {name}", f"a {kind_of(value)} has no {name}")
    found = read(value)
    return Decimal(found) if type(found) is int else found


def weekday(days: int) -> int:
    """Give 1 for Monday to 7 for Sunday."""
    return (days - 1) % 7 + 1


def _second(value: Any) -> Decimal:
    return CONTEXT.divide(Decimal(value.nanos % (60 * SECOND)), Decimal(SECOND))


def _offset(value: Time | DateTime) -> DaysDuration | None:
    if value.zone is None:
        return None
    days = value.days if isinstance(value, DateTime) else zones.TYPICAL
    return DaysDuration(zones.offset_at(value.zone, days, value.nanos) * SECOND)


def _zone(value: Time | DateTime) -> str | None:
    return value.zone.name or None if value.zone else None


def _cut(length: int, unit: int, within: int = 0) -> int:
    """Give how many whole units a length has, past what the next greater unit takes; with its sign."""
    count = abs(length) % within // unit if within else abs(length) // unit
    return -count if length < 0 else count


def _seconds(value: DaysDuration) -> Decimal:
    rest = abs(value.nanos) % (60 * SECOND)
    return CONTEXT.divide(Decimal(-rest if value.nanos < 0 else rest), Decimal(SECOND))


_DATE: Final[dict[str, Read]] = {
    "year": lambda value: moments.date_of(value.days)[0],
    "month": lambda value: moments.date_of(value.days)[1],
    "day": lambda value: moments.date_of(value.days)[2],
    "weekday": lambda value: weekday(value.days),
}
_TIME: Final[dict[str, Read]] = {
    "hour": lambda value: value.nanos // (3600 * SECOND),
    "minute": lambda value: value.nanos // (60 * SECOND) % 60,
    "second": _second,
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: Final[dict[type, dict[str, Read]]] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: {**_DATE, **_TIME},
    DaysDuration: {
        "days": lambda value: _cut(value.nanos, DAY),
        "hours": lambda value: _cut(value.nanos, 3600 * SECOND, DAY),
        "minutes": lambda value: _cut(value.nanos, 60 * SECOND, 3600 * SECOND),
        "seconds": _seconds,
    },
    MonthsDuration: {
        "years": lambda value: _cut(value.months, 12),
        "months": lambda value: _cut(value.months, 1, 12),
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
