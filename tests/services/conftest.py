"""The demo office for tests of verbs, inside an application context."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.office import Office


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"])
