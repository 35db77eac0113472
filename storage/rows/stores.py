"""Data stores, for steps of instances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from storage.database import session
from storage.tables import DataStore


def read(name: str) -> bytes | None:
    """Give what a data store holds; whoever reads it in a write transaction holds it until the commit.

    So a step that reads and then writes it loses nothing that another wrote meanwhile. SQLite has one writer at a time.
    """
    _hold(name)
    return session().scalar(select(DataStore.value).where(DataStore.name == name))


def write(name: str, value: bytes, *, now: datetime, instance_id: str) -> None:
    """Let a data store hold this."""
    _hold(name)
    session().merge(DataStore(name=name, value=value, changed_at=now, changed_by=instance_id))


def _hold(name: str) -> None:
    if session().get_bind().dialect.name == "postgresql":
        session().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"data store:{name}", 0))))
