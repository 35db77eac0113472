"""Who did what in an instance, and who keeps away from it, for verbs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from sqlalchemy import Table, bindparam, literal, or_, select

from storage.database import connection, session
from storage.tables import Interest, Task

_TASK = cast(Table, Task.__table__)
_DONE = (
    select(_TASK.c.name)
    .where(
        _TASK.c.instance_id == bindparam("of_instance"),
        _TASK.c.element_id.in_(bindparam("elements", expanding=True)),
        _TASK.c.state == literal("completed"),
        or_(_TASK.c.completed_by == bindparam("who"), _TASK.c.owner == bindparam("who")),
    )
    .order_by(_TASK.c.completed_at)
    .limit(1)
)


def done(instance_id: str, element_ids: Iterable[str], username: str) -> str | None:
    """Give the name of the first of these steps that a person did, or that was done in the person's name.

    Nothing that waits in the session is written before: the instance is written once, at the commit.
    """
    return cast(
        "str | None",
        connection().scalar(_DONE, {"of_instance": instance_id, "elements": list(element_ids), "who": username}),
    )


def done_in(instance_ids: Collection[str], username: str) -> frozenset[tuple[str, str]]:
    """Give (instance id, element id) of all that a person did in these instances, or that was done in their name."""
    query = select(Task.instance_id, Task.element_id).where(
        Task.instance_id.in_(instance_ids),
        Task.state == "completed",
        or_(Task.completed_by == username, Task.owner == username),
    )
    return frozenset((row[0], row[1]) for row in session().execute(query))


def interest(instance_id: str, username: str) -> Interest | None:
    """Load a person's declaration about an instance."""
    return session().get(Interest, (instance_id, username), populate_existing=True)


def interests(instance_id: str) -> list[Interest]:
    """Give all declarations about an instance, the earliest first."""
    query = select(Interest).where(Interest.instance_id == instance_id).order_by(Interest.declared_at)
    return list(session().scalars(query))
