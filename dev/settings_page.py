"""Make docs/reference/settings.md from the fields of config.Settings and the sentence (`help`) of each."""

from __future__ import annotations

import dataclasses
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = "docs/reference/settings.md"
HEAD = """# Settings

Read once, when the server starts, from variables of the environment. Made from `config.py`: edit it there, then run
`.venv/bin/python -m dev.settings_page`.

| Variable | Default | What it does |
| --- | --- | --- |
"""


def fields(config: Path) -> tuple[dataclasses.Field[object], ...]:
    """Give the fields of the class Settings in this config.py."""
    return dataclasses.fields(runpy.run_path(str(config), run_name="config")["Settings"])


def undocumented(config: Path) -> Iterator[str]:
    """Say which settings have no sentence."""
    for field in fields(config):
        if not field.metadata.get("help"):
            yield f"config.py:1: Settings.{field.name} has no sentence (metadata `help`)"


def make(config: Path) -> str:
    """Make the page's text."""
    rows = []
    for field in fields(config):
        default = "" if field.default in ("", None, dataclasses.MISSING) else f"`{as_set(field.default)}`"
        sentence = str(field.metadata.get("help", "")).replace("|", "\\|")
        rows.append(f"| `MOTCUA_{field.name.upper()}` | {default} | {sentence} |\n")
    return HEAD + "".join(rows)


def as_set(value: object) -> str:
    """Write a default as a person would set it."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    page = root / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(make(root / "config.py"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
