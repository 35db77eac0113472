"""The first page of an inbox where 100,000 tasks are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import create_engine, insert, select

from benchmarks.engine import DIAGRAMS
from benchmarks.figures import Figure, Options, median_and_tail, seconds_of
from benchmarks.served import served
from storage.tables import Task, TaskAccess

OPEN = 100_000
PEOPLE = 100
CHUNK = 5000
DUE = datetime(2026, 11, 23, tzinfo=UTC)


def figures(options: Options) -> Iterator[Figure]:
    """Measure the list of a person's own tasks and that of somebody who sees all."""
    count = options.count(OPEN)
    for kind in options.databases:
        with served(kind) as running:
            client = running.client("bench1")
            client.deploy(DIAGRAMS / "loop_tasks.bpmn")
            client.start("loop_tasks")
            fill(running.place.database_url, count)
            circumstances = f"{kind}, {count:,} open tasks"
            for name, asked in (("own tasks", "assignee=bench1&"), ("all tasks", "")):
                list_them = partial(client.call, "GET", f"/tasks?{asked}sort=due_at&limit=50")
                taken = seconds_of(list_them, options.count(200))
                yield from median_and_tail("inbox", name, taken, circumstances)


def fill(database_url: str, count: int) -> None:
    """Copy the one open task many times, a hundredth to each of a hundred people, due over a month."""
    # the server writes too (its jobs tick): on SQLite the write lock is taken at once, see storage.database
    engine = create_engine(database_url, execution_options={"motcua_write": True})
    with engine.begin() as connection:
        task = dict(connection.execute(select(Task.__table__)).mappings().one())
        for first in range(0, count, CHUNK):
            numbers = range(first, min(first + CHUNK, count))
            connection.execute(insert(Task), [copied(task, number) for number in numbers])
            connection.execute(insert(TaskAccess), [seen(number) for number in numbers])
    engine.dispose()


def due(number: int) -> datetime:
    return DUE + timedelta(minutes=number * 7919 % 43200)


def copied(task: dict[str, Any], number: int) -> dict[str, Any]:
    return {**task, "id": f"copy-{number}", "assignee": f"bench{number % PEOPLE}", "due_at": due(number)}


def seen(number: int) -> dict[str, Any]:
    return {"principal": f"u:bench{number % PEOPLE}", "sort_at": due(number), "task_id": f"copy-{number}"}
