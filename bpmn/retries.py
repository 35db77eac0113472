"""How often and when failed work is tried again, as diagrams write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from isodate import ISO8601Error, parse_duration

MOST = 1000
LONGEST = timedelta(days=366)
_CYCLE = re.compile(r"R(\d{1,4})/(P[\dYMWDTHS.]+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How many tries there are, and the pause after each failed one but the last (the last pause is repeated)."""

    tries: int
    pauses: tuple[timedelta, ...]

    def pause_before(self, tries_left: int) -> timedelta:
        """Give how long to wait after a failure that leaves so many tries."""
        failed = max(self.tries - tries_left, 1)
        return self.pauses[min(failed, len(self.pauses)) - 1]


PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600))
DEFAULT = Retries(tries=3, pauses=PAUSES)
"""Of a program's work, where a diagram says nothing."""
PATIENT = Retries(tries=len(PAUSES) + 1, pauses=PAUSES)
"""Of a connector's: a server that is down for a night is no incident."""


def read(written: str) -> Retries | None:
    """Read `3` (tries), `R3/PT5M` (tries and the pause between) or `PT1M,PT5M` (pauses); None for anything else."""
    text = written.strip()
    if re.fullmatch(r"\d{1,4}", text, re.ASCII):
        return _made(int(text), PAUSES)
    if cycle := _CYCLE.fullmatch(text):
        pause = _pause(cycle[2])
        return _made(int(cycle[1]), (pause,)) if pause is not None else None
    pauses = [_pause(part.strip()) for part in text.split(",")]
    if len(pauses) < MOST and all(pause is not None for pause in pauses):
        return _made(len(pauses) + 1, tuple(pause for pause in pauses if pause is not None))
    return None


def _made(tries: int, pauses: tuple[timedelta, ...]) -> Retries | None:
    return Retries(tries=tries, pauses=pauses) if 1 <= tries <= MOST else None


def _pause(text: str) -> timedelta | None:
    if not re.fullmatch(r"P[\dYMWDTHS.]{1,30}", text, re.ASCII) or text[-1] in "PT":
        return None
    try:
        found = parse_duration(text)
    except (ISO8601Error, ValueError, OverflowError, ArithmeticError):
        return None
    if not isinstance(found, timedelta):  # months and years have no length of their own
        found = timedelta(days=30 * float(found.months) + 365 * float(found.years)) + found.tdelta
    return found if timedelta(0) <= found <= LONGEST else None
