"""Which working time a date has: the rules of the calendar (1 to 6), before any counting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from clock.model import CalendarChanged, MakeUpDay
from texts import Text

Periods = tuple[tuple[int, int], ...]
"""Working periods of one day in minutes of the day; a period holds its first minute and not its last."""

OFFICE_DAY: Periods = ((480, 720), (780, 1020))
"""08:00-12:00 and 13:00-17:00."""
OFFICE_WEEK: tuple[Periods, ...] = (OFFICE_DAY,) * 5 + ((), ())
"""Monday to Friday (DOMAIN.md 1.8)."""


@dataclass(frozen=True, kw_only=True)
class DayRules:
    """The calendar as it was decreed, with what one agency has of its own; all minutes are minutes of the day.

    `weekly` has seven entries from Monday, the agency's already put over the national ones (rule 6).
    """

    zone: ZoneInfo
    covered_years: frozenset[int]
    weekly: tuple[Periods, ...] = OFFICE_WEEK
    days_off: Mapping[date, Text] = field(default_factory=dict)
    makeup_days: Mapping[date, MakeUpDay] = field(default_factory=dict)
    agency_days_off: Mapping[date, Text] = field(default_factory=dict)
    agency_hours: Mapping[date, Periods] = field(default_factory=dict)
    minutes_per_working_day: int = 480
    due_soon_percent: int = 80
    due_soon_days_left: int = 1
    cut_off: int = 900
    next_day_minutes: int = 120

    def periods(self, day: date) -> Periods:
        """Give the working periods of a date by rules 2 to 6; whether its year is covered is not asked here."""
        if day in self.days_off or day in self.agency_days_off:
            return ()
        if day in self.agency_hours:
            return self.agency_hours[day]
        makeup = self.makeup_days.get(day)
        return self.weekly[makeup.weekday if makeup else day.weekday()]

    def changed(self, changes: Iterable[CalendarChanged]) -> DayRules:
        """Give the rules after the changes, a later one over an earlier (rule 38)."""
        days_off, makeup_days = dict(self.days_off), dict(self.makeup_days)
        for change in changes:
            for day, name in change.days_off:
                makeup_days.pop(day, None)
                days_off[day] = name
            for day, makeup in change.makeup_days:
                days_off.pop(day, None)
                makeup_days[day] = makeup
        return replace(self, days_off=days_off, makeup_days=makeup_days)
