"""compute(): when is it due, how much is left, how does it stand; all anew from the events (rule 39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from clock.calendar import Calendar
from clock.course import Course, Run
from clock.dossier import Dossier, Ending
from clock.limits import days_in, due_soon
from clock.model import (
    CalendarChanged,
    ClockEvent,
    Finished,
    LimitSpec,
    Refusal,
    Segment,
    State,
    Stopped,
    Unit,
    Waiting,
    unacceptable,
)
from clock.segments import segments
from clock.table import DAY, Table
from errors import NoCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the clock says at one moment; moments are aware, None where there is none.

    `remaining_days` are working days, calendar days for limits in those or in months, None for hours; below zero when
    late (rules 41 to 43); `unit` is what the limit counts that runs then. `ended_at` is when the dossier finished,
    stopped or lapsed. `calendar` is the one that was counted with, changes included.
    """

    state: State
    calendar: Calendar = field(repr=False)
    due_at: datetime | None = None
    due_soon_at: datetime | None = None
    due_soon_percent_at: datetime | None = None
    due_soon_days_left_at: datetime | None = None
    remaining_days: int | None = None
    remaining_minutes: int | None = None
    unit: Unit | None = None
    lapse_at: datetime | None = None
    ended_at: datetime | None = None
    refused: tuple[Refusal, ...] = ()
    segments: tuple[Segment, ...] = ()


def compute(
    calendar: Calendar,
    *,
    received_at: datetime,
    limit: LimitSpec,
    events: Sequence[ClockEvent] = (),
    asked_at: datetime,
) -> Reading:
    """Read the clock of a dossier as it was known at `asked_at`; events may be out of order and in any UTC offset.

    Raises errors.Invalid that names the event (`events[2].…`) where the rules have no answer: an event before the
    start, an extension in another unit, a finish while paused. A year that is not covered is a state, no error.
    """
    if asked_at < received_at:
        raise unacceptable("asked_at", "Thời điểm hỏi trước khi tiếp nhận.", "It is asked before the receipt.")
    known = sorted(((i, e) for i, e in enumerate(events) if e.at <= asked_at), key=lambda item: item[1].at)
    calendar = calendar.changed(_changes([event for _, event in known]))
    try:
        dossier = Dossier(calendar, received_at, limit)
        for index, event in known:
            dossier.apply(index, event)
        asked = calendar.minute_of(asked_at)
        dossier.lapse(asked)
        return _reading(calendar, dossier, dossier.ended if dossier.ending else asked)
    except NoCalendar:
        return Reading(state=State.NO_CALENDAR, calendar=calendar)


def _changes(events: Sequence[ClockEvent]) -> list[CalendarChanged]:
    """Give the changes of the calendar up to the end of the dossier (rule 34)."""
    changes = []
    for event in events:
        if isinstance(event, Finished | Stopped):
            break
        if isinstance(event, CalendarChanged):
            changes.append(event)
    return changes


def _reading(calendar: Calendar, dossier: Dossier, at: int) -> Reading:
    """Read the clock at the minute `at`, which is the end of a dossier that has ended."""
    course = dossier.course
    if course is None:
        reading = _waiting(calendar, dossier)
    elif course.open_halt is not None:
        reading = _paused(calendar, dossier, course, at)
    else:
        reading = _counting(calendar, dossier, course, at)
    ended_at = calendar.moment_of(at) if dossier.ending else None
    return replace(reading, ended_at=ended_at, refused=tuple(dossier.refusals))


def _waiting(calendar: Calendar, dossier: Dossier) -> Reading:
    segment = Waiting(start=calendar.moment_of(dossier.received), end=None)
    state = State.STOPPED if dossier.ending else State.NOT_STARTED
    return Reading(state=state, calendar=calendar, segments=(segment,))


def _paused(calendar: Calendar, dossier: Dossier, course: Course, at: int) -> Reading:
    """Read an open pause: what remains is asked as if it ended now (rule 43); nothing is due (26)."""
    table = dossier.table
    parts = tuple(segments(calendar, table, course, dossier.received, None, at))
    if dossier.ending is not None:
        return Reading(state=State(dossier.ending), calendar=calendar, segments=parts)
    end, lapse = table.effective(at), course.lapse(table)
    run = course.closed(end).run
    days, minutes = _remaining(table, run, run.due(table).minute, end)
    return Reading(
        state=State.PAUSED,
        calendar=calendar,
        remaining_days=days,
        remaining_minutes=minutes,
        unit=run.limit.unit,
        lapse_at=None if lapse is None else calendar.moment_of(lapse),
        segments=parts,
    )


def _counting(calendar: Calendar, dossier: Dossier, course: Course, at: int) -> Reading:
    """Read a clock that runs, or ran to its end."""
    table, run = dossier.table, course.run
    due = run.due(table)
    percent_at, days_left_at = due_soon(table, run.start, due.minute, run.spans())
    soon = percent_at if days_left_at is None else min(percent_at, days_left_at)
    stopped = dossier.ending is Ending.STOPPED
    days, minutes = (None, None) if stopped else _remaining(table, run, due.minute, at)
    return Reading(
        state=_state(dossier.ending, due.minute, soon, at),
        calendar=calendar,
        due_at=calendar.moment_of(due.minute),
        due_soon_at=calendar.moment_of(soon),
        due_soon_percent_at=calendar.moment_of(percent_at),
        due_soon_days_left_at=None if days_left_at is None else calendar.moment_of(days_left_at),
        remaining_days=days,
        remaining_minutes=minutes,
        unit=run.limit.unit,
        segments=tuple(segments(calendar, table, course, dossier.received, due, at)),
    )


def _state(ending: Ending | None, due: int, soon: int, at: int) -> State:
    if ending is Ending.STOPPED:
        return State.STOPPED
    if ending is Ending.FINISHED:
        return State.LATE if at > due else State.EARLY if at // DAY < due // DAY else State.ON_TIME
    return State.OVERDUE if at > due else State.DUE_SOON if at >= soon else State.RUNNING


def _remaining(table: Table, run: Run, due: int, asked: int) -> tuple[int | None, int]:
    """Give the days and the working minutes that are left, below zero when late (rules 41 and 42)."""
    minutes = table.minutes_before(due) - table.minutes_before(asked)
    unit, due_day, today = run.limit.unit, due // DAY, asked // DAY
    if not unit.counts_days:
        return None, minutes
    if asked > due:
        return -days_in(table, unit, due_day + 1, today + 1), minutes
    first = max(today, run.start // DAY) + 1
    paused = sum(days_in(table, unit, max(a // DAY, first), b // DAY) for a, b in run.spans())
    return days_in(table, unit, first, due_day + 1) - paused, minutes
