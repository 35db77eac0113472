"""The queue of the distributed jobs: Procrastinate's schema in PostgreSQL, and the one statement that fills it.

The queue is only a way to wake a worker soon and to keep two of them from the same instance: the rows that are due are
the truth, and what is lost here is handed over again (services/handing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
WORKER = "motcua worker"
"""How the sessions of a worker are called in the database, before its machine and process."""
INSIDE, OUTSIDE = "inside", "outside"
"""The two lines that work stands in: what is done in the database, and calls to the outside, which may be slow."""

_HAND_OVER = text(
    """
SELECT procrastinate_defer_jobs_v1(ARRAY(
    SELECT ROW(j.queue, j.task, j.priority, j.lock, j.once, j.args, j.at)::procrastinate_job_to_defer_v1
    FROM jsonb_to_recordset(CAST(:jobs AS jsonb)) AS j(
        queue varchar, task varchar, priority integer, lock text, once text, args jsonb, at timestamptz)
    WHERE j.once IS NULL OR NOT EXISTS (
        SELECT FROM procrastinate_jobs AS queued WHERE queued.status = 'todo' AND queued.queueing_lock = j.once)))
"""
)
_TAKE_BACK = text(
    """
DELETE FROM procrastinate_jobs AS job
WHERE job.status = 'doing' AND NOT EXISTS (
    SELECT FROM procrastinate_workers AS worker
    WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - CAST(:silent AS interval))
RETURNING job.task_name, job.args
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work to be handed over: which rows, when, and what keeps it from running twice."""

    kind: str
    ids: tuple[str, ...]
    at: datetime
    queue: str = INSIDE
    lock: str | None = None
    """Jobs with the same lock never run at the same time; those due first go first."""
    once: str | None = None
    """A job that is queued with the same word is not queued again."""
    deaths: int = 0
    """How many workers died while they did it."""


def hand_over(session: Session, jobs: Iterable[Job]) -> None:
    """Queue jobs in the transaction of this session, by one statement; workers see them when it is committed."""
    with session.no_autoflush:
        session.execute(_HAND_OVER, {"jobs": orjson.dumps([_written(job) for job in jobs]).decode()})


def take_back(session: Session, silent: timedelta) -> list[Job]:
    """Take from workers that were not heard of for so long what they were doing, and give it.

    What comes by itself is not given: it comes again.
    """
    found = session.execute(_TAKE_BACK, {"silent": silent}).all()
    return [
        Job(
            kind=kind, ids=tuple(args["ids"]), at=datetime.fromisoformat(args["at"]), deaths=args.get("deaths", 0)
        )
        for kind, args in found
        if "ids" in args
    ]  # fmt: skip


def _written(job: Job) -> dict[str, object]:
    return {
        "queue": job.queue,
        "task": job.kind,
        # what is due first is fetched first, and before others of its lock, whichever was queued first
        "priority": int((BEGINNING - job.at).total_seconds()),
        "lock": job.lock,
        "once": job.once,
        "args": {"ids": job.ids, "at": job.at.isoformat(), "deaths": job.deaths},
        "at": job.at.isoformat(),
    }


def install(connection: Connection) -> None:
    """Make the queue's tables and functions, as the installed library wants them."""
    _run(connection, (resources.files("procrastinate.sql") / "schema.sql").read_text())
    _mark(connection, newest())


def remove(connection: Connection) -> None:
    """Take away all that `install` made."""
    for name in ("events", "periodic_defers", "jobs", "workers"):
        _run(connection, f"DROP TABLE procrastinate_{name} CASCADE")
    for name in ("job_to_defer_v1", "job_event_type", "job_status"):
        _run(connection, f"DROP TYPE procrastinate_{name} CASCADE")
    left = connection.execute(text("SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%'"))
    for function in left.scalars().all():
        _run(connection, f"DROP FUNCTION {function}")


def bring_up(connection: Connection) -> None:
    """Bring the queue to what the installed library wants: after an upgrade of it; each step is committed."""
    version = version_of(connection)
    if version is None:
        return
    for name in (name for name in migrations() if name > version):
        _run(connection, (resources.files("procrastinate.sql") / "migrations" / name).read_text())
        _mark(connection, name)
        connection.commit()


def version_of(connection: Connection) -> str | None:
    """Give the last step of the queue's schema that was taken; None where there is no queue."""
    found: str | None = connection.scalar(text("SELECT obj_description(to_regclass('procrastinate_jobs'))"))
    return found


def newest() -> str:
    """Give the last step that the installed library wants."""
    return migrations()[-1]


@cache
def migrations() -> list[str]:
    """Give the names of the library's steps in order."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def _mark(connection: Connection, name: str) -> None:
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{name}'")


def _run(connection: Connection, statements: str) -> None:
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})
