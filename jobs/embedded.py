"""The embedded driver: APScheduler ticks in the one process of `make run`."""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from jobs.tick import advance, clean, escalate, fire, retry, send, work
from services.cleaning import hold_lease
from services.connecting import take_up as take_up_work
from services.outbox import take_up as take_up_calls
from services.wiring import Parts

DUE, OUTBOX, WORK, BATCHES = "tick", "outbox", "work", "batches"
"""Who of several processes fires timers and raises deadlines, who sends, who does connectors' work, who works off
batches: a slow mail server delays no timer, a slow web service no letter, and a long batch neither."""


def start_jobs(app: Flask) -> BackgroundScheduler:
    """Do due work in background threads until the process ends."""
    parts: Parts = app.extensions["motcua"]
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long tick is no news: it skips the next one
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    )
    seconds = parts.settings.tick_seconds
    leases = _Leases(seconds)
    is_ours = leases.are_ours

    def on_due() -> None:
        with app.app_context():
            while scheduler.running and is_ours(DUE, 10.0):
                now = datetime.now(UTC)
                fired = fire(now=now)
                retry(now=now)
                escalate(now=now)
                if not fired:  # else more may be due: nobody waits for the next tick
                    break

    def on_outbox() -> None:
        with app.app_context():
            leases.take_up(OUTBOX, take_up_calls)
            while is_ours(OUTBOX, 60.0) and send(parts, now=datetime.now(UTC), holder=leases.holder):
                pass

    def on_work() -> None:
        with app.app_context():
            leases.take_up(WORK, take_up_work)
            while is_ours(WORK, 60.0) and work(parts, now=datetime.now(UTC)):
                pass

    def on_batches() -> None:
        with app.app_context():
            while scheduler.running and is_ours(BATCHES, 60.0) and advance(now=datetime.now(UTC)):
                pass

    def on_clean() -> None:
        with app.app_context():
            clean(parts, now=datetime.now(UTC))

    soon = datetime.now(UTC) + timedelta(seconds=min(seconds, 0.5))
    scheduler.add_job(on_due, "interval", seconds=seconds, next_run_time=soon)
    scheduler.add_job(on_outbox, "interval", seconds=seconds, next_run_time=soon)
    scheduler.add_job(on_work, "interval", seconds=seconds, next_run_time=soon)
    scheduler.add_job(on_batches, "interval", seconds=seconds, next_run_time=soon)
    scheduler.add_job(on_clean, "interval", minutes=10)
    scheduler.start()
    atexit.register(_stop, scheduler)
    return scheduler


class _Leases:
    """What this process alone does, lease by lease."""

    def __init__(self, seconds: float) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._seconds = seconds
        self._left: dict[str, str] = {}

    def are_ours(self, lease: str, at_least: float) -> bool:
        """Take or keep a lease; False while another process has it that is alive, as far as one can know."""

        def is_left(other: str) -> bool:
            gone = is_gone(other)
            if gone:
                self._left[lease] = other
            return gone

        now = datetime.now(UTC)
        return hold_lease(lease, self.holder, now=now, seconds=max(at_least, self._seconds * 5), is_gone=is_left)

    def take_up(self, lease: str, verb: Callable[..., None]) -> None:
        """Call a verb, once, with the process that was killed and left a lease which this one has taken over."""
        if self.are_ours(lease, 60.0) and (gone := self._left.pop(lease, "")):
            verb(gone, now=datetime.now(UTC))


def _stop(scheduler: BackgroundScheduler) -> None:
    if scheduler.running:
        scheduler.shutdown(wait=False)


def is_gone(holder: str) -> bool:
    """Say whether the process that held a lease ran on this machine and runs no more (it was killed)."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():  # whoever had our number before us
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
