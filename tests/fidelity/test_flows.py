"""Flows: what BPMN leaves implicit is done (13.3, 13.4)."""

from __future__ import annotations

import pytest

from tests.engine.diagrams import boundary, each, end, fork, message, process, script, start, sub, task, user, xor
from tests.engine.play import Play
from tests.fidelity import row


@row("Sequence flow", "several flows out of an activity fork", section="13.3.1", group="Flows")
def test_several_flows_out_of_a_task_are_a_parallel_split():
    play = Play(process("p", start("s"), task("t"), user("a"), user("b"), end("e"), "s -> t -> a -> e", "t -> b -> e"))
    assert play.tasks == ["a", "b"]
    assert play.do("a").status == "running"
    assert play.do("b").status == "completed"
    assert play.passed == ["s", "t", "a", "e", "b", "e"]


@row("History", "each activation in the order of completion, a sub-process behind what ran inside it", section="13.3.4",
     group="Flows")  # fmt: skip
def test_the_history_is_in_the_order_of_completion():
    diagram = process(
        "p", start("s"), end("e"), "s -> q -> m -> e",
        sub("q", start("s2"), script("a", "x = 1"), sub("r", task("b")), end("e2"), "s2 -> a -> r -> e2"),
        task("m", each(times="2")),
    )  # fmt: skip
    assert Play(diagram).passed == ["s", "s2", "a", "b", "r", "e2", "q", "m", "m", "e"]


@row("Sequence flow", "conditional flows out of an activity: every one that holds is taken, else its default",
     section="13.3.1", group="Flows")  # fmt: skip
@pytest.mark.parametrize(("n", "taken"), [(5, ["a", "b"]), (1, ["a"]), (0, ["c"])])
def test_conditional_and_default_flows_leave_an_activity(n, taken):
    diagram = process(
        "p", start("s"), user("t"), user("a"), user("b"), user("c"), end("e"),
        "s -> t", "t -> a if n > 0", "t -> b if n > 1", "t -> c else", "a -> e", "b -> e", "c -> e",
    )  # fmt: skip
    assert Play(diagram, n=0).do("t", n=n).tasks == taken


@row("Sequence flow", "unconditional flows beside conditional ones are always taken", section="13.3.1", group="Flows")
@pytest.mark.parametrize(("n", "taken"), [(5, ["a", "b"]), (0, ["b"])])
def test_an_unconditional_flow_beside_a_conditional_one_is_always_taken(n, taken):
    diagram = process(
        "p", start("s"), task("t"), user("a"), user("b"), end("e"), "s -> t", "t -> a if n > 0", "t -> b", "a -> e",
        "b -> e",
    )  # fmt: skip
    assert Play(diagram, n=n).tasks == taken


@row("Sequence flow", "several flows into an activity: each token runs it (implicit merge)", section="13.3.1",
     group="Flows")  # fmt: skip
def test_an_activity_runs_for_every_token_that_comes():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), script("n", "n = n + 1"), end("e"),
        "s -> f -> a -> n -> e", "f -> b -> n",
    )  # fmt: skip
    play = Play(diagram, n=0).do("a")
    assert (play.vars["n"], play.status) == (1, "running")
    assert (play.do("b").vars["n"], play.status) == (2, "completed")


@row("Sequence flow", "several flows into an end event: each token ends there", section="13.3.1", group="Flows")
def test_every_token_ends_on_its_own():
    play = Play(process("p", start("s"), fork("f"), task("a"), task("b"), end("e"), "s -> f -> a -> e", "f -> b -> e"))
    assert play.passed.count("e") == 2
    assert play.status == "completed"


@row("Boundary event", "several flows out of it fork", section="13.3.1", group="Flows")
def test_a_boundary_event_may_fork():
    diagram = process(
        "p", start("s"), user("t"), boundary("b", "t", message("m")), user("x"), user("y"), end("e"),
        "s -> t -> e", "b -> x -> e", "b -> y -> e",
    )  # fmt: skip
    play = Play(diagram).message("m")
    assert play.tasks == ["x", "y"]
    assert ("cancelled", "t") in play.history


@row("Sequence flow", "conditions ask in Python, FEEL (`=…`) or JUEL (`${…}`)", section="10.6.2", group="Flows")
@pytest.mark.parametrize("written", ["n > 2 and n < 9", "=n > 2 and n < 9", "${n > 2 && n < 9}"])
def test_a_condition_may_be_written_in_any_language(written):
    diagram = process(
        "p", start("s"), xor("g"), end("yes"), end("no"), "s -> g", f"g -> yes if {written}", "g -> no else"
    )
    assert Play(diagram, n=5).passed[-1] == "yes"
    assert Play(diagram, n=1).passed[-1] == "no"
