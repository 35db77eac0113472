"""What a server process holds that has started an instance of each of 300 different diagrams."""

from __future__ import annotations

from collections.abc import Iterator

import psutil

from benchmarks.figures import Figure, Options
from benchmarks.served import Served, served
from tests.drawn import drawn

DEFINITIONS = 300
SIZES = (30, 100)
"""Elements of the smallest and of the largest."""
BAR = 200.0
MEGABYTE = 1e6


def figures(options: Options) -> Iterator[Figure]:
    """Measure on each database, before the first and after the last; what processes share counts in each of them."""
    count = options.count(DEFINITIONS)
    for kind in options.databases:
        with served(kind) as running:
            client = running.client("bench1")
            before = held(running)
            for number in range(count):
                key = f"diagram{number}"
                elements = SIZES[0] + number * 7 % (SIZES[1] - SIZES[0] + 1)
                client.upload(f"{key}.bpmn", drawn(key, elements).decode())
                client.post(f"/definitions/{key}/instances", {"variables": {"amount": 1, "applicant": "bench1"}})
            after = held(running)
        circumstances = f"{kind}, {SIZES[0]} to {SIZES[1]} elements each"
        for name, value, bar in (
            ("of a server at its start", before, None),
            (f"of a server with {count} definitions in use", after, BAR),
            ("of one definition more", (after - before) / count, None),
        ):
            yield Figure(
                subject="memory",
                name=f"memory (RSS) {name}",
                value=value,
                unit="MB",
                circumstances=circumstances,
                bar=bar,
            )


def held(running: Served) -> float:
    assert running.server.process is not None
    return float(psutil.Process(running.server.process.pid).memory_info().rss) / MEGABYTE
