"""Where the instances of a version stand: their states, the latest started first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from storage.database import session
from storage.tables import Instance


def states(definition_id: str, statuses: Sequence[str], most: int) -> Sequence[tuple[str, bytes]]:
    """Give (id, state) of at most so many instances of each of these statuses (one range of an index each)."""
    query = select(Instance.id, Instance.state).where(Instance.definition_id == definition_id)
    query = query.order_by(Instance.started_at.desc(), Instance.id.desc()).limit(most)
    found = [session().execute(query.where(Instance.status == status)).all() for status in statuses]
    return [(row[0], row[1]) for rows in found for row in rows][:most]


def count(definition_id: str, statuses: Sequence[str]) -> int:
    """Count the instances of a version that are of one of these statuses."""
    query = select(func.count(Instance.id)).where(Instance.definition_id == definition_id)
    return session().scalar(query.where(Instance.status.in_(statuses))) or 0
