"""One piece of due work of each kind: the verbs that both drivers call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from services import connecting, incidents, outbox, timers
from services.handing import Kind
from services.wiring import Parts

LOG = logging.getLogger("motcua.jobs")


def verbs(parts: Parts) -> Mapping[Kind, Callable[..., object]]:
    """Give, by kind, what does one row that is due: (id, now=…); it looks again whether the row is due."""

    def message(message_id: str, *, now: datetime) -> object:
        return outbox.send(message_id, parts.handlers, now=now)

    def work(task_id: str, *, now: datetime) -> object:
        return connecting.perform(task_id, parts.connectors, now=now)

    return {
        Kind.TIMER: timers.fire,
        Kind.START: lambda both, *, now: timers.start(*both.split(" "), now=now),
        Kind.INCIDENT: incidents.retry_due,
        Kind.MESSAGE: message,
        Kind.WORK: work,
    }


def safely(function: Callable[..., object], *args: object, now: datetime, **more: object) -> bool:
    """Call a job and say whether it did something; a fault is logged and left for a later look at the row."""
    try:
        return function(*args, now=now, **more) is not False
    except Exception:  # whatever is wrong with one piece of work, the others are due
        LOG.exception("%s %s failed", getattr(function, "__name__", "a job"), args[:1])
        return False
