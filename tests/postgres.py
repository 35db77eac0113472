"""A private PostgreSQL: the distribution's programs, a throw-away cluster, a socket in its own folder and no port."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dev.machine import POSTGRES_WANTED, postgresql

ADMIN, OWNER = "postgres", "motcua"
"""The cluster's superuser, and the ordinary role that the product signs in as."""

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
"""Settings of a cluster whose data need not survive the machine."""
USUAL = {"shared_buffers": "1GB", "effective_cache_size": "4GB", "max_connections": "200"}
"""Settings of a cluster that keeps its promises, on a machine of a few gigabytes."""


class PostgresMissing(Exception):
    """There is no PostgreSQL that tests could start; the message is one sentence for a person."""


@dataclass(frozen=True)
class Cluster:
    """One throw-away cluster in `folder`, owned by the ordinary user that runs it (as root: the user postgres).

    There is no TCP port, and the socket's folder is private to that user (and root): so every local role is trusted.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=lambda: FAST)

    @property
    def is_made(self) -> bool:
        return (self.folder / "data" / "PG_VERSION").exists()

    @property
    def running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def start(self) -> None:
        """Make the cluster and start it; raise PostgresMissing where there is no program for it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(
            "initdb", "-D", self.data, "-U", ADMIN, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        self.wake()
        self.execute(f"CREATE ROLE {OWNER} LOGIN")

    def wake(self) -> None:
        """Start a cluster that was made before."""
        own = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "port": self.port}
        options = " ".join(f"-c {name}={value}" for name, value in {**self.settings, **own}.items())
        self._run("pg_ctl", "-D", self.data, "-l", str(self.folder / "log"), "-o", options, "-w", "-t", "60", "start")

    def rest(self) -> None:
        """Stop it and keep what is in it."""
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "300", "stop")

    def stop(self) -> None:
        """Stop it and remove every trace."""
        if self.running:
            self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """Let it crash and start again, as a machine does that lost its power; all connections end."""
        self._run("pg_ctl", "-D", self.data, "-l", str(self.folder / "log"), "-m", "immediate", "-w", "restart")

    def url(self, database: str, *, role: str = OWNER) -> str:
        """Give SQLAlchemy's address of a database in here."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}&port={self.port}"

    def create(self, database: str, *, template: str | None = None) -> str:
        """Create a database (anew) owned by the product's role, as a copy of another one, and give its address."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        copy = f' TEMPLATE "{template}"' if template else ""
        self.execute(f'CREATE DATABASE "{database}" OWNER {OWNER}{copy}')
        return self.url(database)

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the superuser, outside a transaction."""
        import psycopg

        address = f"host={self.folder} port={self.port} user={ADMIN} dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    @cached_property
    def port(self) -> str:
        """The number in the socket's name; drawn once and kept for the other processes of the run."""
        kept = self.folder / "port"
        if not kept.exists():
            kept.write_text(str(20000 + secrets.randbelow(40000)))
        return kept.read_text()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_ordinary_user(), str(programs() / program), *arguments]
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            log = self.folder / "log"
            tail = log.read_text()[-2000:] if log.exists() else ""
            raise PostgresMissing(f"PostgreSQL's {program} failed: {done.stderr.strip()} {tail}")

    @staticmethod
    def _as_ordinary_user() -> Sequence[str]:
        """PostgreSQL refuses to run as root."""
        return ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()


def programs() -> Path:
    """Find PostgreSQL's folder of programs; raise PostgresMissing where there is none."""
    found = postgresql()
    if found is None:
        raise PostgresMissing(f"PostgreSQL {POSTGRES_WANTED} or later is missing (apt install postgresql).")
    return found
