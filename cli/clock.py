"""flask clock: compute due dates of files of cases."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from cli.common import said_in_words
from services import clocks

group = AppGroup("clock", help="The legal clock on files.")


@group.command("compute")
@click.option(
    "--calendar", type=click.Path(exists=True, path_type=Path), help="A calendar file; default: the agency's own."
)
@click.argument("vectors", type=click.Path(exists=True, path_type=Path))
def compute(calendar: Path | None, vectors: Path) -> None:
    """Print a JSON line {"id", "got"} for every case of VECTORS."""
    with said_in_words():
        days = json.loads(calendar.read_text()) if calendar else None
        content = json.loads(vectors.read_text())
        cases = content.get("cases", []) if isinstance(content, dict) else content
        for answer in clocks.compute_cases(days, cases):
            click.echo(json.dumps(answer, ensure_ascii=False))
