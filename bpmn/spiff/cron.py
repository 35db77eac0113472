"""Cron: the moments that a cron text means, in the time of the office (Viet Nam has no summer time to trip over).

Five fields are the classic ones (minute hour day month weekday; where both days are restricted, either will do). Six
and seven begin with seconds: with a `?`, or a year, they are Quartz's (weekdays 1 to 7 are Sunday to Saturday), without
one Spring's, as Camunda 8 reads them (0 to 7, both ends Sunday). `L`, `W`, `#`, names and macros (`@daily`) are known.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from expressions.zone import OFFICE

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
FIELD = rf"(?:[\d*?/,\-LW#]|{'|'.join((*DAYS, *MONTHS))})+"
CRON = re.compile(rf"{FIELD}(?:\s+{FIELD}){{4,6}}", re.IGNORECASE)
YEARS_AHEAD = 40
"""How far a next moment is looked for: 29 February on a given weekday comes within 28 years (40 across 2100)."""
LONGEST = 200
"""Signs of a cron text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """One cron text, read."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int] | None
    on: Callable[[date], bool]

    def after(self, moment: datetime) -> datetime | None:
        """Give the first moment (UTC) after another one; None: there is none within YEARS_AHEAD years."""
        start = moment.astimezone(OFFICE)
        for day in self._days(start.date()):
            for at in self._times():
                found = datetime.combine(day, at, OFFICE)
                if found > start:
                    return found.astimezone(UTC)
        return None

    def _days(self, first: date) -> Iterator[date]:
        year, month = first.year, first.month
        while year < min(first.year + YEARS_AHEAD, 8999):
            if month in self.months and (self.years is None or year in self.years):
                for number in range(1, monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if day >= first and self.on(day):
                        yield day
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def _times(self) -> Iterator[time]:
        return (time(h, m, s) for h in self.hours for m in self.minutes for s in self.seconds)


def is_cron(text: str) -> bool:
    """Tell whether a text is written as cron (whether its numbers are possible, `parsed` tells)."""
    return text.strip().lower() in MACROS or (len(text) <= LONGEST and CRON.fullmatch(text.strip()) is not None)


@lru_cache(maxsize=500)
def parsed(text: str) -> Cron:
    """Read a cron text. Raises ValueError."""
    text = MACROS.get(text.strip().lower(), text.strip()).upper()
    if not is_cron(text):
        raise ValueError("no cron text")
    fields = text.split()
    classic = len(fields) == 5
    second, minute, hour, day, month, weekday, *year = ["0", *fields] if classic else fields
    quartz = not classic and ("?" in (day, weekday) or bool(year))
    if quartz and not year and day == weekday == "?":
        raise ValueError("only one of the two days may be ?")
    on_day, on_weekday = _of_month(day), _of_week(weekday, first_is_sunday=quartz)
    either = classic and not day.startswith("*") and not weekday.startswith("*") and "?" not in (day, weekday)
    return Cron(
        seconds=_values(second, 0, 59),
        minutes=_values(minute, 0, 59),
        hours=_values(hour, 0, 23),
        months=frozenset(_values(_named(month, MONTHS, 1), 1, 12)),
        years=frozenset(_values(year[0], 1970, 2299)) if year and year[0] != "*" else None,
        on=(lambda d: on_day(d) or on_weekday(d)) if either else (lambda d: on_day(d) and on_weekday(d)),
    )


def _values(field: str, low: int, high: int) -> tuple[int, ...]:
    """Read lists, ranges (`22-3` goes round) and steps."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if match is None:
            raise ValueError(f"{part!r} is no field of cron")
        whole, first, last, step = match[1] == "*", match[2], match[3], int(match[4] or 1)
        start = low if whole else int(first)
        end = high if whole or (last is None and match[4]) else int(last or first)
        if step == 0 or not (low <= start <= high and low <= end <= high):
            raise ValueError(f"{part!r} is not within {low} to {high}")
        span = range(start, end + 1) if start <= end else (*range(start, high + 1), *range(low, end + 1))
        found.update(list(span)[::step])
    return tuple(sorted(found))


def _named(field: str, names: tuple[str, ...], first: int) -> str:
    return re.sub("|".join(names), lambda match: str(names.index(match[0]) + first), field)


def _of_month(field: str) -> Callable[[date], bool]:
    """Read the day of the month: numbers, `L`, `L-3`, `15W`, `LW`."""
    if field in ("?", "*"):
        return lambda _: True
    rules = [_one_of_month(part) for part in field.split(",")]
    return lambda day: any(rule(day) for rule in rules)


def _one_of_month(part: str) -> Callable[[date], bool]:
    if match := re.fullmatch(r"L(?:-(\d+))?", part):
        before = int(match[1] or 0)
        return lambda day: day.day == monthrange(day.year, day.month)[1] - before
    if match := re.fullmatch(r"(L|\d+)W", part):
        wanted = 99 if match[1] == "L" else int(match[1])
        if wanted == 0 or 31 < wanted < 99:
            raise ValueError(f"{part!r} is no day of a month")
        return lambda day: day == _weekday_near(day.year, day.month, wanted)
    numbers = frozenset(_values(part, 1, 31))
    return lambda day: day.day in numbers


def _weekday_near(year: int, month: int, wanted: int) -> date:
    """Give the day from Monday to Friday that is nearest to a day, in the same month."""
    last = monthrange(year, month)[1]
    day = date(year, month, min(wanted, last))
    if day.weekday() == 5:
        return day + timedelta(days=-1 if day.day > 1 else 2)
    if day.weekday() == 6:
        return day + timedelta(days=1 if day.day < last else -2)
    return day


def _of_week(field: str, *, first_is_sunday: bool) -> Callable[[date], bool]:
    """Read the day of the week: numbers and names, `L`, `5L`, `FRI#2`."""
    if field in ("?", "*"):
        return lambda _: True
    offset, high = (1, 7) if first_is_sunday else (0, 7)
    rules = [_one_of_week(_named(part, DAYS, offset), offset, high) for part in field.split(",")]
    return lambda day: any(rule(day) for rule in rules)


def _one_of_week(part: str, low: int, high: int) -> Callable[[date], bool]:
    def number_of(day: date) -> int:
        return day.isoweekday() % 7 + low  # Sunday is `low`

    if part == "L":
        return lambda day: day.isoweekday() == 6
    if match := re.fullmatch(r"(\d)(?:L|#([1-5]))", part):
        (wanted,) = _values(match[1], low, high)
        wanted = low if wanted - low == 7 else wanted
        nth = int(match[2] or 0)

        def on(day: date) -> bool:
            last = day.day + 7 > monthrange(day.year, day.month)[1]
            return number_of(day) == wanted and (last if nth == 0 else (day.day - 1) // 7 + 1 == nth)

        return on
    numbers = {low if low == 0 and value == 7 else value for value in _values(part, low, high)}
    return lambda day: number_of(day) in numbers
