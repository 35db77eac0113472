"""Fixtures for all tests. A test that uses `database`, directly or through another fixture, runs on each database.

    app, client                 a migrated, empty application made by create_app, and its Flask test client
    demo_app, demo_client       the same with the shipped procedures and demo people
    server, demo_server         the same served by a process of its own (tests/server.py): load, kill, whole journeys
    settings, database_url      what `app` is made with

`--database sqlite` (or postgresql) runs on one only. What this machine lacks is skipped with one sentence; CI lacks
nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import apps
from tests.databases import KINDS, Databases, Place, Run, settings_of, worker
from tests.fakes import FakePress
from tests.lacking import missing
from tests.postgres import PostgresMissing
from tests.server import Server

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from config import Settings

RUN_FOLDER = "MOTCUA_TEST_RUN"
IN_MEMORY = 4 << 30
"""Bytes that must be free there: databases, their logs, documents of one run."""
LONG = (
    "tests/load/", "tests/jobs/test_scale_out", "tests/jobs/test_distributed", "tests/browser/",
    "tests/storage/test_flat_lists", "tests/forms/parity/", "tests/api/test_description",
    "tests/api/test_worker_example", "tests/architecture/test_databases", "tests/engine/test_random_migration",
    "tests/cli/", "tests/architecture/",
)  # fmt: skip
"""What takes long, the longest first: one process has them all, and while it does the last of them another waits."""
SHORT = ("tests/bpmn/", "tests/clock/", "tests/engine/", "tests/expressions/", "tests/fidelity/", "tests/forms/")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name what is made of bytes without them: an archive holds the time, and each process of a run makes its own."""
    return "bytes" if isinstance(val, bytes) else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=KINDS, default=None, help="run on this database only (default: on each)")


def quick_disk() -> str | None:
    """Give a folder in memory where there is one with room, None for the usual one.

    Each test's PostgreSQL database is some hundred files that the last one's deletion freed, and ext4 looks for free
    inodes past all that were just deleted: after 500 tests a new database took 0.8 s, in memory 0.05 s.
    """
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > IN_MEMORY
    return str(memory) if has_room else None


def _no_stopwatch() -> None:
    """Let no property fail for being slow on a busy machine; in CI Hypothesis has a profile that says the same."""
    from hypothesis import HealthCheck, settings

    if "CI" not in os.environ:
        settings.register_profile("motcua", deadline=None, suppress_health_check=[HealthCheck.too_slow])
        settings.load_profile("motcua")


def _keep_compiled() -> None:
    """Let each server and command that a test starts find our modules compiled: that is a second each time.

    Where the machine says to leave nothing, all is compiled anew in every process; git ignores what is kept.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that the workers are started by
        folder = Path(tempfile.mkdtemp(prefix="motcua-", dir=quick_disk()))
        folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
        os.environ[RUN_FOLDER] = str(folder)
    _no_stopwatch()
    _keep_compiled()
    apps.hash_cheaply()
    apps.share_templates(Path(os.environ[RUN_FOLDER]) / "templates")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN_FOLDER in os.environ:
        Run(Path(os.environ.pop(RUN_FOLDER))).end()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first and what takes no time last, so that no process of the run waits long for another."""
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    if nodeid.startswith(LONG):
        return next(turn for turn, name in enumerate(LONG) if nodeid.startswith(name))
    return len(LONG) + nodeid.startswith(SHORT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say each reason for skipping once, with the number of tests."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = Counter(report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple))
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}", yellow=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        only = metafunc.config.getoption("--database")
        metafunc.parametrize("database", [only] if only else list(KINDS), indirect=True, scope="session")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database: sqlite or postgresql."""
    return str(request.param)


@pytest.fixture(scope="session", autouse=True)
def _quick_press() -> Iterator[None]:
    """Print the first paper of each kind really, others at once; tests/services/test_papers.py has the real press."""
    from services import papers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "PRESS", FakePress())
        yield


@cache
def _databases(kind: str) -> Databases:
    return Databases(Run(Path(os.environ[RUN_FOLDER])), kind, worker())


def _clean_place(kind: str, data: Path, *, demo: bool) -> Place:
    try:
        return _databases(kind).place(data, demo=demo)
    except PostgresMissing as lacking:
        sentence = str(lacking)
    missing(sentence)


def clean_place(kind: str, *, demo: bool, lives: str = "test") -> Place:
    """Clean what the last one of this kind left and give it: always the same, so that an application of it is kept.

    Only one at a time is in use of those that live as long as a `test` or as a `module`.
    """
    data = Path(os.environ[RUN_FOLDER]) / worker() / f"{lives}-{kind}-{'demo' if demo else 'empty'}"
    shutil.rmtree(data, ignore_errors=True)
    return _clean_place(kind, data, demo=demo)


@pytest.fixture
def place(database: str) -> Place:
    """A clean, migrated database and its folder of documents."""
    return clean_place(database, demo=False)


@pytest.fixture
def demo_place(database: str) -> Place:
    """The same with the shipped procedures and demo people."""
    return clean_place(database, demo=True)


@pytest.fixture(scope="session")
def demo_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A seeded SQLite database that all tests of this process share (tests in the browser)."""
    return _clean_place("sqlite", tmp_path_factory.mktemp("demo") / "data", demo=True)


@pytest.fixture
def database_url(place: Place) -> str:
    """SQLAlchemy's address of a clean, migrated database."""
    return place.database_url


@pytest.fixture
def settings(place: Place) -> Settings:
    """The settings that `app` is made with."""
    return settings_of(place)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application on a clean database."""
    with apps.served(settings) as application:
        yield application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript: cookies and all."""
    return app.test_client()


@pytest.fixture
def demo_app(demo_place: Place) -> Iterator[Flask]:
    """An application with the shipped procedures and demo people."""
    with apps.served(settings_of(demo_place)) as application:
        yield application


@pytest.fixture
def demo_client(demo_app: Flask) -> FlaskClient:
    """A browser without JavaScript at the seeded application."""
    return demo_app.test_client()


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    """Start servers on a place of rows and documents; keywords are more MOTCUA_ variables. All end with the test."""
    started: list[Server] = []

    def start(place: Place, **variables: str) -> Server:
        settings = {f"MOTCUA_{name.upper()}": value for name, value in variables.items()}
        started.append(Server(data=place.data, database_url=place.database_url, settings=settings))
        return started[-1].start()

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(place: Place, start_server: Callable[..., Server]) -> Server:
    """The real server on a clean database."""
    return start_server(place)


@pytest.fixture
def demo_server(demo_place: Place, start_server: Callable[..., Server]) -> Server:
    """The real server with the shipped procedures and demo people."""
    return start_server(demo_place)
