"""Seals of chains, for checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, delete, insert, or_, select

from storage.database import session
from storage.tables import Instance, LogEvent, Seal


class Head(NamedTuple):
    """How far a chain has come."""

    chain: str
    seq: int
    hash: bytes


def grown(after: str, limit: int) -> Sequence[str]:
    """Give instances whose chains have grown since they were sealed, by their ids."""
    query = (
        select(Instance.id)
        .outerjoin(Seal, Seal.chain == Instance.id)
        .where(Instance.id > after, or_(Seal.seq.is_(None), Seal.seq < Instance.log_seq))
        .order_by(Instance.id)
        .limit(limit)
    )
    return session().scalars(query).all()


def heads(instance_ids: Sequence[str]) -> list[Head]:
    """Give where the chains of instances end, as their rows say."""
    query = select(Instance.id, Instance.log_seq, Instance.log_hash).where(Instance.id.in_(instance_ids))
    return [Head(*row) for row in session().execute(query)]


def sealed(chains: Sequence[str]) -> dict[str, tuple[Head, bool]]:
    """Give the sealed heads of chains, each with whether its chain still has it."""
    query = (
        select(Seal.chain, Seal.seq, Seal.hash, LogEvent.hash)
        .outerjoin(LogEvent, and_(LogEvent.chain == Seal.chain, LogEvent.seq == Seal.seq))
        .where(Seal.chain.in_(chains))
    )
    return {row[0]: (Head(*row[:3]), row[3] == row[2]) for row in session().execute(query)}


def seal(heads: Sequence[Head]) -> None:
    """Write heads in the place of those of their chains."""
    session().execute(delete(Seal).where(Seal.chain.in_([head.chain for head in heads])))
    session().execute(insert(Seal), [head._asdict() for head in heads])


def latest(chain: str, kind: str) -> LogEvent | None:
    """Give the last event of a kind in a chain."""
    query = select(LogEvent).where(LogEvent.chain == chain, LogEvent.kind == kind)
    return session().scalar(query.order_by(LogEvent.seq.desc()).limit(1))
