"""flask jobs: due work outside the web process."""

from __future__ import annotations

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


@group.command("once")
def once() -> None:
    """Do what is due now and say how much that was."""
    done = tick(parts(), now=now())
    clean(parts(), now=now())
    click.echo(f"{done.timers} timers, {done.deadlines} deadlines, {done.sent} sent")
