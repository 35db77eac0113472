"""Chained limits: several limits one after the other, each counted from its own event (rules 50 to 54).

Each link is a case of the same rules (compute.py) with its own start, and is finished by the start of the next one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clock.calendar import Calendar
from clock.compute import Reading, compute
from clock.limits import count
from clock.model import (
    UNNAMED,
    CalendarChanged,
    ClockEvent,
    Extension,
    FeePaid,
    Finished,
    LimitSpec,
    LimitStarted,
    PauseEnded,
    PauseStarted,
    Refusal,
    Refused,
    State,
    unacceptable,
)
from clock.table import DAY
from errors import Invalid, NoCalendar
from texts import Text

_EVENT = re.compile(r"events\[(\d+)\]")
_Numbered = tuple[int | None, ClockEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One limit of a chain; the first of a chain counts from receipt.

    `after` are the links that it may follow, the one of the usual course first.
    """

    id: str
    limit: LimitSpec
    after: tuple[str, ...] = ()
    name: Text = UNNAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A link that ran or runs, from the moment of its event; `until` is that of the next one, None in force."""

    link: Link
    start: datetime
    until: datetime | None
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReading:
    """What the clock says of a chain at one moment.

    `refused` names events by their index among all. `result_at` is the due moment of the last link, if every link still
    to come takes its whole time: what may be promised of the result. None where a pause is open or nothing is known.
    """

    stretches: tuple[Stretch, ...]
    coming: tuple[Link, ...] = ()
    """The links still to come in the usual course."""
    refused: tuple[Refusal, ...] = ()
    result_at: datetime | None = None

    @property
    def in_force(self) -> Stretch:
        """Give the link that runs now, or ran last."""
        return self.stretches[-1]

    @property
    def reading(self) -> Reading:
        """Give the reading of the link in force; a finished dossier is late where any of its links was (rule 54)."""
        reading = self.in_force.reading
        if reading.state in (State.EARLY, State.ON_TIME) and self.late:
            return replace(reading, state=State.LATE, refused=self.refused)
        return replace(reading, refused=self.refused)

    @property
    def late(self) -> tuple[Stretch, ...]:
        """Give the links that were late."""
        return tuple(part for part in self.stretches if part.reading.state is State.LATE)

    @property
    def worst(self) -> Stretch:
        """Give the link that was late by the most working time; the one in force where none was."""
        return min(self.late, key=lambda part: part.reading.remaining_minutes or 0, default=self.in_force)


def compute_chain(
    calendar: Calendar,
    *,
    received_at: datetime,
    links: Sequence[Link],
    events: Sequence[ClockEvent] = (),
    asked_at: datetime,
) -> ChainReading:
    """Read the clock of a dossier with chained limits; `links` has at least one, the first in force at receipt.

    Without a LimitStarted this is compute() for the first link. Raises what compute() does, and errors.Invalid for the
    start of a link that is not in the chain.
    """
    walk = _Walk(calendar, links, received_at)
    known = sorted(((i, e) for i, e in enumerate(events) if e.at <= asked_at), key=lambda item: item[1].at)
    for index, event in known:
        walk.take(index, event)
    walk.close(asked_at)
    last = walk.parts[-1]
    coming = () if last.reading.ended_at is not None else usual(links, last.link.id)
    return ChainReading(
        stretches=tuple(walk.parts),
        coming=coming,
        refused=tuple(sorted(walk.refused, key=lambda refusal: refusal.event)),
        result_at=_result(last.reading, coming),
    )


class _Walk:
    """The events in their order, dealt out to the links; thrown away after one computation.

    What happened in the link in force is kept with its index among all events; what came over from the link before has
    none.
    """

    def __init__(self, calendar: Calendar, links: Sequence[Link], received_at: datetime) -> None:
        self._calendar = calendar
        self._links = {link.id: link for link in links}
        self._link, self._start = links[0], received_at
        self._events: list[_Numbered] = []
        self._is_extended = False
        self.parts: list[Stretch] = []
        self.refused: list[Refusal] = []

    def take(self, index: int, event: ClockEvent) -> None:
        """Take the next event."""
        if isinstance(event, LimitStarted):
            following = self._links.get(event.limit)
            if following is None:
                raise _unknown(index, event.limit)
            if self._read(event.at).ended_at is not None:
                self.refused.append(Refusal(event=index, why=Refused.AFTER_END))
            elif self._link.id not in following.after:
                self.refused.append(Refusal(event=index, why=Refused.NOT_NEXT))
            else:
                self._pass_on(event.at, following)
        elif isinstance(event, Extension) and self._is_extended:  # one per dossier, whatever the link (rule 53)
            has_ended = self._read(event.at).ended_at is not None
            self.refused.append(Refusal(event=index, why=Refused.AFTER_END if has_ended else Refused.SECOND_EXTENSION))
        else:
            self._events.append((index, event))

    def close(self, asked_at: datetime) -> None:
        """Read the link in force."""
        self._part(self._read(asked_at), None)

    def _pass_on(self, at: datetime, following: Link) -> None:
        """Finish the link in force at the event that starts the next one, and bring over what goes on (rule 52)."""
        pauses, has_begun = self._open_pauses(), self._read(at).state is not State.NOT_STARTED
        self._events += [(None, PauseEnded(at=at, pause=pause.pause)) for pause in pauses]
        self._events += [(None, Finished(at=at))] * has_begun
        refused = self._part(self._read(at), at)
        given = [n for n, (_, event) in enumerate(self._events) if isinstance(event, Extension)]
        self._is_extended |= any(n not in refused for n in given)
        kept: list[ClockEvent] = [e for _, e in self._events if isinstance(e, FeePaid | CalendarChanged)]
        kept += [replace(pause, at=at) for pause in pauses]
        self._link, self._start, self._events = following, at, [(None, event) for event in kept]

    def _open_pauses(self) -> list[PauseStarted]:
        open_: dict[str, PauseStarted] = {}
        for _, event in self._events:
            if isinstance(event, PauseStarted):
                open_.setdefault(event.pause, event)
            elif isinstance(event, PauseEnded):
                open_.pop(event.pause, None)
        return list(open_.values())

    def _read(self, asked_at: datetime) -> Reading:
        try:
            return compute(
                self._calendar,
                received_at=self._start,
                limit=self._link.limit,
                events=[event for _, event in self._events],
                asked_at=asked_at,
            )
        except Invalid as error:
            raise self._named(error) from None

    def _part(self, reading: Reading, until: datetime | None) -> frozenset[int]:
        """Keep the reading of a link; give which of its events do not count."""
        self.parts.append(Stretch(link=self._link, start=self._start, until=until, reading=reading))
        for refusal in reading.refused:
            index = self._events[refusal.event][0]
            if index is not None:
                self.refused.append(replace(refusal, event=index))
        return frozenset(refusal.event for refusal in reading.refused)

    def _named(self, error: Invalid) -> Invalid:
        """Name the event by its index among all."""
        details = []
        for detail in error.details:
            match = _EVENT.match(detail.field)
            index = self._events[int(match[1])][0] if match else None
            field = detail.field if match is None or index is None else f"events[{index}]{detail.field[match.end() :]}"
            details.append(replace(detail, field=field))
        return Invalid(details=details)


def usual(links: Sequence[Link], current: str) -> tuple[Link, ...]:
    """Give the links still to come after `current` in the usual course: to the last, by what each follows first."""
    known, course = {link.id: link for link in links}, [links[-1]]
    while course[0] is not links[0]:
        before = known.get(next(iter(course[0].after), ""))
        if before is None or before in course:
            break
        course.insert(0, before)
    for place, link in enumerate(course):
        if link.id == current:
            return tuple(course[place + 1 :])
    return next((tuple(course[place:]) for place, link in enumerate(course) if current in link.after), ())


def _result(reading: Reading, coming: Sequence[Link]) -> datetime | None:
    """Count the links to come, each from the day on which the one before is due."""
    if reading.due_at is None or not coming:
        return reading.due_at
    calendar, due = reading.calendar, reading.calendar.minute_of(reading.due_at)
    try:
        for link in coming:
            table = calendar.table(due // DAY)
            # its event comes on that day, before the office has closed
            start = due - 1 if link.limit.unit.counts_days else table.effective(due)
            due = count(table, link.limit, start).minute
    except NoCalendar:
        return None
    return calendar.moment_of(due)


def _unknown(index: int, name: str) -> Invalid:
    return unacceptable(
        f"events[{index}].limit",
        f"Không có thời hạn “{name}” trong chuỗi.",
        f"There is no limit “{name}” in the chain.",
    )
