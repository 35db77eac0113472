"""flask backup: the database and the documents of one moment, and back."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from cli.common import now, parts, said_in_words
from services import backups

group = AppGroup("backup", help="Back up the database and the documents, prove a backup, put one back.")
FOLDER = click.Path(file_okay=False, path_type=Path)


@group.command("make")
@click.argument("target", type=FOLDER)
def make(target: Path) -> None:
    """Write a backup into a new folder in TARGET and print its name; documents are kept once for all of TARGET."""
    with said_in_words():
        click.echo(backups.make(target, parts().blobs, now=now()).folder)


@group.command("check")
@click.argument("folder", type=FOLDER)
def check(folder: Path) -> None:
    """Prove that the backup in FOLDER is whole; exit code 1 where it is not."""
    with said_in_words():
        found = backups.check(folder).manifest
        click.echo(f"whole: {found.kind} of {found.made_at}, migration {found.revision}, {found.documents} documents")


@group.command("restore")
@click.argument("folder", type=FOLDER)
def restore(folder: Path) -> None:
    """Put the backup in FOLDER into an empty database and verify the log; exit code 1 where something is wrong."""
    with said_in_words():
        backup, proved = backups.restore(folder, parts().blobs)
    for line in proved.breaks:
        click.echo(str(line), err=True)
    click.echo(
        f"restored {backup.manifest.made_at}: {backup.manifest.documents} documents, {proved.chains} chains, "
        f"{proved.events} events, {len(proved.breaks)} broken"
    )
    if proved.breaks:
        raise SystemExit(1)
