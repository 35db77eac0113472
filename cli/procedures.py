"""flask procedures: check and deploy bundles from files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from cli.common import finding_line, now, said_in_words
from errors import InvalidBundle
from findings import errors_among
from services import definitions, setup
from services.permissions import SYSTEM

group = AppGroup("procedures", help="Check and deploy bundles (folders, files or one zip).")


def _files(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return dict(setup.bundle_files(path))
    return definitions.opened(path.name, path.read_bytes())


@group.command("deploy")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--draft", is_flag=True, help="Store without publishing.")
def deploy(paths: tuple[Path, ...], draft: bool) -> None:
    """Deploy each PATH as a bundle; prints one line a definition."""
    with said_in_words():
        for path in paths:
            try:
                done = definitions.deploy(SYSTEM, _files(path), now=now(), name=path.stem, publish=not draft)
            except InvalidBundle as error:
                for finding in error.findings:
                    click.echo(finding_line(finding), err=True)
                raise SystemExit(1) from None
            for definition in done.definitions:
                click.echo(
                    f"{definition.kind} {definition.key} {definition.version} {definition.state} {definition.id}"
                )


@group.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def check(path: Path) -> None:
    """Print what would be found in the bundle at PATH; exit code 1 where it would be refused."""
    with said_in_words():
        found = definitions.check(SYSTEM, _files(path))
    for finding in found:
        click.echo(finding_line(finding))
    if errors_among(found):
        raise SystemExit(1)
