"""What reaches an instance from outside besides answers: modelled errors, variables, its end; and where it starts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import runner
from engine.events import Ports
from errors import EngineError, TaskNotOpen
from tests.engine.diagrams import (
    boundary,
    catch,
    condition,
    cycle,
    date,
    end,
    error,
    first,
    fork,
    message,
    process,
    receive,
    service,
    signal,
    start,
    sub,
    user,
)  # fmt: skip
from tests.engine.play import MORNING, Play, definition


def test_a_worker_may_report_a_modelled_error():
    diagram = process(
        "p", start("s"), service("w", motcua__topic="t"), boundary("b", "w", error("NO")), user("mend"), end("e"),
        "s -> w -> e", "b -> mend -> e",
    )  # fmt: skip
    play = Play(diagram)
    play.take(runner.throw_error, play.id_of("w"), "NO", {"why": "x"})
    assert (play.tasks, play.vars) == (["mend"], {"why": "x"})
    assert play.history[1:] == [("entered", "w"), ("cancelled", "w"), ("passed", "b"), ("entered", "mend")]
    other = Play(diagram)
    other.take(runner.throw_error, other.id_of("w"), "OTHER", {})
    assert (other.status, other.step.error_code) == ("failed", "OTHER")
    assert other.history[-1] == ("failed", "w")
    with pytest.raises(TaskNotOpen):
        play.take(runner.throw_error, "x", "NO", {})


def test_variables_changed_from_outside_meet_conditions():
    play = Play(process("p", start("s"), catch("c", condition("n > 2")), end("e"), "s -> c -> e"), n=1)
    assert play.take(runner.set_variables, {"n": 2}).status == "running"
    assert play.take(runner.set_variables, {"n": 3}).status == "completed"


def test_an_instance_ended_from_outside_tells_what_it_interrupts():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), sub("in", start("s2"), user("b"), end("e2"), "s2 -> b -> e2"), end("e"),
        "s -> f -> a -> e", "f -> in -> e",
    )  # fmt: skip
    play = Play(diagram).take(runner.cancel)
    assert play.status == "cancelled"
    assert sorted(x for kind, x in play.history if kind == "cancelled") == ["a", "b", "in"]
    assert not play.step.waits
    assert play.take(runner.fire_timers).status == "cancelled"


def test_an_instance_may_start_at_a_receive_task_or_behind_a_gateway():
    diagram = process(
        "p", receive("r", messageRef="message_x", instantiate="true"), user("a"), end("e"), "r -> a -> e",
    )  # fmt: skip
    assert Play(diagram, at="r").passed == ["r"]
    chosen = process(
        "p", first("g", instantiate="true"), catch("x", message("x")), catch("y", message("y")), user("a"), user("b"),
        "g -> x -> a", "g -> y -> b",
    )  # fmt: skip
    play = Play(chosen, at="y")
    assert (play.tasks, play.passed) == (["b"], ["g", "y"])


@pytest.mark.parametrize("place", ["a", "nowhere", "e"])
def test_an_instance_does_not_start_in_the_middle(place):
    with pytest.raises(EngineError) as problem:
        Play(process("p", start("s"), user("a"), end("e"), "s -> a -> e"), at=place)
    assert problem.value.element_id == place


def begins(diagram):
    return {(start.kind, start.name): start.element_id for start in runner.starts(definition(diagram))}


def test_a_process_tells_what_begins_it():
    diagram = process(
        "p", start("s"), start("m", message("go")), start("x", signal("all")), user("a"), end("e"),
        "s -> a -> e", "m -> a", "x -> a",
    )  # fmt: skip
    assert begins(diagram) == {("message", "go"): "m", ("signal", "all"): "x"}
    told = process("p", receive("r", messageRef="message_x", instantiate="true"), user("a"), "r -> a")
    assert begins(told) == {("message", "x"): "r"}
    chosen = process(
        "p", first("g", instantiate="true"), catch("x", message("x")), catch("y", message("y")), user("a"),
        "g -> x -> a", "g -> y -> a",
    )  # fmt: skip
    assert begins(chosen) == {("message", "x"): "x", ("message", "y"): "y"}


def test_a_process_tells_when_it_begins_by_the_clock():
    diagram = process(
        "p", start("weekly", cycle("R2/P7D")), start("once", date('=now() + duration("PT1H")')), user("a"), end("e"),
        "weekly -> a -> e", "once -> a",
    )  # fmt: skip
    known = definition(diagram)
    weekly, once = runner.start_timers(known, now=MORNING, ports=Ports())
    assert (weekly.element_id, weekly.due_at) == ("weekly", MORNING + timedelta(days=7))
    assert once.due_at == MORNING + timedelta(hours=1)
    second = runner.following(weekly)
    assert second is not None
    assert second.due_at == MORNING + timedelta(days=14)
    assert runner.following(second) is None
    assert runner.following(once) is None
    assert Play(known, at="weekly").passed == ["weekly"]
