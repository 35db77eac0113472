"""flask jobs: due work outside the web process."""

from __future__ import annotations

import logging
import time

import click
from flask import current_app
from flask.cli import AppGroup

from cli.common import now, parts
from jobs import start_jobs
from jobs.tick import clean, tick

group = AppGroup("jobs", help="Timers, deadlines, outbox and clean-up.")


@group.command("run")
def run() -> None:
    """Do due work until stopped; for installations whose web processes run with MOTCUA_JOBS=off."""
    start_jobs(current_app._get_current_object())  # type: ignore[attr-defined]  # the scheduler's threads need the app itself
    while True:
        time.sleep(3600)


@group.command("work")
@click.option("--concurrency", type=click.IntRange(1, 32), default=2, show_default=True, help="Steps at the same time.")
@click.option("--calls", type=click.IntRange(1, 64), default=4, show_default=True, help="Calls to the outside.")
def work(concurrency: int, calls: int) -> None:
    """Be a worker until SIGTERM, which lets it finish what it began; for MOTCUA_JOBS=distributed (PostgreSQL)."""
    if parts().settings.jobs != "distributed":
        raise click.ClickException("flask jobs work needs MOTCUA_JOBS=distributed, here and in the web processes.")
    from jobs.distributed import work  # noqa: PLC0415  # no web process needs the library

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    work(current_app._get_current_object(), concurrency=concurrency, calls=calls)  # type: ignore[attr-defined]


@group.command("once")
def once() -> None:
    """Do what is due now and say how much that was."""
    done = tick(parts(), now=now())
    clean(parts(), now=now())
    click.echo(f"{done.timers} timers, {done.deadlines} deadlines, {done.sent} sent")
