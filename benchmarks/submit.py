"""Instances of three tasks worked to their end over HTTP, by 1, 4 and 8 clients at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.engine import DIAGRAMS
from benchmarks.figures import Figure, Options, median_and_tail, rate
from benchmarks.served import Client, Served, served

KEY = "three_step_approval"
TASKS = 3


def figures(options: Options) -> Iterator[Figure]:
    """Measure on each database; the processor time of an instance holds on a busy machine, the rest does not."""
    for kind in options.databases:
        with served(kind) as running:
            clients = [running.client(f"bench{number}") for number in range(1, 9)]
            clients[0].deploy(DIAGRAMS / f"{KEY}.bpmn")
            work(clients[0], 3)
            for count in (1, 4, 8):
                yield from measure(running, clients[:count], options.count(200), kind)


def measure(running: Served, clients: list[Client], instances: int, kind: str) -> Iterator[Figure]:
    circumstances = f"{kind}, {len(clients)} client{'s' * (len(clients) > 1)}"
    each = max(1, instances // len(clients))
    used, began = running.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        taken = [seconds for each_took in pool.map(lambda client: work(client, each), clients) for seconds in each_took]
    seconds, used = time.perf_counter() - began, running.cpu_seconds() - used
    done = each * len(clients)
    finished = clients[0].call("GET", f"/instances/count?key={KEY}&status=running")["count"]
    assert finished == 0, f"{finished} instances did not come to their end"
    yield rate("submit", "instances", done, seconds, circumstances)
    yield Figure(
        subject="submit",
        name="processor time an instance",
        value=used / done * 1e3,
        unit="ms",
        circumstances=circumstances,
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
