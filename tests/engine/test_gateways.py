"""Gateways: who waits for whom (BPMN 2.0.2, 13.4)."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.engine.diagrams import (
    boundary,
    catch,
    condition,
    date,
    duration,
    end,
    first,
    fork,
    message,
    process,
    receive,
    script,
    some,
    start,
    sub,
    task,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row


@row(
    "Exclusive gateway",
    "takes the first flow whose condition holds, in the order of the file",
    section="13.4.2",
    group="Gateways",
)
def test_flows_are_tried_in_the_order_of_the_file():
    play = Play(
        process(
            "p", start("s"), xor("g"), end("one"), end("two"), "s -> g", "g -> one if n > 0", "g -> two if n > 1",
        ),
        n=5,
    )  # fmt: skip
    assert play.passed == ["s", "g", "one"]


@row(
    "Exclusive gateway",
    "no condition holds and there is no default: an incident at the gateway",
    section="13.4.2",
    group="Gateways",
)
def test_no_flow_and_no_default_is_an_incident_of_the_gateway():
    diagram = process("p", start("s"), xor("g"), end("e"), "s -> g -> e if n > 1")
    assert Play(diagram, n=0).incidents == [("g", "no_path_chosen")]
    inclusive = process("p", start("s"), some("g"), end("e"), "s -> g -> e if n > 1")
    play = Play(inclusive, n=0)
    assert play.incidents == [("g", "no_path_chosen")]
    assert play.retry(n=2).status == "completed"


@row("Parallel gateway", "joins every branch, in every order of completion", section="13.4.1", group="Gateways")
@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_parallel_join_waits_for_every_branch_in_every_order(order):
    play = Play(
        process(
            "p", start("s"), fork("f"), user("a"), user("b"), user("c"), fork("j"), user("after"), end("e"),
            "s -> f -> a -> j -> after -> e", "f -> b -> j", "f -> c -> j",
        )
    )  # fmt: skip
    for number, element in enumerate(order):
        assert "after" not in play.tasks
        play.do(element, **{element: number})
    assert play.tasks == ["after"]
    assert play.passed.count("j") == 1
    assert play.do("after").vars == {element: number for number, element in enumerate(order)}


@row(
    "Parallel gateway",
    "joins in a loop, in every order of completion of every round",
    section="13.4.1",
    group="Gateways",
)
@pytest.mark.parametrize("orders", [(x, y, z) for x in ("ab", "ba") for y in ("ab", "ba") for z in ("ab", "ba")])
def test_a_parallel_join_in_a_loop_holds_for_every_order(orders):
    diagram = process(
        "p", start("s"), xor("m"), fork("f"), user("a"), user("b"), fork("j"), script("n", "n = n + 1"), xor("g"),
        end("e"),
        "s -> m -> f -> a -> j -> n -> g", "f -> b -> j", "g -> m if n < 3", "g -> e else",
    )  # fmt: skip
    play = Play(diagram, n=0)
    for order in orders:
        for element in order:
            play.do(element)
    assert play.status == "completed"
    assert play.vars == {"n": 3}


@row("Parallel gateway", "takes one token of each flow; tokens in excess stay", section="13.4.1", group="Gateways")
def test_tokens_in_excess_stay_before_a_parallel_join():
    # `a` is entered twice, so that two tokens come by one flow and one by the other
    diagram = process(
        "p", start("s"), fork("f"), task("x"), task("y"), user("a"), user("b"), fork("j"), end("e"),
        "s -> f -> x -> a -> j -> e", "f -> y -> a", "f -> b -> j",
    )  # fmt: skip
    play = Play(diagram)
    assert play.tasks == ["a", "a", "b"]
    play.do("a").do("a")
    assert "j" not in play.passed
    play.do("b")
    assert play.passed.count("j") == 1
    assert play.status == "running"  # the second token of `a` waits for ever, as BPMN says


def inclusive(*more: str) -> bytes:
    return process(
        "p", start("s"), some("f"), user("a"), user("b"), user("c"), some("j"), user("after"), end("e"),
        "s -> f", "f -> a if a", "f -> b if b", "f -> c else", "a -> j -> after -> e", "b -> j", "c -> j", *more,
    )  # fmt: skip


@row("Inclusive gateway", "joins the branches that were taken", section="13.4.3", group="Gateways")
def test_an_inclusive_join_waits_for_the_branches_that_were_taken():
    play = Play(inclusive(), a=True, b=True)
    assert play.tasks == ["a", "b"]
    assert play.do("a").tasks == ["b"]
    assert play.do("b").tasks == ["after"]
    assert Play(inclusive(), a=True, b=False).do("a").tasks == ["after"]
    assert Play(inclusive(), a=False, b=False).tasks == ["c"]


@row("Inclusive gateway", "waits for a branch that loops", section="13.4.3", group="Gateways")
def test_an_inclusive_join_waits_for_a_branch_that_loops():
    diagram = process(
        "p", start("s"), some("f"), xor("m"), user("a"), xor("g"), user("b"), some("j"), end("e"),
        "s -> f", "f -> m if True", "m -> a -> g", "g -> m if again", "g -> j else", "f -> b if True", "b -> j -> e",
    )  # fmt: skip
    play = Play(diagram).do("b").do("a", again=True).do("a", again=True)
    assert play.status == "running"
    assert play.do("a", again=False).passed.count("j") == 1
    assert play.status == "completed"


@row("Inclusive gateway", "does not wait for a token that can only come behind it", section="13.4.3", group="Gateways")
def test_an_inclusive_join_does_not_wait_for_a_token_that_can_only_come_after_it():
    diagram = process(
        "p", start("s"), xor("m"), some("f"), user("a"), user("b"), some("j"), user("again"), xor("g"), end("e"),
        "s -> m -> f", "f -> a if True", "f -> b if both", "a -> j -> again -> g", "b -> j", "g -> m if more",
        "g -> e else",
    )  # fmt: skip
    play = Play(diagram, both=True).do("a").do("b")
    assert play.tasks == ["again"]
    play.do("again", more=True, both=False).do("a")
    assert play.tasks == ["again"]


@row("Inclusive gateway", "waits for a token that a boundary event may still send", section="13.4.3", group="Gateways")
def test_an_inclusive_join_waits_for_a_branch_that_a_boundary_event_may_send_there():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), boundary("late", "b", duration("PT1H")), end("other"),
        some("j"),
        end("e"), "s -> f -> a -> j -> e", "f -> b -> other", "late -> j",
    )  # fmt: skip
    play = Play(diagram).do("a")
    assert "j" not in play.passed
    assert play.later(hours=2).passed.count("j") == 1
    assert Play(diagram).do("a").do("b").passed.count("j") == 1


@row("Exclusive gateway", "merges without waiting: every token passes", section="13.4.2", group="Gateways")
def test_an_exclusive_gateway_lets_every_token_pass():
    diagram = process(
        "p", start("s"), fork("f"), task("a"), task("b"), xor("m"), user("u"), end("e"),
        "s -> f -> a -> m -> u -> e", "f -> b -> m",
    )  # fmt: skip
    assert Play(diagram).tasks == ["u", "u"]


def by_event() -> bytes:
    return process(
        "p", start("s"), first("g"), catch("paid", message("paid")), catch("soon", duration("PT1H")),
        catch("late", duration("PT2H")), receive("told", messageRef="message_told"), end("e1"), end("e2"), end("e3"),
        end("e4"), "s -> g -> paid -> e1", "g -> soon -> e2", "g -> late -> e3", "g -> told -> e4",
    )  # fmt: skip


@row("Event-based gateway", "exactly one of its events happens", section="13.4.4", group="Gateways")
def test_exactly_one_of_the_events_behind_a_gateway_happens():
    play = Play(by_event())
    assert play.history == [("passed", "s"), ("entered", "g")]
    assert {(wait.kind.value, wait.element_id) for wait in play.step.waits} == {
        ("message", "paid"), ("timer", "soon"), ("timer", "late"), ("message", "told"),
    }  # fmt: skip
    assert play.later(hours=3).passed == ["s", "g", "soon", "e2"]
    assert play.status == "completed"
    paid = Play(by_event()).message("paid", amount=3)
    assert paid.passed == ["s", "g", "paid", "e1"]
    assert paid.vars == {"amount": 3}
    assert Play(by_event()).message("told").passed[-1] == "e4"


@row("Event-based gateway", "a conditional event behind it is looked at", section="13.4.4", group="Gateways")
def test_a_condition_behind_an_event_based_gateway_is_looked_at():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), first("g"), catch("full", condition("n > 2")), catch("t",
        date("2027-01-01")),
        end("e1"), end("e2"), end("e3"), "s -> f -> a -> e1", "f -> g -> full -> e2", "g -> t -> e3",
    )  # fmt: skip
    play = Play(diagram)
    assert play.do("a", n=3).passed[-2:] == ["full", "e2"]
    assert play.status == "completed"


@row("Sub-process", "splits and joins on its own", section="13.3.4", group="Activities")
def test_a_sub_process_may_split_and_join_on_its_own():
    diagram = process(
        "p", start("s"),
        sub("in", start("s2"), fork("f"), user("a"), user("b"), fork("j"), end("e2"), "s2 -> f -> a -> j -> e2",
        "f -> b -> j"),
        end("e"), "s -> in -> e",
    )  # fmt: skip
    play = Play(diagram).do("b").do("a")
    assert play.status == "completed"
    assert play.history[:5] == [("passed", "s"), ("entered", "in"), ("passed", "s2"), ("passed", "f"), ("entered", "a")]
    assert play.passed[-4:] == ["j", "e2", "in", "e"]
