"""The engine alone where it could grow slow: long automatic runs, much data, many tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.figures import Figure, Options, median_and_tail, seconds_of
from bpmn.definition import Definition, load
from engine import runner
from engine.events import Ports, Step

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PORTS = Ports()
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:bench">'
    '<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>'
)
TAIL = "</process></definitions>"


def flow(source: str, target: str, condition: str = "") -> str:
    """Write a sequence flow."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


LOOP = (
    f'{HEAD}<exclusiveGateway id="m"/><scriptTask id="a"><script>n = n + 1</script></scriptTask>'
    '<exclusiveGateway id="g" default="g_e"/>'
    + flow("s", "m") + flow("m", "a") + flow("a", "g") + flow("g", "m", "n &lt; 160") + flow("g", "e") + TAIL
)  # fmt: skip
TASKS = f'{HEAD}<userTask id="a"/><userTask id="b"/>' + flow("s", "a") + flow("a", "b") + flow("b", "e") + TAIL
MANY = (
    f'{HEAD}<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>50</loopCardinality>'
    '</multiInstanceLoopCharacteristics></userTask>' + flow("s", "a") + flow("a", "e") + TAIL
)  # fmt: skip
ROWS = [{"id": number, "name": f"row {number}", "values": [number, 1, 2]} for number in range(1800)]


def figures(options: Options) -> Iterator[Figure]:
    """Measure an automatic loop of 480 steps, a step that carries 100 KB, and a step beside 49 open tasks."""
    loop, tasks, many = read(LOOP), read(TASKS), read(MANY)
    times = options.count(200)
    taken = seconds_of(lambda: start(loop, n=0), options.count(50))
    yield from median_and_tail("engine", "480 automatic steps", taken, bar=50)
    heavy = start(tasks, rows=ROWS)
    yield from median_and_tail(
        "engine", "complete a task, 100 KB of variables", seconds_of(lambda: complete(tasks, heavy), times)
    )
    wide = start(many)
    yield from median_and_tail(
        "engine", "complete one of 50 open tasks", seconds_of(lambda: complete(many, wide), times)
    )
    yield Figure(subject="engine", name="state with 50 open tasks", value=len(wide.state), unit="bytes")


def read(xml: str) -> Definition:
    """Read a diagram."""
    return load("p", [xml.encode()], id="p", version=1)


def start(definition: Definition, **variables: Any) -> Step:
    """Start an instance."""
    return runner.start(definition, variables, now=NOW, ports=PORTS)


def complete(definition: Definition, step: Step) -> Step:
    """Complete the first open task."""
    return runner.complete_task(definition, step.state, step.waits[0].id, {}, now=NOW, ports=PORTS)
