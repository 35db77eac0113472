"""Timing: when the timers of diagrams that are written in working time are due (bpmn/timing.py reads their texts)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from bpmn import timing
from bpmn.model import Limit
from bpmn.timing import Due, Share, Timing
from engine.events import Ports
from errors import NoCalendar
from services import clocks
from services.loading import Loaded
from storage.tables import Dossier
from texts import Text

NO_LIMIT = Text("không có thời hạn nào mà hẹn giờ này tính theo", "there is no limit that this timer could mean")


def ports(loaded: Loaded, dossier: Dossier | None, *, now: datetime) -> Ports:
    """Give what the engine may ask of others, with timers in working time; while an instance begins, no dossier is."""
    return replace(loaded.ports, resolve_timer=partial(resolve, loaded=loaded, dossier=dossier, now=now))


def resolve(asked: Timing, since: datetime, *, loaded: Loaded, dossier: Dossier | None, now: datetime) -> Due | None:
    """Give when a timer is due that waits since then; None where its text is not in working time.

    An amount counts working time from the moment the event begins to wait, whatever pauses come; it moves with the
    calendar. A share follows the
    clock of its limit: pauses do not count, and while one is open, or where the case has no limit, nothing is due.
    Raises LookupError where a share has no limit that it could mean.
    """
    read = timing.read(asked.text)
    if read is None:
        return None
    agency = loaded.procedure.agency_code if loaded.procedure else ""
    if isinstance(read, Limit):
        try:
            return Due(at=clocks.end_of(read, since, agency=agency), moves=True)
        except NoCalendar as beyond:
            raise LookupError(beyond.code) from beyond
    event = loaded.element(asked.process_key, asked.element_id)
    host = loaded.element(asked.process_key, event.attached_to) if event and event.attached_to else None
    if read.of != "legal" and host is not None and host.limit is not None:
        pauses = [] if host.pause else clocks.pauses_since(dossier, since)
        at = clocks.share_of_step(host.limit, read.percent, since=since, pauses=pauses, now=now, agency=agency)
        return Due(at=at, moves=True)
    if read.of == "step" or loaded.procedure is None:
        raise LookupError(NO_LIMIT.en)
    at = clocks.share_of_dossier(dossier, read.percent, now=now) if dossier else None
    return Due(at=at, moves=True)


def explained(text: str) -> Text | None:
    """Say in words when a timer happens; None where its text is not in working time."""
    read = timing.read(text)
    return timing.explained(read) if isinstance(read, Share | Limit) else None
