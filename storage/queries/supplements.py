"""Supplement requests for lists: whose wait for an approval, with whom and since when; which came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, String, bindparam, desc, literal_column, select, union
from sqlalchemy.orm import aliased

from storage.database import session
from storage.tables import IS_OPEN, Dossier, Person, Supplement, Task

MOST_LOOKED = 200
"""Requests that one page is told of, the latest: those of tasks that ended otherwise are among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A request that waits for its approval, or came back from it, on an open task."""

    task_id: str
    is_waiting: bool
    code: str
    applicant_name: str
    groups: tuple[str, ...]
    """While it waits: those that approve it."""
    holder: str
    """Who of them has taken it; empty: nobody yet."""
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    decided_by_name: str
    decided_at: datetime | None


def _written() -> Select[Any]:
    """Find requests by the index of those that wait or came back, and by the tasks of a page; nothing else is read.

    Every inbox asks this and mostly finds nothing, so it joins nothing, and is written once.
    """
    is_pending = Supplement.state.in_([literal_column("'proposed'"), literal_column("'returned'")])
    own = Supplement.proposed_by == bindparam("username", type_=String())
    listed = Supplement.task_id.in_(bindparam("tasks", type_=String(), expanding=True))
    keys = (Supplement.task_id, Supplement.proposed_at.label("proposed_at"))
    both = union(*(select(*keys).where(is_pending, which) for which in (own, listed)))
    return cast("Select[Any]", both.order_by(desc("proposed_at")).limit(MOST_LOOKED))


_PENDING = _written()


def pending(username: str, task_ids: Sequence[str]) -> Mapping[str, Letter]:
    """Give what waits or came back of what somebody handed in, and on these tasks: by task, the longest first."""
    found = session().scalars(_PENDING, {"username": username, "tasks": list(task_ids)}).all()
    if not found:
        return {}
    proposer, decider, holder = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(
            Supplement.task_id, Supplement.state, Supplement.proposed_by, Supplement.proposed_at, Supplement.decided_by,
            Supplement.decided_at, Task.candidate_groups, Task.assignee, Dossier.code, Dossier.applicant_name,
            proposer.name.label("proposed_by_name"), decider.name.label("decided_by_name"), holder.name.label("holder"),
        )
        .join(Task, Task.id == Supplement.task_id)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .outerjoin(proposer, proposer.username == Supplement.proposed_by)
        .outerjoin(decider, decider.username == Supplement.decided_by)
        .outerjoin(holder, holder.username == Task.assignee)
        .where(Supplement.task_id.in_(found), IS_OPEN)
        .order_by(Supplement.proposed_at, Supplement.task_id)
    )  # fmt: skip
    return {
        row.task_id: Letter(
            task_id=row.task_id,
            is_waiting=row.state == "proposed",
            code=row.code,
            applicant_name=row.applicant_name,
            groups=tuple(row.candidate_groups),
            holder=row.holder or row.assignee or "",
            proposed_by=row.proposed_by,
            proposed_by_name=row.proposed_by_name or row.proposed_by,
            proposed_at=row.proposed_at,
            decided_by_name=row.decided_by_name or row.decided_by or "",
            decided_at=row.decided_at,
        )
        for row in session().execute(query)
    }
