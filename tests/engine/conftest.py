"""Fixtures of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import runner
from engine.spiff import recovery, run
from tests.soak import SOAK

SMALL = 2_000
"""Steps. Random diagrams loop for ever now and then, and each time one is tried again it goes on to the end of them."""


@pytest.fixture(scope="module", autouse=True)
def _loops_end_early(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give random diagrams a small budget of steps; tests/fidelity/test_budgets.py has the real one."""
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__.rpartition(".")[2].startswith("test_random_") and not SOAK:
            for module in (run, runner, recovery):
                patch.setattr(module, "BUDGET", SMALL)
        yield
