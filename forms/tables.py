"""table: rows that an expression gives, for reading; what of them is in sight, forms/table_parts.py says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from forms import display, feel, messages, model, reading, values
from forms.feel import Scope
from forms.model import Component, Feel, Kind
from texts import Text

MAX_ROWS = 500
"""Rows on one page."""
MAX_HELD = 5000
"""Rows on all pages of a table together."""
MAX_COLUMNS = 50
_LONGEST = 1000

Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of its cells in each row, and its heading."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Component):
    """Columns and the expressions that give them and the rows."""

    columns_given: tuple[Column, ...] = ()
    columns_expression: Feel | None = None
    """Gives a list of {label, key}; anything else: `columns_given` stand."""
    data_source: Feel | None = None
    row_count: int = 0
    """Rows on one page; 0: all."""


@dataclass(frozen=True, slots=True)
class TableView:
    """Headings and cells; `left_out`: rows beyond those that are on its pages."""

    headings: tuple[Text, ...] = ()
    is_number: tuple[bool, ...] = ()
    """Which columns hold nothing but numbers."""
    cells: tuple[Row, ...] = ()
    """What the rows hold, as data."""
    left_out: int = 0
    page_size: int = 0
    """Rows on one page, where there are more; 0: all are on one."""
    most_at_once: int = MAX_ROWS


def read(schema: Mapping[str, Any], *, id: str) -> Table:
    """Read a table component."""
    return Table(
        id=id,
        **reading.common(schema, Kind.TABLE),
        columns_given=_columns(schema.get("columns")),
        columns_expression=reading.feel(schema.get("columnsExpression")),
        data_source=reading.feel(schema.get("dataSource")),
        row_count=reading.whole(schema.get("rowCount"), 0, least=0, most=MAX_ROWS),
    )


def view(table: Table, scope: Scope) -> TableView:
    """Give the headings and cells of a table; what is no row is left out."""
    columns = table.columns_given
    if table.columns_expression is not None:
        given = feel.value(table.columns_expression, scope)
        if isinstance(given, list) and all(_is_column(one) for one in given):
            columns = _columns(given)
    found = feel.value(table.data_source, scope)
    data = [row for row in found if row is not None] if isinstance(found, list) else []
    most = MAX_HELD if table.row_count else MAX_ROWS
    cells = [[_in(row, column.key) for column in columns] for row in data[:most]] if columns else []
    return TableView(
        headings=tuple(column.label for column in columns),
        is_number=tuple(_numbers(row[at] for row in cells) for at in range(len(columns))),
        cells=tuple(cells),
        left_out=len(data) - len(cells) if columns else 0,
        page_size=table.row_count if table.row_count < len(cells) else 0,
    )


def written(cells: Sequence[Row]) -> tuple[tuple[Text, ...], ...]:
    """Write cells for reading."""
    return tuple(tuple(map(_cell, row)) for row in cells)


def _in(row: Any, key: str) -> Any:
    return row.get(key) if isinstance(row, Mapping) else None


def _is_column(column: object) -> bool:
    found = reading.mapping(column)
    return isinstance(found.get("key"), str) and isinstance(found.get("label"), str)


def _columns(given: object) -> tuple[Column, ...]:
    found = []
    for entry in reading.items(given)[:MAX_COLUMNS]:
        column = reading.mapping(entry)
        key, label = reading.text(column.get("key")), reading.both(column, "label")
        if key:
            found.append(Column(key, label if label.vi else Text(key, label.en)))
    return tuple(found)


def _numbers(cells: Any) -> bool:
    kinds = {
        isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) for cell in cells if cell is not None
    }
    return kinds == {True}


def _cell(value: Any) -> Text:
    if value is None:
        return model.NOTHING
    if isinstance(value, str):
        return Text(reading.text(value)[:_LONGEST], "") if value else model.NOTHING
    if isinstance(value, bool):
        return Text("Có", "Yes") if value else Text("Không", "No")
    if isinstance(value, int | float | Decimal):
        number = values.exact(value)
        # Numbers of four digits are often years, and are read well enough without grouping.
        return messages.number(number) if abs(number) >= 10_000 else display.plain_number(number)
    if isinstance(value, datetime | date):
        return messages.day(value)
    shown = display.key(values.plain(value))[:_LONGEST]
    return Text(shown, "")
