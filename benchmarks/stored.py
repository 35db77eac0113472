"""What a finished instance of three tasks leaves in the database, and what a submit sends to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.figures import Figure, Options
from benchmarks.inside import Inside, inside, three_answers

KEY = "three_step_approval"
figure = partial(Figure, subject="stored")


def figures(options: Options) -> Iterator[Figure]:
    """Count on each database; the bytes are those on the disk, before any vacuum."""
    for kind in options.databases:
        with inside(kind) as running:
            running.deploy(KEY)
            work(running, 20)
            count, before = options.count(1000), running.stored()
            statements, commits = work(running, count)
            each = (running.stored() - before) / count
        yield figure(
            name="a finished instance, history included", value=each, unit="bytes", circumstances=kind, bar=5e3
        )
        yield figure(name="statements of a submit", value=statements, unit="", circumstances=kind, bar=12)
        yield figure(name="commits of a submit", value=commits, unit="", circumstances=kind, bar=1)


def work(running: Inside, count: int) -> tuple[int, int]:
    """Work instances to their end; give the most statements and commits that a submit took."""
    statements = commits = 0
    for _ in range(count):
        instance = running.start(KEY)
        for answers in three_answers():
            task = running.open_task(instance)
            running.statements = running.commits = 0
            running.submit(task, answers)
            statements, commits = max(statements, running.statements), max(commits, running.commits)
    return statements, commits
