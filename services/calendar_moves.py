"""What a change of the calendar moves: the open dossiers with their old and new appointment, and the batch's verb.

The preview reads and writes nothing. Afterwards each dossier is computed anew in a transaction of its own, from its
clock's events and the calendar as it is then: nobody types a date, and whoever does it twice changes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from bpmn.model import Limit
from clock.calendar import Calendar
from errors import Detail, Invalid, MotcuaError
from services import acceptance, clocks, dues, lapsing, loading, log, timer_moves
from services.calendar_edits import OF_YEAR, Edit, over
from services.clocks import LOCAL
from services.permissions import Permission, Viewer, require
from services.runs import Run, hold
from storage.database import session, verb
from storage.queries import calendar as queries
from storage.queries import calendar_moves as found
from storage.queries.calendar_moves import Place
from storage.rows import calendar as rows
from storage.rows import tasks
from storage.tables import Dossier
from texts import Text

LONGEST_ID = 64

_Dues = tuple[datetime | None, datetime | None]
"""When it is due, and due soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An open dossier whose appointment moves; `before` is None where the calendar lacked a year."""

    dossier_id: str
    code: str
    instance_id: str
    key: str
    procedure: Text
    unit_code: str
    applicant: str
    before: datetime | None
    after: datetime | None

    @property
    def place(self) -> Place | None:
        """Give where a page ends that ends with this one."""
        return (self.before, self.dossier_id) if self.before else None

    @property
    def days(self) -> int:
        """Give by how many dates it moves; below zero where it becomes earlier."""
        return days_between(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that moves, in numbers."""

    dossiers: int = 0
    later: int = 0
    earlier: int = 0
    most_days: int = 0
    """By how many dates the one moves that moves most, either way."""
    in_time_again: int = 0
    """Those that are overdue now and would not be: what was raised stays raised."""
    overdue_at_once: int = 0
    """Those that are not overdue now and would be."""
    steps: int = 0
    """Open steps with a limit of their own that may move."""
    paused: int = 0
    """Paused dossiers: their appointment is computed when they resume, their time to answer may move."""
    timers: int = 0
    """Instances whose timers in working time may move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Edits of the calendar of an agency (empty: everybody's) that are not made yet."""

    edits: Sequence[Edit]
    agency: str = ""
    now: datetime

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Give the moments of the changed days: from the first until after the last."""
        days = [day for edit in self.edits for day in _days(edit)]
        first, last = min(days), max(days) + timedelta(days=1)
        return datetime.combine(first, time(), LOCAL), datetime.combine(last, time(), LOCAL)


def looks(wanted: Wanted, *, after: Place | None = None) -> Iterator[tuple[Place | None, Move | None]]:
    """Look at each dossier whose time runs over these days, the earliest due first: its place, and how it moves.

    Those without a due date come before all others and have no place.
    """
    later = _Later(wanted)
    for dossier in found.beyond_the_calendar() if after is None else ():
        yield None, later.move(dossier)
    for dossier in found.due_from(*wanted.span, definitions_of(wanted), after=after):
        assert dossier.due_at is not None
        yield (dossier.due_at, dossier.id), later.move(dossier)


def moves(wanted: Wanted, *, after: Place | None = None) -> Iterator[Move]:
    """Give the dossiers that these edits move, the earliest due first."""
    return (move for _, move in looks(wanted, after=after) if move is not None)


def definitions_of(wanted: Wanted) -> Sequence[str] | None:
    """Give the definitions of the agency whose calendar it is; None for everybody's."""
    if not wanted.agency:
        return None
    procedures = ((each, loading.load(each).procedure) for each in found.definitions_due(*wanted.span))
    return [each for each, procedure in procedures if procedure and procedure.agency_code == wanted.agency]


def summary(wanted: Wanted) -> Summary:
    """Count all that moves at one go (services/calendar_looks.py does it in portions)."""
    total = Summary(steps=found.count_steps(*wanted.span))
    for move in moves(wanted):
        total = added(total, move, wanted.now)
    return total


def added(total: Summary, move: Move, now: datetime) -> Summary:
    """Count one more move."""
    days = move.days
    was = move.before is not None and move.before < now
    will = move.after is not None and move.after < now
    return replace(
        total,
        dossiers=total.dossiers + 1,
        later=total.later + (days > 0),
        earlier=total.earlier + (days < 0),
        most_days=max(total.most_days, abs(days)),
        in_time_again=total.in_time_again + (was and not will),
        overdue_at_once=total.overdue_at_once + (will and not was),
    )


def affected(wanted: Wanted) -> list[str]:
    """Give the instances that are to be computed anew: whatever runs over the changed days, be it a dossier, a step, a
    filing, an awaited answer or a timer in working time.

    Which of them move is found out one by one: computing 100,000 of them here would let who applies it wait.
    """
    start, end = wanted.span
    dossiers = found.instances_due(start, end, definitions_of(wanted))
    timed = [each for each in found.open_definitions(end) if loading.load(each).follows_clock]
    more = (found.instances_of_steps(start, end), found.instances_of_pauses(start), found.instances_of(timed, end))
    return list(dict.fromkeys([*dossiers, *chain(*more)]))


@verb
def recompute(
    viewer: Viewer, instance_id: str, parameters: Mapping[str, Any], reason: str, /, *, now: datetime
) -> bool:
    """Compute the due moments of a dossier, of its open steps and of its timers anew; say whether one moved.

    Only then is there an event (`dossier.due_moved`), with the moment before and after.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    rows.forget_read()  # a worker may have read the calendar before it was changed
    run = hold(instance_id, actor=viewer.username, now=now)
    dossier = run.dossier
    if run.instance.ended_at is not None or (dossier is not None and dossier.ended_at is not None):
        return False
    change_id = parameters.get("change")
    moved = _moved(run, dossier, change_id) if dossier is not None else {}
    moved |= timer_moves.replanned(run, change_id)
    if not moved:
        return False
    data = {"dossier": dossier.code if dossier else None, "change": parameters.get("change"), "reason": reason}
    kind = "dossier.due_moved" if dossier else "instance.timers_moved"
    said = {name: value for name, value in data.items() if value}
    log.append(run.instance, kind, actor=viewer.username, now=now, data=said | moved)
    return True


def _moved(run: Run, dossier: Dossier, change_id: str | None) -> dict[str, Any]:
    """Compute the due moments of a dossier and its open steps anew; give those that moved as the log has them."""
    before, answer_by = dossier.due_at, lapsing.answer_by(dossier)
    moved: dict[str, Any] = {}
    if _refresh(run, dossier):
        moved["acceptance_due_at"] = _iso(dossier.acceptance_due_at)
    session().flush()
    if dossier.due_at != before:
        rows.note_move(change_id, dossier.id, before, dossier.due_at, run.now)
        moved |= {"due_before": _iso(before), "due_at": _iso(dossier.due_at)}
    if (later := lapsing.answer_by(dossier)) != answer_by:
        rows.note_shift(change_id, dossier.instance_id, answer_by, later, run.now)
        moved |= {"answer_before": _iso(answer_by), "answer_by": _iso(later)}
    if steps := dues.refresh(run, tasks.open_of(run.instance.id)):
        moved["dues"] = steps
    return moved


def check_recompute(parameters: Mapping[str, Any]) -> None:
    """Refuse parameters other than the id of a change of the calendar."""
    wrong = [
        Detail(field=f"parameters.{name}", code="unknown", message=Text("Không có trường này.", "No such field."))
        for name in parameters.keys() - {"change"}
    ]
    given = parameters.get("change", "")
    if not isinstance(given, str) or len(given) > LONGEST_ID or (not given.isalnum() * bool(given) and given != ""):
        message = Text("Phải là mã của một lần đổi lịch.", "This must be the id of a change of the calendar.")
        wrong.append(Detail(field="parameters.change", code="text", message=message))
    if wrong:
        raise Invalid(details=wrong)


def _refresh(run: Run, dossier: Dossier) -> bool:
    """Compute a dossier's own limits anew; say whether that of its acceptance moved."""
    clocks.refresh(dossier, run.limits, now=run.now)
    return dossier.accepted_at is None and acceptance.refresh(dossier)


@dataclass(slots=True)
class _Later:
    """Computes due moments with the calendar as it would be; dossiers that were never paused share their answers."""

    wanted: Wanted
    _calendars: dict[str, Calendar] = field(default_factory=dict)
    _limits: dict[tuple[str, str, str], tuple[Sequence[Limit], str]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str, int], _Dues] = field(default_factory=dict)

    def move(self, dossier: Dossier) -> Move | None:
        """Say where a dossier's appointment moves; None: nowhere."""
        due = self._dues(dossier)
        if due is None or due[0] == dossier.due_at:
            return None
        return Move(
            dossier_id=dossier.id, code=dossier.code, instance_id=dossier.instance_id, key=dossier.key,
            procedure=Text(dossier.procedure_name, dossier.procedure_name_en), unit_code=dossier.unit_code,
            applicant=dossier.applicant_name, before=dossier.due_at, after=due[0],
        )  # fmt: skip

    def _dues(self, dossier: Dossier) -> _Dues | None:
        limits, agency = self._terms(dossier)
        if not limits or dossier.accepted_at is None or self.wanted.agency not in ("", agency):
            return None
        try:
            return self._due(dossier, limits, agency)
        except MotcuaError:  # the clock of this dossier has no answer: nothing can be said of it, and others wait
            return None

    def _due(self, dossier: Dossier, limits: Sequence[Limit], agency: str) -> _Dues:
        accepted = dossier.accepted_at
        assert accepted is not None
        calendar = self._calendar(agency)
        if dossier.clock or self.wanted.now < accepted:
            return self._computed(dossier, limits, calendar)
        begin = calendar.minute_of(calendar.effective(accepted))
        counts_days = all(clocks.spec_of(limit).unit.counts_days for limit in limits)
        key = (dossier.definition_id, dossier.case_id, dossier.channel, begin // 1440 if counts_days else begin)
        if key not in self._known:
            self._known[key] = self._computed(dossier, limits, calendar)
        return self._known[key]

    def _computed(self, dossier: Dossier, limits: Sequence[Limit], calendar: Calendar) -> _Dues:
        accepted = dossier.accepted_at
        assert accepted is not None
        chain = clocks.read(dossier, limits, asked_at=max(self.wanted.now, accepted), days=calendar)
        return (chain.reading.due_at, chain.reading.due_soon_at) if chain else (None, None)

    def _calendar(self, agency: str) -> Calendar:
        if agency not in self._calendars:
            entries = over(queries.entries(), self.wanted.edits, self.wanted.agency)
            self._calendars[agency] = clocks.calendar_of(entries, agency)
        return self._calendars[agency]

    def _terms(self, dossier: Dossier) -> tuple[Sequence[Limit], str]:
        key = (dossier.definition_id, dossier.case_id, dossier.channel)
        if key not in self._limits:
            procedure = loading.load(dossier.definition_id).procedure
            self._limits[key] = (clocks.limits_of(dossier), procedure.agency_code if procedure else "")
        return self._limits[key]


def days_between(before: datetime | None, after: datetime | None) -> int:
    """Give by how many dates a moment moved; 0 where there was or is none."""
    if before is None or after is None:
        return 0
    return (after.astimezone(LOCAL).date() - before.astimezone(LOCAL).date()).days


def _days(edit: Edit) -> tuple[date, ...]:
    if edit.kind in OF_YEAR:
        return date(edit.day.year, 1, 1), date(edit.day.year, 12, 31)
    return (edit.day,)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
