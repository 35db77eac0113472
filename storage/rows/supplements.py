"""Supplement requests, for verbs and for the pages of their tasks."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from storage.database import session
from storage.tables import Supplement, Task


def of_task(task_id: str) -> Supplement | None:
    """Give the request that is composed on a task."""
    return session().get(Supplement, task_id, populate_existing=True)


def asked(instance_id: str, acts: Collection[tuple[str, str]]) -> int:
    """Count the completed tasks of an instance that ended with one of these (element, act)."""
    query = select(Task.element_id, Task.act).where(
        Task.instance_id == instance_id, Task.state == "completed", Task.act.in_({act for _, act in acts})
    )
    return sum(1 for row in session().execute(query) if (row[0], row[1]) in acts)
