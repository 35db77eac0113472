"""The verbs called in this process on a clean database: what they cost without HTTP."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import event, text

from app import create_app
from benchmarks.engine import DIAGRAMS
from services import definitions, instances, tasks
from services.permissions import SYSTEM
from storage.database import db
from storage.rows import tasks as rows
from tests.databases import Databases, Place, Run, settings_of


@dataclass
class Inside:
    """An application on a clean database, and what was sent to it."""

    place: Place
    statements: int = field(default=0, init=False)
    commits: int = field(default=0, init=False)

    def deploy(self, key: str) -> None:
        """Store a diagram whose tasks go to whoever starts an instance."""
        xml = (DIAGRAMS / f"{key}.bpmn").read_text()
        xml = xml.replace("<definitions ", '<definitions xmlns:motcua="urn:motcua:bpmn" ', 1)
        xml = xml.replace("<userTask ", '<userTask motcua:assignee="${starter}" ')
        definitions.deploy(SYSTEM, {f"{key}.bpmn": xml.encode()}, now=datetime.now(UTC))

    def start(self, key: str) -> str:
        return instances.start(SYSTEM, key, {"starter": "bench1"}, now=datetime.now(UTC)).id

    def open_task(self, instance_id: str) -> str:
        (task,) = rows.open_of(instance_id)
        return task.id

    def submit(self, task_id: str, answers: dict[str, Any]) -> None:
        tasks.submit(SYSTEM, task_id, answers, now=datetime.now(UTC))

    def stored(self) -> int:
        """Give the bytes of the database, nothing vacuumed."""
        if db.engine.dialect.name == "sqlite":
            with sqlite3.connect(self.place.data / "motcua.sqlite") as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                pages, size = (
                    connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
                )
            return int(pages * size)
        with db.engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

    def _count(self) -> None:
        def sent(_c: Any, _u: Any, statement: str, *_: Any) -> None:
            self.statements += not statement.startswith("BEGIN")

        def committed(_: Any) -> None:
            self.commits += 1

        event.listen(db.engine, "before_cursor_execute", sent)
        event.listen(db.engine, "commit", committed)


@contextmanager
def inside(kind: str) -> Iterator[Inside]:
    """Give the verbs on a clean database of this kind (sqlite or postgresql); nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run = Run(folder)
    try:
        place = Databases(run, kind, "bench").place(folder / "data")
        with create_app(settings_of(place)).app_context():
            found = Inside(place)
            found._count()
            try:
                yield found
            finally:
                db.session.remove()
                db.engine.dispose()
    finally:
        run.end()


def three_answers() -> tuple[dict[str, Any], ...]:
    """Give the data of the shared benchmark's three tasks: each text differs from instance to instance."""
    mark = uuid4().hex
    return (
        {"amount": 250, "reason": f"replacement of broken chair {mark}", "department": "facilities"},
        {"approved_b": True, "comment_b": f"fine with me, see ticket {mark}"},
        {"approved_c": True, "comment_c": f"go ahead with {mark}"},
    )
