"""People who submit parallel tasks of one instance at the same instant: how long until all of them are answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, Options, median_and_tail
from benchmarks.served import CallFailed, Client, served
from benchmarks.submit import PROCESSES

KEY = "together"
TASKS = (4, 100)
BAR = 300.0
"""Milliseconds within which all of them are answered."""
DIAGRAM = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:motcua="urn:motcua:bpmn"'
    f' targetNamespace="urn:bench"><process id="{KEY}" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>'
    '<userTask id="each" motcua:assignee="${starter}"><multiInstanceLoopCharacteristics>'
    "<loopCardinality>many</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
    '<sequenceFlow id="a" sourceRef="s" targetRef="each"/><sequenceFlow id="b" sourceRef="each" targetRef="e"/>'
    "</process></definitions>"
)


def figures(options: Options) -> Iterator[Figure]:
    """Measure on each database, each person with a connection of their own."""
    for kind in options.databases:
        with served(kind, processes=PROCESSES[kind]) as running:
            starter = running.client("bench1")
            starter.upload(f"{KEY}.bpmn", DIAGRAM)
            for tasks in TASKS:
                people = [Client(running.server, starter.user, starter.token) for _ in range(tasks)]
                times = options.count(20)
                taken = [submitted(starter, people) for _ in range(times + 1)][1:]
                circumstances = f"{kind}, {tasks} at once"
                yield from median_and_tail("together", "until all are answered", taken, circumstances, bar=BAR)


def submitted(starter: Client, people: list[Client]) -> float:
    """Start an instance, let everybody submit one of its tasks at the same instant, and give the seconds it took."""
    variables = {"starter": starter.user, "many": len(people)}
    instance = starter.post(f"/definitions/{KEY}/instances", {"variables": variables})["id"]
    tasks = starter.call("GET", f"/tasks?instance_id={instance}&limit=500")["items"]
    assert len(tasks) == len(people)
    for person in people:
        person.call("GET", "/tasks?limit=1")  # the connection stands
    ready, faults = threading.Barrier(len(people) + 1), []

    def submit(person: Client, task: str) -> None:
        ready.wait()
        try:
            person.post(f"/tasks/{task}/complete", {"variables": {}})
        except (CallFailed, OSError) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=submit, args=(one, task["id"])) for one, task in zip(people, tasks, strict=True)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - began
    assert not faults, faults[:3]
    assert starter.call("GET", f"/instances/{instance}")["status"] == "completed"
    return taken
