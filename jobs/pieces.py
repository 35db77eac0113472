"""Due work of each kind, some rows of it: what the queue's jobs do, by the verbs that the tick calls too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from services import connecting, incidents, outbox, timers
from services.handing import Kind
from services.wiring import Parts

LOG = logging.getLogger("motcua.jobs")


def do(parts: Parts, kind: Kind, ids: Sequence[str], *, now: datetime) -> None:
    """Do some rows of a kind that are due; each verb looks again whether its row is. Nothing is raised."""
    if kind is Kind.TIMER and len(ids) > 1:
        while safely(timers.fire_many, ids, now=now):  # one turn may not take all; what others hold is swept up
            pass
        return
    for row_id in ids:
        _one(parts, kind, row_id, now)


def _one(parts: Parts, kind: Kind, row_id: str, now: datetime) -> None:
    match kind:
        case Kind.TIMER:
            safely(timers.fire, row_id, now=now)
        case Kind.START:
            safely(timers.start, *row_id.split(" "), now=now)
        case Kind.INCIDENT:
            safely(incidents.retry_due, row_id, now=now)
        case Kind.MESSAGE:
            safely(outbox.send, row_id, parts.handlers, now=now)
        case Kind.WORK:
            safely(connecting.perform, row_id, parts.connectors, now=now)


def put_off(kind: Kind, row_id: str, *, now: datetime) -> None:
    """Put off what ended its workers, as if it had failed; a message counts its tries itself, before each."""
    LOG.error("%s %s ended every worker that did it: it is put off", kind, row_id)
    match kind:
        case Kind.TIMER:
            safely(timers.put_off, row_id, "every worker that did it ended", now=now)
        case Kind.START:
            safely(timers.put_off_start, *row_id.split(" "), now=now)
        case Kind.INCIDENT:
            safely(incidents.put_off, row_id, now=now)


def safely(function: Callable[..., object], *args: object, now: datetime, **more: object) -> bool:
    """Call a job and say whether it did something; a fault is logged and left for a later look at the row."""
    try:
        return function(*args, now=now, **more) not in (False, 0)
    except Exception:  # whatever is wrong with one piece of work, the others are due
        LOG.exception("%s %s failed", getattr(function, "__name__", "a job"), args[:1])
        return False
