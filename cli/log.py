"""flask log: prove the event log."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from services import log

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
