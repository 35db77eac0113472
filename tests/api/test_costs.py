"""What a request costs the database: counts that must not creep up, and lists that do not grow with what is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Table, event, insert, select, text

from storage.database import db
from storage.tables import Task, TaskAccess
from tests.api.program import Program, good, one_task, program, unique
from tests.engine.diagrams import end, process, start, user

TASK, ACCESS = cast(Table, Task.__table__), cast(Table, TaskAccess.__table__)
OPEN = 5000
"""Enough open tasks that a plan that reads them all is seen in its rows."""


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """Note every statement, and every commit, of this application."""
    with app.app_context():
        engine = db.engine
    said: list[str] = []

    def executed(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    def committed(_c: Any) -> None:
        said.append("COMMIT")

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)


def split(said: list[str]) -> tuple[int, int]:
    """Give how many statements and how many commits there were.

    SQLite's BEGIN is none of ours, and who calls is looked up again every other second only (counted below).
    """
    statements = [one for one in said if one != "COMMIT" and not one.startswith("BEGIN") and "token_hash" not in one]
    return len(statements), said.count("COMMIT")


def test_completing_a_task_takes_seven_statements_and_one_commit(served: Flask, admin: Program) -> None:
    key = unique("cost")
    tasks = [user(name, motcua__assignee="${starter}") for name in "abc"]
    admin.deploy((f"{key}.bpmn", process(key, start("s"), *tasks, end("e"), "s -> a -> b -> c -> e")))
    (task,) = admin.complete(admin.tasks(admin.start(key, starter="an"))[0])["next_tasks"]
    with watched(served) as said:
        admin.complete(task, amount=3)
    assert split(said) == (7, 1), "\n".join(said)


def test_starting_takes_five_statements_and_one_commit(served: Flask, admin: Program) -> None:
    key = unique("cost")
    admin.deploy(one_task(key))
    admin.start(key, starter="an")
    with watched(served) as said:
        admin.start(key, starter="an")
    assert split(said) == (5, 1), "\n".join(said)


def test_a_key_adds_two_statements_in_the_same_transaction(served: Flask, admin: Program) -> None:
    key = unique("cost")
    admin.deploy(one_task(key))
    admin.start(key, starter="an")
    with watched(served) as said:
        body = {"variables": {"starter": "an"}}
        good(admin.call("POST", f"/definitions/{key}/instances", body, headers={"Idempotency-Key": key}))
    assert split(said) == (7, 1), "\n".join(said)


def test_a_list_is_one_statement_however_long_it_is(served: Flask, admin: Program) -> None:
    key = unique("cost")
    admin.deploy(one_task(key))
    for _ in range(5):
        admin.start(key, starter="an")
    for path in (f"/tasks?assignee=an&key={key}", f"/instances?key={key}", f"/definitions?key={key}"):
        admin.get(path)
        with watched(served) as said:
            admin.get(path)
        assert split(said) == (1, 0), "\n".join(said)


def test_a_caller_is_looked_up_at_one_go_and_then_remembered(served: Flask) -> None:
    caller = program(served, "operator", "officer")
    with watched(served) as said:
        caller.get("/tasks?assignee=nobody.else")
        first = len(said)
        caller.get("/tasks?assignee=nobody.else")
    assert first == len(said) - first + 1, "\n".join(said)


@pytest.fixture(scope="module")
def crowded(served: Flask, admin: Program) -> None:
    """A process with OPEN tasks: a hundredth for each of a hundred people, all offered to one group."""
    key = unique("crowd")
    admin.deploy(one_task(key))
    (own,) = admin.tasks(admin.start(key, starter="p0"))
    began = datetime(2026, 11, 1, tzinfo=UTC)
    with served.app_context(), db.engine.begin() as connection:
        row = dict(connection.execute(select(TASK).where(TASK.c.id == own["id"])).mappings().one())
        numbers = range(OPEN)
        changed = [
            {
                "id": f"{key}-{n}", "assignee": f"p{n % 100}", "created_at": began + timedelta(seconds=n),
                "due_at": began + timedelta(minutes=n * 7919 % 43200) if n % 3 else None,
            }
            for n in numbers
        ]  # fmt: skip
        connection.execute(insert(TASK), [{**row, **change} for change in changed])
        far = datetime(9999, 12, 31, tzinfo=UTC)
        offered = [
            {"principal": principal, "sort_at": change["due_at"] or far, "task_id": change["id"]}
            for change in changed
            for principal in (f"u:{change['assignee']}", "g:crowd")
        ]
        connection.execute(insert(ACCESS), offered)
    with served.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize(
    "query",
    [
        "assignee=p7&sort=-created_at&limit=100",
        "assignee=p7",
        "sort=-created_at",
        "sort=due_at",
        "sort=-due_at",
        "due_before=2026-11-02T00:00:00Z&sort=due_at",
        "candidate_group=crowd",
        "candidate_group=crowd&sort=due_at",
        "assignee=p7&sort=due_at",
    ],
)
def test_a_page_of_many_open_tasks_reads_a_range_of_an_index(served: Flask, admin: Program, query: str) -> None:
    caught: list[tuple[str, Any]] = []
    with served.app_context():
        engine = db.engine

    def executed(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "task.follow_up_at" in statement:
            caught.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", executed)
    try:
        assert admin.get(f"/tasks?{query}")["items"]
    finally:
        event.remove(engine, "before_cursor_execute", executed)
    plans = [explained(served, statement, parameters) for statement, parameters in caught]
    assert plans
    for plan in plans:
        assert not any(word in plan for word in ("SCAN task\n", "Seq Scan on task ", "Seq Scan on task_access")), plan


def explained(app: Flask, statement: str, parameters: Any) -> str:
    """Give the database's plan of a statement."""
    with app.app_context(), db.engine.connect() as connection:
        how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{how} {statement}", parameters).all()
    return "".join(f"{row[-1]}\n" for row in rows)
