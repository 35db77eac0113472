"""Reads for monitors."""

from __future__ import annotations

from datetime import datetime

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from storage.database import MIGRATIONS, session
from storage.tables import IS_OPEN, Dossier, ExternalTask, Instance, Lease, OutboxMessage, Task


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


def oldest_due() -> datetime | None:
    """Give the moment of the work that is or will be due first."""
    waiting = select(func.min(OutboxMessage.due_at)).where(OutboxMessage.state == "waiting")
    jobs = select(func.min(ExternalTask.available_at)).where(
        ExternalTask.state == literal_column("'open'"), ExternalTask.connector != literal_column("''")
    )
    columns = (Instance.next_due_at, Task.next_deadline_at, Dossier.next_deadline_at)
    moments = [
        session().scalar(waiting),
        session().scalar(jobs),
        *(session().scalar(select(func.min(column))) for column in columns),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def ticking_until(name: str = "tick") -> datetime | None:
    """Give until when some process holds the lease of the embedded jobs; None where none ever did."""
    return session().scalar(select(Lease.until).where(Lease.name == name))


def counts() -> dict[str, float]:
    """Count what is open now; each count reads an index of open work only."""
    dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "dead")
    tasks = select(func.count()).select_from(Task).where(IS_OPEN)
    suspended = select(func.count()).select_from(Instance).where(Instance.status == "suspended")
    return {
        "motcua_open_tasks": float(session().execute(tasks).scalar_one()),
        "motcua_suspended_instances": float(session().execute(suspended).scalar_one()),
        "motcua_outbox_dead": float(session().execute(dead).scalar_one()),
    }
