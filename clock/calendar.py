"""Calendar: the working time of one agency, immutable and shared by threads; answers in dates and moments.

The sums behind it (table.py) are made once, when first asked for; keep the calendar, do not build it per question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property, lru_cache

from clock.days import DayRules
from clock.model import CalendarChanged, MakeUpDay
from clock.parse import day_rules
from clock.table import DAY, Table
from clock.vietnam import DayOverride, announced, vietnam_rules
from errors import NoCalendar
from texts import Text

__all__ = ["Calendar", "DayOverride", "announced", "vietnam"]

_MINUTE = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Calendar:
    """The working days and hours of one agency. Questions about a year that is not covered raise errors.NoCalendar."""

    rules: DayRules

    @classmethod
    def from_json(cls, data: Mapping[str, object], agency: str | None = None) -> Calendar:
        """Read a calendar in the format of clock vectors; an agency that is not listed has the national hours.

        Raises errors.Invalid that names the place of what is missing or wrong.
        """
        return cls(rules=day_rules(data, agency))

    def covered(self, year: int) -> bool:
        """Say whether the days of that year are known."""
        return year in self.rules.covered_years

    def working_periods(self, day: date) -> tuple[tuple[time, time], ...]:
        """Give the working periods of a date as (from, to), none on a day off (rules 1 to 6)."""
        periods = self.table(day.toordinal()).periods(day.toordinal())
        return tuple((time(*divmod(start, _MINUTE)), time(*divmod(end, _MINUTE))) for start, end in periods)

    def is_working_day(self, day: date) -> bool:
        """Say whether a date has any working time (rule 8)."""
        return bool(self.table(day.toordinal()).periods(day.toordinal()))

    def effective(self, moment: datetime) -> datetime:
        """Give the moment itself in working time, else the start of the next working period (rule 9)."""
        minute = self.minute_of(moment)
        return self.moment_of(self.table(minute // DAY).effective(minute))

    def days_off(self, first: date, last: date) -> tuple[tuple[date, Text], ...]:
        """Give the named days off from `first` to `last` that fall on a weekday with working hours, in order."""
        rules = self.rules
        named = {**rules.agency_days_off, **rules.days_off}
        return tuple((day, named[day]) for day in sorted(named) if first <= day <= last and rules.weekly[day.weekday()])

    def makeup_days(self, first: date, last: date) -> tuple[tuple[date, MakeUpDay], ...]:
        """Give the make-up days from `first` to `last`, in order."""
        found = sorted(self.rules.makeup_days.items(), key=lambda row: row[0])
        return tuple((day, makeup) for day, makeup in found if first <= day <= last)

    def changed(self, changes: Sequence[CalendarChanged]) -> Calendar:
        """Give the calendar after these changes (rule 38); the same changes give the same calendar again."""
        return _changed(self, tuple(changes)) if changes else self

    def minute_of(self, moment: datetime) -> int:
        """Give the local minute of an aware moment (see table.py); seconds are cut off, 17:00:59 is still 17:00."""
        if moment.tzinfo is None:
            raise ValueError("a moment without its UTC offset could be any minute")
        local = moment.astimezone(self.rules.zone)
        return local.toordinal() * DAY + local.hour * _MINUTE + local.minute

    def moment_of(self, minute: int) -> datetime:
        """Give the aware moment of a local minute."""
        day, of_day = divmod(minute, DAY)
        at = date.fromordinal(day)
        hour, past = divmod(of_day, _MINUTE)
        return datetime(at.year, at.month, at.day, hour, past, tzinfo=self.rules.zone)

    def table(self, day: int) -> Table:
        """Give the sums over the covered years around the day; raises errors.NoCalendar where there are none."""
        year = date.fromordinal(day).year
        found = self._tables.get(year)
        if found is None:
            raise NoCalendar
        return found

    @cached_property
    def _tables(self) -> Mapping[int, Table]:
        tables: dict[int, Table] = {}
        for years in _stretches(self.rules.covered_years):
            tables |= dict.fromkeys(years, Table(self.rules, years[0], years[-1]))
        return tables


def vietnam(
    years: Iterable[int], overrides: Sequence[DayOverride] = (), imported: frozenset[int] = frozenset()
) -> Calendar:
    """Build the calendar of Viet Nam for these years (see vietnam.py), each date overridable by a row."""
    return Calendar(rules=vietnam_rules(years, overrides, imported))


def _stretches(years: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Split years where one is missing: no count may run over days that are unknown (rule 7)."""
    stretch: list[int] = []
    for year in sorted(years):
        if stretch and year > stretch[-1] + 1:
            yield tuple(stretch)
            stretch = []
        stretch.append(year)
    yield tuple(stretch)


@lru_cache(maxsize=16)
def _changed(calendar: Calendar, changes: tuple[CalendarChanged, ...]) -> Calendar:
    return Calendar(rules=calendar.rules.changed(changes))
