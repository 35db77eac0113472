"""What tests of expressions need."""

from __future__ import annotations

import pytest

from expressions import feelin
from tests.lacking import missing


@pytest.fixture(scope="session")
def feel_bundle() -> None:
    """The FEEL evaluator, made by `node web/frontend/build.mjs`."""
    if not feelin.BUNDLE.exists():
        missing("expressions/feelin.js is not built: run `make setup`")
