"""The board: what came, what was resolved and what is in process in a period, and the dossiers behind each number.

Each dossier of a period is of exactly one kind (KINDS), decided by one expression; a number counts that expression and
the list behind it filters by it, so they cannot differ. Only open dossiers and those closed since the period began are
read (ix_dossier_closed): the cost does not grow with history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal_column, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, defer

from storage.database import session
from storage.queries.dossiers import DossierRow, row_of
from storage.queries.paging import Order, Place, page
from storage.queries.scope import Scope
from storage.tables import IS_OPEN, Definition, Dossier, Person, Task

A_MINUTE = timedelta(minutes=1)
"""The whole minute of the due moment is in time (rule 44 of the clock)."""

RESOLVED = ("early", "on_time", "late")
RUNNING = ("in_time", "at_risk", "breached")
KINDS = (*RESOLVED, *RUNNING, "paused", "stopped", "not_accepted")
"""What a dossier is at the end of a period; not_accepted (refused at the door within it) counts apart."""

_NOT_ACCEPTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` up to, not including, `end`; an end to come is asked as of `now`."""

    start: datetime
    end: datetime
    now: datetime

    @property
    def asked_at(self) -> datetime:
        """Give the moment at which open dossiers are looked at."""
        return min(self.end, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which number: a kind, or received, carried_over, resolved, met (early or on time), late_acceptance."""

    what: str
    unit: str = ""
    key: str = ""


NUMBERS = ("received", "carried_over", *KINDS, "resolved", "met", "late_acceptance")
"""Every number that the board shows and that opens a list."""


@dataclass(slots=True, kw_only=True)
class Counts:
    """The numbers of one procedure, one unit or all."""

    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))

    def __getitem__(self, what: str) -> int:
        return self.numbers[what]

    def add(self, other: Counts) -> None:
        """Add another's numbers to these."""
        for what, number in other.numbers.items():
            self.numbers[what] += number


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One dossier in a list behind a number, and what it was at the end of the period."""

    dossier: DossierRow
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An open step of a dossier, and who holds it (empty: nobody yet)."""

    definition_id: str
    process_key: str
    element_id: str
    name: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """Some dossiers, and where the next page begins (None: these are the last)."""

    rows: tuple[BoardRow, ...]
    next: Place | None


def numbers(scope: Scope, period: Period) -> Mapping[tuple[str, str], Counts]:
    """Count all numbers of a period: (unit code, procedure key) -> counts."""
    kind, received = _kind(period), Dossier.filed_at >= period.start
    came = case((received, 1), else_=0)
    late = case((_late_acceptance(period), 1), else_=0)
    inner = select(Dossier.unit_code, Dossier.key, kind.label("kind"), came.label("came"), late.label("late")).where(
        _population(period), _visible(scope)
    )
    found = inner.subquery()
    columns = found.c.unit_code, found.c.key, found.c.kind, found.c.came
    query = select(*columns, func.count().label("number"), func.sum(found.c.late).label("late")).group_by(*columns)
    counted: dict[tuple[str, str], Counts] = {}
    for row in session().execute(query):
        _add(counted.setdefault((row.unit_code, row.key), Counts()), row.kind, bool(row.came), row.number, row.late)
    return counted


def behind(scope: Scope, period: Period, wanted: Wanted, *, after: Place | None = None, limit: int = 50) -> BoardPage:
    """Give the dossiers behind a number: running ones soonest due first, others by their filing."""
    columns = Dossier.id, Dossier.filed_at, Dossier.due_at, _kind(period).label("kind")
    query = cast("Select[Any]", select(Dossier, *columns))
    query = query.options(defer(Dossier.answers), defer(Dossier.search_text), defer(Dossier.clock))
    rows, next_ = page(query.where(*_conditions(scope, period, wanted)), _order(wanted.what), after, limit)
    return BoardPage(rows=tuple(BoardRow(dossier=row_of(row.Dossier), kind=row.kind) for row in rows), next=next_)


def count(scope: Scope, period: Period, wanted: Wanted) -> int:
    """Count the dossiers behind a number."""
    query = select(func.count(Dossier.id)).where(*_conditions(scope, period, wanted))
    return session().execute(query).scalar_one()


def all_behind(scope: Scope, period: Period, wanted: Wanted) -> Iterator[BoardRow]:
    """Stream all dossiers behind a number, some hundred at a time."""
    after: Place | None = None
    while True:
        found = behind(scope, period, wanted, after=after, limit=500)
        yield from found.rows
        after = found.next
        if after is None:
            return


def open_steps(dossier_ids: Sequence[str]) -> Mapping[str, tuple[Step, ...]]:
    """Give dossier id -> its open steps, for the dossiers of one page."""
    query = (
        select(Dossier.id, Task, Person.name)
        .join(Task, Task.instance_id == Dossier.instance_id)
        .outerjoin(Person, Person.username == Task.assignee)
        .where(Dossier.id.in_(dossier_ids), IS_OPEN)
        .order_by(Task.created_at)
    )
    found: dict[str, tuple[Step, ...]] = {}
    for dossier_id, task, holder in session().execute(query):
        step = Step(
            definition_id=task.definition_id, process_key=task.process_key, element_id=task.element_id, name=task.name,
            holder=holder or task.assignee or "",
        )  # fmt: skip
        found[dossier_id] = (*found.get(dossier_id, ()), step)
    return found


def procedure_names(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Give key -> (Vietnamese, English) name of procedures, of the newest version of each."""
    query = select(Definition.key, Definition.name, Definition.name_en).where(
        Definition.kind == "process", Definition.key.in_(keys)
    )
    return {
        row.key: (row.name, row.name_en or row.name) for row in session().execute(query.order_by(Definition.version))
    }


def _add(counts: Counts, kind: str, came: bool, number: int, late: int) -> None:
    names = [kind]
    if kind != "not_accepted":
        names.append("received" if came else "carried_over")
    if kind in RESOLVED:
        names.append("resolved")
    if kind in ("early", "on_time"):
        names.append("met")
    for name in names:
        counts.numbers[name] += number
    counts.numbers["late_acceptance"] += late


def _conditions(scope: Scope, period: Period, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_population(period), _visible(scope), _is(wanted.what, period)]
    if wanted.unit:
        conditions.append(Dossier.unit_code == wanted.unit)
    if wanted.key:
        conditions.append(Dossier.key == wanted.key)
    return conditions


def _is(what: str, period: Period) -> ColumnElement[bool]:
    if what == "late_acceptance":
        return _late_acceptance(period)
    kind = _kind(period)
    if what in ("received", "carried_over"):
        came = Dossier.filed_at >= period.start if what == "received" else Dossier.filed_at < period.start
        return and_(came, kind != "not_accepted")
    groups = {"resolved": RESOLVED, "met": ("early", "on_time")}
    return kind.in_(groups.get(what, (what,)))


def _population(period: Period) -> ColumnElement[bool]:
    """Filed before the end and not closed before the start: closed is finished (status 9), or ended without that.

    Three ranges of ix_dossier_closed, by id, so that no planner prefers to walk all that was ever filed.
    """
    finished, ended = Dossier.finished_at, Dossier.ended_at
    ranges = (
        and_(finished.is_(None), ended.is_(None)),
        finished >= period.start,
        and_(finished.is_(None), ended >= period.start),
    )
    ids = union_all(*(select(Dossier.id).where(condition) for condition in ranges))
    return and_(Dossier.id.in_(ids), Dossier.filed_at < period.end)


def _kind(period: Period) -> ColumnElement[str]:
    """Decide what a dossier of the population is at the end of the period; the first line that holds decides.

    A due date that has passed does not move any more (rule 27), so today's tells what was late then.
    """
    finished = Dossier.finished_at < period.end
    ended = Dossier.ended_at < period.end
    return case(
        (and_(Dossier.status == _NOT_ACCEPTED, ended), "not_accepted"),
        (and_(finished, Dossier.clock_state == "early"), "early"),
        (and_(finished, Dossier.clock_state == "late"), "late"),
        (finished, "on_time"),
        (and_(Dossier.finished_at.is_(None), ended), "stopped"),
        (Dossier.due_at <= period.asked_at - A_MINUTE, "breached"),
        (_paused(period), "paused"),
        (Dossier.due_soon_at <= period.asked_at, "at_risk"),
        else_="in_time",
    )


def _late_acceptance(period: Period) -> ColumnElement[bool]:
    """The acceptance limit ran out within the period with no answer of the one-door desk."""
    answered = func.coalesce(Dossier.accepted_at, Dossier.ended_at)
    return and_(
        Dossier.acceptance_due_at >= period.start,
        Dossier.acceptance_due_at < period.asked_at,
        or_(answered.is_(None), answered > Dossier.acceptance_due_at),
    )


def _paused(period: Period) -> ColumnElement[bool]:
    """Today the clock says it; at an end gone by, its events do: a pause begun by then and not ended by then."""
    if period.now <= period.end:
        return Dossier.clock_state == "paused"
    until = period.end.astimezone(UTC).isoformat()
    start, end = _events("start"), _events("stop")
    over = exists(select(1).select_from(end.table).where(
        end.type == "pause_ended", end.at <= until, end.pause == start.pause
    ).correlate(Dossier, start.table))  # fmt: skip
    begun = select(1).select_from(start.table).where(start.type == "pause_started", start.at <= until, ~over)
    return and_(Dossier.clock_state != "not_started", exists(begun.correlate(Dossier)))  # no limit: no clock to pause


@dataclass(frozen=True, slots=True, kw_only=True)
class _Events:
    """The clock's events as rows."""

    table: Any
    type: ColumnElement[str]
    at: ColumnElement[str]
    pause: ColumnElement[str]


def _events(alias: str) -> _Events:
    """Open the JSON list of clock events; moments in it are ISO texts in UTC, which sort as moments do."""
    is_sqlite = session().get_bind().dialect.name == "sqlite"
    unfold = func.json_each if is_sqlite else func.json_array_elements
    table = unfold(Dossier.clock).table_valued("value", name=alias).alias(alias)
    value: ColumnElement[Any] = literal_column(f"{alias}.value")
    names = ("type", "at", "pause")
    read: list[Any] = [func.json_extract(value, f"$.{name}") if is_sqlite else value.op("->>")(name) for name in names]
    return _Events(table=table, type=read[0], at=read[1], pause=read[2])


def _order(what: str) -> Order:
    column: InstrumentedAttribute[Any] = Dossier.due_at if what in RUNNING else Dossier.filed_at
    return Order(column=column, id=Dossier.id, descending=what not in (*RUNNING, "paused", "carried_over"))


def _visible(scope: Scope) -> ColumnElement[bool]:
    """A head sees the own unit, who sees everything sees all units."""
    if scope.sees_all:
        return true()
    units = [principal.removeprefix("n:") for principal in scope.supervised]
    return Dossier.unit_code.in_(units)
