"""Selection: which instances an act on many is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from storage.tables import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which instances a batch is for; None means no limit."""

    key: str | None = None
    definition_id: str | None = None
    version: int | None = None
    status: str | None = None
    business_key: str | None = None
    incidents: bool | None = None
    """Those with open incidents, or those without any."""
    faults: bool | None = None
    """Those whose timers failed, or the others."""
    statuses: Sequence[str] = ()
    """Only those of one of these statuses: the act is of no use to others."""


def conditions(wanted: Selection) -> list[ColumnElement[bool]]:
    """Give what is true of the instances that are wanted."""
    found: list[ColumnElement[bool]] = [
        getattr(Instance, name) == value
        for name in ("key", "definition_id", "version", "status", "business_key")
        if (value := getattr(wanted, name)) is not None
    ]
    for column, value in ((Instance.incidents, wanted.incidents), (Instance.faults, wanted.faults)):
        if value is not None:
            found.append(column > 0 if value else column == 0)
    if wanted.statuses:
        found.append(Instance.status.in_(wanted.statuses))
    return found
