"""Reads of the event log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select

from storage.database import session
from storage.tables import Instance, LogEvent


def latest(chain: str, limit: int) -> Sequence[LogEvent]:
    """Give the last events of a chain, the newest first."""
    query = select(LogEvent).where(LogEvent.chain == chain).order_by(LogEvent.seq.desc()).limit(limit)
    return session().scalars(query).all()


def instance_heads() -> dict[str, tuple[int, bytes]]:
    """Give the (seq, hash) that each instance says its chain ends with."""
    rows = session().execute(select(Instance.id, Instance.log_seq, Instance.log_hash))
    return {row[0]: (row[1], row[2]) for row in rows}


def by_chain() -> Iterator[tuple[str, Iterator[LogEvent]]]:
    """Stream all events, chain by chain, in order."""
    query = select(LogEvent).order_by(LogEvent.chain, LogEvent.seq)
    query = query.execution_options(yield_per=1000, populate_existing=True)  # as they are stored, not as we wrote them
    return groupby(session().scalars(query), key=lambda row: row.chain)
