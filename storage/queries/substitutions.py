"""Lists of substitutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from storage.queries.paging import Order, Place, page
from storage.tables import Person, Substitution

STATES = ("present", "coming", "past")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose substitutions somebody sees: their own, their unit's, everybody's."""

    username: str
    unit: str = ""
    everybody: bool = False


def listed(
    reach: Reach,
    state: str,
    *,
    now: datetime,
    sort: str = "ends_at",
    descending: bool = False,
    after: Place | None = None,
    limit: int,
) -> tuple[Sequence[Any], Place | None]:
    """Give one page of those within reach that are in force, to come or past (empty: all), with both people's names."""
    absent, substitute, appointer = aliased(Person), aliased(Person), aliased(Person)
    one = Substitution
    query: Any = (
        select(
            one.id, one.absent, one.substitute, one.starts_at, one.ends_at, one.keys, one.reason, one.appointed_by,
            one.appointed_at, absent.name.label("absent_name"), absent.unit_code.label("absent_unit"),
            substitute.name.label("substitute_name"), appointer.name.label("appointed_by_name"),
        )
        .join(absent, absent.username == one.absent)
        .join(substitute, substitute.username == one.substitute)
        .outerjoin(appointer, appointer.username == one.appointed_by)
        .where(*_within(reach, absent), *_in_state(state, now))
    )  # fmt: skip
    column = one.starts_at if sort == "starts_at" else one.ends_at
    return page(query, Order(column=column, id=one.id, descending=descending), after, limit)


def _within(reach: Reach, absent: Any) -> list[ColumnElement[bool]]:
    if reach.everybody:
        return []
    own = [Substitution.absent == reach.username, Substitution.substitute == reach.username]
    return [or_(*own, absent.unit_code == reach.unit) if reach.unit else or_(*own)]


def _in_state(state: str, now: datetime) -> list[ColumnElement[bool]]:
    states = {
        "present": [Substitution.starts_at <= now, Substitution.ends_at > now],
        "coming": [Substitution.starts_at > now, Substitution.ends_at > now],
        "past": [Substitution.ends_at <= now],
    }
    return states.get(state, [])
