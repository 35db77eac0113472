"""What work for programs costs the database: a few statements, however much is open or was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, event, insert, select, text

from services import connecting, external_tasks
from services.external_tasks import Wanted
from services.permissions import SYSTEM
from storage.database import db
from storage.tables import ExternalTask
from tests.api.program import Program, unique
from tests.api.test_costs import explained, split, watched
from tests.engine.diagrams import end, process, service, start

WORK = cast(Table, ExternalTask.__table__)
MANY = 5000


def one(admin: Program) -> tuple[str, str]:
    key, topic = unique("work"), unique("topic")
    works = service("w", motcua__topic=topic), service("v", motcua__topic=f"{topic}-next")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), *works, end("e"), "s -> w -> v -> e")))
    return key, topic


def test_fetching_takes_three_statements_and_one_commit_and_nothing_writes_where_there_is_nothing(
    served: Flask, admin: Program
) -> None:
    key, topic = one(admin)
    body = {"worker_id": "w", "topics": [topic], "max_tasks": 10}
    admin.post("/external-tasks/fetch-and-lock", body)
    with watched(served) as said:
        admin.post("/external-tasks/fetch-and-lock", body)
    assert split(said) == (1, 0), "\n".join(said)
    for _ in range(3):
        admin.start(key)
    with watched(served) as said:
        assert len(admin.post("/external-tasks/fetch-and-lock", body)["items"]) == 3
    assert split(said) == (3, 1), "\n".join(said)


def test_completing_work_takes_seven_statements_and_one_commit(served: Flask, admin: Program) -> None:
    key, topic = one(admin)
    body = {"worker_id": "w", "topics": [topic], "max_tasks": 1}
    for _ in range(2):
        admin.start(key)
        (task,) = admin.post("/external-tasks/fetch-and-lock", body)["items"]
        with watched(served) as said:
            admin.post(f"/external-tasks/{task['id']}/complete", {"worker_id": "w", "variables": {"x": 1}})
    assert split(said) == (7, 1), "\n".join(said)


@pytest.fixture(scope="module")
def crowded(served: Flask, admin: Program) -> str:
    """A topic with MANY open pieces of work, beside as many that were done; give it."""
    key, topic = one(admin)
    admin.start(key)
    (own,) = admin.get(f"/external-tasks?topic={topic}")["items"]
    now = datetime.now(UTC)
    with served.app_context(), db.engine.begin() as connection:
        row = dict(connection.execute(select(WORK).where(WORK.c.id == own["id"])).mappings().one())
        rows = [
            {**row, "id": f"{key}-{n}", "rank": -(n % 3), "created_at": now - timedelta(seconds=n), **how}
            for n in range(MANY)
            for how in [{}, {"id": f"{key}-done-{n}", "state": "completed", "ended_at": now}]
        ]
        connection.execute(insert(WORK), rows)
    with served.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return topic


@contextmanager
def plans(served: Flask) -> Iterator[list[str]]:
    """Give the plans of what is asked of the table meanwhile."""
    caught: list[tuple[str, Any]] = []
    found: list[str] = []
    with served.app_context():
        engine = db.engine

    def executed(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "external_task" in statement:
            caught.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", executed)
    found += [explained(served, statement, parameters) for statement, parameters in caught]


def test_work_is_found_by_an_index_of_what_is_open(served: Flask, crowded: str) -> None:
    with served.app_context(), plans(served) as found:
        wanted = [Wanted(topic=crowded, lock=timedelta(minutes=1))]
        got = external_tasks.fetch_and_lock(SYSTEM, "w", wanted, most=5, now=datetime.now(UTC))
        connecting.due(datetime.now(UTC))
    assert len(got) == 5
    assert len(found) == 3
    for plan in found:
        assert "Seq Scan on external_task" not in plan, plan
        assert "SCAN external_task\n" not in plan, plan
    assert "ix_external_task_open" in found[1], found[1]
    assert "Sort" not in found[1], found[1]
    assert "TEMP B-TREE" not in found[1], found[1]


@pytest.mark.parametrize("query", ["", "state=failed", "state=completed&limit=5", "sort=-created_at"])
def test_lists_read_a_range_of_an_index(served: Flask, admin: Program, crowded: str, query: str) -> None:
    assert crowded
    with plans(served) as found:
        admin.get(f"/external-tasks?{query}")
    for plan in found:
        assert "Seq Scan on external_task" not in plan, plan
        assert "SCAN external_task\n" not in plan, plan
