"""Reads of the seals."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, select

from storage.database import session
from storage.rows.seals import Head
from storage.tables import LogEvent, Seal

_ALL = (
    select(Seal.chain, Seal.seq, Seal.hash, LogEvent.hash)
    .outerjoin(LogEvent, and_(LogEvent.chain == Seal.chain, LogEvent.seq == Seal.seq))
    .order_by(Seal.chain)
    .execution_options(yield_per=1000)
)


def all_() -> Iterator[tuple[Head, bool]]:
    """Stream every sealed head, and whether its chain has it."""
    for chain, seq, sealed, now in session().execute(_ALL):
        yield Head(chain=chain, seq=seq, hash=sealed), now == sealed
