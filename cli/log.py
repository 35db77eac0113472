"""flask log: prove the event log, and seal it."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from services import checkpoints, log
from services.permissions import SYSTEM

group = AppGroup("log", help="The hash-chained event log.")


@group.command("verify")
def verify() -> None:
    """Recompute every chain; exit code 1 where one is broken."""
    found = log.verify()
    for line in found.breaks:
        click.echo(str(line), err=True)
    click.echo(f"{found.chains} chains, {found.events} events, {len(found.breaks)} broken")
    if found.breaks:
        raise SystemExit(1)


@group.command("checkpoint")
def checkpoint() -> None:
    """Seal the heads of all chains now, and print what proves them when it is written down elsewhere."""
    made = checkpoints.make(SYSTEM, now=datetime.now(UTC))
    click.echo(f"{made.at:%Y-%m-%dT%H:%M:%SZ} {made.chains} chains {made.fingerprint}")
