"""When things happen: applicants file as the week goes, officers work in working hours, some of them too slowly."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from bpmn.model import Limit
from clock.calendar import Calendar
from clock.limits import after_minutes, working_minutes_between
from clock.table import DAY
from services import clocks
from services.demo.courses import Course

OF_THE_WEEK = (1.25, 1.1, 1.0, 0.95, 0.85, 0.12, 0.07)
"""How many file on a Monday, …, on a Sunday, over the portal."""
ON_A_DAY_OFF = 0.06
HOURS = (1, 1, 0, 0, 0, 1, 2, 6, 22, 30, 28, 14, 8, 20, 28, 26, 18, 8, 4, 4, 5, 6, 4, 2)
"""How many file in each hour of a day."""
LEAST = 12
"""Working minutes that a step takes at least."""
ANSWERING = (2, 24)
"""Days in which an applicant answers a supplement request."""
UNHURRIED = 8 * 60
"""Working minutes of a course without a limit."""


def filings(count: int, first: date, until: datetime, days: Calendar, rng: Random) -> list[datetime]:
    """Give the moments of so many filings from the first day up to a moment, in order."""
    last = until.astimezone(clocks.LOCAL).date()
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    weights = list(accumulate(_weight(day, days) for day in span))
    hours = list(accumulate(HOURS))
    found: list[datetime] = []
    while len(found) < count:
        day = span[bisect_left(weights, rng.uniform(0, weights[-1]))]
        hour = bisect_left(hours, rng.uniform(0, hours[-1]))
        at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), clocks.LOCAL)
        if at < until:
            found.append(at)
    return sorted(found)


def _weight(day: date, days: Calendar) -> float:
    works = days.is_working_day(day)
    return OF_THE_WEEK[day.weekday()] if works or day.weekday() > 4 else ON_A_DAY_OFF


def used(rng: Random, late: float) -> float:
    """Draw which part of its limit a dossier takes: more than all of it with the probability `late`."""
    if rng.random() < late:
        return 1.04 + min(rng.expovariate(2.2), 4.0)
    return 0.22 + 0.73 * rng.betavariate(2.2, 1.8)


def moments(
    course: Course, filed_at: datetime, limit: Limit | None, part: float, days: Calendar, rng: Random
) -> tuple[datetime, ...]:
    """Give the moment of each act of a course that was filed then and takes this part of its limit."""
    gaps = _gaps(course, days, rng)
    first, last = course.started + 1, course.finished + 1
    counted = [number for number in range(first, last) if course.acts[number].who != "applicant"]
    if counted and course.started >= 0:
        allowed = _minutes(limit, filed_at, days) if limit else UNHURRIED
        whole = sum(gaps[number] for number in counted)
        for number in counted:
            gaps[number] = max(LEAST, round(gaps[number] * part * allowed / whole))
    found, at = [], filed_at
    for act, gap in zip(course.acts, gaps, strict=True):
        if act.who == "applicant":
            at += timedelta(days=rng.uniform(*ANSWERING))
        else:
            at = later(at, gap, days) + timedelta(seconds=rng.randrange(60))
        found.append(at)
    return tuple(found)


def later(at: datetime, minutes: int, days: Calendar) -> datetime:
    """Give the moment so many working minutes after another."""
    minute = days.minute_of(at)
    table = days.table(minute // DAY)
    return days.moment_of(after_minutes(table, table.effective(minute), minutes, ()))


def _gaps(course: Course, days: Calendar, rng: Random) -> list[int]:
    """Give how many working minutes lie before each act, about as in the scenario."""
    before: Sequence[datetime] = (course.filed_at, *(act.at for act in course.acts))
    return [
        max(LEAST, round(working_minutes_between(days, start, act.at) * rng.lognormvariate(0, 0.45)))
        for start, act in zip(before, course.acts, strict=False)
    ]


def _minutes(limit: Limit, start: datetime, days: Calendar) -> int:
    due = clocks.promise([limit], from_=start)
    return max(60, working_minutes_between(days, start, due)) if due else UNHURRIED
