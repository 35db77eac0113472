"""Skipping: what an incident holds up counts as done, and its token goes on; nothing else changes."""

from __future__ import annotations

import pytest

from engine import runner
from engine.skipping import skip
from errors import IncidentNotOpen, Invalid
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    catch,
    condition,
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
    service,
    some,
    start,
    sub,
    task,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.engine.test_incidents import FAULTS


def skipped(play: Play, element: str = "", flow_id: str | None = None, **variables) -> Play:
    found = [incident.id for incident in play.step.incidents if element in ("", incident.element_id)]
    return play.take(skip, found[0], flow_id=flow_id, variables=variables)


def flow_to(play: Play, source: str, target: str) -> str:
    return next(f.id for f in play.definition.compiled.spec.task_specs[source].flows if f.target == target)


@pytest.mark.parametrize("what", sorted(FAULTS))
def test_whatever_is_held_up_goes_on_and_the_rest_is_left_alone(what):
    flow = "f -> x -> next if 1 > 2" if what == "gateway" else "f -> x -> next"
    diagram = process(
        "p", start("s"), fork("f"), *FAULTS[what], user("other"), user("next"), end("e"), end("e2"),
        "s -> f -> other -> e2", flow, "next -> e",
    )  # fmt: skip
    play = Play(diagram, n=0)
    other = play.id_of("other")
    if what == "gateway":
        with pytest.raises(Invalid) as problem:
            skipped(play)
        assert [(d.field, d.code) for d in problem.value.details] == [("flow_id", "required")]
        skipped(play, flow_id=flow_to(play, "x", "next"))
    else:
        skipped(play)
    assert (play.tasks, play.incidents) == (["next", "other"], [])
    assert play.id_of("other") == other
    assert [kind for kind, element in play.history if element == "x"][-1] in ("passed", "completed")
    assert play.do("next").do("other").status == "completed"


def test_variables_stand_for_what_was_not_done():
    play = Play(process("p", start("s"), script("x", "y = 1 / n"), user("u"), end("e"), "s -> x -> u -> e"), n=0)
    skipped(play, y=7)
    assert (play.tasks, play.vars) == (["u"], {"n": 0, "y": 7})
    with pytest.raises(IncidentNotOpen):
        play.take(skip, "nothing")


def test_a_flow_that_does_not_leave_the_gateway_is_refused():
    diagram = process(
        "p",
        start("s"),
        xor("g"),
        user("a"),
        user("b"),
        end("e"),
        "s -> g -> a if n > 1",
        "g -> b if n > 2",
        "a -> e",
        "b -> e",
    )
    play = Play(diagram, n=0)
    with pytest.raises(Invalid) as problem:
        skipped(play, flow_id="no")
    assert [(d.field, d.code) for d in problem.value.details] == [("flow_id", "unknown_flow")]
    assert skipped(play, flow_id=flow_to(play, "g", "b")).tasks == ["b"]


def test_a_condition_that_holds_with_the_variables_given_needs_no_flow():
    play = Play(process("p", start("s"), some("g"), user("a"), end("e"), "s -> g -> a if n > 1", "a -> e"), n=0)
    assert skipped(play, n=2).tasks == ["a"]


def test_the_condition_of_an_implicit_split_is_named_by_its_flow():
    play = Play(process("p", start("s"), task("a"), user("b"), end("e"), "s -> a", "a -> b if n > 1", "b -> e"), n=0)
    assert play.incidents[0][1] == "no_path_chosen"
    assert skipped(play, flow_id=flow_to(play, "_g_a", "b")).tasks == ["b"]


def test_work_outside_that_failed_counts_as_done():
    diagram = process(
        "p",
        start("s"),
        service("x", motcua__topic="t"),
        boundary("b", "x", duration("PT1H")),
        user("u"),
        end("e"),
        "s -> x -> u -> e",
        "b -> e",
    )
    play = Play(diagram)
    play.take(runner.fail, play.id_of("x"), "no tries are left")
    skipped(play, result=1)
    assert (play.tasks, play.works, play.step.next_due) == (["u"], [], None)


def test_a_task_that_nobody_was_found_for_counts_as_done():
    play = Play(process("p", start("s"), user("x"), user("u"), end("e"), "s -> x -> u -> e"))
    play.take(runner.fail, play.id_of("x"), "nobody")
    assert skipped(play).tasks == ["u"]
    assert play.history[-2:] == [("completed", "x"), ("entered", "u")]


def test_an_end_event_still_ends_what_it_ends():
    bad = end("bad", '<errorEventDefinition errorRef="error_E"/>')
    inner = sub("sub", start("s2"), script("x", "y = 1 / n"), bad, "s2 -> x -> bad")
    diagram = process(
        "p",
        start("s"),
        inner,
        boundary("b", "sub", '<errorEventDefinition errorRef="error_E"/>'),
        user("mend"),
        end("e"),
        "s -> sub -> e",
        "b -> mend -> e",
    )
    assert skipped(Play(diagram, n=0)).tasks == ["mend"]


def test_an_instance_of_a_loop_that_fails_is_one_less():
    inside = sub(
        "x",
        each("rows", item="row", out="out", out_item="z"),
        start("s2"),
        script("y", "z = 1 / row"),
        end("e2"),
        "s2 -> y -> e2",
    )
    play = Play(process("p", start("s"), inside, end("e"), "s -> x -> e"), rows=[1, 0, 2])
    assert skipped(play, z="none").status == "completed"
    assert play.vars["out"] == [1.0, "none", 0.5]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_that_cannot_be_asked_does_not_hold(sequential):
    loop = each(times="3", until="1 / n > 5", sequential=sequential)
    play = Play(process("p", start("s"), user("x", loop), user("u"), end("e"), "s -> x -> u -> e"), n=0)
    for _ in range(3):
        assert play.do("x").incidents or play.tasks == ["u"]
        if play.incidents:
            skipped(play)
    assert play.tasks == ["u"]


def test_a_round_whose_condition_cannot_be_asked_is_the_last():
    play = Play(process("p", start("s"), user("x", again("1 / n > 0")), user("u"), end("e"), "s -> x -> u -> e"), n=0)
    assert skipped(play.do("x")).tasks == ["u"]


def test_what_cannot_stand_by_stands_by_no_more():
    late = handler("late", start("h", duration("${wait}"), isInterrupting="false"), user("hurry"), "h -> hurry")
    play = Play(process("p", start("s"), user("u"), end("e"), late, "s -> u -> e"), wait="soon")
    assert (skipped(play).tasks, play.incidents) == (["u"], [])
    watch = boundary("b", "u", condition("1 / n > 0"))
    play = Play(process("p", start("s"), user("u"), watch, end("e"), "s -> u -> e", "b -> e"), n=0)
    assert (skipped(play).tasks, play.incidents) == (["u"], [])
    assert play.do("u").status == "completed"


def test_a_condition_that_cannot_be_asked_counts_as_true():
    play = Play(
        process("p", start("s"), catch("c", condition("1 / n > 0")), user("u"), end("e"), "s -> c -> u -> e"), n=0
    )
    assert skipped(play).tasks == ["u"]
    diagram = process(
        "p",
        start("s"),
        first("g"),
        catch("c", condition("1 / n > 0")),
        catch("m", message("m")),
        user("u"),
        end("e"),
        "s -> g -> c -> u -> e",
        "g -> m -> e",
    )
    assert skipped(Play(diagram, n=0)).tasks == ["u"]


def test_a_call_that_cannot_be_made_or_ended_is_passed():
    inner = process("q", start("qs"), user("qu"), end("qe"), "qs -> qu -> qe")
    more = '<extensionElements><camunda:in sourceExpression="${1 / n}" target="k"/></extensionElements>'
    play = Play(process("p", start("s"), call("c", "q", more), user("u"), end("e"), "s -> c -> u -> e"), inner, n=0)
    assert play.incidents
    assert skipped(play).tasks == ["u"]
    more = '<extensionElements><camunda:out sourceExpression="${1 / n}" target="k"/></extensionElements>'
    play = Play(process("p", start("s"), call("c", "q", more), user("u"), end("e"), "s -> c -> u -> e"), inner, n=0).do(
        "qu"
    )
    assert play.incidents
    assert skipped(play).tasks == ["u"]


def test_what_a_spent_budget_holds_up_goes_on_behind_its_element():
    diagram = process(
        "p",
        start("s"),
        xor("m"),
        task("t"),
        xor("g"),
        user("u"),
        end("e"),
        "s -> m -> t -> g",
        "g -> m if n < 1",
        "g -> u else",
        "u -> e",
    )
    play = Play(diagram, n=0)
    assert play.incidents[0][1] == "step_budget"
    assert skipped(play, n=1).tasks == ["u"]


def test_a_message_start_of_a_receiving_task_is_passed():
    diagram = process(
        "p",
        start("s"),
        receive("x", messageRef="message_m"),
        boundary("b", "x", duration("n")),
        user("u"),
        end("e"),
        "s -> x -> u -> e",
        "b -> e",
    )
    assert skipped(Play(diagram, n=0)).tasks == ["u"]
    assert skipped(
        Play(process("p", start("s"), rule("x", motcua__decision="d"), user("u"), end("e"), "s -> x -> u -> e"))
    ).tasks == ["u"]
