"""Instances of three tasks worked to their end over HTTP, by 1, 4 and 8 clients at once.

SQLite by the one process of `make run`, PostgreSQL by two of gunicorn's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.engine import DIAGRAMS
from benchmarks.figures import Figure, Options, median_and_tail, rate
from benchmarks.served import Client, Served, served

KEY = "three_step_approval"
TASKS = 3
PROCESSES = {"sqlite": 0, "postgresql": 2}
WEB_BAR, DATABASE_BAR = 20.0, 8.0
"""Milliseconds of processor time an instance in web processes and in PostgreSQL."""


def figures(options: Options) -> Iterator[Figure]:
    """Measure on each database; the processor time of an instance holds on a busy machine, the rest does not."""
    for kind in options.databases:
        with served(kind, processes=PROCESSES[kind]) as running:
            clients = [running.client(f"bench{number}") for number in range(1, 9)]
            clients[0].deploy(DIAGRAMS / f"{KEY}.bpmn")
            work(clients[0], 3)
            for count in (1, 4, 8):
                yield from measure(running, clients[:count], options.count(200), kind)


def measure(running: Served, clients: list[Client], instances: int, kind: str) -> Iterator[Figure]:
    circumstances = f"{kind}, {len(clients)} client{'s' * (len(clients) > 1)}"
    each = max(1, instances // len(clients))
    used, inside, began = running.cpu_seconds(), running.database_cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        taken = [seconds for each_took in pool.map(lambda client: work(client, each), clients) for seconds in each_took]
    seconds = time.perf_counter() - began
    used, inside = running.cpu_seconds() - used, running.database_cpu_seconds() - inside
    done = each * len(clients)
    finished = clients[0].call("GET", f"/instances/count?key={KEY}&status=running")["count"]
    assert finished == 0, f"{finished} instances did not come to their end"
    yield rate("submit", "instances", done, seconds, circumstances)
    is_apart = kind == "postgresql"
    yield Figure(
        subject="submit",
        name="processor time an instance",
        value=used / done * 1e3,
        unit="ms",
        circumstances=circumstances,
        bar=WEB_BAR if is_apart else None,
    )
    if is_apart:
        yield Figure(
            subject="submit",
            name="processor time an instance, database",
            value=inside / done * 1e3,
            unit="ms",
            circumstances=circumstances,
            bar=DATABASE_BAR,
        )
    yield from median_and_tail("submit", "complete a task", taken, circumstances)


def work(client: Client, instances: int) -> list[float]:
    """Start instances and complete their tasks; give how long each completion took."""
    taken = []
    for number in range(instances):
        instance = client.start(KEY)
        for _ in range(TASKS):
            task = client.own_task(instance)
            began = time.perf_counter()
            client.post(f"/tasks/{task}/complete", {"variables": {"amount": 101 + number, "note": f"note {number}"}})
            taken.append(time.perf_counter() - began)
    return taken
