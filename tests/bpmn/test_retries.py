"""How often work is tried again: numbers, cycles, lists of pauses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bpmn import retries


@pytest.mark.parametrize(
    ("written", "tries", "seconds"),
    [
        ("3", 3, [5, 30]),
        ("1", 1, []),
        ("R3/PT5M", 3, [300, 300]),
        (" PT1M , PT5M ", 3, [60, 300]),
        ("R2/P1D", 2, [86400]),
        ("R2/P1M", 2, [30 * 86400]),
    ],
)
def test_tries_and_pauses_are_read(written: str, tries: int, seconds: list[int]):
    found = retries.read(written)
    assert found is not None
    assert found.tries == tries
    pauses = [found.pause_before(left) for left in range(tries - 1, 0, -1)]
    assert pauses == [timedelta(seconds=each) for each in seconds]


@pytest.mark.parametrize(
    "written", ["", "0", "often", "R0/PT5M", "R/PT5M", "PT", "P", "-1", "R3/-PT5M", "3,PT5M", "9999"]
)
def test_anything_else_is_not(written: str):
    assert retries.read(written) is None
