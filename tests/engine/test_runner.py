"""The simplest process: it starts, waits for people, ends."""

from __future__ import annotations

import pytest

from engine import runner
from errors import TaskNotOpen
from tests.engine.diagrams import end, fork, process, script, start, user, xor
from tests.engine.play import Play
from tests.fidelity import row

APPROVAL = process(
    "approval",
    start("s"),
    user("a", name="Request"),
    xor("g"),
    user("b"),
    script("sum", "total = amount * 2"),
    user("c"),
    end("e"),
    end("small"),
    "s -> a -> g",
    "g -> b if amount > 100",
    "g -> small else",
    "b -> sum -> c -> e",
)


@row("User task", "waits until it is completed, once", section="13.3.3", group="Activities")
def test_a_task_waits_until_it_is_completed():
    play = Play(APPROVAL)
    assert play.tasks == ["a"]
    assert play.status == "running"
    assert play.history == [("passed", "s"), ("entered", "a")]
    play.do("a", amount=120)
    assert play.tasks == ["b"]
    play.do("b").do("c")
    assert play.status == "completed"
    assert play.vars == {"amount": 120, "total": 240}
    assert play.passed == ["s", "a", "g", "b", "sum", "c", "e"]
    assert not play.step.waits


@row("Exclusive gateway", "takes its default when no condition holds", section="13.4.2", group="Gateways")
def test_the_default_flow_is_taken_when_no_condition_holds():
    play = Play(APPROVAL).do("a", amount=5)
    assert play.passed == ["s", "a", "g", "small"]
    assert play.status == "completed"


def test_a_wait_tells_its_element_and_keeps_its_id():
    play = Play(APPROVAL)
    (wait,) = play.step.waits
    assert (wait.process_key, wait.element_id, wait.element_name, wait.element_type) == (
        "approval", "a", "Request", "userTask",
    )  # fmt: skip
    entered = play.step.events[-1].activation_id
    assert wait.id == entered
    play.do("a", amount=1)
    assert play.step.events[0].activation_id == entered


def test_a_task_is_completed_once():
    play = Play(APPROVAL)
    task = play.id_of("a")
    play.do("a", amount=120)
    with pytest.raises(TaskNotOpen):
        play.take(runner.complete_task, task, {})
    with pytest.raises(TaskNotOpen):
        play.take(runner.complete_task, "nothing", {})


@row("Variables", "what parallel branches write is all there after the join", section="10.4.1", group="Data")
def test_what_parallel_branches_write_is_all_there_after_the_join():
    fork_ = process(
        "p", start("s"), fork("f"), user("a"), user("b"), fork("j"), user("c"), end("e"),
        "s -> f -> a -> j", "f -> b -> j -> c -> e",
    )  # fmt: skip
    play = Play(fork_, x=0).do("b", x=2, b=1).do("a", a=1)
    assert play.sees("c") == {"x": 2, "a": 1, "b": 1}
    assert play.do("c").status == "completed"
