"""The tables of what runs say what the tests show, and every row of the specification's list has a test."""

from __future__ import annotations

from dev import support


def test_the_tables_of_what_runs_are_what_the_tests_say():
    for name, text in support.pages().items():
        written = (support.FOLDER / name).read_text(encoding="utf-8")
        assert written == text, f"docs/reference/{name} is stale: run `python -m dev.support`"
