"""The whole database as one file, and back: SQLite's own copying, PostgreSQL's pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from errors import Unavailable
from storage.database import MIGRATIONS, db, session, snapshot
from storage.tables import Document
from texts import Text

ROWS = 1000


def kind() -> str:
    """Give the kind of database: sqlite or postgresql."""
    return str(db.engine.dialect.name)


def revision() -> str:
    """Give the migration that the program is at."""
    return ScriptDirectory(MIGRATIONS).get_current_head() or ""


def knows(migration: str) -> bool:
    """Say whether a database at this migration can be brought to today's."""
    return migration in {script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()}


def is_empty() -> bool:
    """Say whether the database holds no table."""
    found = not inspect(db.engine).get_table_names()
    db.engine.dispose()
    return found


def dump(target: Path) -> None:
    """Write the database as it is at one moment, while others go on writing. Raises Unavailable."""
    session().rollback()
    if kind() == "sqlite":
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("VACUUM INTO ?", (str(target),))  # type: ignore[union-attr]
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(source: Path) -> None:
    """Fill the empty database with what `dump` wrote. Raises Unavailable; nothing of it stays then."""
    session().rollback()
    db.engine.dispose()
    if kind() == "sqlite":
        with sqlite3.connect(source) as kept, sqlite3.connect(db.engine.url.database or "") as target:
            kept.backup(target)
    else:
        _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source))
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))  # else the first queries are planned without knowing the tables


def contents() -> Iterator[str]:
    """Give the SHA-256 of every content that a document has, each once, in order."""
    found = select(Document.sha256).where(Document.sha256 != "").distinct().order_by(Document.sha256)
    with snapshot():
        yield from session().scalars(found.execution_options(yield_per=ROWS))


def _run(program: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by its environment, where nobody lists it."""
    found = shutil.which(program)
    if found is None:
        raise Unavailable(
            Text(
                f"Thiếu chương trình {program}: hãy cài gói postgresql-client.",
                f"The program {program} is missing: install the package postgresql-client.",
            )
        )
    url = db.engine.url
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {"PATH": os.defpath, "PGPASSWORD": str(url.password)} if url.password else None
    done = subprocess.run(  # noqa: S603  # a fixed program with fixed words, no shell
        [found, f"--dbname={address}", *words],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip()[-1000:]
        raise Unavailable(Text(f"{program} không làm được: {said}", f"{program} failed: {said}"))
