"""How a due moment stands now, in the words of macros/due.html: counted as its limit counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services import clocks, measures
from services.measures import Measure
from storage.queries.dossiers import DossierRow
from storage.queries.tasks import InboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What the macro shows: kind, how many, the moment, what is counted (a clock.model.Unit), and of what."""

    kind: str = "none"
    n: int = 0
    date: datetime | None = None
    unit: str = "working_days"
    of: str = "step"
    is_today: bool = False
    """The hour is shown too, as it is where hours count."""
    why: tuple[Any, ...] = ()
    """The sum behind the date (clock.explain.Line), on the pages of one task or dossier."""
    may_be_late: bool = False
    """The whole dossier is likely to be late, by how long those before it took."""


def of_moment(due_at: datetime, *, now: datetime, measure: Measure, is_at_risk: bool = False, of: str = "step") -> Due:
    """Say how a due moment stands."""
    is_today = due_at.astimezone(clocks.LOCAL).date() == now.astimezone(clocks.LOCAL).date()
    n = abs(measure.left(due_at, asked_at=now))
    due = Due(n=n, date=due_at, unit=measure.unit.value, of=of, is_today=is_today)
    if due_at < now:
        return replace(due, kind="late")
    if is_today and measure.counts_days:
        return replace(due, kind="today")
    is_soon = is_today or is_at_risk or measure.is_soon(due_at, asked_at=now)
    return replace(due, kind="soon" if is_soon else "ok")


def of_task(row: InboxRow, *, now: datetime) -> Due:
    """Say how the limit of a step stands; what is done has the verdict of its end."""
    if row.due_at is None and row.acceptance_due_at is not None and row.state == "open":
        return of_moment(
            row.acceptance_due_at, now=now, measure=measures.of_acceptance(row.definition_id), of="acceptance"
        )
    if row.due_at is None:
        return Due(kind="pause" if row.clock_state == "paused" and row.state == "open" else "none")
    measure = measures.of_step(row)
    if row.completed_at is not None:
        return of_end(row.due_at, row.completed_at, measure=measure)
    due = of_moment(row.due_at, now=now, measure=measure, is_at_risk=row.is_at_risk)
    return replace(due, may_be_late=row.is_likely_late)


def of_end(due_at: datetime, ended_at: datetime, *, measure: Measure, of: str = "step") -> Due:
    """Say how an end stood to its due moment (rule 32: on time is the due day itself)."""
    unit = measure.unit.value
    if ended_at > due_at:
        return Due(kind="was_late", n=abs(measure.left(due_at, asked_at=ended_at)), date=due_at, unit=unit, of=of)
    same = ended_at.astimezone(clocks.LOCAL).date() == due_at.astimezone(clocks.LOCAL).date()
    return Due(kind="on_time" if same else "early", date=due_at, unit=unit, of=of)


def of_dossier(row: DossierRow, *, now: datetime) -> Due | None:
    """Say how the appointment stands, or the acceptance limit before there is one; None once it ended without."""
    if row.clock_state == "paused" and row.ended_at is None:
        return Due(kind="pause", of="dossier")
    if row.finished_at is not None and row.due_at is not None:
        return _of_finish(row, row.due_at, row.finished_at)
    if row.ended_at is not None:
        return None
    if row.accepted_at is None and row.acceptance_due_at is not None:
        return of_moment(
            row.acceptance_due_at, now=now, measure=measures.of_acceptance(row.definition_id), of="acceptance"
        )
    if row.due_at is None:
        return Due()
    return of_moment(row.due_at, now=now, measure=measures.of_limit(row), is_at_risk=row.is_at_risk, of="dossier")


def _of_finish(row: DossierRow, due_at: datetime, finished_at: datetime) -> Due:
    """The clock has said how it ended: where limits follow each other, one that was late makes all late."""
    end = of_end(due_at, finished_at, measure=measures.of_limit(row), of="dossier")
    kind = clocks.kind_of(row.clock_state) or end.kind
    return end if kind == end.kind else replace(end, kind=kind, n=0)
