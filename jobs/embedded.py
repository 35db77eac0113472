"""The embedded driver: APScheduler ticks in the one process of `make run`."""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import socket
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from jobs.tick import clean, tick
from services.cleaning import hold_lease
from services.wiring import Parts

LEASE = "tick"


def start_jobs(app: Flask) -> BackgroundScheduler:
    """Tick in a background thread until the process ends."""
    parts: Parts = app.extensions["motcua"]
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long tick is no news: it skips the next one
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    )
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    seconds = parts.settings.tick_seconds

    def on_tick() -> None:
        with app.app_context():
            now = datetime.now(UTC)
            if hold_lease(LEASE, holder, now=now, seconds=max(10.0, seconds * 5)):
                tick(parts, now=now)

    def on_clean() -> None:
        with app.app_context():
            clean(parts, now=datetime.now(UTC))

    soon = datetime.now(UTC) + timedelta(seconds=min(seconds, 0.5))
    scheduler.add_job(on_tick, "interval", seconds=seconds, next_run_time=soon)
    scheduler.add_job(on_clean, "interval", minutes=10)
    scheduler.start()
    atexit.register(scheduler.shutdown, wait=False)
    return scheduler
