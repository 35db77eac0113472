"""Pages of lists by their last row (keyset): the hundredth page costs what the first does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session

Place = tuple[datetime | str | int | None, str]
"""Where a page ends: the sorted column's value and the id of its last row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a list is sorted; rows without a value count as the greatest, and equal ones are sorted by id."""

    column: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[str]
    descending: bool = False

    def place_of(self, row: Any) -> Place:
        """Give where a page ends that ends with this row."""
        return getattr(row, self.column.key), row.id

    def after(self, place: Place) -> ColumnElement[bool]:
        """Give the condition of the rows behind a place that has a value."""
        here, there = tuple_(self.column, self.id), tuple_(*place)
        return here < there if self.descending else here > there

    def sorted(self, query: Select[Any]) -> Select[Any]:
        """Sort a statement."""
        columns = (self.column, self.id)
        return query.order_by(*(column.desc() if self.descending else column.asc() for column in columns))


def page(query: Select[Any], order: Order, after: Place | None, limit: int) -> tuple[Sequence[Any], Place | None]:
    """Give up to `limit` rows behind `after`, and the place of the last one where more follow."""
    if not order.column.property.columns[0].nullable:
        found = _some(query.where(order.after(after)) if after else query, order, limit + 1)
    else:
        found = _nullable(query, order, after, limit + 1)
    return cut(found, order, limit)


def cut(found: Sequence[Any], order: Order, limit: int) -> tuple[Sequence[Any], Place | None]:
    """Make a page of one row more than it holds, if there is one."""
    rows = found[:limit]
    return rows, order.place_of(rows[-1]) if len(found) > limit else None


def _nullable(query: Select[Any], order: Order, after: Place | None, wanted: int) -> Sequence[Any]:
    """Databases disagree on where nulls sort, so rows with a value and those without are two ranges of an index."""
    found: list[Any] = []
    parts: tuple[Literal["valued", "empty"], ...] = ("empty", "valued") if order.descending else ("valued", "empty")
    behind: Literal["valued", "empty"] | None = after and ("empty" if after[0] is None else "valued")
    for part in parts:
        if len(found) >= wanted or (behind and parts.index(part) < parts.index(behind)):
            continue
        some = query.where(order.column.is_(None) if part == "empty" else order.column.is_not(None))
        if after and part == behind:
            if part == "valued":
                some = some.where(order.after(after))
            else:
                some = some.where(order.id < after[1] if order.descending else order.id > after[1])
        found += _some(some, order, wanted - len(found))
    return found


def _some(query: Select[Any], order: Order, limit: int) -> Sequence[Any]:
    return session().execute(order.sorted(query).limit(limit)).all()
