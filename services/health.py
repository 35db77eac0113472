"""Whether this process can do its work, and figures of it for a monitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.queries import health as queries
from storage.queries import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a monitor wants to know; ages in seconds, None where nothing waits."""

    database: bool
    migrated: bool
    oldest_due_seconds: float | None
    """How long the oldest due work (timer, deadline, outbox message) has been waiting."""
    workers: int | None = None
    """Processes that do due work, where jobs are distributed."""

    @property
    def is_ready(self) -> bool:
        """Say whether requests can be served."""
        return self.database and self.migrated


def check(*, now: datetime) -> Health:
    """Look at the database, its migrations and the oldest due work."""
    if not queries.answers():
        return Health(database=False, migrated=False, oldest_due_seconds=None)
    migrated = queries.is_migrated() and jobs.is_queue_migrated()
    oldest = jobs.oldest_due() if migrated else None
    age = (now - oldest).total_seconds() if oldest else None
    alive = jobs.workers()
    return Health(
        database=True,
        migrated=migrated,
        oldest_due_seconds=age if age and age > 0 else None,
        workers=None if alive is None else len(alive),
    )


def figures(*, now: datetime) -> dict[str, float]:
    """Give the gauges of /metrics."""
    health = check(now=now)
    counts = queries.counts() if health.is_ready else {}
    if health.is_ready and health.workers is not None:
        counts |= {"motcua_workers": float(health.workers), "motcua_queued_jobs": float(jobs.queued())}
    return {**counts, "motcua_oldest_due_seconds": health.oldest_due_seconds or 0.0}
