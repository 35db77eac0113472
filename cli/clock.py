"""flask clock: compute due dates of files of cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from cli.common import said_in_words
from errors import Malformed
from services import clocks
from texts import Text

group = AppGroup("clock", help="The legal clock on files.")
_NO_LIST = Text("Cần một danh sách “cases”.", "A list of “cases” is needed.")


@group.command("compute")
@click.option(
    "--calendar", type=click.Path(exists=True, path_type=Path), help="A calendar file; default: the agency's own."
)
@click.argument("vectors", type=click.Path(exists=True, path_type=Path))
def compute(calendar: Path | None, vectors: Path) -> None:
    """Print a JSON line {"id", "got"} for every case of VECTORS."""
    with said_in_words():
        days = _read(calendar) if calendar else None
        content = _read(vectors)
        cases = content.get("cases", []) if isinstance(content, dict) else content
        if not isinstance(cases, list):
            raise Malformed(_NO_LIST)
        for answer in clocks.compute_cases(days, cases):
            click.echo(json.dumps(answer, ensure_ascii=False))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise Malformed(Text(f"{path.name} không phải là JSON: {error}", f"{path.name} is no JSON: {error}")) from error
