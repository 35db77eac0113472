"""Work for programs and connectors, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select, update

from storage.database import session
from storage.rows.instances import FAR
from storage.tables import ExternalTask, Instance

OPEN = ExternalTask.state == literal_column("'open'")  # a literal, so that the partial indexes are found
ORDER = (ExternalTask.rank, ExternalTask.created_at, ExternalTask.id)  # of the index, so that it is read, not all rows
_OF_TASK = select(ExternalTask.instance_id).where(ExternalTask.id == bindparam("task_id")).scalar_subquery()
_LOCK_OF_TASK = select(Instance).where(Instance.id == _OF_TASK).with_for_update().execution_options(**FAR)
_LOAD = select(ExternalTask).where(ExternalTask.id == bindparam("task_id")).execution_options(**FAR)
_UNFINISHED = (
    select(ExternalTask)
    .where(
        ExternalTask.instance_id == bindparam("of_instance"), ExternalTask.state.in_(("open", "suspended", "failed"))
    )
    .with_for_update()
)


def lock_of_task(task_id: str) -> Instance | None:
    """Load and hold the instance of a piece of work."""
    return session().scalar(_LOCK_OF_TASK, {"task_id": task_id})


def load(task_id: str, *, lock: bool = False) -> ExternalTask | None:
    """Load one as it is now; with `lock` nobody fetches it until the commit."""
    return session().scalar(_LOAD.with_for_update() if lock else _LOAD, {"task_id": task_id})


def unfinished(instance_id: str) -> Sequence[ExternalTask]:
    """Give and hold an instance's open, suspended and failed work."""
    if session().new:  # opened by an earlier step of this verb, perhaps
        session().flush()
    with session().no_autoflush:  # the instance is written once, at the commit
        return session().scalars(_UNFINISHED, {"of_instance": instance_id}).all()


def take(
    topic: str, *, now: datetime, limit: int, business_key: str | None, key: str | None
) -> Sequence[tuple[ExternalTask, bytes]]:
    """Give and hold open work of a topic that nobody has, most urgent and then oldest first, with its instance's state.

    What another worker takes at this moment is passed over, so that none waits and none gets what another has.
    """
    query = (
        select(ExternalTask, Instance.state)
        .join(Instance, Instance.id == ExternalTask.instance_id)
        .where(OPEN, ExternalTask.topic == topic, ExternalTask.available_at <= now, Instance.status == "running")
        .where(ExternalTask.connector == "")
        .order_by(*ORDER)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ExternalTask)
        .execution_options(**FAR)
    )
    if business_key is not None:
        query = query.where(ExternalTask.business_key == business_key)
    if key is not None:
        query = query.where(ExternalTask.key == key)
    return [(row[0], row[1]) for row in session().execute(query)]


def is_any(topics: Iterable[str], now: datetime) -> bool:
    """Say whether any work of these topics can be fetched: a look that locks nothing."""
    first = select(ExternalTask.id).where(OPEN, ExternalTask.available_at <= now).order_by(*ORDER).limit(1)
    return any(session().scalar(first.where(ExternalTask.topic == topic)) for topic in topics)


def release(worker: str, now: datetime, *, task_id: str = "") -> None:
    """Let whatever a worker holds (or this, if it holds it) be taken by others."""
    held = [OPEN, ExternalTask.worker == worker, ExternalTask.available_at > now]
    held += [ExternalTask.id == task_id] if task_id else []
    session().execute(update(ExternalTask).where(*held).values(worker=None, available_at=now))


def jobs_due(now: datetime, limit: int) -> Sequence[str]:
    """Give ids of connectors' work that is due, the longest due first."""
    query = select(ExternalTask.id).where(
        OPEN, ExternalTask.connector != literal_column("''"), ExternalTask.available_at <= now
    )
    return session().scalars(query.order_by(ExternalTask.available_at, ExternalTask.id).limit(limit)).all()
