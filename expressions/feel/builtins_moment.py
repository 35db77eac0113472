"""Built-in functions of dates, times and durations (DMN 1.4, 10.3.4.1, 10.3.4.6 and 10.3.4.8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from expressions.feel import moments, zones
from expressions.feel.numeric import CONTEXT
from expressions.feel.properties import weekday
from expressions.feel.running import Run
from expressions.feel.values import (
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Nothing,
    Time,
    Zone,
    kind_of,
)
from expressions.zone import OFFICE

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _date(run: Run, value: Any) -> Date:
    match value:
        case Date():
            return value
        case DateTime():
            return Date(value.days)
        case str():
            found = moments.read_date(value)
            if found is not None:
                return found
        case list() if len(value) == 1:
            return _date(run, value[0])
    raise _unreadable("date", value)


def _date_of(run: Run, year: int, month: int, day: int) -> Date:
    return Date(moments.days_of(year, month, day))


def _time(run: Run, value: Any) -> Time:
    match value:
        case Time():
            return value
        case DateTime():
            return Time(value.nanos, value.zone)
        case Date():
            return Time(0, zones.UTC)
        case str():
            found = moments.read_time(value)
            if found is not None:
                return found
        case list() if len(value) == 1:
            return _time(run, value[0])
    raise _unreadable("time", value)


def _time_of(run: Run, hour: int, minute: int, second: Decimal, offset: Any = None) -> Time:
    nanos = CONTEXT.multiply(second, Decimal(SECOND))
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 60):
        raise Nothing("không có giờ này", "there is no such time")
    zone = None
    if offset is not None:
        if type(offset) is not DaysDuration or abs(offset.nanos) > zones.WIDEST * SECOND or offset.nanos % SECOND:
            raise Nothing("độ lệch múi giờ không đúng", "the offset is no duration below 18 hours")
        zone = Zone(offset.nanos // SECOND)
    return Time((hour * 60 + minute) * 60 * SECOND + int(nanos), zone)


def _date_time(run: Run, value: Any) -> DateTime:
    match value:
        case DateTime():
            return value
        case Date():
            return DateTime(value.days, 0, zones.UTC)
        case str():
            found = moments.read_date_time(value)
            if found is not None:
                return found
            day = moments.read_date(value)
            if day is not None:
                return DateTime(day.days, 0)
        case list() if len(value) == 1:
            return _date_time(run, value[0])
    raise _unreadable("date and time", value)


def _date_and_time(run: Run, day: Date | DateTime, time: Any) -> DateTime:
    if type(time) is not Time:
        raise _unreadable("time", time)
    return DateTime(day.days, time.nanos, time.zone)


def _duration(run: Run, value: Any) -> DaysDuration | MonthsDuration:
    match value:
        case DaysDuration() | MonthsDuration():
            return value
        case str():
            found = moments.read_duration(value)
            if found is not None:
                return found
    raise _unreadable("duration", value)


def _months_between(run: Run, start: Date | DateTime, end: Date | DateTime) -> MonthsDuration:
    return moments.months(moments.months_between(_local(start), _local(end)))


def _local(value: Date | DateTime) -> tuple[int, int]:
    return value.days, value.nanos if isinstance(value, DateTime) else 0


def _unreadable(wanted: str, value: Any) -> Nothing:
    return Nothing(f"không đọc được {wanted} từ {kind_of(value)}", f"this {kind_of(value)} is no {wanted}")


# The calendar


def _day_of_year(run: Run, day: Date | DateTime) -> Decimal:
    year = moments.date_of(day.days)[0]
    return Decimal(day.days - moments.days_of(year, 1, 1) + 1)


def _day_of_week(run: Run, day: Date | DateTime) -> str:
    return DAYS[weekday(day.days) - 1]


def _month_of_year(run: Run, day: Date | DateTime) -> str:
    return MONTHS[moments.date_of(day.days)[1] - 1]


def _week_of_year(run: Run, day: Date | DateTime) -> Decimal:
    """The week of ISO 8601: the first is that of the first Thursday."""
    rest = (day.days - 1) % 146_097
    found = date.fromordinal(rest + 1 if 366 < rest < 145_000 else rest + 1 + 146_097)
    return Decimal(found.isocalendar().week)


def _last_day(run: Run, day: Date | DateTime) -> Date:
    year, month, _ = moments.date_of(day.days)
    return Date(moments.days_of(year, month, moments.length_of_month(year, month)))


def _now(run: Run) -> Any:
    return moments.from_python(run.moment())


def _today(run: Run) -> Date:
    return Date(run.moment().astimezone(OFFICE).toordinal())


def _is(run: Run, left: Any, right: Any) -> bool:
    """Say whether two values are the same, their zones too (DMN 1.4, 10.3.4.6)."""
    if type(left) is not type(right):
        return False
    if type(left) in (list, dict):
        raise Nothing("is() không so sánh danh sách", "is() does not compare lists and contexts")
    return bool(left == right)


FUNCTIONS: Final = {
    "date": [("from: a", _date), ("year: i, month: i, day: i", _date_of)],
    "time": [("from: a", _time), ("hour: i, minute: i, second: n, offset: a?", _time_of)],
    "date and time": [("from: a", _date_time), ("date: m, time: a", _date_and_time)],
    "duration": [("from: a", _duration)],
    "years and months duration": [("from: m, to: m", _months_between)],
    "now": [("", _now)],
    "today": [("", _today)],
    "day of year": [("date: m", _day_of_year)],
    "day of week": [("date: m", _day_of_week)],
    "month of year": [("date: m", _month_of_year)],
    "week of year": [("date: m", _week_of_year)],
    "is": [("value1: a, value2: a", _is)],
    # Camunda's
    "last day of month": [("date: m", _last_day)],
}
