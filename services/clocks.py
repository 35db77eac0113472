"""The clock of a dossier and of its steps: what it reads, and when something is to be raised.

A due date is computed from the dossier's clock events, never typed. The rules are clock/'s; this file brings them the
agency's calendar and the legal limit of the dossier's version and case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bpmn.model import Limit, LimitUnit
from clock.calendar import Calendar, vietnam
from clock.cases import compute_cases as cases_of
from clock.chain import ChainReading, Link, compute_chain
from clock.compute import Reading, compute
from clock.explain import Line
from clock.explain_chain import explain_chain
from clock.limits import end_of as limit_end
from clock.limits import left_of
from clock.model import (
    ClockEvent,
    FeePaid,
    LimitSpec,
    LimitStarted,
    Paused,
    PauseEnded,
    PauseStarted,
    Running,
    StartsOn,
    State,
    Unit,
    Waiting,
)
from clock.node import Node
from clock.parse import event
from clock.vietnam import DayOverride
from errors import NoCalendar
from services import loading
from storage.queries import calendar as queries
from storage.tables import Dossier, Task
from texts import Text

ACCEPTANCE = Limit(amount=8, unit=LimitUnit.WORKING_HOURS)
"""How long the one-door desk may take to accept or refuse a filing (DOMAIN.md 1.2)."""

SOON_SHARE = 0.8
"""Of the acceptance limit: when so much of it is over it is at risk (rule 40)."""

YEARS = range(2024, 2032)
"""Years the calendar covers; a limit that ends beyond has no due date until the calendar is extended."""

IMPORTABLE = range(YEARS[0], YEARS[-1] + 11)
"""Years that can be imported."""

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone in which days, years and codes count."""

A_MINUTE = timedelta(minutes=1)

KINDS: Mapping[State, str] = {
    State.RUNNING: "ok",
    State.DUE_SOON: "soon",
    State.OVERDUE: "late",
    State.PAUSED: "pause",
    State.EARLY: "early",
    State.ON_TIME: "on_time",
    State.LATE: "was_late",
}

ENDED = frozenset({State.EARLY, State.ON_TIME, State.LATE, State.STOPPED, State.LAPSED})


def kind_of(state: str) -> str:
    """Give the kind of the due chip of a stored state; empty where it has none."""
    return KINDS.get(State(state), "")


def calendar(agency: str = "", *, known_at: datetime | None = None) -> Calendar:
    """Give an agency's calendar: the national one with the entered days, those of the agency over everybody's.

    `known_at`: as it was entered at that moment, not as it is now.
    """
    return calendar_of(queries.entries() if known_at is None else queries.entries_at(known_at), agency)


def covered_years() -> frozenset[int]:
    """Give the years that the calendar covers now: those of the library, and the imported ones."""
    return frozenset({*YEARS, *(entry.day.year for entry in queries.entries() if entry.kind == "year")})


def calendar_of(entries: queries.Entries, agency: str = "") -> Calendar:
    """Build the calendar that these entries make; the same entries give the same calendar again."""
    is_own = any(entry.agency == agency for entry in entries) if agency else False
    return _calendar(entries, agency if is_own else "")


@lru_cache(maxsize=32)
def _calendar(entries: queries.Entries, agency: str) -> Calendar:
    imported = frozenset(entry.day.year for entry in entries if entry.kind == "year")
    rows = [
        DayOverride(
            date=entry.day, kind=_kind(entry.kind), as_weekday=entry.as_weekday, periods=entry.periods,
            note=Text(entry.note, entry.note_en or entry.note), is_agency=bool(entry.agency),
        )
        for entry in entries
        if entry.kind != "year" and entry.agency in ("", agency)
    ]  # fmt: skip
    return vietnam({*YEARS, *imported}, rows, imported)


def _kind(kind: str) -> Literal["off", "working", "hours"]:
    return "off" if kind == "off" else "hours" if kind == "hours" else "working"


def compute_cases(days: Mapping[str, object] | None, cases: Iterable[object]) -> Iterator[dict[str, Any]]:
    """Compute cases in the format of the clock's vectors, with a calendar in its format or the agency's own."""
    yield from cases_of(days if days is not None else calendar(), cases)


def spec_of(limit: Limit) -> LimitSpec:
    """Give a limit of a diagram in the clock's words."""
    return LimitSpec(amount=limit.amount, unit=Unit(limit.unit.value), starts_on=StartsOn(limit.starts_on))


def links_of(limits: Sequence[Limit]) -> tuple[Link, ...]:
    """Give the legal limits of a case as the clock's chain; most have one link."""
    return tuple(Link(id=x.id, limit=spec_of(x), after=x.after, name=x.name) for x in limits)


def read(
    dossier: Dossier,
    limits: Sequence[Limit],
    *,
    asked_at: datetime,
    days: Calendar | None = None,
    more: Sequence[ClockEvent] = (),
) -> ChainReading | None:
    """Read a dossier's clock; None where it has no limit or was not accepted yet.

    `days`: not our calendar; `more`: as if these events had come, too.
    """
    if not limits or dossier.accepted_at is None:
        return None
    known = {limit.id for limit in limits}
    events = [e for e in (*events_of(dossier), *more) if not isinstance(e, LimitStarted) or e.limit in known]
    days = days or calendar_for(dossier, asked_at=asked_at)
    return compute_chain(
        days, received_at=dossier.accepted_at, links=links_of(limits), events=events, asked_at=asked_at
    )


def lapsed_at(dossier: Dossier, limits: Sequence[Limit], *, now: datetime) -> datetime | None:
    """Give when a dossier has lapsed that waits for an answer and is not closed yet; None where it has not."""
    if dossier.clock_state != State.PAUSED or dossier.ended_at is not None:
        return None
    chain = read(dossier, limits, asked_at=now)
    return chain.reading.ended_at if chain is not None and chain.reading.state is State.LAPSED else None


def calendar_for(dossier: Dossier, *, asked_at: datetime) -> Calendar:
    """Give the calendar that a dossier counts with: its agency's, and as of its end once it has one (rule 34)."""
    end = dossier.finished_at or dossier.ended_at
    return calendar(agency_of(dossier), known_at=end if end is not None and end < asked_at else None)


def agency_of(row: Dossier | Task) -> str:
    """Give the code of the agency whose procedure a dossier or a step is of; empty where it is of none."""
    procedure = loading.load(row.definition_id).procedure
    return procedure.agency_code if procedure else ""


def limit_in_force(dossier: Dossier, limits: Sequence[Limit], *, now: datetime) -> Limit | None:
    """Give the legal limit that runs now, of a chain the link it has come to; None where there is none."""
    if len(limits) < 2:
        return next(iter(limits), None)
    chain = read(dossier, limits, asked_at=now)
    return next((x for x in limits if chain is not None and x.id == chain.in_force.link.id), limits[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page says of a dossier's clock."""

    chain: ChainReading
    why: tuple[Line, ...]
    """The sum behind the date, at most five lines."""

    @property
    def reading(self) -> Reading:
        """Give the reading of the limit in force."""
        return self.chain.reading

    @property
    def result_at(self) -> datetime | None:
        """Give when the result is promised; where limits follow each other, that is later than the next one is due."""
        return self.chain.result_at

    @property
    def limit_name(self) -> Text:
        """Name the limit in force; empty where it is the only one."""
        return self.chain.in_force.link.name if self.chain.coming or len(self.chain.stretches) > 1 else Text("", "")

    @property
    def kind(self) -> str:
        """Give the kind of the due chip: ok, soon, late, pause, early, on_time, was_late, or none."""
        return KINDS.get(self.reading.state, "none")

    @property
    def left(self) -> int:
        """Give how many days (hours, where the limit counts those) are left or over."""
        days, minutes = self._measured.remaining_days, self._measured.remaining_minutes
        return abs(days) if days is not None else abs(minutes or 0) // 60

    @property
    def unit(self) -> Unit:
        """Give what `left` counts: what the limit in force counts, or that of the chain that was late."""
        return self._measured.unit or self.chain.in_force.link.limit.unit

    @property
    def _measured(self) -> Reading:
        return self.chain.worst.reading if self.reading.state is State.LATE else self.reading

    @property
    def stretches(self) -> tuple[tuple[str, datetime, datetime | None], ...]:
        """Give (running, paused or waiting_for_fee, start, end) of each stretch of the clock line."""
        kinds = {Running: "running", Paused: "paused", Waiting: "waiting_for_fee"}
        found: list[tuple[str, datetime, datetime | None]] = []
        for part in self.chain.stretches:
            segments = [(kinds[type(one)], one.start, one.end) for one in part.reading.segments]
            found += segments if part.until is None else _until(segments, part.until)
        return tuple(found)


def _until(
    segments: Sequence[tuple[str, datetime, datetime | None]], end: datetime
) -> list[tuple[str, datetime, datetime | None]]:
    """Cut the stretches of a limit that is over at its end, or make the last one longer where it was late."""
    kept = [(kind, start, min(until or end, end)) for kind, start, until in segments if start < end]
    return [*kept[:-1], (kept[-1][0], kept[-1][1], end)] if kept else []


def tell(dossier: Dossier, *, asked_at: datetime) -> Told | None:
    """Tell what a dossier's clock reads and why; None where it has no limit or was not accepted yet."""
    limits = limits_of(dossier)
    if not limits or dossier.accepted_at is None:
        return None
    # the clock of the server that accepted it may be a moment ahead of ours
    chain = read(dossier, limits, asked_at=max(asked_at, dossier.accepted_at))
    if chain is None:
        return None
    return Told(chain=chain, why=explain_chain(chain))


def limits_of(dossier: Dossier) -> tuple[Limit, ...]:
    """Give the legal limits of a dossier's case: those of the version it was received under, for good."""
    procedure = loading.load(dossier.definition_id).procedure
    return procedure.limits_of(dossier.case_id, dossier.channel) if procedure else ()


def left(due_at: datetime, *, asked_at: datetime, unit: Unit = Unit.WORKING_DAYS, agency: str = "") -> int | None:
    """Count what is left of a limit in its own unit, below zero when late; None beyond the agency's calendar."""
    try:
        return left_of(calendar(agency), due_at, asked_at, unit)
    except NoCalendar:
        return None


def promise(limits: Sequence[Limit], *, from_: datetime, agency: str = "") -> datetime | None:
    """Give when a dossier accepted (and paid for) at `from_` would be due; None where the calendar does not reach."""
    paid = [FeePaid(at=from_)]
    return compute_chain(
        calendar(agency), received_at=from_, links=links_of(limits), events=paid, asked_at=from_
    ).result_at


def acceptance_due(agency: str, *, filed_at: datetime) -> datetime:
    """Give the moment until which a filing must be accepted or refused. Raises NoCalendar beyond the calendar."""
    return limit_end(calendar(agency), filed_at, ACCEPTANCE.amount, Unit.WORKING_HOURS)


def acceptance_soon(agency: str, *, filed_at: datetime) -> datetime:
    """Give the moment from which the acceptance of a filing is at risk. Raises NoCalendar beyond the calendar."""
    return limit_end(calendar(agency), filed_at, ACCEPTANCE.amount * SOON_SHARE, Unit.WORKING_HOURS)


def refresh(dossier: Dossier, limits: Sequence[Limit], *, now: datetime) -> None:
    """Write what the clock reads now to the dossier's derived columns."""
    chain = read(dossier, limits, asked_at=now)
    if chain is None:
        return
    reading = chain.reading
    dossier.clock_state = reading.state.value
    dossier.due_at, dossier.due_soon_at = reading.due_at, reading.due_soon_at
    dossier.due_unit = reading.unit.value if reading.unit else None
    dossier.next_deadline_at = _next(dossier, reading)


def _next(dossier: Dossier, reading: Reading) -> datetime | None:
    """Give the next moment at which something is to be raised for a dossier, or at which it lapses and is closed."""
    if reading.state is State.LAPSED and dossier.ended_at is None:
        return reading.ended_at
    if reading.state in ENDED:
        return None
    if reading.lapse_at is not None:
        return reading.lapse_at + A_MINUTE
    return next_deadline(dossier, reading.due_soon_at, reading.due_at)


def due_soon_of(task: Task, limit: Limit | None, pauses: Sequence[ClockEvent], *, now: datetime) -> datetime | None:
    """Give the moment from which an open step is at risk, or None where it has no limit of its own."""
    if limit is None:
        return None
    days = calendar(agency_of(task))
    return compute(days, received_at=task.created_at, limit=spec_of(limit), events=pauses, asked_at=now).due_soon_at


def refresh_task(task: Task, limit: Limit | None, pauses: Sequence[ClockEvent], *, now: datetime) -> None:
    """Write a step's due moment; while the dossier's clock is paused it has none."""
    if limit is None:
        return
    spec = spec_of(limit)
    days = calendar(agency_of(task))
    reading = compute(days, received_at=task.created_at, limit=spec, events=pauses, asked_at=now)
    task.due_at = reading.due_at
    task.next_deadline_at = next_deadline(task, reading.due_soon_at, reading.due_at)


def end_of(limit: Limit, since: datetime, *, agency: str = "") -> datetime:
    """Give where a limit ends that counts from `since`, without pauses; raises NoCalendar beyond the calendar."""
    return limit_end(calendar(agency), since, limit.amount, limit.unit.value)


def share_of_step(
    limit: Limit, percent: int, *, since: datetime, pauses: Sequence[ClockEvent], now: datetime, agency: str = ""
) -> datetime | None:
    """Give when so much of a step's limit is over; None while its clock stands still."""
    return compute(
        _sharing(calendar(agency), percent),
        received_at=since,
        limit=spec_of(limit),
        events=pauses,
        asked_at=max(now, since),
    ).due_soon_percent_at


def share_of_dossier(dossier: Dossier, percent: int, *, now: datetime) -> datetime | None:
    """Give when so much of the legal limit in force is over; None while its clock does not run."""
    chain = read(dossier, limits_of(dossier), asked_at=now, days=_sharing(calendar(agency_of(dossier)), percent))
    if chain is None or chain.reading.state in ENDED:
        return None
    return chain.reading.due_soon_percent_at


@lru_cache(maxsize=32)
def _sharing(days: Calendar, percent: int) -> Calendar:
    """Give a calendar by which a limit is due soon at another share of it (rule 40)."""
    return Calendar(rules=replace(days.rules, due_soon_percent=percent))


def pauses_since(dossier: Dossier | None, since: datetime) -> list[ClockEvent]:
    """Give the pauses of a dossier that a step begun at `since` knows: those begun later, and one open then."""
    if dossier is None:
        return []
    events = events_of(dossier)
    ended = {event.pause: event.at for event in events if isinstance(event, PauseEnded)}
    known: list[ClockEvent] = []
    for item in events:
        if isinstance(item, PauseStarted) and ended.get(item.pause, since) >= since:
            known.append(PauseStarted(at=max(item.at, since), pause=item.pause, reason=item.reason))
        elif isinstance(item, PauseEnded) and item.at >= since:
            known.append(item)
    return known


def events_of(dossier: Dossier) -> list[ClockEvent]:
    """Read a dossier's clock events; a fee paid before acceptance counts from it (rule 10: the later of both)."""
    events = [event(Node(item, f"clock[{i}]")) for i, item in enumerate(dossier.clock)]
    start = dossier.accepted_at
    return [replace(item, at=max(item.at, start)) for item in events] if start else events


def next_deadline(row: Dossier | Task, due_soon_at: datetime | None, due_at: datetime | None) -> datetime | None:
    """Give the moment at which something that was not raised yet is to be raised: the minute of `due_at` is in time."""
    if row.at_risk_at is None and due_soon_at is not None:
        return due_soon_at
    return due_at + A_MINUTE if due_at is not None and row.breached_at is None else None
