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
from typing import TYPE_CHECKING

from tests.postgres import Cluster, PostgresMissing

if TYPE_CHECKING:
    from config import Settings

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
        template = self._template(name)
        shutil.copytree(template, data, dirs_exist_ok=True)
        if self.kind == "sqlite":
            return Place(data, f"sqlite:///{data / 'motcua.sqlite'}")
        database = f"motcua_{name}_{self.worker}"
        return Place(data, self.run.cluster.create(database, template=f"motcua_{name}"))

    def _template(self, name: str) -> Path:
        """Give the folder of a template, made where this is the first to need it."""
        folder = self.run.folder / f"{self.kind}-{name}"
        if self.kind == "postgresql":
            self.run.once("cluster", self.run.cluster.start)
        if name == "demo":
            self._template("empty")
        self.run.once(folder.name, lambda: self._make(folder, name))
        return folder

    def _make(self, folder: Path, name: str) -> None:
        """Migrate, or seed a copy of what was migrated, as an operator does: by the commands."""
        demo = name == "demo"
        if demo:
            shutil.copytree(self.run.folder / f"{self.kind}-empty", folder)
        url = f"sqlite:///{folder / 'motcua.sqlite'}"
        if self.kind == "postgresql":
            url = self.run.cluster.create(f"motcua_{name}", template="motcua_empty" if demo else None)
        command(Place(folder, url), *(["setup", "--demo"] if demo else ["db", "upgrade"]))
        if self.kind == "sqlite":
            checkpoint(folder / "motcua.sqlite")


def command(place: Place, *words: str) -> str:
    """Run a flask command on a place in this process and give what it prints; raise TemplateFailed where it fails."""
    from app import create_app

    app = create_app(settings_of(place))
    done = app.test_cli_runner().invoke(args=words)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    if done.exit_code:
        raise TemplateFailed(f"flask {' '.join(words)}: {done.output} {done.exception!r}")
    return done.output


def settings_of(place: Place) -> Settings:
    """Give the settings of an application of the tests: nothing runs in the background, cookies go over plain HTTP."""
    from config import Settings

    return Settings(
        env="test",
        data=place.data,
        database_url=place.database_url,
        secret_key="a secret of the tests, long enough for anybody",
        jobs="off",
        sign_in_limit="1000 per minute",
    )


def checkpoint(path: Path) -> None:
    """Bring the write-ahead log into the file, so that copying the file copies all."""
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
