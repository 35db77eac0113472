"""Where a limit ends: counting days, months and hours (rules 11 to 16), with the pauses left out (18 and 19).

`end_of` is for simple limits (the steps of a procedure); `due_soon_of`, `working_minutes_between` and
`left_of` are cheap enough for every row of a list. `count` is what they and the whole clock stand on.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime

from clock.calendar import Calendar
from clock.model import LimitSpec, Unit
from clock.table import DAY, Table
from errors import NoCalendar

Span = tuple[int, int]
"""The effective minutes [A, B) of a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a limit ends, in minutes of the table; `rolled_from` is the day the count was full, if the end rolled."""

    minute: int
    rolled_from: int | None = None


def end_of(calendar: Calendar, start: datetime, amount: int | float | None, unit: Unit | str) -> datetime:
    """Give the moment at which a limit ends that starts at the effective moment of `start`.

    `amount` is None for hand_over. Raises errors.Invalid for an amount that the unit cannot have, errors.NoCalendar
    where the calendar does not reach.
    """
    limit, minute = LimitSpec(amount=amount, unit=Unit(unit)), calendar.minute_of(start)
    table = calendar.table(minute // DAY)
    return calendar.moment_of(count(table, limit, table.effective(minute)).minute)


def due_soon_of(calendar: Calendar, start: datetime, due_at: datetime) -> datetime:
    """Give the moment from which an unpaused limit is due soon: the earlier of both measures of rule 40."""
    begin, due = calendar.minute_of(start), calendar.minute_of(due_at)
    percent_at, days_left_at = due_soon(calendar.table(begin // DAY), begin, due)
    return calendar.moment_of(percent_at if days_left_at is None else min(percent_at, days_left_at))


def working_minutes_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Count the working minutes from `start` to `end`; below zero when `end` is earlier."""
    first, last = calendar.minute_of(start), calendar.minute_of(end)
    table = calendar.table(first // DAY)
    return table.minutes_before(last) - table.minutes_before(first)


def left_of(calendar: Calendar, due_at: datetime, asked_at: datetime, unit: Unit) -> int:
    """Count what is left of a limit that is not paused, in what it counts, as a list shows it; below zero when late.

    Working days, or dates for limits in those or in months, after today up to the due day (rule 42); of hours the
    whole working hours (rule 41).
    """
    if not unit.counts_days:
        minutes = working_minutes_between(calendar, asked_at, due_at)
        return minutes // 60 if minutes >= 0 else -(-minutes // 60)
    due, asked = calendar.minute_of(due_at) // DAY, calendar.minute_of(asked_at) // DAY
    table = calendar.table(due)
    if due < asked:
        return -days_in(table, unit, due + 1, asked + 1)
    return days_in(table, unit, asked + 1, due + 1)


def count(table: Table, limit: LimitSpec, start: int, spans: Sequence[Span] = (), extended_by: float = 0) -> End:
    """Count a limit from the effective minute `start`, leaving out the pauses `spans` (disjoint, in order)."""
    if limit.unit is Unit.HAND_OVER:
        return End(minute=_hand_over(table, start))
    if limit.unit is Unit.WORKING_HOURS:
        minutes = round(60 * (limit.amount or 0)) + round(60 * extended_by)
        return End(minute=after_minutes(table, start, minutes, spans))
    days = total_days(limit, start // DAY, extended_by)
    paused = [(a // DAY, b // DAY) for a, b in spans]
    full = _full_day(table, limit.unit, start // DAY, days, paused)
    last = _next_open_day(table, full, paused)
    return End(minute=table.closing(last), rolled_from=full if last != full else None)


def total_days(limit: LimitSpec, start_day: int, extended_by: float = 0) -> int:
    """Give a limit of days or months as a number of days; months become calendar days once (rule 14)."""
    amount = int((limit.amount or 0) + extended_by)
    return _same_day_after(start_day, amount) - start_day if limit.unit is Unit.MONTHS else amount


def days_in(table: Table, unit: Unit, first: int, end: int) -> int:
    """Count the days of [first, end) as a limit of this unit counts them, none when `end` is not later."""
    if end <= first:
        return 0
    return table.days_before(end) - table.days_before(first) if unit is Unit.WORKING_DAYS else end - first


def after_minutes(table: Table, start: int, minutes: int, spans: Sequence[Span]) -> int:
    """Give the end of the working minute that is number `minutes` from `start`, pauses left out."""
    target = table.minutes_before(start) + minutes
    for a, b in spans:
        paused_from = table.minutes_before(a)
        if paused_from < target:
            target += table.minutes_before(b) - paused_from
    return table.end_of(target)


def minutes_in(table: Table, start: int, end: int, spans: Sequence[Span] = ()) -> int:
    """Count the working minutes of [start, end) outside of the pauses, which must lie within."""
    paused = sum(table.minutes_before(b) - table.minutes_before(a) for a, b in spans)
    return table.minutes_before(end) - table.minutes_before(start) - paused


def due_soon(table: Table, start: int, due: int, spans: Sequence[Span] = ()) -> tuple[int, int | None]:
    """Give the two due-soon minutes of rule 40: by percent, and by working days left (None for a short limit)."""
    rules, total = table.rules, minutes_in(table, start, due, spans)
    percent_at = after_minutes(table, start, -(-total * rules.due_soon_percent // 100), spans)
    before = total - rules.due_soon_days_left * rules.minutes_per_working_day
    return percent_at, after_minutes(table, start, before, spans) if before > 0 else None


def _full_day(table: Table, unit: Unit, start_day: int, days: int, paused: Sequence[Span]) -> int:
    """Give the day on which the count is full: the start is not counted (rule 11), nor are paused days (19)."""
    working = unit is Unit.WORKING_DAYS
    target = days + (table.days_before(start_day + 1) if working else start_day + 1)
    for a, b in paused:
        first = max(a, start_day + 1)
        if first < b and (table.days_before(first) if working else first) < target:
            target += days_in(table, unit, first, b)
    return table.day_at(target - 1) if working else target - 1


def _next_open_day(table: Table, day: int, paused: Sequence[Span]) -> int:
    """Give the first working day from `day` on that is not paused (rules 13 and 19)."""
    day = table.day_at(table.days_before(day))
    for a, b in paused:
        if a <= day < b:
            day = table.day_at(table.days_before(b))
    return day


def _hand_over(table: Table, start: int) -> int:
    """Give the closing of the day, or after the cut-off the first hours of the next working day (rule 16)."""
    day, of_day = divmod(start, DAY)
    if of_day <= table.rules.cut_off:
        return table.closing(day)
    next_day = table.day_at(table.days_before(day + 1))
    return table.end_of(table.minutes_before(next_day * DAY) + table.rules.next_day_minutes)


def _same_day_after(day: int, months: int) -> int:
    at = date.fromordinal(day)
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    if year > MAXYEAR:
        raise NoCalendar
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1])).toordinal()
