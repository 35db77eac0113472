"""How long steps take, and dossiers from a step to their end: medians over the latest ones, in working minutes.

Computed once a day, by the office's calendar; pauses do not count. What is asked costs one look-up of a row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from clock.calendar import Calendar
from clock.limits import end_of, working_minutes_between
from clock.model import Unit
from errors import NoCalendar
from services import clocks
from storage.database import session, verb
from storage.rows import pace as rows
from storage.rows.pace import LATEST, Done, Step
from storage.tables import Mark, StepPace

DAILY, FORECAST = "pace", "forecast"
"""The marks of this job, and of the one that looks at open steps."""
EVERY = timedelta(hours=20)
LEAST = 5
"""Fewer than so many say nothing."""


def daily(*, now: datetime) -> int:
    """Sum up the pace of the steps at which dossiers wait, once a day; give how many were."""
    mark = rows.mark(DAILY)
    if mark is not None and mark.at > now - EVERY:
        return 0
    steps = rows.open_steps()
    for step in steps:
        refresh(step, now=now)
    _begin_again(now=now)
    return len(steps)


@verb
def refresh(step: Step, *, now: datetime) -> None:
    """Sum up the pace of one step anew."""
    done, calendar = rows.latest(step), clocks.calendar()
    owns = _known(_minutes(calendar, each.created_at, each.completed_at) for each in done[:LATEST])
    rests = _known(_rest(calendar, each) for each in [each for each in done if each.finished_at is not None][:LATEST])
    row = rows.paces([step]).get(step)
    if row is None:
        row = StepPace(process_key=step[0], element_id=step[1])
        session().add(row)
    row.steps, row.step_median, row.step_most = len(owns), _median(owns), _most(owns)
    row.rests, row.rest_median, row.rest_most = len(rests), _median(rests), _most(rests)
    row.computed_at = now


def of(steps: Collection[Step]) -> Mapping[Step, StepPace]:
    """Give the pace of these steps, of those that have one."""
    return rows.paces(steps)


def expected_end(pace: StepPace | None, *, since: datetime, now: datetime, agency: str = "") -> datetime | None:
    """Give when a dossier is likely to be finished whose step began at `since`; None where too little is known.

    Half of the dossiers are finished by then. Where that moment has passed, it is the one at which four of five are;
    where that has passed, too, now.
    """
    found = ends(pace, since=since, agency=agency) if pace is not None else None
    return next((end for end in found if end > now), now) if found else None


def ends(pace: StepPace, *, since: datetime, agency: str = "") -> tuple[datetime, datetime] | None:
    """Give when half of the dossiers, and four of five, would be finished whose step began at `since`; None beyond
    the calendar or where too little is known.
    """
    if pace.rest_median is None or pace.rest_most is None:
        return None
    calendar = clocks.calendar(agency)
    try:
        half, most = (
            end_of(calendar, since, max(minutes, 1) / 60, Unit.WORKING_HOURS)
            for minutes in (pace.rest_median, pace.rest_most)
        )
    except NoCalendar:
        return None
    return half, most


@verb
def _begin_again(*, now: datetime) -> None:
    """Write down that it is done; all open steps are looked at again with what is known now."""
    for name, at in ((DAILY, now), (FORECAST, now - timedelta(days=36_500))):
        mark = rows.mark(name)
        if mark is None:
            session().add(Mark(name=name, at=at, row_id=""))
        else:
            mark.at, mark.row_id = at, ""


def _rest(calendar: Calendar, done: Done) -> int | None:
    """Give the working minutes from the beginning of a step to the end of its dossier, without its pauses."""
    if done.finished_at is None:
        return None
    whole = _minutes(calendar, done.created_at, done.finished_at)
    if whole is None:
        return None
    paused, since = 0, None
    open_: set[object] = set()
    for event in done.clock:
        at = datetime.fromisoformat(str(event["at"]))
        if event["type"] == "pause_started":
            since = at if not open_ else since
            open_.add(event["pause"])
        elif event["type"] == "pause_ended" and event["pause"] in open_:
            open_.discard(event["pause"])
            if not open_ and since is not None and at > done.created_at:
                paused += _minutes(calendar, max(since, done.created_at), at) or 0
    return max(whole - paused, 0)


def _minutes(calendar: Calendar, start: datetime, end: datetime | None) -> int | None:
    if end is None or end < start:
        return None
    try:
        return working_minutes_between(calendar, start, end)
    except NoCalendar:
        return None


def _known(minutes: Iterable[int | None]) -> list[int]:
    return [each for each in minutes if each is not None]


def _median(minutes: Sequence[int]) -> int | None:
    return round(median(minutes)) if len(minutes) >= LEAST else None


def _most(minutes: Sequence[int]) -> int | None:
    """Give the smallest of them that so many are not above."""
    return sorted(minutes)[-(-len(minutes) * 4 // 5) - 1] if len(minutes) >= LEAST else None
