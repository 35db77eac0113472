"""How a due moment stands now, in the words of macros/due.html."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services import clocks
from storage.queries.dossiers import DossierRow
from storage.queries.tasks import InboxRow

SOON = 1
"""From this many working days left on a step is due soon, whether or not the job has raised it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The arguments of the macro: kind, how many, the moment, the unit (hour: the hour is shown too), and of what."""

    kind: str = "none"
    n: int = 0
    date: datetime | None = None
    unit: str = "day"
    of: str = "step"
    may_be_late: bool = False
    """The whole dossier is likely to be late, by how long those before it took."""


def of_moment(due_at: datetime, *, now: datetime, is_at_risk: bool = False, of: str = "step") -> Due:
    """Say how a due moment stands."""
    left = clocks.left(due_at, asked_at=now)
    is_today = due_at.astimezone(clocks.LOCAL).date() == now.astimezone(clocks.LOCAL).date()
    unit = "hour" if is_today else "day"
    if due_at < now:
        return Due(kind="late", n=abs(left or 0), date=due_at, unit=unit, of=of)
    if is_today:
        return Due(kind="today", date=due_at, unit="hour", of=of)
    is_soon = is_at_risk or (left is not None and left <= SOON)
    return Due(kind="soon" if is_soon else "ok", n=left or 0, date=due_at, of=of)


def of_task(row: InboxRow, *, now: datetime) -> Due:
    """Say how the limit of a step stands; what is done has the verdict of its end."""
    if row.due_at is None and row.acceptance_due_at is not None and row.state == "open":
        return of_moment(row.acceptance_due_at, now=now, of="acceptance")
    if row.due_at is None:
        return Due(kind="pause" if row.clock_state == "paused" and row.state == "open" else "none")
    if row.completed_at is not None:
        return of_end(row.due_at, row.completed_at)
    return replace(of_moment(row.due_at, now=now, is_at_risk=row.is_at_risk), may_be_late=row.is_likely_late)


def of_end(due_at: datetime, ended_at: datetime, of: str = "step") -> Due:
    """Say how an end stood to its due moment (rule 32: on time is the due day itself)."""
    if ended_at > due_at:
        return Due(kind="was_late", n=abs(clocks.left(due_at, asked_at=ended_at) or 0), date=due_at, of=of)
    same = ended_at.astimezone(clocks.LOCAL).date() == due_at.astimezone(clocks.LOCAL).date()
    return Due(kind="on_time" if same else "early", date=due_at, of=of)


def _of_finish(row: DossierRow, due_at: datetime, finished_at: datetime) -> Due:
    """The clock has said how it ended: where limits follow each other, one that was late makes all late."""
    end = of_end(due_at, finished_at, of="dossier")
    kind = clocks.kind_of(row.clock_state) or end.kind
    return end if kind == end.kind else replace(end, kind=kind, n=0)


def of_dossier(row: DossierRow, *, now: datetime) -> Due | None:
    """Say how the appointment stands, or the acceptance limit before there is one; None once it ended without."""
    if row.clock_state == "paused" and row.ended_at is None:
        return Due(kind="pause", of="dossier")
    if row.finished_at is not None and row.due_at is not None:
        return _of_finish(row, row.due_at, row.finished_at)
    if row.ended_at is not None:
        return None
    if row.accepted_at is None and row.acceptance_due_at is not None:
        return of_moment(row.acceptance_due_at, now=now, of="acceptance")
    if row.due_at is None:
        return Due()
    return of_moment(row.due_at, now=now, is_at_risk=row.is_at_risk, of="dossier")
