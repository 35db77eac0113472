"""What runs and what stands still on processes, for operators; reads indexes of instances only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.tables import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many instances run and how many are suspended."""

    running: int = 0
    suspended: int = 0


def by_key() -> Mapping[str, Standing]:
    """Count by process, all versions together."""
    return _counted(Instance.key)


def by_definition(definition_ids: Iterable[str]) -> Mapping[str, Standing]:
    """Count by version."""
    return _counted(Instance.definition_id, definition_ids)


def _counted(column: InstrumentedAttribute[str], values: Iterable[str] | None = None) -> Mapping[str, Standing]:
    query: Any = select(column, Instance.status, func.count()).where(Instance.status.in_(("running", "suspended")))
    if values is not None:
        query = query.where(column.in_(sorted(set(values))))
    counts: dict[str, dict[str, int]] = {}
    for value, status, count in session().execute(query.group_by(column, Instance.status)):
        counts.setdefault(value, {})[status] = count
    return {value: Standing(**by_status) for value, by_status in counts.items()}
