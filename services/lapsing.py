"""An answer comes too late once the time to answer is over, also before the next tick closes the dossier."""

from __future__ import annotations

from clock import words
from errors import WrongState
from services import clocks
from services.runs import Run
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
