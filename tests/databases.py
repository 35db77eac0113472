"""Migrated databases for tests, made once a run and copied: SQLite files, and databases of a private PostgreSQL.

The processes of one run (pytest-xdist) share a folder: the first that needs a template makes it, the others wait.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Cluster, PostgresMissing
from tests.server import Server

KINDS = ("sqlite", "postgresql")


class TemplateFailed(Exception):
    """A database could not be migrated or seeded; the message says what the first try said."""


@dataclass(frozen=True)
class Run:
    """The folder of one run of pytest, in a path short enough for a socket."""

    folder: Path

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Let one process of the run at a time do this."""
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def once(self, name: str, make: Callable[[], None]) -> None:
        """Do something once in the run; a failure is remembered and told to whoever needs it later."""
        with self.turn(name):
            done, lacking, failed = (self.folder / f"{name}.{state}" for state in ("done", "lacking", "failed"))
            if done.exists():
                return
            if lacking.exists():
                raise PostgresMissing(lacking.read_text())
            if failed.exists():
                raise TemplateFailed(failed.read_text())
            try:
                make()
            except PostgresMissing as missing:
                lacking.write_text(str(missing))
                raise
            except Exception as error:
                failed.write_text(f"{name}: {error}")
                raise
            done.touch()

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.folder / "pg")

    def end(self) -> None:
        """Stop what was started and remove every file."""
        if self.cluster.folder.exists():
            self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Place:
    """Where an application of the tests keeps its rows and documents."""

    data: Path
    database_url: str


@dataclass(frozen=True)
class Databases:
    """Clean databases of one kind for one process of the run; demo ones hold the demo people and shipped procedures."""

    run: Run
    kind: str
    worker: str

    def place(self, data: Path, *, demo: bool = False) -> Place:
        """Give a clean, migrated database (with `demo`: seeded) and a folder of documents to match."""
        name = "demo" if demo else "empty"
        template = self.run.folder / f"{self.kind}-{name}"
        if self.kind == "postgresql":
            self.run.once("cluster", self.run.cluster.start)
        self.run.once(template.name, lambda: self._make(template, demo=demo))
        shutil.copytree(template, data, dirs_exist_ok=True)
        if self.kind == "sqlite":
            return Place(data, f"sqlite:///{data / 'motcua.sqlite'}")
        database = f"motcua_{name}_{self.worker}"
        return Place(data, self.run.cluster.create(database, template=f"motcua_{name}"))

    def _make(self, template: Path, *, demo: bool) -> None:
        """Migrate (and seed) as an operator does, by the commands."""
        url = self.run.cluster.create(f"motcua_{'demo' if demo else 'empty'}") if self.kind == "postgresql" else ""
        server = Server(data=template, database_url=url, settings={"MOTCUA_JOBS": "off"})
        template.mkdir()
        server.flask("db", "upgrade")
        if demo:
            server.flask("setup", "--demo")
        if self.kind == "sqlite":
            checkpoint(template / "motcua.sqlite")


def checkpoint(path: Path) -> None:
    """Bring the write-ahead log into the file, so that copying the file copies all."""
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
