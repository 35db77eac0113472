"""The explanation segments: how the time went from the effective receipt to the due moment (rules 45 to 48)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from clock.calendar import Calendar
from clock.course import Course, Halt, Run
from clock.limits import End, days_in, minutes_in, total_days
from clock.model import Paused, Policy, Running, Segment, Waiting
from clock.table import DAY, Table


def segments(
    calendar: Calendar, table: Table, course: Course, received: int, due: End | None, until: int
) -> Iterator[Segment]:
    """Give the segments in order; `due` is None while a pause is open; that is measured up to the minute `until`."""
    first = course.runs[0].start
    if first > received:
        yield Waiting(start=calendar.moment_of(received), end=calendar.moment_of(first))
    for run, following in zip(course.runs, course.runs[1:], strict=False):
        yield from _Stretch(calendar, table, run).segments(following.start, until)
    last = _Stretch(calendar, table, course.run)
    yield from last.segments(None, until)
    if due is not None:
        yield last.running_to_due(due)


class _Stretch:
    """The segments of one limit in force; `left` are the days still to be counted, so that all add up to the limit."""

    def __init__(self, calendar: Calendar, table: Table, run: Run) -> None:
        self._calendar = calendar
        self._table = table
        self._run = run
        self._cursor = run.start
        days = run.limit.unit.counts_days
        self._left = total_days(run.limit, run.start // DAY, run.extended_by) if days else None

    def segments(self, end: int | None, until: int) -> Iterator[Segment]:
        """Give those up to the last pause, and to the minute `end` where the next limit starts."""
        for halt in self._run.halts:
            yield from self._running_to(halt.start)
            if halt.end != halt.start or halt.migrated or halt.policy is not Policy.RESUME:
                yield self._paused(halt, until)
            self._cursor = halt.end or halt.start
        if end is not None:
            yield from self._running_to(end)

    def running_to_due(self, due: End) -> Running:
        """Give the last one, in which all days that are left are counted."""
        rolled_from = date.fromordinal(due.rolled_from) if due.rolled_from else None
        return self._running(due.minute, self._left, rolled_from)

    def _running_to(self, end: int) -> Iterator[Running]:
        if end <= self._cursor:
            return
        days = None
        if self._left is not None:
            first = max(self._cursor // DAY, self._run.start // DAY + 1)
            days = min(self._left, days_in(self._table, self._run.limit.unit, first, end // DAY))
            self._left -= days
        yield self._running(end, days)

    def _running(self, end: int, days: int | None, rolled_from: date | None = None) -> Running:
        return Running(
            start=self._calendar.moment_of(self._cursor),
            end=self._calendar.moment_of(end),
            working_minutes=minutes_in(self._table, self._cursor, end),
            limit=self._run.limit,
            extended_by=self._run.extended_by,
            since=self._calendar.moment_of(self._run.start),
            days=days,
            rolled_from=rolled_from,
        )

    def _paused(self, halt: Halt, until: int) -> Paused:
        end, unit = until if halt.end is None else halt.end, self._run.limit.unit
        return Paused(
            start=self._calendar.moment_of(halt.start),
            end=None if halt.end is None else self._calendar.moment_of(halt.end),
            working_minutes=minutes_in(self._table, halt.start, end) if end > halt.start else 0,
            reasons=tuple(sorted(halt.reasons)),
            policy="migrate" if halt.migrated else halt.policy,
            days=days_in(self._table, unit, halt.start // DAY, end // DAY) if unit.counts_days else None,
        )
