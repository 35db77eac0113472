"""One application a module and database: the tests use keys and people of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask

from api import auth
from tests import apps
from tests.api.program import Program, program
from tests.conftest import clean_place
from tests.databases import settings_of


@pytest.fixture(scope="module")
def served(database: str) -> Iterator[Flask]:
    """An application on an empty database."""
    with apps.served(settings_of(clean_place(database, demo=False, lives="module"))) as application:
        yield application


@pytest.fixture(scope="module")
def admin(served: Flask) -> Program:
    """A program that may do all."""
    return program(served, "admin")


@dataclass
class Clock:
    """The clock by which tokens are remembered."""

    passed: float = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self) -> None:
        """Let so much time pass as a token is remembered."""
        self.passed += auth.KEPT_SECONDS + 0.1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that tests move on."""
    own, real = Clock(), time.monotonic
    monkeypatch.setattr(auth, "monotonic", lambda: real() + own.passed)
    return own
