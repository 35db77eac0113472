"""Reads for monitors."""

from __future__ import annotations

from datetime import datetime

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from storage.database import MIGRATIONS, session
from storage.tables import IS_OPEN, Batch, Incident, Instance, Lease, OutboxMessage, Task


def answers() -> bool:
    """Say whether the database answers."""
    try:
        session().execute(select(1))
    except SQLAlchemyError:
        session().rollback()
        return False
    return True


def is_migrated() -> bool:
    """Say whether the database is at the newest migration."""
    head = ScriptDirectory(MIGRATIONS).get_current_head()
    return MigrationContext.configure(session().connection()).get_current_revision() == head


def ticking_until(name: str = "tick") -> datetime | None:
    """Give until when some process holds the lease of the embedded jobs; None where none ever did."""
    return session().scalar(select(Lease.until).where(Lease.name == name))


def counts() -> dict[str, float]:
    """Count what is open now; each count reads an index of open work only."""
    dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "dead")
    tasks = select(func.count()).select_from(Task).where(IS_OPEN)
    faulty = select(func.count()).select_from(Instance).where(Instance.faults > 0)
    incidents = select(func.count()).select_from(Incident).where(Incident.state == "open")
    suspended = select(func.count()).select_from(Instance).where(Instance.status == "suspended")
    batches = select(func.count()).select_from(Batch).where(Batch.due_at.is_not(None))
    return {
        "motcua_open_tasks": float(session().execute(tasks).scalar_one()),
        "motcua_suspended_instances": float(session().execute(suspended).scalar_one()),
        "motcua_faulty_instances": float(session().execute(faulty).scalar_one()),
        "motcua_open_incidents": float(session().execute(incidents).scalar_one()),
        "motcua_open_batches": float(session().execute(batches).scalar_one()),
        "motcua_outbox_dead": float(session().execute(dead).scalar_one()),
    }
