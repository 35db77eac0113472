"""One tick: everything that is due now, each piece in its own transaction, so that a broken one holds up nobody."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from jobs.pieces import safely
from services import (
    batches,
    checkpoints,
    cleaning,
    connecting,
    contents,
    deadlines,
    digests,
    forecasts,
    incidents,
    outbox,
    pace,
    substitutions,
    timers,
    uploads,
)
from services.wiring import Parts

PORTIONS = 10
"""Portions of due timers that are fired before anything else is looked at."""
MISSED = 20
"""Starts of one missed timer start event that are made up for before anything else is looked at."""
PAUSE = 0.002
"""Seconds between portions, in which whoever waits for the database or the processor has his turn."""
LETTERS = 20
"""Calls to the outside that are made before it is asked again whether this process is still the one to make them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """How much one tick did."""

    timers: int
    deadlines: int
    sent: int
    worked: int = 0
    incidents: int = 0
    batches: int = 0


def tick(parts: Parts, *, now: datetime) -> Ticked:
    """Do all that is due at `now`."""
    fired, retried, raised = fire(now=now), retry(now=now), escalate(now=now)
    sent = 0
    while batch := send(parts, now=now):
        sent += batch
    worked = 0
    while batch := work(parts, now=now):
        worked += batch
    advanced = 0
    while portions := advance(now=now):
        advanced += portions
    return Ticked(timers=fired, deadlines=raised, sent=sent, worked=worked, incidents=retried, batches=advanced)


def fire(*, now: datetime) -> int:
    """Fire the timers that are due, those that start something too, some hundreds at most; give how many did.

    A portion is gone over until nothing of it fires (one transaction may end before all of it is done, where the
    machine is slow), and then left, so that those that another writer holds keep nobody from the ones behind them.
    """
    fired, tried = 0, set[str]()
    for _ in range(PORTIONS):
        ids = [each for each in timers.due(now, timers.TOGETHER + len(tried) - fired) if each not in tried]
        if not ids:
            break
        tried.update(ids)
        left = len(ids)
        while left and (done := timers.fire_many(ids, now=now)):
            left -= done
            fired += done
            time.sleep(PAUSE)
    for _ in range(MISSED):  # a timer that was due several times starts something each time
        starts = timers.starts_due(now)
        fired += sum(safely(timers.start, *start, now=now) for start in starts)
        if not starts:
            break
    return fired


def retry(*, now: datetime) -> int:
    """Try again what met a technical fault and is due; give how many were tried."""
    return sum(safely(incidents.retry_due, incident_id, now=now) for incident_id in incidents.due(now))


def escalate(*, now: datetime) -> int:
    """Raise the deadlines that are due, close substitutions that are over; give how many rows were looked at."""
    raised = 0
    for kind, row_id, instance_id in deadlines.due(now):
        verb = deadlines.raise_dossier if kind == "dossier" else deadlines.raise_task
        raised += safely(verb, row_id, instance_id, now=now)
    return raised + sum(safely(substitutions.close, each, now=now) for each in substitutions.over(now))


def send(parts: Parts, *, now: datetime, holder: str = outbox.SOMEBODY) -> int:
    """Make a few of the calls to the outside that are due (mail, printing); give how many were tried."""
    ids = outbox.due(now, LETTERS)
    return sum(safely(outbox.send, message_id, parts.handlers, now=now, holder=holder) for message_id in ids)


def work(parts: Parts, *, now: datetime) -> int:
    """Do a few pieces of the server's own work that are due (connectors); give how many were tried."""
    ids = connecting.due(now, LETTERS)
    return sum(safely(connecting.perform, task_id, parts.connectors, now=now) for task_id in ids)


def advance(*, now: datetime) -> int:
    """Do a portion of each batch that has something left; give how many had."""
    advanced = 0
    for batch_id in batches.due(now):
        advanced += safely(batches.advance, batch_id, now=now)
        time.sleep(PAUSE)
    return advanced


def take_turns(seconds: float, *, now: datetime) -> int:
    """Work on batches until nothing is left or so long has passed; give how many portions were done."""
    portions, until = 0, time.monotonic() + seconds
    while time.monotonic() < until and (done := advance(now=now)):
        portions += done
    return portions


def foresee(*, now: datetime) -> None:
    """Sum up once a day how long steps take, and raise the dossiers that are likely to be late."""
    safely(pace.daily, now=now)
    safely(forecasts.advance, now=now)


def clean(parts: Parts, *, now: datetime) -> None:
    """Forget what is too old: sign-ins, old drafts, kept answers, unsent and unfinished uploads, early messages,
    contents that no document names; seal the log once a day. Write the morning digests that are due.
    """
    safely(cleaning.clean, idle_hours=parts.settings.session_hours, draft_days=parts.settings.draft_days, now=now)
    safely(uploads.expire, parts.blobs, now=now)
    safely(contents.sweep, parts.blobs, days=parts.settings.contents_days, now=now)
    safely(checkpoints.daily, now=now)
    foresee(now=now)
    safely(digests.advance, now=now)
