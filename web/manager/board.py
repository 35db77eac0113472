"""/board: what came, was resolved and is late in a period, per unit and procedure; each number opens its list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from services.apologies import units_of as apology_units
from services.clocks import LOCAL
from services.folding import fold
from services.permissions import Permission, scope_of
from storage.queries import board as queries
from storage.queries import people
from storage.queries.apologies import count_drafted
from storage.queries.board import Counts
from texts import Text
from web import asked
from web.account import signed_in
from web.manager import periods
from web.manager.periods import Days
from web.manager.wording import COLUMNS, NUMBERS, Number

blueprint = Blueprint("manager_board", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number, and the list behind it (empty: there is nothing behind a zero)."""

    number: Number
    count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The numbers of all, of one unit or of one procedure in it."""

    name: Text
    cells: tuple[Cell, ...]
    late: int
    """How many dossiers are overdue now; a unit with some is behind."""
    procedures: tuple[Line, ...] = ()


@blueprint.get("/board")
def shown() -> str | tuple[str, int]:
    """Show the board of a period."""
    viewer = signed_in(Permission.SEE_BOARD)
    now = datetime.now(UTC)
    today = now.astimezone(LOCAL).date()
    days = periods.days(asked.text("from"), asked.text("to"), today=today)
    counted = queries.numbers(scope_of(viewer), days.period(now))
    whole = _sum(counted.values())
    page = render_template(
        "manager/board.html",
        days=days,
        presets=periods.presets(days, today=today),
        now=now,
        is_over=days.period(now).end <= now,
        tiles={cell.number.what: cell for cell in _cells(whole, days, NUMBERS.values())},
        columns=COLUMNS,
        units=_units(counted, days),
        whole=_line(Text("Cộng", "All"), whole, days),
        sees_all=scope_of(viewer).sees_all,
        apologies_waiting=count_drafted(apology_units(viewer)),
    )
    return (page, 422) if days.errors else page


def list_url(days: Days, what: str, *, unit: str = "", key: str = "", after: str = "", before: int = 0) -> str:
    """Give the address of the list behind a number."""
    return asked.address("/board/list", what=what, unit=unit, key=key, **days.query, after=after, before=before)


def unit_names(codes: Sequence[str]) -> Mapping[str, Text]:
    """Give the names of units; a code that has none stands for itself, no code for no unit."""
    known = people.unit_names(codes)
    nameless = Text("Chưa rõ đơn vị", "No unit")
    return {code: known.get(code) or (Text(code, code) if code else nameless) for code in codes}


def procedure_names(keys: Sequence[str]) -> Mapping[str, Text]:
    """Give the names of procedures."""
    known = queries.procedure_names(keys)
    return {key: Text(*known.get(key, (key, key))) for key in keys}


def _units(counted: Mapping[tuple[str, str], Counts], days: Days) -> list[Line]:
    """Give a line for each unit with its procedures; those behind come first."""
    units = unit_names(sorted({unit for unit, _ in counted}))
    names = procedure_names(sorted({key for _, key in counted}))
    lines = []
    for code, name in units.items():
        own = {key: counts for (unit, key), counts in counted.items() if unit == code}
        procedures = [_line(names[key], counts, days, unit=code, key=key) for key, counts in own.items()]
        lines.append(_line(name, _sum(own.values()), days, unit=code, procedures=tuple(_sorted(procedures))))
    return _sorted(lines)


def _sorted(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.late, fold(line.name.vi)))


def _line(
    name: Text, counts: Counts, days: Days, *, unit: str = "", key: str = "", procedures: tuple[Line, ...] = ()
) -> Line:
    cells = tuple(_cells(counts, days, COLUMNS, unit=unit, key=key))
    return Line(name=name, cells=cells, late=counts["breached"], procedures=procedures)


def _cells(counts: Counts, days: Days, numbers: Iterable[Number], *, unit: str = "", key: str = "") -> list[Cell]:
    return [
        Cell(
            number=number,
            count=counts[number.what],
            url=list_url(days, number.what, unit=unit, key=key) if counts[number.what] else "",
        )
        for number in numbers
    ]


def _sum(several: Iterable[Counts]) -> Counts:
    whole = Counts()
    for counts in several:
        whole.add(counts)
    return whole
