"""Incidents: a technical fault holds one token up; the rest goes on; tried again, it goes on from where it failed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import runner
from engine.events import Ports
from errors import IncidentNotOpen, Invalid
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    catch,
    condition,
    cycle,
    date,
    duration,
    each,
    end,
    first,
    fork,
    handler,
    message,
    process,
    receive,
    rule,
    script,
    signal,
    some,
    start,
    sub,
    task,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import MORNING, Outputs, Play

BAD = duration("${wait}")
"""A timer whose text means no moment as long as `wait` is wrong."""
FAULTS = {
    "script": [script("x", "y = 1 / n")],
    "decision": [rule("x", motcua__decision="fees")],
    "gateway": [xor("x")],
    "catching timer": [catch("x", duration("P${n}"))],
    "catching date": [catch("x", date("=date(n)"))],
    "catching cycle": [catch("x", cycle("n"))],
    "timer at a task": [user("x"), boundary("b", "x", duration("n"))],
    "timer at a receiving task": [receive("x", messageRef="message_m"), boundary("b", "x", duration("n"))],
    "timer at a sub-process": [sub("x", user("in")), boundary("b", "x", duration("n"))],
    "timer at a loop": [user("x", each(times="2")), boundary("b", "x", duration("n"))],
    "items": [user("x", each("n"))],
    "number of items": [user("x", each(times="n - 1"))],
    "loop condition": [user("x", again("1 / n", before=True))],
}


@pytest.mark.parametrize("what", sorted(FAULTS))
def test_a_fault_holds_up_its_token_and_nothing_else(what):
    flow = "f -> x -> e if 1 > 2" if what == "gateway" else "f -> x -> e"
    diagram = process(
        "p", start("s"), fork("f"), *FAULTS[what], user("other"), end("e"), end("e2"), "s -> f -> other -> e2", flow,
    )  # fmt: skip
    play = Play(diagram, n=0)
    assert play.status == "running"
    (incident,) = play.step.incidents
    assert incident.element_id == ("b" if "timer at" in what else "x")
    assert incident.message.vi
    assert incident.message.en
    assert play.tasks == ["other"]
    before = play.step.incidents
    play.do("other")
    assert play.step.incidents == before
    assert runner.incidents(play.definition, play.step.state) == before
    play.retry()
    assert [(i.id, i.element_id) for i in play.step.incidents] == [(i.id, i.element_id) for i in before]


def test_a_script_is_tried_again_with_mended_variables():
    diagram = process("p", start("s"), script("x", "y = 1 / n"), user("u"), end("e"), "s -> x -> u -> e")
    play = Play(diagram, n=0)
    assert (play.incidents, play.history) == ([("x", "expression_failed")], [("passed", "s"), ("entered", "x")])
    assert "division by zero" in play.step.incidents[0].reason
    play.retry(n=4)
    assert (play.tasks, play.incidents, play.vars) == (["u"], [], {"n": 4, "y": 0.25})
    assert play.history[2:] == [("completed", "x"), ("entered", "u")]


def test_an_incident_keeps_its_id_until_it_is_resolved_and_is_resolved_once():
    diagram = process("p", start("s"), script("x", "y = 1 / n"), end("e"), "s -> x -> e")
    play = Play(diagram, n=0)
    (incident,) = play.step.incidents
    assert play.retry().step.incidents == (incident,)
    assert play.retry(n=1).status == "completed"
    with pytest.raises(IncidentNotOpen):
        play.take(runner.retry, incident.id)
    with pytest.raises(IncidentNotOpen):
        play.take(runner.retry, "nothing")


def test_what_cannot_be_kept_is_refused_when_an_incident_is_tried_again():
    play = Play(process("p", start("s"), script("x", "y = 1 / n"), end("e"), "s -> x -> e"), n=0)
    before = play.step
    with pytest.raises(Invalid):
        play.retry(n="\0")
    assert play.step is before


def test_variables_are_mended_where_the_token_sees_them():
    inside = sub("x", each("rows", item="row"), start("s2"), script("y", "z = 1 / row"), end("e2"), "s2 -> y -> e2")
    play = Play(process("p", start("s"), inside, end("e"), "s -> x -> e"), rows=[1, 0, 0])
    assert play.incidents == [("y", "expression_failed")] * 2
    assert play.retry(row=2).incidents == [("y", "expression_failed")]
    assert play.retry(row=3).status == "completed"
    assert play.vars["rows"] == [1, 0, 0]


def test_a_timer_at_a_task_is_armed_again_with_it():
    diagram = process(
        "p", start("s"), user("x"), boundary("b", "x", BAD), boundary("m", "x", message("m")), end("e"), end("late"),
        "s -> x -> e", "b -> late", "m -> e",
    )  # fmt: skip
    play = Play(diagram, wait="soon")
    assert (play.tasks, play.incidents, play.step.waits) == ([], [("b", "expression_failed")], ())
    assert play.history == [("passed", "s")]
    play.retry(wait="PT1H")
    assert play.tasks == ["x"]
    assert sorted(wait.kind for wait in play.step.waits) == ["message", "task", "timer"]
    assert [h for h in play.history if h[1] == "x"] == [("entered", "x")]
    assert play.later(hours=1).passed == ["s", "b", "late"]


def test_an_event_gateway_waits_for_all_or_none():
    diagram = process(
        "p", start("s"), first("g"), catch("m", message("m")), catch("t", BAD), end("e"), end("late"),
        "s -> g -> m -> e", "g -> t -> late",
    )  # fmt: skip
    play = Play(diagram, wait="soon")
    assert (play.incidents, play.step.waits) == ([("t", "expression_failed")], ())
    assert len(play.retry(wait="PT1H").step.waits) == 2
    assert play.message("m").passed == ["s", "g", "m", "e"]


def test_an_event_sub_process_that_cannot_stand_by_is_an_incident_beside_what_runs():
    late = handler("late", start("h", BAD, isInterrupting="false"), user("hurry"), "h -> hurry")
    play = Play(process("p", start("s"), user("u"), end("e"), late, "s -> u -> e"), wait="soon")
    assert (play.tasks, play.incidents) == (["u"], [("late", "expression_failed")])
    assert play.retry(wait="x").incidents == [("late", "expression_failed")]
    assert play.retry(wait="PT1H").incidents == []
    assert play.later(hours=1).tasks == ["hurry", "u"]
    play = Play(play.definition, wait="soon").do("u")
    assert (play.status, play.incidents) == ("completed", [])


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_counts_an_instance_once(sequential):
    loop = each(times="3", out="out", out_item="v", until="1 / limit > nrOfCompletedInstances", sequential=sequential)
    play = Play(process("p", start("s"), user("u", loop), end("e"), "s -> u -> e"), limit=0).do("u", v="a")
    assert play.incidents == [("u", "expression_failed")]
    assert play.tasks == ([] if sequential else ["u", "u"])
    play.retry()
    assert play.incidents == [("u", "expression_failed")]
    play.retry(limit=0.5)
    assert (play.status, play.vars["out"]) == ("completed", ["a"])
    play = Play(play.definition, limit=0).do("u", v="a").retry(limit=10)
    assert play.tasks == (["u"] if sequential else ["u", "u"])
    assert play.do("u", v="b").do("u", v="c").vars["out"] == ["a", "b", "c"]


def test_a_loop_condition_counts_a_round_once():
    diagram = process("p", start("s"), script("x", "n = n + 1", again("1 / m and n < 3")), end("e"), "s -> x -> e")
    play = Play(diagram, n=0, m=0)
    assert play.incidents == [("x", "expression_failed")]
    assert play.retry(m=1).status == "completed"
    assert play.vars["n"] == 3


def test_what_a_called_process_gives_out_is_not_lost():
    broken = process("q", start("s2"), script("y", "z = 1 / n"), end("e2"), "s2 -> y -> e2")
    play = Play(process("p", start("s"), call("c", "q"), end("e"), "s -> c -> e"), broken, n=0)
    assert play.step.incidents[0].process_key == "q"
    assert play.retry(n=1).vars == {"n": 1, "z": 1.0}


def test_a_boundary_event_interrupts_what_an_incident_holds_up():
    diagram = process(
        "p", start("s"), sub("x", start("s2"), script("y", "1 / n"), end("e2"), "s2 -> y -> e2"),
        boundary("b", "x", duration("PT1H")), end("e"), end("late"), "s -> x -> e", "b -> late",
    )  # fmt: skip
    play = Play(diagram, n=0)
    assert play.incidents == [("y", "expression_failed")]
    play.later(hours=1)
    assert (play.status, play.incidents) == ("completed", [])
    assert play.passed == ["s", "s2", "b", "late"]


def test_an_instance_with_an_incident_can_be_cancelled():
    play = Play(process("p", start("s"), script("x", "1 / n"), end("e"), "s -> x -> e"), n=0).take(runner.cancel)
    assert (play.status, play.incidents) == ("cancelled", [])


def test_a_joining_gateway_waits_for_a_token_that_is_held_up():
    diagram = process(
        "p", start("s"), some("f"), script("x", "1 / n"), task("t"), some("j"), end("e"),
        "s -> f -> x -> j -> e", "f -> t -> j",
    )  # fmt: skip
    play = Play(diagram, n=0)
    assert "j" not in play.passed
    assert play.retry(n=1).status == "completed"


@pytest.mark.parametrize("where", [catch("c", condition("1 / n > 0")), None])
def test_a_condition_that_fails_is_an_incident_until_it_can_be_looked_at(where):
    if where:
        diagram = process("p", start("s"), where, end("e"), "s -> c -> e")
    else:
        diagram = process(
            "p", start("s"), user("u"), boundary("c", "u", condition("1 / n > 0")), end("e"), "s -> u -> e", "c -> e",
        )  # fmt: skip
    play = Play(diagram, n=0)
    assert play.incidents == [("c", "expression_failed")]
    assert [wait.element_id for wait in play.step.waits if wait.kind == "condition"] == ["c"]
    play.take(runner.set_variables, {"n": -1})
    assert (play.incidents, play.status) == ([], "running")
    play.take(runner.set_variables, {"n": 0})
    assert play.incidents == [("c", "expression_failed")]
    assert play.retry().incidents == [("c", "expression_failed")]
    assert play.retry(n=5).status == "completed"


def test_a_condition_on_variables_that_are_not_there_yet_just_does_not_hold():
    play = Play(process("p", start("s"), catch("c", condition("n > 5 or d['x'] > 1")), end("e"), "s -> c -> e"))
    assert play.incidents == []
    play.take(runner.set_variables, {"n": 1, "d": {}})
    assert play.incidents == []
    assert play.take(runner.set_variables, {"n": 6}).status == "completed"


def test_what_is_thrown_is_thrown_once():
    both = signal("a") + signal("b")
    diagram = process("p", start("s"), throw("t", both), end("e"), "s -> t -> e")
    play = Play(diagram)
    assert [thrown.name for thrown in play.step.thrown] == ["a", "b"]


def test_a_fault_in_a_start_leaves_an_instance():
    play = Play(process("p", start("s", message("m")), script("x", "1 / n"), end("e"), "s -> x -> e"), at="s", n=0)
    assert (play.status, play.incidents) == ("running", [("x", "expression_failed")])


def test_decisions_that_appear_later_are_found():
    play = Play(process("p", start("s"), rule("x", motcua__decision="fees"), end("e"), "s -> x -> e"))
    assert play.incidents == [("x", "engine_error")]
    play.ports = Ports(decide=lambda key, variables, now: Outputs({"fee": 1}))
    assert play.retry().vars == {"fee": 1}


def test_a_timer_that_is_scheduled_again_counts_from_then():
    play = Play(process("p", start("s"), catch("t", BAD), end("e"), "s -> t -> e"), wait="soon")
    play.now = MORNING + timedelta(hours=5)
    assert play.retry(wait="PT1H").step.next_due == MORNING + timedelta(hours=6)


def test_a_fault_without_an_incident_costs_nothing_in_the_state():
    play = Play(process("p", start("s"), user("x"), end("e"), "s -> x -> e"))
    assert b"fault" not in play.step.state
