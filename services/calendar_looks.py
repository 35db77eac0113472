"""Looks at what a planned change moves: counted in portions of a second, so that no page waits for 100,000 dossiers.

How far the count has come is kept with the change; whoever looks next goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from errors import NotFound
from services import calendar_changes, calendar_moves, calendar_others
from services.calendar_moves import Move, Summary, Wanted
from services.permissions import Permission, Viewer, require
from storage.database import verb
from storage.queries import calendar_moves as found
from storage.queries.calendar import Change
from storage.queries.calendar_moves import Place
from storage.rows import calendar as rows

SECONDS = 1.0
"""Of one portion."""
FRESH = timedelta(minutes=10)
"""A count that is older begins again when somebody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How far the count has come."""

    summary: Summary = field(default_factory=Summary)
    looked: int = 0
    """So many dossiers were looked at."""
    of: int = 0
    """So many there are whose time runs over the changed days."""
    after: Place | None = None
    is_done: bool = False
    at: datetime

    @property
    def kept(self) -> dict[str, Any]:
        """Give it as the change keeps it."""
        after = [self.after[0].isoformat(), self.after[1]] if self.after else None
        return {
            "summary": asdict(self.summary), "looked": self.looked, "of": self.of, "after": after,
            "is_done": self.is_done, "at": self.at.isoformat(),
        }  # fmt: skip


def read(kept: Mapping[str, Any]) -> Counted:
    """Read a count that a change keeps."""
    after = kept["after"]
    return Counted(
        summary=Summary(**kept["summary"]), looked=kept["looked"], of=kept["of"],
        after=(datetime.fromisoformat(after[0]), after[1]) if after else None, is_done=kept["is_done"],
        at=datetime.fromisoformat(kept["at"]),
    )  # fmt: skip


def count_on(viewer: Viewer, change: Change, *, now: datetime, seconds: float = SECONDS) -> Counted:
    """Count for a second more what a planned change moves, and keep how far it came; nothing else is written.

    No transaction is open meanwhile: officers go on working. Raises Forbidden.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    before = read(change.looked) if change.looked else None
    if before is not None and before.at + FRESH < now:
        before = None
    if before is not None and before.is_done:
        return before
    wanted = calendar_changes.wanted(change, now=now)
    if before is None:
        span = wanted.span
        of = found.count_due(*span, calendar_moves.definitions_of(wanted))
        before = Counted(summary=_first(wanted), of=of, at=now)
    counted = _counted(wanted, before, seconds)
    _keep(change.id, counted.kept)
    return counted


def _first(wanted: Wanted) -> Summary:
    """Count what is counted by one statement each: it may move, or is computed later."""
    return Summary(
        steps=found.count_steps(*wanted.span), paused=calendar_others.count_paused(wanted),
        timers=calendar_others.count_timers(wanted),
    )  # fmt: skip


def page(
    wanted: Wanted, *, after: Place | None, limit: int, seconds: float = SECONDS
) -> tuple[list[Move], Place | None]:
    """Give some moves, and where to go on (None: these are the last).

    Where few of many dossiers move, a page may hold fewer than it could.
    """
    until, moves, last = time.monotonic() + seconds, list[Move](), after
    for place, move in calendar_moves.looks(wanted, after=after):
        if len(moves) == limit or (last != after and time.monotonic() > until):
            return moves, last
        if move is not None:
            moves.append(move)
        last = place or last
    return moves, None


def _counted(wanted: Wanted, before: Counted, seconds: float) -> Counted:
    until = time.monotonic() + seconds
    total, looked, last = before.summary, before.looked, before.after
    for place, move in calendar_moves.looks(wanted, after=before.after):
        if looked > before.looked and last is not None and time.monotonic() > until:
            return replace(before, summary=total, looked=looked, after=last)
        looked += 1
        last = place or last
        if move is not None:
            total = calendar_moves.added(total, move, wanted.now)
    return replace(before, summary=total, looked=looked, after=last, is_done=True)


@verb
def _keep(change_id: str, kept: dict[str, Any]) -> None:
    change = rows.change(change_id, lock=True)
    if change is None:
        raise NotFound()
    if change.state == "planned":
        change.looked = kept
