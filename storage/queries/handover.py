"""What somebody leaves behind: tasks by the way they are theirs, and what else stands in their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from storage.database import session
from storage.queries.load import Held
from storage.queries.tasks import line_of, lines_query
from storage.tables import IS_OPEN, Draft, PrivateNote, SavedView, Substitution, Task, TaskAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What of a person is no task."""

    substitutions: int
    """In force or to come, as the absent one or as the substitute."""
    shared_views: int
    own_views: int
    drafts: int
    """Of filings, which nobody else reads; drafts of tasks go with their tasks."""
    notes: int
    """Private; nobody else reads them."""


def tasks(username: str, limit: int) -> Sequence[Held]:
    """Give the open tasks that a person holds, has delegated or is offered by name, those due soonest first."""
    query = lines_query().add_columns(Task).where(IS_OPEN, Task.id.in_(_own(username)))
    found = session().execute(query.order_by(Task.due_at, Task.id).limit(limit))
    return [Held(task=item.Task, row=line_of(item)) for item in found]


def count_tasks(username: str) -> int:
    """Count the open tasks that a person holds, has delegated or is offered by name."""
    query = select(func.count()).select_from(_own(username).subquery())
    return session().execute(query).scalar_one()


def _own(username: str) -> Select[str]:
    """One range of the access rows: they name who holds a task, who owns it and whom it is offered to."""
    return select(TaskAccess.task_id).where(TaskAccess.principal == f"u:{username}")


def rest(username: str, *, now: datetime) -> Rest:
    """Count what else stands in a person's name; one statement."""
    parts = {
        "substitutions": select(func.count()).where(
            or_(Substitution.absent == username, Substitution.substitute == username), Substitution.ends_at > now
        ),
        "shared_views": select(func.count()).where(SavedView.owner == username, SavedView.shared_with.is_not(None)),
        "own_views": select(func.count()).where(SavedView.owner == username, SavedView.shared_with.is_(None)),
        "drafts": select(func.count()).where(
            and_(Draft.owner == username, Draft.kind == "filing", Draft.dropped_at.is_(None))
        ),
        "notes": select(func.count()).where(PrivateNote.username == username),
    }
    row = session().execute(select(*(query.scalar_subquery().label(name) for name, query in parts.items()))).one()
    return Rest(**row._mapping)
