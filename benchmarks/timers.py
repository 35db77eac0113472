"""Timers that are due together: how long until all are fired, and what people's pages and submits take meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, create_engine, func, insert, select

from benchmarks.engine import DIAGRAMS
from benchmarks.figures import Figure, Options, median_and_tail
from benchmarks.served import Client, Served, served
from storage.tables import Instance

KEY = "timer_wait"
BARS = {500: 3.0, 10_000: 40.0}
"""Timers due together -> seconds within which all are fired."""
WORKERS = 2
"""Processes of `flask jobs work` (and as many of gunicorn's), where jobs are distributed."""
AHEAD = timedelta(seconds=4)
"""The time there is for copying before they are due."""
PATIENCE = 300.0


def figures(options: Options) -> Iterator[Figure]:
    """Measure on each database, by the jobs of the one process of `make run` and by workers of their own."""
    for kind in options.databases:
        for workers in (0, WORKERS) if kind == "postgresql" else (0,):
            for full, bar in BARS.items():
                with served(kind, processes=workers, workers=workers) as running:
                    count, by = options.count(full), f", {workers} workers" if workers else ""
                    yield from measure(running, count, f"{kind}{by}, {count:,} due together", bar)


def measure(running: Served, count: int, circumstances: str, bar: float) -> Iterator[Figure]:
    admin, person = running.client("bench1"), running.client("bench2")
    for name in (KEY, "loop_tasks"):
        admin.deploy(DIAGRAMS / f"{name}.bpmn")
    engine = create_engine(running.place.database_url, execution_options={"motcua_write": True})
    due = datetime.now(UTC) + AHEAD * max(1, count / 2000)
    admin.post(f"/definitions/{KEY}/instances", {"variables": {"due": due.isoformat()}})
    copy(engine, count)
    quiet = Visitor(person)
    with visiting(quiet):
        time.sleep(max((due - datetime.now(UTC)).total_seconds() - 0.2, 0.5))
    assert left(engine) == count, "they must all wait until the moment comes"
    time.sleep(max((due - datetime.now(UTC)).total_seconds(), 0))
    used, meanwhile = running.cpu_seconds(), Visitor(person)
    with visiting(meanwhile):
        seconds = until_none_is_left(engine, due)
    used = running.cpu_seconds() - used
    engine.dispose()
    yield Figure(
        subject="timers", name="until all are fired", value=seconds, unit="s", circumstances=circumstances, bar=bar
    )
    yield Figure(
        subject="timers", name="processor time a timer, visits included", value=used / count * 1e3, unit="ms",
        circumstances=circumstances,
    )  # fmt: skip
    for when, visitor in (("before", quiet), ("meanwhile", meanwhile)):
        if visitor.lists:
            yield from median_and_tail("timers", f"a list of tasks, {when}", visitor.lists, circumstances)
            yield from median_and_tail("timers", f"a submit, {when}", visitor.submits, circumstances)


def copy(engine: Engine, count: int) -> None:
    """Copy the one waiting instance, each copy with a log of its own."""
    table = Instance.__table__
    with engine.begin() as connection:
        row = dict(connection.execute(select(table).where(table.c.key == KEY)).mappings().one())
        copies = ({**row, "id": f"copy-{number:06}", "log_seq": 0, "log_hash": b""} for number in range(1, count))
        connection.execute(insert(Instance), list(copies))


def left(engine: Engine) -> int:
    with engine.connect() as connection:
        waiting = select(func.count()).select_from(Instance).where(Instance.key == KEY, Instance.status == "running")
        return connection.execute(waiting).scalar_one()


def until_none_is_left(engine: Engine, due: datetime) -> float:
    """Give the seconds after the due moment at which the last had fired."""
    while (number := left(engine)) and datetime.now(UTC) < due + timedelta(seconds=PATIENCE):
        time.sleep(0.1)
    assert not number, f"{number} were not fired within {PATIENCE:.0f} s"
    return (datetime.now(UTC) - due).total_seconds()


@dataclass
class Visitor:
    """A person who lists tasks and submits one, again and again, and how long that took."""

    client: Client
    lists: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)

    def visit(self) -> None:
        instance = self.client.start("loop_tasks")
        began = time.perf_counter()
        task = self.client.own_task(instance)
        listed = time.perf_counter()
        self.client.post(f"/tasks/{task}/complete", {"variables": {"again": 0}})
        self.lists.append(listed - began)
        self.submits.append(time.perf_counter() - listed)


@contextmanager
def visiting(visitor: Visitor) -> Iterator[None]:
    """Let somebody work on the pages during the block, ten times a second at most."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.wait(0.1):
            visitor.visit()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
