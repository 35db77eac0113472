"""The working time of consecutive covered years, summed up once, so that every later question is one look-up.

Inside the clock a moment is a *minute*: local minutes since year 0 (1440 x ordinal of the date + minute of the day);
a *day* is the ordinal of a date. Working minutes and working days are positions in two running sums.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from clock.days import DayRules, Periods
from errors import NoCalendar

DAY = 1440


class Table:
    """Running sums over the days [first, first + number of days); every method raises NoCalendar beyond them."""

    __slots__ = ("_days", "_first", "_minutes", "_periods", "rules")

    def __init__(self, rules: DayRules, first_year: int, last_year: int) -> None:
        self.rules = rules
        self._first = date(first_year, 1, 1).toordinal()
        days = range(self._first, date(last_year, 12, 31).toordinal() + 1)
        self._periods: list[Periods] = [rules.periods(date.fromordinal(day)) for day in days]
        self._minutes, self._days = [0], [0]
        for periods in self._periods:
            self._minutes.append(self._minutes[-1] + sum(end - start for start, end in periods))
            self._days.append(self._days[-1] + bool(periods))

    def _index(self, day: int) -> int:
        index = day - self._first
        if not 0 <= index < len(self._periods):
            raise NoCalendar
        return index

    def holds(self, minute: int) -> bool:
        """Say whether the minute lies in the covered years of this table."""
        return 0 <= minute // DAY - self._first < len(self._periods)

    def periods(self, day: int) -> Periods:
        """Give the working periods of a day."""
        return self._periods[self._index(day)]

    def closing(self, day: int) -> int:
        """Give the minute at which a working day closes (rule 8)."""
        return day * DAY + self.periods(day)[-1][1]

    def minutes_before(self, minute: int) -> int:
        """Count the working minutes of the table before a minute."""
        day, of_day = divmod(minute, DAY)
        index = self._index(day)
        count = self._minutes[index]
        for start, end in self._periods[index]:
            if of_day > start:
                count += min(of_day, end) - start
        return count

    def minute_at(self, position: int) -> int:
        """Give the beginning of the working minute that has `position` working minutes before it."""
        index = bisect_right(self._minutes, position) - 1
        if index >= len(self._periods):
            raise NoCalendar
        rest = position - self._minutes[index]
        for start, end in self._periods[index]:
            if rest < end - start:
                return (self._first + index) * DAY + start + rest
            rest -= end - start
        raise AssertionError("the sums and the periods of a day differ")

    def end_of(self, position: int) -> int:
        """Give the end of the working minute that is number `position`, counted from one."""
        return self.minute_at(position - 1) + 1

    def effective(self, minute: int) -> int:
        """Give the minute itself in working time, else the start of the next working period (rule 9)."""
        day, of_day = divmod(minute, DAY)
        for start, end in self._periods[self._index(day)]:
            if start <= of_day < end:
                return minute
        return self.minute_at(self.minutes_before(minute))

    def days_before(self, day: int) -> int:
        """Count the working days of the table before a day; the day after its last is allowed."""
        if day - self._first == len(self._periods):
            return self._days[-1]
        return self._days[self._index(day)]

    def day_at(self, position: int) -> int:
        """Give the working day that has `position` working days before it."""
        index = bisect_right(self._days, position) - 1
        if index >= len(self._periods):
            raise NoCalendar
        return self._first + index
