"""The distributed driver: Procrastinate's workers on PostgreSQL, any number of processes on any number of machines.

A worker has two lines: work inside the database, and calls to the outside, so that a slow mail server delays no timer.
Whatever is lost on the way (a worker killed, the database restarted) is found again by `rescue` and by the sweep.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import procrastinate
from flask import Flask

from jobs.pieces import do, put_off, safely
from jobs.tick import clean, escalate, take_turns
from services import handing
from services.handing import INSIDE, OUTSIDE, WORKER, Kind
from services.wiring import Parts

LOG = logging.getLogger("motcua.jobs")
SWEEP, DEADLINES, CLEAN = "* * * * * */5", "* * * * * */10", "*/10 * * * *"
"""How often, over all workers, what was lost is looked for, deadlines are raised, and old things are forgotten."""
BATCHES = "* * * * * */2"
"""How often a worker works on batches, for TURN at most and one at a time: a long batch delays no timer."""
TURN = 1.5
"""Seconds."""
BEAT = 2.0
"""Seconds between the beats of a worker; handing.SILENT is a few of them."""
AGAIN = 0.5
"""Seconds until a lost database is tried again."""
PATIENCE = 5.0
"""Seconds that a connection is waited for."""


def work(app: Flask, *, concurrency: int = 2, calls: int = 4) -> None:
    """Do due work until SIGTERM or SIGINT, then finish what was begun.

    `concurrency`: pieces of work inside the database at the same time; `calls`: calls to the outside.
    """
    with app.app_context():
        connection = handing.connection()
    worker = _Worker(app, connection, {INSIDE: concurrency, OUTSIDE: calls})
    asyncio.run(worker.serve())


def tasks(app: Flask, connection: Mapping[str, Any], *, size: int = 4) -> procrastinate.App:
    """Give the queue with its tasks: one for each kind of due work, and those that come by themselves."""
    parts: Parts = app.extensions["motcua"]
    connector = procrastinate.PsycopgConnector(
        kwargs=dict(connection), min_size=1, max_size=size, timeout=PATIENCE, reconnect_timeout=PATIENCE
    )
    queue = procrastinate.App(connector=connector, periodic_defaults={"max_delay": 30.0})
    logging.getLogger("procrastinate").setLevel(logging.ERROR)

    def does(kind: Kind) -> None:
        def run(ids: list[str], at: str, deaths: int = 0) -> None:  # handing.rescue counts them
            with app.app_context():
                # the database's clock said that it is due, whatever ours says
                do(parts, kind, ids, now=max(datetime.now(UTC), datetime.fromisoformat(at)))

        queue.task(name=kind.value, queue=handing.line_of(kind))(run)

    def comes(name: str, cron: str, function: Any, lock: str | None = None) -> None:
        def run(timestamp: int) -> None:
            with app.app_context():
                safely(function, now=datetime.now(UTC))

        queue.periodic(cron=cron)(queue.task(name=name, queue=INSIDE, queueing_lock=name, lock=lock)(run))

    for kind in Kind:
        does(kind)
    comes("sweep", SWEEP, handing.sweep)
    comes("deadlines", DEADLINES, escalate)
    comes("batches", BATCHES, lambda *, now: take_turns(TURN, now=now), lock="batches")
    comes("clean", CLEAN, lambda *, now: clean(parts, now=now))
    return queue


class _Worker:
    """One process: two lines of Procrastinate's workers, started again when the database was away."""

    def __init__(self, app: Flask, connection: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self.app, self.lines = app, lines
        name = f"{WORKER} {socket.gethostname()}:{os.getpid()}"
        self.queue = tasks(app, {**connection, "application_name": name[:63]}, size=2 * len(lines))
        self.stopping = asyncio.Event()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(sum(self.lines.values()) + 2, "job"))
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.stopping.set)
        watch = asyncio.create_task(self._watch())
        LOG.info("worker %d: ready for %s", os.getpid(), dict(self.lines))
        while not self.stopping.is_set():
            await self._until_lost()
            if not self.stopping.is_set():
                await asyncio.sleep(AGAIN)
        watch.cancel()
        LOG.info("worker %d: ended", os.getpid())

    async def _until_lost(self) -> None:
        """Work until the database is lost or the process is asked to stop; what is being done is finished."""
        try:
            async with self.queue.open_async():
                lanes = [asyncio.create_task(self._line(name, most)) for name, most in self.lines.items()]
                stop = asyncio.create_task(self.stopping.wait())
                await asyncio.wait({*lanes, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not stop.done():
                    LOG.warning("worker %d: the queue cannot be reached; trying again", os.getpid())
                for each in (*lanes, stop):
                    each.cancel()
                await asyncio.gather(*lanes, stop, return_exceptions=True)
        except Exception as error:  # noqa: BLE001  # the database is away: whatever that looks like, it comes back
            LOG.warning("worker %d: no queue: %s", os.getpid(), error)

    async def _line(self, name: str, most: int) -> None:
        await self.queue.run_worker_async(
            queues=[name],
            name=name,
            concurrency=most,
            fetch_job_polling_interval=self.app.extensions["motcua"].settings.tick_seconds,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT,
            stalled_worker_timeout=60.0,
        )

    async def _watch(self) -> None:
        """Take over what workers did that are gone."""
        while True:
            await asyncio.sleep(BEAT)
            await asyncio.to_thread(self._rescued)

    def _rescued(self) -> None:
        with self.app.app_context():
            try:
                count, deadly = handing.rescue(now=datetime.now(UTC))
                if count:
                    LOG.warning("worker %d: took over %d jobs of a worker that is gone", os.getpid(), count)
                for kind, row_id in deadly:
                    put_off(kind, row_id, now=datetime.now(UTC))
            except Exception as error:  # noqa: BLE001  # the database is away
                LOG.info("worker %d: nothing could be taken over: %s", os.getpid(), error)
