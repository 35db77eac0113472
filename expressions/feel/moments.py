"""Dates, times and durations: counting, reading and writing them (DMN 1.4, 10.3.2.3.4 to 10.3.2.3.8)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from expressions.feel import zones
from expressions.feel.values import DAY, SECOND, Date, DateTime, DaysDuration, MonthsDuration, Nothing, Time, Zone
from expressions.zone import OFFICE

FURTHEST: Final = 999_999_999
"""The last year, both ways."""
LONGEST: Final = 100
"""Characters of a text that is read as a moment or duration."""
_LAST: Final = 366 * (FURTHEST + 1)
_WIDEST_DURATION: Final = _LAST * 2 * DAY
_DATE: Final = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME: Final = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d+))?)?(?P<zone>Z|z|[+-][\d:]+|@.+)?"
_ONLY_DATE: Final = re.compile(_DATE, re.ASCII)
_ONLY_TIME: Final = re.compile("T?" + _TIME, re.ASCII)
_BOTH: Final = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS: Final = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS: Final = re.compile(
    r"(-)?P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?",
    re.ASCII,
)


# Days


def days_of(year: int, month: int, day: int) -> int:
    """Count the days up to a date of the Gregorian calendar, any year. Raises Nothing where there is no such day."""
    if 1 <= month <= 12 and 1 <= day <= length_of_month(year, month) and abs(year) <= FURTHEST:
        if 1 <= year <= 9999:
            return date(year, month, day).toordinal()
        shifted = (year - 1) // 400
        return date(year - shifted * 400, month, day).toordinal() + shifted * 146_097
    raise Nothing("không có ngày này", f"there is no day {year}-{month}-{day}")


def date_of(days: int) -> tuple[int, int, int]:
    """Give year, month and day. Raises Nothing past the last year."""
    if 1 <= days <= 3_652_059:
        found = date.fromordinal(days)
        return found.year, found.month, found.day
    if abs(days) > _LAST:
        raise Nothing("ngày quá xa", "the date is too far away")
    cycles, rest = divmod(days - 1, 146_097)
    found = date.fromordinal(rest + 1)
    if abs(found.year + cycles * 400) > FURTHEST:
        raise Nothing("ngày quá xa", "the date is too far away")
    return found.year + cycles * 400, found.month, found.day


def length_of_month(year: int, month: int) -> int:
    """Give the number of days."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def months_later(days: int, months: int) -> int:
    """Give the day some months later, or the last of that month."""
    year, month, day = date_of(days)
    count = year * 12 + month - 1 + months
    year, month = count // 12, count % 12 + 1
    return days_of(year, month, min(day, length_of_month(year, month)))


def months_between(start: tuple[int, int], end: tuple[int, int]) -> int:
    """Give the whole months from one (day, nanos) to another."""
    if end < start:
        return -months_between(end, start)
    year, month, day = date_of(start[0])
    other_year, other_month, other_day = date_of(end[0])
    months = (other_year - year) * 12 + other_month - month
    return months - ((other_day, end[1]) < (day, start[1]))


# Moments on the line of time


def instant(moment: DateTime | Time, zone: Zone | None = None) -> int:
    """Give the nanoseconds to a moment at Greenwich; without a zone of its own it is told in `zone`, or as if there."""
    known = moment.zone or zone
    days = moment.days if type(moment) is DateTime else 0
    local = days * DAY + moment.nanos
    if known is None:
        return local
    return local - zones.offset_at(known, days or zones.TYPICAL, moment.nanos) * SECOND


def shifted(moment: DateTime, nanos: int) -> DateTime:
    """Give the moment some nanoseconds later, in the same zone."""
    days, rest = divmod(moment.days * DAY + moment.nanos + nanos, DAY)
    date_of(days)
    return DateTime(days, rest, moment.zone)


def duration(nanos: int) -> DaysDuration:
    """Make a duration. Raises Nothing where it is too long."""
    if abs(nanos) > _WIDEST_DURATION:
        raise Nothing("khoảng thời gian quá dài", "the duration is too long")
    return DaysDuration(nanos)


def months(count: int) -> MonthsDuration:
    """Make a duration of months. Raises Nothing where it is too long."""
    if abs(count) > FURTHEST * 24:
        raise Nothing("khoảng thời gian quá dài", "the duration is too long")
    return MonthsDuration(count)


# Python's moments


def from_python(value: date) -> Date | DateTime:
    """Make a value of date or datetime; one without an offset is the house's, and all are told in the house's zone."""
    if isinstance(value, datetime):
        local, zone = _at_the_office(value)
        nanos = ((local.hour * 60 + local.minute) * 60 + local.second) * SECOND + local.microsecond * 1000
        return DateTime(local.toordinal(), nanos, zone)
    return Date(value.toordinal())


def _at_the_office(value: datetime) -> tuple[datetime, Zone]:
    offset = value.utcoffset()
    if offset is None:
        return value, zones.HOUSE
    try:
        return value.astimezone(OFFICE), zones.HOUSE
    except OverflowError:  # the first or last hours that Python knows
        return value, Zone(round(offset.total_seconds()))


def to_python(value: Date | DateTime) -> date | str:
    """Give date or datetime, always with an offset; a text where Python has no such year."""
    if not 2 < value.days < 3_652_058:
        return shown(value)
    if isinstance(value, Date):
        return date.fromordinal(value.days)
    zone = value.zone
    offset = zones.offset_at(zone, value.days, value.nanos) if zone else zones.HOUSE.offset
    info = OFFICE if offset == zones.HOUSE.offset else timezone(timedelta(seconds=offset))
    moment = datetime.fromordinal(value.days) + timedelta(microseconds=value.nanos // 1000)
    return moment.replace(tzinfo=info)


# Texts


def moment_of(text: str) -> Any:
    """Read what `@"…"` holds: a date, time, date and time or duration; None where it is none of them."""
    text = text.strip()
    for read in (read_date, read_date_time, read_time, read_duration):
        found = read(text)
        if found is not None:
            return found
    return None


def read_date(text: str) -> Date | None:
    """Read `2026-01-31`."""
    match = _ONLY_DATE.fullmatch(text) if len(text) <= LONGEST else None
    days = _days(match) if match else None
    return Date(days) if days is not None else None


def read_time(text: str) -> Time | None:
    """Read `08:30:00`, with a zone or not; as forms write it, without seconds, too. 24:00:00 is midnight."""
    match = _ONLY_TIME.fullmatch(text) if len(text) <= LONGEST else None
    clock = _clock(match) if match else None
    return Time(clock[0] % DAY, clock[1]) if clock else None


def read_date_time(text: str) -> DateTime | None:
    """Read `2026-01-31T08:30:00`, with a zone or not."""
    match = _BOTH.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        return None
    days = _days(match)
    clock = _clock(match)
    if days is None or clock is None:
        return None
    return DateTime(days + clock[0] // DAY, clock[0] % DAY, clock[1])


def _days(match: re.Match[str]) -> int | None:
    year = match["year"]
    if year in ("-0000",):
        return None
    try:
        return days_of(int(year), int(match["month"]), int(match["day"]))
    except Nothing:
        return None


def _clock(match: re.Match[str]) -> tuple[int, Zone | None] | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    part = int((match["part"] or "0")[:9].ljust(9, "0"))
    if (hour > 23 or minute > 59 or second > 59) and (hour, minute, second, part) != (24, 0, 0, 0):
        return None
    zone = None
    if match["zone"]:
        zone = zones.zone_of(match["zone"])
        if zone is None:
            return None
    return ((hour * 60 + minute) * 60 + second) * SECOND + part, zone


def read_duration(text: str) -> DaysDuration | MonthsDuration | None:
    """Read `P1Y2M` or `P1DT2H3M4.5S`."""
    if len(text) > LONGEST or text.endswith(("P", "T")):
        return None
    try:
        match = _MONTHS.fullmatch(text)
        if match:
            count = int(match[2] or 0) * 12 + int(match[3] or 0)
            return months(-count if match[1] else count)
        match = _DAYS.fullmatch(text)
        if match:
            hours = int(match[2] or 0) * 24 + int(match[3] or 0)
            seconds = (hours * 60 + int(match[4] or 0)) * 60 + int(match[5] or 0)
            nanos = seconds * SECOND + int((match[6] or "0")[:9].ljust(9, "0"))
            return duration(-nanos if match[1] else nanos)
    except Nothing:
        return None
    return None


def shown(value: Any) -> str:
    """Write a moment or duration as FEEL's string() does."""
    match value:
        case Date():
            return _shown_date(value.days)
        case Time():
            return _shown_time(value.nanos) + zones.shown(value.zone)
        case DateTime():
            return f"{_shown_date(value.days)}T{_shown_time(value.nanos)}{zones.shown(value.zone)}"
        case MonthsDuration():
            years, rest = divmod(abs(value.months), 12)
            parts = (f"{years}Y" if years else "") + (f"{rest}M" if rest or not years else "")
            return f"{'-' if value.months < 0 else ''}P{parts}"
    return _shown_duration(value.nanos)


def _shown_date(days: int) -> str:
    year, month, day = date_of(days)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"


def _shown_time(nanos: int) -> str:
    seconds, part = divmod(nanos, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{part:09}".rstrip("0") if part else text


def _shown_duration(nanos: int) -> str:
    seconds, part = divmod(abs(nanos), SECOND)
    days, seconds = divmod(seconds, 86_400)
    clock = ""
    if seconds >= 3600:
        clock += f"{seconds // 3600}H"
    if seconds % 3600 >= 60:
        clock += f"{seconds // 60 % 60}M"
    if part:
        clock += f"{seconds % 60}.{part:09}".rstrip("0") + "S"
    elif seconds % 60 or not (days or clock):
        clock += f"{seconds % 60}S"
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if nanos < 0 else ''}P{text}"
