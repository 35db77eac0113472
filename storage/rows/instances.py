"""Instances and their log, for verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.database import session
from storage.tables import Instance, LogEvent, Task

FAR = {"populate_existing": True}  # the row as it is now, not as this session read it before the lock


_LOCK = select(Instance).where(Instance.id == bindparam("instance_id")).with_for_update().execution_options(**FAR)
_OF_TASK = select(Task.instance_id).where(Task.id == bindparam("task_id")).scalar_subquery()
_LOCK_OF_TASK = select(Instance).where(Instance.id == _OF_TASK).with_for_update().execution_options(**FAR)


def lock(instance_id: str) -> Instance | None:
    """Load an instance and hold it until the end of the unit of work: writers of one instance queue up here."""
    return session().scalar(_LOCK, {"instance_id": instance_id})


def lock_of_task(task_id: str) -> Instance | None:
    """Load and hold the instance of a task; the task is read afterwards, so that it is as the writer before left it."""
    return session().scalar(_LOCK_OF_TASK, {"task_id": task_id})


def due(now: datetime, limit: int) -> Sequence[str]:
    """Give ids of instances with a timer due at `now`, the longest due first."""
    query = select(Instance.id).where(Instance.next_due_at <= now).order_by(Instance.next_due_at).limit(limit)
    return session().scalars(query).all()


def last_event(chain: str) -> LogEvent | None:
    """Give the head of a chain that is no instance's."""
    return session().scalar(select(LogEvent).where(LogEvent.chain == chain).order_by(LogEvent.seq.desc()).limit(1))


def chain_events(chain: str, after: int = 0) -> Sequence[LogEvent]:
    """Give the events of a chain in order."""
    query = select(LogEvent).where(LogEvent.chain == chain, LogEvent.seq > after).order_by(LogEvent.seq)
    return session().scalars(query).all()
