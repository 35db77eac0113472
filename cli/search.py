"""flask search: what dossiers are found by."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from services import searching

group = AppGroup("search", help="The index that dossiers are found by.")


@group.command("index")
@click.option("--again", is_flag=True, help="Write anew what can be found already, too.")
def index(again: bool) -> None:
    """Let dossiers of before the search be found, the latest first; stopped anywhere, the next run goes on."""
    number = 0
    for done in searching.index(again=again):
        number += done
        click.echo(f"{number} dossiers", err=True)
    click.echo(f"{number} dossiers indexed")
