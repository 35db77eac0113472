"""Saved views: which there are for somebody, a page of one, and how many tasks each has.

A view is looked for among the open tasks that its viewer is offered, as the views of tasks.py are, so that it costs the
same however many are open: those due soonest first, LOOKED at a time; in another order the SORTED that are due soonest;
counts among MOST_COUNTED.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.queries.conditions import Condition, written
from storage.queries.scope import Scope
from storage.queries.tasks import LOOKED, MOST_COUNTED, Page, last_of, line_of, lines_query, soonest
from storage.tables import Dossier, Instance, Person, SavedView, Task

SORTED = 2_000
"""Tasks, those due soonest, that are sorted otherwise; a page says where there are more."""
BASES = ("own", "unit")
ORDERS: Mapping[str, InstrumentedAttribute[Any]] = {
    "due": Task.due_at, "opened": Task.created_at, "priority": Task.priority, "follow_up": Task.follow_up_at,
    "filed": Dossier.filed_at, "dossier_due": Dossier.due_at, "code": Dossier.code, "status": Dossier.status,
}  # fmt: skip
"""What a view may be sorted by; what has no value comes last, whichever way."""
COLUMNS = (
    "code", "applicant", "procedure", "step", "assignee", "unit", "case", "channel", "status", "clock", "due",
    "dossier_due", "filed", "opened", "follow_up", "priority",
)  # fmt: skip
"""What a view may show of a task."""
_NOTHING = "~"
"""Sorts behind every figure and letter that a sorted value begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a view asks: among which tasks (BASES), with which conditions, sorted by what."""

    base: str = "own"
    conditions: tuple[Condition, ...] = ()
    order: str = "due"
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many tasks a view has; `is_part`: at least, since not all were counted."""

    number: int
    is_part: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A saved view that somebody may open, and whose it is."""

    view: SavedView
    owner_name: str


def of_owner(username: str) -> Sequence[SavedView]:
    """Give somebody's own views by name."""
    return session().scalars(select(SavedView).where(SavedView.owner == username).order_by(SavedView.name)).all()


def open_to(username: str, shared_with: Sequence[str], most: int) -> tuple[Known, ...]:
    """Give the views that somebody may open: the own ones, then those shared with any of these, each by name."""
    asked = {"username": username, "shared_with": list(shared_with), "most": most}
    return tuple(Known(view=row[0], owner_name=row[1]) for row in session().execute(_OPEN_TO, asked))


_OWN = SavedView.owner == bindparam("username")
_OPEN_TO = (
    select(SavedView, Person.name)
    .join(Person, Person.username == SavedView.owner)
    .where(or_(_OWN, SavedView.shared_with.in_(bindparam("shared_with", expanding=True))))
    .order_by(case((_OWN, 0), else_=1), SavedView.name, SavedView.id)
    .limit(bindparam("most"))
)
"""Each inbox asks for it: written once."""


def page(
    scope: Scope, question: Question, *, now: datetime, after: tuple[str, str] | None = None, limit: int = 50
) -> Page:
    """Give one page of a view as this viewer has it."""
    if question.order != "due" or question.descending:
        return _sorted(scope, question, now, after, limit)
    keys = soonest(_principals(scope, question.base), LOOKED, after)
    if keys is None:
        return Page()
    query = (
        lines_query().join(keys, keys.c.task_id == Task.id).where(*written(question.conditions, scope.username, now))
    )
    query = query.order_by(keys.c.sort_at, keys.c.task_id).limit(limit + 1)
    found = session().execute(query.add_columns(keys.c.sort_at)).all()
    rows = tuple(line_of(item) for item in found[:limit])
    if len(found) > limit:
        return Page(rows=rows, next=(found[limit - 1].sort_at.isoformat(), rows[-1].id))
    last = last_of(keys, LOOKED)
    return Page(rows=rows, next=last, is_part=last is not None)


def asked_of(scope: Scope, question: Question, *, now: datetime) -> tuple[Sequence[str], Sequence[ColumnElement[bool]]]:
    """Give to whom the tasks of a view are offered, and what it asks of them."""
    return _principals(scope, question.base), written(question.conditions, scope.username, now)


def counts(scope: Scope, questions: Mapping[str, Question], *, now: datetime) -> Mapping[str, Counted]:
    """Count views by one statement, among the MOST_COUNTED tasks that are due first of each base."""
    bases = {base: soonest(_principals(scope, base), MOST_COUNTED) for base in BASES}
    looks = [
        select(keys.c.task_id, *(literal(int(base == each)).label(each) for each in BASES))
        for base, keys in bases.items()
        if keys is not None
    ]
    if not looks or not questions:
        return {name: Counted(number=0, is_part=False) for name in questions}
    both = union_all(*looks).subquery()
    first = select(both.c.task_id, *(func.max(both.c[each]).label(each) for each in BASES))
    keys = first.group_by(both.c.task_id).subquery()
    sums = [_sum(keys.c[base] == 1).label(base) for base in BASES] + [
        _sum(keys.c[each.base] == 1, *written(each.conditions, scope.username, now)).label(f"view_{number}")
        for number, each in enumerate(questions.values())
    ]
    query = cast("Select[Any]", select(*sums)).select_from(keys).join(Task, Task.id == keys.c.task_id)
    query = query.join(Instance, Instance.id == Task.instance_id).outerjoin(Dossier, Dossier.id == Task.dossier_id)
    row = session().execute(query).one()._mapping
    return {
        name: Counted(number=row[f"view_{number}"], is_part=row[each.base] >= MOST_COUNTED)
        for number, (name, each) in enumerate(questions.items())
    }


def _sorted(scope: Scope, question: Question, now: datetime, after: tuple[str, str] | None, limit: int) -> Page:
    """Sort what fits among those due soonest here: no index has them in this order, and they are few."""
    keys = soonest(_principals(scope, question.base), SORTED)
    if keys is None:
        return Page()
    query = select(Task.id, ORDERS[question.order]).join(keys, keys.c.task_id == Task.id)
    query = query.join(Instance, Instance.id == Task.instance_id).outerjoin(Dossier, Dossier.id == Task.dossier_id)
    found = session().execute(query.where(*written(question.conditions, scope.username, now))).all()
    places = sorted(((_place(value), id) for id, value in found), reverse=question.descending)
    if question.descending:
        places.sort(key=lambda place: place[0] == _NOTHING)
    behind = [place for place in places if after is None or _is_behind(place, after, question)]
    ids = [id for _, id in behind[:limit]]
    lines = {item.id: line_of(item) for item in session().execute(lines_query().where(Task.id.in_(ids)))}
    return Page(
        rows=tuple(lines[id] for id in ids if id in lines),
        next=behind[limit - 1] if len(behind) > limit else None,
        is_part=last_of(keys, SORTED) is not None,
    )


def _place(value: object) -> str:
    """Write a value so that texts are sorted as the values are."""
    if value is None:
        return _NOTHING
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{value + 10**12:015d}" if isinstance(value, int) else str(value)


def _is_behind(place: tuple[str, str], after: tuple[str, str], question: Question) -> bool:
    if not question.descending:
        return place > after
    is_nothing = (place[0] == _NOTHING, after[0] == _NOTHING)
    return is_nothing[0] > is_nothing[1] if is_nothing[0] != is_nothing[1] else place < after


def _principals(scope: Scope, base: str) -> Sequence[str]:
    return scope.supervised if base == "unit" else scope.principals


def _sum(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)
