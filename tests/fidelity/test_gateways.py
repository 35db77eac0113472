"""Gateways: who waits for whom, and which way is taken (10.6, 13.4)."""

from __future__ import annotations

from itertools import permutations

import pytest

from engine import runner
from tests.engine.diagrams import end, fork, node, process, script, start, user, xor
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted


def complex_(id_: str, activation: str = "") -> str:
    inside = f"<activationCondition>{activation.replace('>', '&gt;').replace('<', '&lt;')}</activationCondition>"
    return node("complexGateway", id_, inside if activation else "")


def discriminator(activation: str, *after: str) -> bytes:
    """Three branches into a complex gateway."""
    return process(
        "p", start("s"), fork("f"), user("a"), user("b"), user("c"), complex_("g", activation), user("x"), end("e"),
        *(after or ("g -> x",)), "x -> e",
        "s -> f -> a -> g", "f -> b -> g", "f -> c -> g",
    )  # fmt: skip


@row("Complex gateway", "goes on once when m of n tokens have come", section="13.4.5", group="Gateways")
@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_complex_gateway_goes_on_at_the_second_of_three_tokens_in_every_order(order):
    play = Play(discriminator("activationCount >= 2"))
    first, second, third = order
    assert play.do(first).tasks == sorted({"a", "b", "c"} - {first})
    assert play.do(second).tasks == sorted([third, "x"])
    play.do(third)
    assert play.tasks == ["x"]
    assert play.do("x").status == "completed"
    assert play.passed.count("x") == 1


@row("Complex gateway", "conditions see activationCount, waitingForStart and each flow", section="13.4.5",
     group="Gateways")  # fmt: skip
def test_a_complex_gateway_takes_another_way_when_it_is_reset():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), complex_("g", "activationCount >= 1"),
        user("x"), user("late"), end("e"), "s -> f -> a -> g", "f -> b -> g",
        "g -> x if waitingForStart", "g -> late if not waitingForStart",
        "x -> e", "late -> e",
    )  # fmt: skip
    play = Play(diagram)
    assert play.do("a").tasks == ["b", "x"]
    assert play.do("b").tasks == ["late", "x"]
    assert "waitingForStart" not in play.vars
    assert play.do("x").do("late").status == "completed"


@row("Complex gateway", "is ready again after its reset, in a loop", section="13.4.5", group="Gateways")
def test_a_complex_gateway_starts_anew_after_all_tokens_have_come():
    diagram = process(
        "p", start("s"), xor("again"), fork("f"), user("a"), user("b"), complex_("g", "activationCount == 1"),
        script("n", "n = n + 1"), user("x"), xor("q"), end("e"),
        "s -> again -> f -> a -> g", "f -> b -> g", "g -> n -> x -> q", "q -> again if n < 2", "q -> e else",
    )  # fmt: skip
    play = Play(diagram, n=0)
    play.do("a").do("b").do("x")
    assert play.tasks == ["a", "b"]
    play.do("b")
    assert play.tasks == ["a", "x"]
    play.do("a").do("x")
    assert play.status == "completed"
    assert play.vars["n"] == 2


@row("Complex gateway", "resets when a missing token cannot come any more", section="13.4.5", group="Gateways")
def test_a_complex_gateway_does_not_wait_for_a_token_that_went_another_way():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), xor("q"), complex_("g", "activationCount >= 1"), user("x"),
        end("e"), end("away"), "s -> f -> a -> g -> x -> e", "f -> b -> q", "q -> g if not leave", "q -> away else",
    )  # fmt: skip
    play = Play(diagram, leave=True)
    play.do("a").do("b", leave=True).do("x")
    assert play.status == "completed"


@row("Complex gateway", "splits by every condition that holds, else by its default", section="13.4.5",
     group="Gateways")  # fmt: skip
def test_a_splitting_complex_gateway_takes_every_flow_that_holds():
    parts = (
        "p", start("s"), complex_("g"), end("a"), end("b"), end("c"),
        "s -> g", "g -> a if n > 0", "g -> b if n > 1", "g -> c else",
    )  # fmt: skip
    assert Play(process(*parts), n=5).passed == ["s", "g", "a", "b"]
    assert Play(process(*parts), n=0).passed == ["s", "g", "c"]


@row("Complex gateway", "a token that waits through the reset starts it again", section="13.4.5", group="Gateways")
def test_a_token_left_over_at_the_reset_activates_the_gateway_again():
    diagram = process(
        "p", start("s"), fork("f"), node("userTask", "a", completionQuantity="2"), user("b"),
        complex_("g", "activationCount >= 1"), user("x"), end("e"), "s -> f -> a -> g -> x -> e", "f -> b -> g",
    )  # fmt: skip
    play = Play(diagram)
    assert play.do("a").tasks == ["b", "x"]
    assert play.do("b").tasks == ["x", "x"]
    assert play.do("x").do("x").status == "completed"


@row("Complex gateway", "an activation condition that fails is an incident, tried again with other data",
     section="13.4.5", group="Gateways")  # fmt: skip
def test_an_activation_condition_that_fails_is_an_incident():
    play = Play(discriminator("activationCount >= wanted"))
    play.do("a")
    (incident,) = play.step.incidents
    assert incident.element_id == "g"
    play.take(runner.retry, incident.id, variables={"wanted": 1})
    assert play.tasks == ["b", "c", "x"]
    assert play.step.incidents == ()


@row("Complex gateway", "its activation condition is read in the language of its file", section="10.6.5",
     group="Gateways")  # fmt: skip
def test_an_activation_condition_is_read_in_the_language_of_its_file():
    written = discriminator("if activationCount >= 2 then true else false")  # no Python
    feel = b'<definitions expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/" '
    play = Play(accepted(written.replace(b"<definitions ", feel, 1)))
    assert play.do("a").incidents == []
    assert play.do("b").tasks == ["c", "x"]
