"""What of a table's rows is in sight: one page of them, sorted by a column, as form-js pages and sorts them.

Nothing of it is kept: the page that a reader looks at says it in a hidden field, and its buttons say what comes next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from itertools import islice
from typing import Any

from forms.tables import Row, TableView, written
from texts import Text

STATE = "answers-table"
"""The name of the hidden fields that say how the tables of a page are looked at."""
VERB = "table"
"""What the buttons of a table begin with (`answers-do`); the rest is what `Place.said` gives, and the table's id."""
MOST_READ = 1000
"""Words of tables in one post."""
_MARKS = str.maketrans("đĐ", "dD")


@dataclass(frozen=True, slots=True)
class Place:
    """How a reader looks at a table: which page, from 1, sorted by which column, from 0 (-1: as the rows come)."""

    page: int = 1
    column: int = -1
    descending: bool = False

    @property
    def said(self) -> str:
        """Write it, to be read by `places`."""
        return f"{self.page} {self.column} {'desc' if self.descending else 'asc'}"

    def toggled(self, column: int) -> Place:
        """Give what a press on the heading of a column asks for: ascending, descending, then as the rows come."""
        if column != self.column:
            return Place(1, column)
        return Place() if self.descending else Place(1, column, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows in sight, and where they stand among all; `place` is what was asked for, put right."""

    place: Place
    rows: tuple[tuple[Text, ...], ...]
    pages: int
    first: int
    """The number of the first row in sight, from 1; 0: there is none."""
    last: int
    left_out: int = 0
    """Rows that are on no page."""

    def at(self, step: int) -> Place:
        """Give the place so many pages on."""
        return replace(self.place, page=min(max(self.place.page + step, 1), self.pages))


def places(said: Iterable[str]) -> dict[str, Place]:
    """Read what was posted: the id of a table -> how it is looked at, the last word counting; else it is left out."""
    found: dict[str, Place] = {}
    for text in islice(said, MOST_READ):
        page, _, rest = text.removeprefix(f"{VERB} ").partition(" ")
        column, _, rest = rest.partition(" ")
        order, _, table_id = rest.partition(" ")
        is_read = _is_number(page) and _is_number(column.removeprefix("-")) and order in ("asc", "desc")
        if is_read and table_id:
            found[table_id] = Place(int(page), int(column), order == "desc")
    return found


def part(table: TableView, asked: Place | None) -> Part:
    """Give the rows in sight; None: all that a page may show, as they come."""
    if asked is None:
        shown: Sequence[Row] = table.cells[: table.most_at_once]
        left = table.left_out + len(table.cells) - len(shown)
        return Part(
            place=Place(), rows=written(shown), pages=1, first=min(1, len(shown)), last=len(shown), left_out=left
        )
    column = asked.column if 0 <= asked.column < len(table.headings) else -1
    cells: Sequence[Row] = table.cells
    if column >= 0:
        cells = _sorted(cells, column, descending=asked.descending)
    size = table.page_size or table.most_at_once
    pages = max(1, -(-len(cells) // size))
    page = min(max(asked.page, 1), pages)
    shown = cells[(page - 1) * size : page * size]
    return Part(
        place=Place(page, column, asked.descending and column >= 0),
        rows=written(shown),
        pages=pages,
        first=(page - 1) * size + 1 if shown else 0,
        last=(page - 1) * size + len(shown),
        left_out=table.left_out,
    )


def _sorted(cells: Sequence[Row], column: int, *, descending: bool) -> Sequence[Row]:
    """Sort rows by a column; those that hold nothing there come last either way."""
    full = [row for row in cells if row[column] is not None and row[column] != ""]
    empty = [row for row in cells if row[column] is None or row[column] == ""]
    return [*sorted(full, key=lambda row: _order(row[column]), reverse=descending), *empty]


def _order(value: Any) -> tuple[int, Any, str]:
    """Give what a cell is sorted by: numbers, then days, then texts as a dictionary has them, then all else."""
    if isinstance(value, bool | int | float | Decimal):
        return 0, value, ""
    if isinstance(value, date | time):
        return 1, value.isoformat(), ""
    if isinstance(value, str):
        letters = unicodedata.normalize("NFD", value.translate(_MARKS).casefold())
        return 2, "".join(sign for sign in letters if not unicodedata.combining(sign)), value
    return 3, written([[value]])[0][0].vi, ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6
