"""A loop of user tasks: what a submit costs after hundreds of completed tasks of the same instance."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.figures import Figure, Options
from benchmarks.inside import inside

KEY = "loop_tasks"
ROUNDS = 500
NEAR = 25
"""Submits at the beginning and after ROUNDS that are compared."""
figure = partial(Figure, subject="growth")


def figures(options: Options) -> Iterator[Figure]:
    """Measure processor time in this process: it holds on a busy machine better than the time on the wall."""
    for kind in options.databases:
        with inside(kind) as running:
            running.deploy(KEY)
            used: list[float] = []
            sent: list[int] = []
            for rounds in (3, options.count(ROUNDS) + 2 * NEAR):  # the first instance fills the caches
                instance = running.start(KEY)
                used, sent = [], []
                for number in range(rounds):
                    task, running.statements = running.open_task(instance), 0
                    began = time.process_time()
                    running.submit(task, {"again": 1, "round": number, "note": "a line of text"})
                    used.append(time.process_time() - began)
                    sent.append(running.statements)
        first, last = (statistics.median(some) for some in (used[:NEAR], used[-NEAR:]))
        where = f"{kind}, after {len(used) - NEAR} tasks"
        yield figure(name="a submit, processor time", value=first * 1e3, unit="ms", circumstances=f"{kind}, the first")
        yield figure(name="a submit, processor time", value=last * 1e3, unit="ms", circumstances=where)
        yield figure(name="a submit beside the first", value=last / first, unit="", circumstances=where, bar=1.15)
        yield figure(name="statements more", value=sent[-1] - sent[0], unit="", circumstances=where, bar=0)
