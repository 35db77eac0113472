"""The diagrams of the neutral benchmark, with the assignee that its driver adds."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bpmn.definition import load
from tests.engine.play import MORNING, Play

DIAGRAMS = Path(__file__).parents[2] / "benchmarks" / "diagrams"
TIMER = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="http://example.org/bench">
<process id="timer_wait" isExecutable="true"><startEvent id="start"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="wait"/><intermediateCatchEvent id="wait"><timerEventDefinition>
<timeDate xsi:type="tFormalExpression">@DUE@</timeDate></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="wait" targetRef="end"/><endEvent id="end"/></process></definitions>"""
FORK = (
    """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.org/bench">
<process id="fork_tasks" isExecutable="true"><startEvent id="start"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="fork"/>
<parallelGateway id="fork"/><parallelGateway id="join"/><endEvent id="end"/>"""
    + "".join(
        f'<userTask id="task_{n}"/><sequenceFlow id="to_{n}" sourceRef="fork" targetRef="task_{n}"/>'
        f'<sequenceFlow id="from_{n}" sourceRef="task_{n}" targetRef="join"/>'
        for n in range(1, 5)
    )
    + '<sequenceFlow id="f2" sourceRef="join" targetRef="end"/></process></definitions>'
)


def adapted(xml: str) -> bytes:
    """Do what the benchmark's driver does."""
    xml = xml.replace("<definitions ", '<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ', 1)
    return re.sub(r"<userTask ", '<userTask camunda:assignee="${starter}" ', xml).encode()


def played(key: str, xml: str, **variables) -> Play:
    return Play(load(key, [adapted(xml)], id="d", version=1), starter="bench1", **variables)


def test_three_step_approval():
    play = played("three_step_approval", (DIAGRAMS / "three_step_approval.bpmn").read_text())
    assert play.definition.element("three_step_approval", "task_a").assignee == "${starter}"
    play.do("task_a", amount=250).do("task_b", note="x").do("task_c")
    assert (play.status, play.vars["total"]) == ("completed", 500)


def test_loop_of_tasks():
    play = played("loop_tasks", (DIAGRAMS / "loop_tasks.bpmn").read_text())
    for _ in range(205):
        play.do("task_a", again=1)
    assert play.do("task_a", again=0).status == "completed"


@pytest.mark.parametrize("order", list(permutations((1, 2, 3, 4)))[::5])
def test_four_tasks_at_once(order):
    play = played("fork_tasks", FORK)
    for number in order:
        assert play.status == "running"
        play.do(f"task_{number}", **{f"v{number}": number})
    assert play.status == "completed"
    assert {f"v{n}" for n in order} <= set(play.vars)


def test_one_timer():
    due = MORNING + timedelta(seconds=110)
    play = played("timer_wait", TIMER.replace("@DUE@", due.isoformat().replace("+00:00", "Z")))
    assert play.step.next_due == due
    assert play.later(seconds=109).status == "running"
    assert play.later(seconds=1).status == "completed"
