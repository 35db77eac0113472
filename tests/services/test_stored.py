"""What an instance leaves in the database when it has ended, its history included."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from benchmarks.engine import DIAGRAMS
from services import tasks
from services.permissions import SYSTEM
from storage.database import db, session
from tests.office import Office
from tests.soak import examples

KEY = "three_step_approval"
COUNT = examples(60, soak=150)
MOST_BYTES = 4200
"""An instance of three tasks, 350 bytes of variables, in a database that was just vacuumed; 5,000 are promised."""


def test_a_finished_instance_of_three_tasks_leaves_little(office: Office) -> None:
    office.deploy({f"{KEY}.bpmn": (DIAGRAMS / f"{KEY}.bpmn").read_bytes()})
    _finish(office)
    before = _bytes()
    for _ in range(COUNT):
        _finish(office)
    each = (_bytes() - before) / COUNT
    assert each <= MOST_BYTES, each


def _finish(office: Office) -> None:
    """The same data as the shared benchmark: each text differs from instance to instance."""
    mark = uuid4().hex
    instance = office.start(KEY, {"starter": "bench1"})
    for answers in (
        {"amount": 250, "reason": f"replacement of broken chair {mark}", "department": "facilities"},
        {"approved_b": True, "comment_b": f"fine with me, see ticket {mark}"},
        {"approved_c": True, "comment_c": f"go ahead with {mark}"},
    ):
        (task,) = office.open(instance).values()
        done = tasks.submit(SYSTEM, task.id, answers, now=office.now)
    assert done.instance.status == "completed"


def _bytes() -> int:
    """Give the size of the database without what a vacuum gives back."""
    session().rollback()
    if db.engine.dialect.name == "sqlite":
        raw = db.engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM")
            pages, size = (raw.cursor().execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        finally:
            raw.close()
        return int(pages * size)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("instance", "task", "task_access", "log_event"):
            connection.execute(text(f"VACUUM FULL {table}"))
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
