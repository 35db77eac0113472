"""An answer comes too late once the time to answer is over, also before the next tick closes the dossier."""

from __future__ import annotations

from datetime import datetime

from clock import words
from clock.model import State
from errors import MotcuaError, WrongState
from services import clocks
from services.runs import Run
from storage.tables import Dossier
from texts import Text


def refuse_lapsed(run: Run) -> None:
    """Raise WrongState where the dossier has lapsed (rule 36: the minute of the limit itself is in time)."""
    if run.dossier is None:
        return
    at = clocks.lapsed_at(run.dossier, run.limits, now=run.now)
    if at is None:
        return
    when = words.moment(at.astimezone(clocks.LOCAL))
    raise WrongState(
        Text(
            f"Đã hết hạn trả lời ({when.vi}): hồ sơ hết hiệu lực và được đóng lại.",
            f"The time to answer is over ({when.en}): the dossier has lapsed and is being closed.",
        )
    )


def answer_by(dossier: Dossier) -> datetime | None:
    """Give until when a paused dossier's applicant may answer, as it was computed last; None: without end."""
    last = dossier.next_deadline_at if dossier.clock_state == State.PAUSED else None
    return last - clocks.A_MINUTE if last is not None else None


def answer_by_then(dossier: Dossier, *, now: datetime) -> datetime | None:
    """Compute that anew, with the calendar as it is or is supposed to be."""
    try:
        chain = clocks.read(dossier, clocks.limits_of(dossier), asked_at=max(now, dossier.accepted_at or now))
    except MotcuaError:  # its clock has no answer: nothing can be said of it
        return None
    return chain.reading.lapse_at if chain is not None else None
