"""Time spent: how long steps took, on the wall's clock and of it in the agency's working time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clock.calendar import Calendar
from clock.limits import working_minutes_between
from errors import NoCalendar
from services import clocks
from services.history import Passage
from services.loading import Loaded

A_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Minutes of a passage, or of all passages of a step; `working` is None where no calendar covers them."""

    elapsed: int
    working: int | None

    def __add__(self, other: Spent) -> Spent:
        """Add what another passage of the same step took."""
        known = self.working is not None and other.working is not None
        both = (self.working or 0) + (other.working or 0)
        return Spent(elapsed=self.elapsed + other.elapsed, working=both if known else None)


def of_passages(loaded: Loaded, passages: Iterable[Passage], *, now: datetime) -> Mapping[str, Spent]:
    """Give what each passage took, by its id; one that is still active took until now."""
    calendar = clocks.calendar(loaded.procedure.agency_code if loaded.procedure else "")
    return {passage.id: _spent(calendar, passage.started_at, passage.ended_at or now) for passage in passages}


def by_step(passages: Iterable[Passage], spent: Mapping[str, Spent]) -> Mapping[tuple[str, str], Spent]:
    """Add up the passages of each step, by (process key, element id): a step that was done again counts whole."""
    found: dict[tuple[str, str], Spent] = {}
    for passage in passages:
        key = (passage.process_key, passage.element_id)
        found[key] = found[key] + spent[passage.id] if key in found else spent[passage.id]
    return found


def _spent(calendar: Calendar, start: datetime, end: datetime) -> Spent:
    elapsed = max(0, int((end - start).total_seconds()) // A_MINUTE)
    try:
        return Spent(elapsed=elapsed, working=max(0, working_minutes_between(calendar, start, max(start, end))))
    except NoCalendar:
        return Spent(elapsed=elapsed, working=None)
