"""One step of the engine alone: no database, no HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, Options, median_and_tail, seconds_of
from bpmn.definition import Definition, load
from engine import runner
from engine.events import Ports, Step

DIAGRAMS = Path(__file__).parent / "diagrams"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PORTS = Ports()


def figures(options: Options) -> Iterator[Figure]:
    """Measure reading, starting, a step early and late in a loop, and the size of a state."""
    approval, loop = read("three_step_approval"), read("loop_tasks")
    yield from median_and_tail(
        "engine", "read a diagram", seconds_of(lambda: read("three_step_approval"), options.count(50))
    )
    times = options.count(1000)
    yield from median_and_tail("engine", "start to the first task", seconds_of(lambda: start(approval), times))
    waiting = start(approval)
    yield from median_and_tail(
        "engine", "complete a task", seconds_of(lambda: complete(approval, waiting, amount=150), times)
    )
    yield Figure(subject="engine", name="state at the first task", value=len(waiting.state), unit="bytes")
    yield from rounds(loop, options.count(500))


def rounds(loop: Definition, count: int) -> Iterator[Figure]:
    """Go round a loop: a step must not cost more because its instance is old."""
    step, taken = start(loop), []
    for _ in range(count):
        began = time.perf_counter()
        step = complete(loop, step, again=1)
        taken.append(time.perf_counter() - began)
    tenth = max(2, count // 10)
    yield from median_and_tail("engine", "complete a task, first tenth of a loop", taken[:tenth], f"{count} rounds")
    yield from median_and_tail("engine", "complete a task, last tenth of a loop", taken[-tenth:], f"{count} rounds")
    yield Figure(subject="engine", name=f"state after {count} rounds", value=len(step.state), unit="bytes")


def read(name: str) -> Definition:
    return load(name, [(DIAGRAMS / f"{name}.bpmn").read_bytes()], id=name, version=1)


def start(definition: Definition) -> Step:
    return runner.start(definition, {"applicant": "bench"}, now=NOW, ports=PORTS)


def complete(definition: Definition, step: Step, **answers: int) -> Step:
    return runner.complete_task(definition, step.state, step.waits[0].id, answers, now=NOW, ports=PORTS)
