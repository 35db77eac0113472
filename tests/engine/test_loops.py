"""Loops: multi-instance and standard, and loops of flows without end."""

from __future__ import annotations

import pytest

from engine import runner
from engine.spiff.run import BUDGET
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    duration,
    each,
    end,
    process,
    script,
    start,
    sub,
    task,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row


def looped(inside: str) -> bytes:
    return process("p", start("s"), user("a", inside), end("e"), "s -> a -> e")


@row(
    "Multi-instance",
    "parallel: all open at once; sequential: one after the other",
    section="13.3.7",
    group="Activities",
)
def test_parallel_instances_are_all_open_sequential_ones_one_after_the_other():
    parallel = Play(looped(each(times="3")))
    assert parallel.tasks == ["a", "a", "a"]
    assert parallel.do("a").do("a").do("a").status == "completed"
    sequence = Play(looped(each(times="3", sequential=True)))
    for counter in range(3):
        assert sequence.tasks == ["a"]
        assert sequence.sees("a")["loopCounter"] == counter
        sequence.do("a")
    assert sequence.status == "completed"
    assert [kind for kind, x in sequence.history if x == "a"] == ["entered", "completed"] * 3


@row("Multi-instance", "an empty collection or the number 0 passes at once", section="13.3.7", group="Activities")
@pytest.mark.parametrize("sequential", [True, False])
def test_no_instance_at_all_passes_at_once(sequential):
    play = Play(looped(each("rows", out="out", out_item="x", sequential=sequential)), rows=[])
    assert play.passed == ["s", "a", "e"]
    assert play.vars == {"rows": [], "out": []}


@row(
    "Multi-instance",
    "items may be null or empty; a mapping gives its values and keeps its keys",
    section="13.3.7",
    group="Activities",
)
def test_items_may_be_empty_and_of_a_mapping():
    loop = each("rows", item="row", out="out", out_item="x", sequential=True)
    diagram = process("p", start("s"), script("a", "x = row", loop), end("e"), "s -> a -> e")
    assert Play(diagram, rows=[None, 0, "", [1]]).vars["out"] == [None, 0, "", [1]]
    assert Play(diagram, rows={"k": 1, "l": None}).vars["out"] == {"k": 1, "l": None}


@row(
    "Multi-instance", "the collection is read once, when the activity is entered", section="13.3.7", group="Activities"
)
def test_items_are_those_of_the_moment_the_loop_began():
    loop = each("rows", item="row", sequential=True)
    play = Play(looped(loop), rows=[1, 2])
    play.do("a", rows=[])
    assert play.sees("a")["row"] == 2


@row("Multi-instance", "the completion condition cancels the rest", section="13.3.7", group="Activities")
@pytest.mark.parametrize("sequential", [True, False])
def test_the_completion_condition_ends_the_rest(sequential):
    loop = each(times="5", until="nrOfCompletedInstances >= 2", sequential=sequential)
    play = Play(looped(loop)).do("a")
    assert play.status == "running"
    play.do("a")
    assert play.status == "completed"
    assert [x for kind, x in play.history if kind == "cancelled"] == ([] if sequential else ["a", "a", "a"])


@row(
    "Multi-instance",
    "the completion condition sees the instance that has just ended",
    section="13.3.7",
    group="Activities",
)
def test_the_completion_condition_sees_the_variables_of_the_instance_that_just_ended():
    loop = each(times="3", out="votes", out_item="vote", until="vote == 'no'")
    assert Play(looped(loop)).do("a", 1, vote="no").vars == {"votes": ["no"]}


@row("Multi-instance", "an interrupting boundary event takes every instance away", section="13.3.7", group="Activities")
def test_a_boundary_event_takes_all_instances_away():
    diagram = process(
        "p", start("s"), user("a", each(times="3")), boundary("t", "a", duration("PT1H")), end("e"), end("late"),
        "s -> a -> e", "t -> late",
    )  # fmt: skip
    play = Play(diagram).do("a").later(hours=1)
    assert play.passed == ["s", "a", "t", "late"]
    assert [x for kind, x in play.history if kind == "cancelled"] == ["a", "a"]


@pytest.mark.parametrize(("cardinality", "message"), [("-1", "-1"), ("'x'", "x"), ("None", "None"), ("True", "True")])
def test_a_number_of_instances_that_is_none_is_a_fault(cardinality, message):
    play = Play(looped(each(times=cardinality)))
    assert play.incidents == [("a", "expression_failed")]
    assert message in play.step.incidents[0].reason


def test_a_collection_that_is_none_is_a_fault():
    assert Play(looped(each("rows")), rows=5).incidents == [("a", "expression_failed")]
    assert Play(looped(each("rows"))).incidents == [("a", "expression_failed")]


@row("Multi-instance", "nests", section="13.3.7", group="Activities")
def test_a_loop_inside_a_loop():
    inside = sub(
        "in", each("rows", item="row"), start("s2"), user("u", each("row", item="cell")), end("e2"), "s2 -> u -> e2",
    )  # fmt: skip
    play = Play(process("p", start("s"), inside, end("e"), "s -> in -> e"), rows=[[1, 2], [3]])
    assert [play.sees("u", i)["cell"] for i in range(3)] == [1, 2, 3]
    assert play.do("u").do("u").do("u").status == "completed"


@row("Standard loop", "tests before or after, up to its maximum", section="13.3.6", group="Activities")
def test_a_standard_loop_runs_while_its_condition_holds():
    diagram = process("p", start("s"), script("a", "n = n + 1", again("n < 3")), end("e"), "s -> a -> e")
    assert Play(diagram, n=0).vars == {"n": 3}
    assert Play(diagram, n=9).vars == {"n": 10}
    before = process("p", start("s"), script("a", "n = n + 1", again("n < 3", before=True)), end("e"), "s -> a -> e")
    assert Play(before, n=9).vars == {"n": 9}
    at_most = process("p", start("s"), script("a", "n = n + 1", again("True", at_most="4")), end("e"), "s -> a -> e")
    assert Play(at_most, n=0).vars == {"n": 4}


@row("Standard loop", "of a user task: one round after the other", section="13.3.6", group="Activities")
def test_a_standard_loop_of_a_person():
    play = Play(looped(again("more"))).do("a", more=True)
    assert play.tasks == ["a"]
    assert play.do("a", more=False).status == "completed"


ENDLESS = process(
    "p", start("s"), xor("m"), task("a"), xor("g"), end("e"), "s -> m -> a -> g", "g -> m if True", "g -> e else"
)


def test_a_loop_without_end_is_stopped():
    play = Play(ENDLESS)
    ((element, kind),) = play.incidents
    assert element in ("m", "a", "g")
    assert kind == "step_budget"
    assert len(play.step.events) < BUDGET + 10


@pytest.mark.parametrize("sequential", [True, False])
def test_too_many_instances_are_stopped(sequential):
    loop = each(times="n", sequential=sequential)
    play = Play(looped(loop), n=2**62)
    assert play.incidents == [("a", "too_many_instances")]
    assert play.retry(n=2).tasks == (["a"] if sequential else ["a", "a"])
    assert not play.incidents


@row("Call activity", "a cycle of calls is stopped", section="13.3.4", group="Activities")
def test_a_process_that_calls_itself_is_stopped():
    play = Play(process("p", start("s"), call("c", "p"), end("e"), "s -> c -> e"))
    assert play.incidents == [("c", "nested_too_deep")]
    assert play.take(runner.cancel).status == "cancelled"


def test_two_thousand_rounds_leave_no_trace_in_the_state():
    diagram = process(
        "p", start("s"), xor("m"), user("a"), xor("g"), end("e"), "s -> m -> a -> g", "g -> m if again", "g -> e else",
    )  # fmt: skip
    play = Play(diagram)
    sizes = []
    for _ in range(2000):
        play.history.clear()
        play.do("a", again=1)
        sizes.append(len(play.step.state))
    assert max(sizes) <= min(sizes) + 8
    assert max(sizes) < 200
    assert play.do("a", again=0).status == "completed"


def test_an_automatic_loop_of_thousands_of_steps_is_one_step():
    diagram = process(
        "p", start("s"), xor("m"), script("a", "n = n + 1"), xor("g"), end("e"), "s -> m -> a -> g",
        "g -> m if n < 3000",
        "g -> e else",
    )  # fmt: skip
    play = Play(diagram, n=0)
    assert play.vars == {"n": 3000}
    assert len(play.step.events) == 3 * 3000 + 2
    assert runner.variables(play.definition, play.step.state) == {"n": 3000}
