"""Lists of tasks: inboxes, what was done, and programs' lists; each keeps to the Scope it is given.

An open task is found by its access rows: for each principal one short range of an index, so that the first page costs
the same whether a hundred or a million tasks are open. What needs the task itself to be told (whose it is, of which
procedure, words) is looked for among LOOKED tasks at a time, those due soonest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from storage.database import session
from storage.queries import shapes, substituting, words
from storage.queries.scope import Scope
from storage.queries.seen import visible
from storage.tables import IS_OPEN, Dossier, Instance, Person, Task, TaskAccess

MOST_COUNTED = 500
"""Counts beside views stop here and are shown as "499+": counting must not cost more than the list."""
LOOKED = 500
"""Tasks among which a page of a narrowed view is looked for; the next page goes on behind them."""
COUNTED = ("all", "mine", "unassigned", "soon", "breached", "paused")
SUPERVISED = ("unit", "escalated")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One line of an inbox."""

    id: str
    instance_id: str
    definition_id: str
    process_key: str
    name: str
    element_id: str
    key: str
    state: str
    assignee: str | None
    assignee_name: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    created_at: datetime
    completed_at: datetime | None
    due_at: datetime | None
    is_at_risk: bool
    is_breached: bool
    priority: int
    dossier_id: str | None
    code: str | None
    applicant_name: str | None
    procedure_name: str | None
    procedure_name_en: str | None
    status: int | None
    clock_state: str | None
    acceptance_due_at: datetime | None = None
    """Of a filing that is not accepted yet."""
    is_suspended: bool
    """An operator has suspended its instance."""
    has_draft: bool
    """Somebody has typed something that is not sent yet."""
    is_likely_late: bool = False
    """The forecast said so of its dossier."""
    interested: tuple[str, ...] = ()
    """Who declared a conflict of interest and does none of the instance's tasks."""
    unit_code: str | None = None
    case_id: str = ""
    channel: str = ""
    filed_at: datetime | None = None
    dossier_due_at: datetime | None = None
    follow_up_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What an inbox page asks for; None and empty mean no limit."""

    view: str = "all"
    """all (one's own and one's groups'), mine, unassigned, soon, breached, paused (a head's: the unit's too), unit (a
    head's), escalated, standing (of whom
    one stands for), done."""
    key: str = ""
    element_id: str = ""
    text: str = ""
    """Folded words, each in the task's name, in its business key or among what its dossier is found by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, and the cursor of the next page (None: these are the last)."""

    rows: tuple[InboxRow, ...] = field(default=())
    next: tuple[str, str] | None = None
    is_part: bool = False
    """Only LOOKED tasks were looked at: the rows may be few, or none, though more fit behind them."""


def inbox(
    scope: Scope, wanted: Filter, *, now: datetime, after: tuple[str, str] | None = None, limit: int = 50
) -> Page:
    """Give one page of a view, soonest due first (what is done: the latest first)."""
    if wanted.view == "done":
        return _done(scope, wanted, now, after, limit)
    is_plain = not (wanted.key or wanted.element_id or wanted.text or after)
    asked, values = shapes.filled(_asked, scope, now, wanted, after, limit, once=is_plain)
    if asked is None:
        return Page()
    query, last = asked
    found = session().execute(query, values).all()
    rows = tuple(line_of(item) for item in found[:limit])
    if len(found) > limit:
        return Page(rows=rows, next=(found[limit - 1].sort_at.isoformat(), rows[-1].id))
    behind = session().execute(last, values).first() if last is not None else None
    return Page(rows=rows, next=_cursor(behind), is_part=behind is not None)


def _asked(
    scope: Scope, now: datetime, wanted: Filter, after: tuple[str, str] | None, limit: int
) -> tuple[Select[Any], Select[Any] | None] | None:
    """Write what gives a page, and what gives the last task that was looked at where the page is narrowed."""
    conditions = _conditions(scope, wanted, now)
    looked = LOOKED if conditions else limit + 1
    principals, due = list(_principals(scope, wanted.view)), _due(wanted.view, now)
    looked_at = soonest(principals, looked, after, *due)
    if looked_at is None:
        return None
    named = words.few(wanted.text.split())
    keys = words.with_those_of(looked_at, named, principals, [*due, *_behind(after)]) if named else looked_at
    query = lines_query().join(keys, keys.c.task_id == Task.id).where(*conditions)
    query = query.order_by(keys.c.sort_at, keys.c.task_id).limit(limit + 1)
    last = _last(looked_at, looked) if conditions and not named else None
    return query.add_columns(keys.c.sort_at), last


def counts(scope: Scope, *, now: datetime) -> Mapping[str, int]:
    """Count every view at once among the MOST_COUNTED tasks that the viewer has due first, and those of the own unit.

    So the numbers beside the views cost the same however many tasks are open; `all` at MOST_COUNTED or more says that
    there are more than were counted.
    """
    query, values = shapes.filled(_counting, scope, now)
    found = dict(session().execute(query, values).one()._mapping) if query is not None else {}
    done = select(Task.id).where(Task.completed_by == scope.username).limit(MOST_COUNTED).subquery()
    return found | {"done": session().execute(select(func.count()).select_from(done)).scalar_one()}


def asked_of(scope: Scope, wanted: Filter, *, now: datetime) -> tuple[Sequence[str], Sequence[ColumnElement[bool]]]:
    """Give to whom the open tasks of a page are offered, and what it asks of them; nobody for what is done."""
    if wanted.view == "done":
        return (), ()
    more = [Task.due_at < now] if wanted.view == "breached" else []
    return list(_principals(scope, wanted.view)), [*_conditions(scope, wanted, now), *more]


def of_dossier(scope: Scope, dossier_id: str) -> tuple[InboxRow, ...]:
    """Give the open tasks of a dossier that the scope may see."""
    query = _of_dossier(dossier_id).where(visible(scope)).order_by(Task.created_at)
    return tuple(line_of(item) for item in session().execute(query))


def open_steps(dossier_id: str) -> tuple[InboxRow, ...]:
    """Give all open tasks of a dossier, for whoever may read the dossier (their names and holders, not their data)."""
    query = _of_dossier(dossier_id).order_by(Task.created_at)
    return tuple(line_of(item) for item in session().execute(query))


def open_of(instance_id: str) -> tuple[InboxRow, ...]:
    """Give all open tasks of an instance, for whoever may read the instance."""
    query = lines_query().where(Task.instance_id == instance_id, IS_OPEN).order_by(Task.created_at)
    return tuple(line_of(item) for item in session().execute(query))


def _counting(scope: Scope, now: datetime) -> Select[Any] | None:
    """Look at one's own tasks, those of one's unit and of whom one stands for together; paused counts in all."""
    sources = {"own": scope.principals, "unit": scope.supervised, "stood": substituting.principals(scope)}
    found = {name: keys for name, names in sources.items() if (keys := soonest(names, MOST_COUNTED)) is not None}
    looks = [
        select(keys.c.task_id, *(literal(int(name == of)).label(of) for of in sources)) for name, keys in found.items()
    ]
    if not looks:
        return None
    both = union_all(*looks).subquery()
    each = select(both.c.task_id, *(func.max(both.c[of]).label(of) for of in sources))
    first = each.group_by(both.c.task_id).subquery()
    whose: dict[str, ColumnElement[bool]] = dict.fromkeys(COUNTED, first.c.own == 1)
    whose["paused"] = or_(first.c.own == 1, first.c.unit == 1)
    whose |= dict.fromkeys(SUPERVISED if scope.supervised else (), first.c.unit == 1)
    if scope.standing:
        whose["standing"] = first.c.stood == 1
    sums = [
        func.coalesce(func.sum(case((and_(who, *_view(scope, view, now)), 1), else_=0)), 0).label(view)
        for view, who in whose.items()
    ]
    query = cast("Select[Any]", select(*sums)).select_from(first).join(Task, Task.id == first.c.task_id)
    return query.outerjoin(Dossier, Dossier.id == Task.dossier_id)


def _of_dossier(dossier_id: str) -> Select[Any]:
    """Find the open tasks of a dossier by its instance, which has the index."""
    instance_id = select(Dossier.instance_id).where(Dossier.id == dossier_id).scalar_subquery()
    return lines_query().where(Task.instance_id == instance_id, IS_OPEN)


def _principals(scope: Scope, view: str) -> Iterable[str]:
    if view in ("unit", "escalated"):
        return scope.supervised
    if view == "standing":
        return substituting.principals(scope)
    if view == "paused":
        return scope.task_principals
    return scope.principals[:1] if view == "mine" else scope.principals  # the first is the person


def soonest(
    principals: Iterable[str], limit: int, after: tuple[str, str] | None = None, *conditions: ColumnElement[bool]
) -> Subquery | None:
    """Find the first `limit` of the tasks that are offered to any of these, those due soonest first."""
    ranges = [_range(principal, limit, after, conditions) for principal in principals]
    if not ranges:
        return None
    offered = union_all(*ranges).subquery()
    keys = select(offered.c.task_id, offered.c.sort_at).distinct()
    return keys.order_by(offered.c.sort_at, offered.c.task_id).limit(limit).subquery()


def _range(
    principal: str, limit: int, after: tuple[str, str] | None, conditions: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    query = select(TaskAccess.task_id, TaskAccess.sort_at).where(TaskAccess.principal == principal, *conditions)
    query = query.where(*_behind(after))
    inner = query.order_by(TaskAccess.sort_at, TaskAccess.task_id).limit(limit).subquery()
    return select(inner.c.task_id, inner.c.sort_at)


def _behind(after: tuple[str, str] | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    return [tuple_(TaskAccess.sort_at, TaskAccess.task_id) > tuple_(datetime.fromisoformat(after[0]), after[1])]


def last_of(keys: Subquery, looked: int, *, latest_first: bool = False) -> tuple[str, str] | None:
    """Give the place of the last task that was looked at, or None where that were all."""
    return _cursor(session().execute(_last(keys, looked, latest_first=latest_first)).first())


def _last(keys: Subquery, looked: int, *, latest_first: bool = False) -> Select[Any]:
    order = (keys.c.sort_at, keys.c.task_id)
    query = select(*order).order_by(*(column.desc() if latest_first else column for column in order))
    return query.offset(looked - 1)


def _cursor(row: Any) -> tuple[str, str] | None:
    return (row.sort_at.isoformat(), row.task_id) if row is not None else None


def _due(view: str, now: datetime) -> list[ColumnElement[bool]]:
    """Some views are ranges of the due moment, by which access rows are sorted."""
    views = {"breached": [TaskAccess.sort_at < now], "soon": [TaskAccess.sort_at >= now]}
    return views.get(view, [])


def _view(scope: Scope, view: str, now: datetime) -> list[ColumnElement[bool]]:
    views: dict[str, list[ColumnElement[bool]]] = {
        "standing": [substituting.stood(scope)],
        "mine": [Task.assignee == scope.username],
        "unassigned": [Task.assignee.is_(None)],
        "soon": [Task.at_risk_at.is_not(None), or_(Task.due_at.is_(None), Task.due_at >= now)],
        "breached": [Task.due_at < now],
        "paused": [Dossier.clock_state == "paused"],
        "escalated": [or_(Task.at_risk_at.is_not(None), Dossier.at_risk_at.is_not(None), Task.due_at < now)],
    }
    return views.get(view, [])


def _conditions(scope: Scope, wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [] if wanted.view == "breached" else _view(scope, wanted.view, now)
    if wanted.key:
        conditions.append(Task.key == wanted.key)
    if wanted.element_id:
        conditions.append(Task.element_id == wanted.element_id)
    return conditions + words.holding(wanted.text.split())


def _done(scope: Scope, wanted: Filter, now: datetime, after: tuple[str, str] | None, limit: int) -> Page:
    own: list[ColumnElement[bool]] = [Task.completed_by == scope.username]
    if after is not None:
        own.append(tuple_(Task.completed_at, Task.id) < tuple_(datetime.fromisoformat(after[0]), after[1]))
    conditions, named = _conditions(scope, wanted, now), words.few(wanted.text.split())
    looked = LOOKED if conditions else limit + 1
    keys = select(Task.id.label("task_id"), Task.completed_at.label("sort_at")).where(*own)
    latest = keys.order_by(Task.completed_at.desc(), Task.id.desc()).limit(looked).subquery()
    among: ColumnElement[bool] = Task.id.in_(select(latest.c.task_id))
    if named:
        among = or_(among, and_(*own, Task.instance_id.in_(words.instances_of(named))))
    query = lines_query().where(among, *conditions).order_by(Task.completed_at.desc(), Task.id.desc())
    rows = tuple(line_of(item) for item in session().execute(query.limit(limit + 1)))
    if len(rows) > limit:
        last = rows[limit - 1]
        return Page(rows=rows[:limit], next=(last.completed_at.isoformat(), last.id) if last.completed_at else None)
    behind = last_of(latest, looked, latest_first=True) if conditions and not named else None
    return Page(rows=rows, next=behind, is_part=behind is not None)


@cache
def lines_query() -> Select[Any]:
    """Read what lists show of tasks, their dossiers, holders and instances: columns, since no entity is needed."""
    holder = aliased(Person)
    return (
        select(*_LINE, holder.name.label("assignee_name"))
        .join(Instance, Instance.id == Task.instance_id)
        .outerjoin(Dossier, Dossier.id == Task.dossier_id)
        .outerjoin(holder, holder.username == Task.assignee)
    )


_LINE: tuple[Any, ...] = (
    Task.id,
    Task.instance_id,
    Task.definition_id,
    Task.process_key,
    Task.name,
    Task.element_id,
    Task.key,
    Task.state,
    Task.assignee,
    Task.candidate_groups,
    Task.candidate_users,
    Task.created_at,
    Task.completed_at,
    Task.due_at,
    Task.at_risk_at.is_not(None).label("is_at_risk"),
    Task.breached_at.is_not(None).label("is_breached"),
    Task.priority,
    Task.dossier_id,
    Task.has_draft,
    Task.unit_code,
    Task.follow_up_at,
    Dossier.code,
    Dossier.applicant_name,
    Dossier.procedure_name,
    Dossier.procedure_name_en,
    Dossier.status,
    Dossier.clock_state,
    case((Dossier.accepted_at.is_(None), Dossier.acceptance_due_at)).label("acceptance_due_at"),
    Dossier.likely_late_at.is_not(None).label("is_likely_late"),
    func.coalesce(Dossier.case_id, "").label("case_id"),
    func.coalesce(Dossier.channel, "").label("channel"),
    Dossier.filed_at,
    Dossier.due_at.label("dossier_due_at"),
    (Instance.status == "suspended").label("is_suspended"),
    Instance.interested,
)


def line_of(item: Any) -> InboxRow:
    """Give a row of `lines_query` as a list shows it."""
    kept = item._mapping
    told = {name: kept[name] for name in _SAME}
    return InboxRow(
        **told,
        candidate_groups=tuple(kept["candidate_groups"]),
        candidate_users=tuple(kept["candidate_users"]),
        interested=tuple(kept["interested"] or ()),
    )


_SAME = tuple(each.name for each in fields(InboxRow) if not str(each.type).startswith("tuple"))
"""What is in a row of `lines_query` as it is in a row of a list."""
