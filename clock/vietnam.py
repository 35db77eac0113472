"""The calendar of Viet Nam that holds where an office has entered none: PyPI `holidays`, and rows that correct it.

Days off are announced year by year (DOMAIN.md 1.8), so what the library knows is a first answer: each date can be
overridden by a row, and a row always wins. Of an imported year the rows are all there is: another version of the
library moves no due date of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from clock.days import DayRules, Periods
from clock.model import UNNAMED, MakeUpDay, unacceptable
from texts import Text

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOverride:
    """One corrected date. `as_weekday` (0 is Monday) says whose hours a working day has; its own weekday's if None."""

    date: date
    kind: Literal["off", "working", "hours"]
    as_weekday: int | None = None
    periods: Periods = ()
    """The working periods of `hours`."""
    note: Text = UNNAMED
    is_agency: bool = False
    """The agency's own: it beats a make-up day, not a national day off (rules 2 to 5)."""


def vietnam_rules(
    years: Iterable[int], overrides: Sequence[DayOverride] = (), imported: frozenset[int] = frozenset()
) -> DayRules:
    """Give the day rules of these years, Monday to Friday 08:00-12:00 and 13:00-17:00, with the overrides put on top.

    `imported`: years of which the library says nothing. Raises errors.Invalid for a working Saturday or Sunday that
    does not say whose hours it has. Source: Labour Code 2019 art. 112 and the yearly announcements, as PyPI `holidays`
    has them.
    """
    rules = _national(frozenset(years))
    days_off = {day: name for day, name in rules.days_off.items() if day.year not in imported}
    makeup_days = {day: makeup for day, makeup in rules.makeup_days.items() if day.year not in imported}
    hours: dict[date, Periods] = {}
    own_off: dict[date, Text] = {}
    for row in sorted(overrides, key=lambda row: row.is_agency):
        if row.is_agency:
            hours.pop(row.date, None)
            if row.kind == "off":
                own_off[row.date] = row.note
            else:
                hours[row.date] = row.periods if row.kind == "hours" else rules.weekly[_weekday(row)]
            continue
        days_off.pop(row.date, None)
        makeup_days.pop(row.date, None)
        if row.kind == "off":
            days_off[row.date] = row.note
        elif row.kind == "hours":
            hours[row.date] = row.periods
        elif row.as_weekday is not None or row.date.weekday() >= SATURDAY:
            makeup_days[row.date] = MakeUpDay(weekday=_weekday(row), name=row.note)
    return replace(
        rules, days_off=days_off, makeup_days=makeup_days, agency_days_off=own_off, agency_hours=hours
    )  # fmt: skip


def announced(year: int) -> tuple[DayOverride, ...]:
    """Give what the library knows of a year, as the rows that an import enters, in order."""
    rules = _national(frozenset({year}))
    found = [DayOverride(date=day, kind="off", note=name) for day, name in rules.days_off.items()]
    found += [
        DayOverride(date=day, kind="working", as_weekday=makeup.weekday, note=makeup.name)
        for day, makeup in rules.makeup_days.items()
    ]
    return tuple(sorted(found, key=lambda row: row.date))


def _weekday(row: DayOverride) -> int:
    if row.as_weekday is None and row.date.weekday() < SATURDAY:
        return row.date.weekday()
    if row.as_weekday is None or row.as_weekday not in range(7):
        raise unacceptable(
            f"{row.date.isoformat()}.as_weekday",
            "Ngày làm bù cần cho biết làm theo giờ của thứ nào.",
            "A working weekend day must say which weekday's hours it has.",
        )
    return row.as_weekday


@lru_cache(maxsize=32)
def _national(years: frozenset[int]) -> DayRules:
    # A day off in January may be worked on a Saturday of the December before.
    around = {year + step for year in years for step in (-1, 0, 1)}
    names_vi = holidays.country_holidays("VN", years=around, language="vi")
    names_en = holidays.country_holidays("VN", years=around, language="en_US")
    days_off = {day: Text(vi=name, en=names_en.get(day) or name) for day, name in sorted(names_vi.items())}
    makeup_days = {}
    for worked in sorted(names_vi.weekend_workdays):
        # The library says which Saturday is worked, and for which day off only in the name of that day.
        off = next((day for day, name in names_vi.items() if worked.strftime("%d/%m/%Y") in name), None)
        if off is not None:
            days_off[off] = Text(vi=f"Nghỉ, làm bù {worked:%d/%m/%Y}", en=f"Day off, worked on {worked:%d/%m/%Y}")
            name = Text(vi=f"Làm bù cho {off:%d/%m/%Y}", en=f"Worked for {off:%d/%m/%Y}")
            makeup_days[worked] = MakeUpDay(weekday=off.weekday(), name=name)
    return DayRules(
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        covered_years=years,
        days_off={day: name for day, name in days_off.items() if day.year in years},
        makeup_days={day: makeup for day, makeup in makeup_days.items() if day.year in years},
    )
