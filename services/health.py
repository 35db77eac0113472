"""Whether this process can do its work, and figures of it for a monitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.queries import health as queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a monitor wants to know; ages in seconds, None where nothing waits."""

    database: bool
    migrated: bool
    oldest_due_seconds: float | None
    """How long the oldest due work (timer, deadline, outbox message) has been waiting."""

    @property
    def is_ready(self) -> bool:
        """Say whether requests can be served."""
        return self.database and self.migrated


def check(*, now: datetime) -> Health:
    """Look at the database, its migrations and the oldest due work."""
    if not queries.answers():
        return Health(database=False, migrated=False, oldest_due_seconds=None)
    migrated = queries.is_migrated()
    oldest = queries.oldest_due() if migrated else None
    age = (now - oldest).total_seconds() if oldest else None
    return Health(database=True, migrated=migrated, oldest_due_seconds=age if age and age > 0 else None)


def figures(*, now: datetime) -> dict[str, float]:
    """Give the gauges of /metrics."""
    health = check(now=now)
    counts = queries.counts() if health.is_ready else {}
    return {**counts, "motcua_oldest_due_seconds": health.oldest_due_seconds or 0.0}
