"""The tables of what runs (docs/reference/*-support.md), from the marks on the tests: `python -m dev.support`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.fidelity import GROUPS, Row

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
TITLES = {
    "bpmn": "What runs of BPMN 2.0.2",
    "dmn": "What is evaluated of DMN 1.3 and 1.4",
    "camunda": "Diagrams of Camunda 7 (`camunda:`)",
    "zeebe": "Diagrams of Camunda 8 (`zeebe:`)",
    "flowable": "Diagrams of Flowable and Activiti (`flowable:`, `activiti:`)",
    "spiffworkflow": "Diagrams of SpiffArena (`spiffworkflow:`)",
}
HEAD = """# {title}

Generated from the tests by `python -m dev.support`: each line is shown by the test it names (`make test` runs them all
and fails where this page is not what they say). **Refused** means: refused at upload with the element's name, the
reason and the way out; never ignored.

"""


def marked() -> Iterator[tuple[Row, str]]:
    """Give every row with the test that shows it."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "tests.fidelity" not in path.read_text(encoding="utf-8"):
            continue
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for test in vars(importlib.import_module(name)).values():
            if callable(test) and getattr(test, "__module__", "") == name:
                for row in getattr(test, "rows", ()):
                    yield row, f"{path.relative_to(ROOT / 'tests').as_posix()}::{test.__name__}"


def pages() -> dict[str, str]:
    """Give the text of each page by its name in docs/reference/."""
    found = sorted(marked(), key=_order)
    return {
        f"{table}-support.md": HEAD.format(title=TITLES[table]) + _sections(list(rows))
        for table, rows in groupby(found, key=lambda pair: pair[0].table)
    }


def _order(pair: tuple[Row, str]) -> tuple[int, int, str, str, bool, str, str]:
    row, test = pair
    group = GROUPS.index(row.group) if row.group in GROUPS else len(GROUPS)
    return list(TITLES).index(row.table), group, row.group, row.element, row.is_refused, row.behaviour, test


def _sections(rows: list[tuple[Row, str]]) -> str:
    counted = sum(not row.is_refused for row, _ in rows)
    parts = [f"{counted} behaviours run, {len(rows) - counted} are refused.\n"]
    for group, lines in groupby(rows, key=lambda pair: pair[0].group):
        parts.append(f"\n## {group}\n\n| Element | Behaviour | Section | Test |\n| --- | --- | --- | --- |\n")
        for row, test in lines:
            plain = row.behaviour.removesuffix(" is refused").removesuffix(" are refused")
            behaviour = f"**Refused**: {plain}" if row.is_refused else row.behaviour
            parts.append(f"| {row.element} | {behaviour} | {row.section} | `{test}` |\n")
    return "".join(parts)


def main() -> int:
    """Write the pages, or with `--check` say whether they are what the tests say."""
    stale = 0
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale += 1
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
            print(f"{name}: {'not what the tests say' if '--check' in sys.argv else 'written'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
