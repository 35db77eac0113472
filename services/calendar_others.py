"""What a change of the calendar moves besides appointments: the time to answer of paused dossiers, and timers.

A paused dossier has no appointment that could move: it is computed when its clock runs again, with the calendar of
then. The looks write nothing; what a batch has moved is noted for the lists of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from errors import MotcuaError
from services import lapsing, loading, replanning, runs, timer_moves
from services.calendar_edits import over
from services.calendar_moves import Wanted
from storage.queries import calendar as queries
from storage.queries import calendar_others as found
from storage.queries.calendar_others import Place
from storage.tables import Dossier
from texts import Text

SECONDS = 1.0
"""Of one page of timers: the state of each instance is read for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A time to answer (`element_id` is empty) or a timer, and how it moves; `before` == `after`: it does not."""

    instance_id: str
    dossier_id: str | None
    code: str
    procedure: Text
    applicant: str
    element_id: str = ""
    name: Text = Text("", "")
    """Of the timer's event."""
    before: datetime | None
    after: datetime | None


def count_paused(wanted: Wanted) -> int:
    """Count the paused dossiers whose appointment will be computed with the changed days."""
    end = wanted.span[1]
    return found.count_paused(end, _own(wanted, found.definitions_paused(end)))


def count_timers(wanted: Wanted) -> int:
    """Count the instances whose timers in working time are asked again when they are due; not all of them move."""
    return found.count_timed(_timed(wanted), wanted.span[1])


def paused(wanted: Wanted, *, after: Place | None, limit: int) -> tuple[list[Other], Place | None]:
    """Give some paused dossiers with their time to answer before and after, and where to go on."""
    end = wanted.span[1]
    rows, following = found.paused(end, _own(wanted, found.definitions_paused(end)), after=after, limit=limit)
    before = [lapsing.answer_by(dossier) for dossier in rows]
    with queries.supposing(over(queries.entries(), wanted.edits, wanted.agency)):
        later = [lapsing.answer_by_then(dossier, now=wanted.now) for dossier in rows]
    return [_of(row, row.instance_id, *both) for row, *both in zip(rows, before, later, strict=True)], following


def timers(
    wanted: Wanted, *, after: Place | None, limit: int, seconds: float = SECONDS
) -> tuple[list[Other], Place | None]:
    """Give the timers that move of some instances, and where to go on; what a page looks at is bounded in time."""
    until, moves, last = time.monotonic() + seconds, list[Other](), after
    for place, instance_id in found.timed(_timed(wanted), wanted.span[1], after=after):
        if len(moves) >= limit or (last != after and time.monotonic() > until):
            return moves, last
        moves += _timers_of(wanted, instance_id)
        last = place
    return moves, None


def _timers_of(wanted: Wanted, instance_id: str) -> Iterator[Other]:
    run = runs.look(instance_id, actor="", now=wanted.now)
    before = timer_moves.waiting(run)
    with queries.supposing(over(queries.entries(), wanted.edits, wanted.agency)):
        try:
            step = replanning.planned(run, run.instance.state)
        except MotcuaError:  # what holds it up is an incident's business, and others wait
            return
    for one in timer_moves.moved(run, before, step) if step is not None else ():
        yield _of(
            run.dossier, instance_id, one.before, one.after, name=one.name, element_id=one.element_id,
            process=run.loaded.name,
        )  # fmt: skip


def _of(
    dossier: Dossier | None, instance_id: str, before: datetime | None, after: datetime | None, *,
    element_id: str = "", name: Text = Text("", ""), process: Text = Text("", ""),
) -> Other:  # fmt: skip
    return Other(
        instance_id=instance_id,
        dossier_id=dossier.id if dossier else None,
        code=dossier.code if dossier else "",
        procedure=Text(dossier.procedure_name, dossier.procedure_name_en) if dossier else process,
        applicant=dossier.applicant_name if dossier else "",
        element_id=element_id, name=name, before=before, after=after,
    )  # fmt: skip


def _timed(wanted: Wanted) -> Sequence[str]:
    every = found.definitions_timed(wanted.span[1])
    return [each for each in _own(wanted, every) if loading.load(each).follows_clock]


def _own(wanted: Wanted, definition_ids: Sequence[str]) -> Sequence[str]:
    """Give those of the agency whose calendar it is."""
    if not wanted.agency:
        return definition_ids
    procedures = ((each, loading.load(each).procedure) for each in definition_ids)
    return [each for each, procedure in procedures if procedure and procedure.agency_code == wanted.agency]
