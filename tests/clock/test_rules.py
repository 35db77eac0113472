"""The table of docs/reference/clock-rules.md: each rule names cases and tests that exist, each case shows a rule."""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "reference" / "clock-rules.md"
DECISION = HERE.parents[1] / "docs" / "decisions" / "0006-clock.md"
ROW = re.compile(r"\| (\d+) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|")


def rows() -> dict[int, tuple[set[str], set[str]]]:
    """Give the cases and the tests that the table names for each rule."""
    found = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return {int(rule): (set(cases(row)), set(re.findall(r"`([^`]+)`", tests))) for rule, _, row, tests in found}


def cases(row: str) -> list[str]:
    named = []
    for first, last in re.findall(r"c(\d+)(?:-c(\d+))?", row):
        named += [f"c{number:03}" for number in range(int(first), int(last or first) + 1)]
    return named


def test_every_rule_of_the_decision_is_shown_by_a_case_or_a_test():
    written = {int(number) for number in re.findall(r"^(\d+)\. ", DECISION.read_text(encoding="utf-8"), re.MULTILINE)}
    assert written == set(range(1, 56))
    assert {rule for rule, (shown, tests) in rows().items() if shown or tests} == written


def test_every_case_shows_a_rule_and_every_case_that_is_named_is_there():
    known = {case["id"] for case in json.loads((HERE / "data" / "vectors.json").read_bytes())["cases"]}
    assert set().union(*(shown for shown, _ in rows().values())) == known


def test_every_test_that_is_named_is_there():
    named = set().union(*(tests for _, tests in rows().values()))
    there = {
        f"{path.name}::{name}"
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named - there == set()
