"""Models that ask for too much are stopped in time: a designer's slip must not stop the office."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import process_time

import pytest

from engine import decisions
from engine.dmn import evaluation
from errors import ExpressionFailed
from tests.engine.tables import (
    boxed,
    component,
    context,
    decide,
    definitions,
    function,
    given,
    invocation,
    item,
    knows,
    listed,
    literal,
    service,
    table,
)

MANY = literal("for n in 1..3000 return n")
TIMES = range(60)
EACH = 'iteratorVariable="{}"'


def loop(name: str, body: str, among: str = MANY) -> str:
    return boxed("for", EACH.format(name), in_=among, return_=body)


def chain(length: int, body: str) -> tuple[str, ...]:
    """Give functions that call each other, the last of all `f0`."""
    last = knows("f0", "a", literal(body))
    return (last, *(knows(f"f{n}", "a", literal(f"f{n - 1}(a)"), f"fn:f{n - 1}") for n in range(1, length)))


ATTACKS = {
    "loops in loops": (decide("d", loop("a", loop("b", loop("c", literal("1"))))),),
    "large lists many times": (decide("d", loop("a", literal("for n in 1..5000 return n"))),),
    "a list that doubles": (
        decide("d", context(*((f"l{n}", literal(f"concatenate(l{n - 1}, l{n - 1})" if n else "[1]")) for n in TIMES))),
    ),
    "a text that doubles": (
        decide("d", context(*((f"t{n}", literal(f"t{n - 1} + t{n - 1}" if n else '"text"')) for n in TIMES))),
    ),
    "a context that holds itself twice, and so on": (
        decide("d", context(*((f"c{n}", literal(f"[c{n - 1}, c{n - 1}]" if n else "1")) for n in TIMES))),
    ),
    "functions that call each other": (*chain(60, "a"), decide("d", literal("f59(1)"), "fn:f59")),
    "a function that is handed itself": (
        knows("w", "x", literal("x(x)")),
        decide("d", invocation("w", {"x": literal("w")}), "fn:w"),
    ),
    "boxed functions without end": (
        decide("d", context(("w", function("x", literal("x(x)"))), literal("w(w)"))),
    ),
    "slow cells": (
        decide("d", table(["1"], ["a"], [["count(for n in 1..9000 return n) = ?", "1"] for _ in range(2000)])),
    ),
    "slow cells that differ": (
        decide("d", table(["1"], ["a"], [[f"count(for n in 1..{9000 + k} return n) = ?", "1"] for k in range(2000)])),
    ),
    "services in loops": (
        given("n"),
        decide("x", literal("count(for i in 1..5000 return i + n)"), "in:n"),
        service("s", outputs="x", data="n"),
        decide("d", loop("a", literal("s(a)")), "fn:s"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("parts", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("evaluate", [decisions.try_out, decisions.evaluate])
def test_what_asks_for_too_much_is_stopped_in_time(
    parts: tuple[str, ...], evaluate: Callable[..., decisions.Decided], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "SECONDS", 0.3)
    read = decisions.read(definitions(*parts))
    began = process_time()
    with suppress(ExpressionFailed):
        given = evaluate(read, "d", {})
        assert given.outputs is None or given.warnings
    assert process_time() - began < 2


def test_types_that_hold_themselves_end() -> None:
    tree = item("tTree", "", component("left", "tTree"), component("right", "tTree"))
    loops = (tree, item("tA", "tB"), item("tB", "tA"))
    parts = (given("t", "tTree"), given("a", "tA"), decide("d", literal("[t, a]"), "in:t", "in:a"))
    read = decisions.read(definitions(*loops, *parts))
    leaf = {"left": None, "right": None}
    assert decisions.try_out(read, "d", {"t": {"left": leaf, "right": leaf}, "a": 1}).outputs[0] is not None


def test_types_of_types_of_types_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [item(f"t{n}", "", *(component(f"c{k}", f"t{n - 1}") for k in range(12))) for n in range(1, 12)]
    began = process_time()
    read = decisions.read(definitions(item("t0", "number"), *parts, decide("d", literal("{a: 1} instance of t11"))))
    assert decisions.try_out(read, "d", {}).outputs is True  # so large that only its being a context is looked at
    assert process_time() - began < 2


def test_boxes_nested_as_deep_as_a_file_may_are_evaluated() -> None:
    logic = literal("1")
    for _ in range(40):
        logic = listed(logic)
    assert decisions.try_out(decisions.read(definitions(decide("d", logic))), "d", {}).outputs


def test_a_decision_reaches_nothing_of_pythons() -> None:
    for source in ("d.__class__", "''.__class__", '__import__("os")', "n.real", "[].append", "f.__globals__"):
        parts = (given("n"), knows("f", "a", literal("a")), decide("d", literal(source), "in:n", "fn:f"))
        read = decisions.read(definitions(*parts))
        assert decisions.try_out(read, "d", {"n": 5, "d": {"a": 1}}).outputs in (None, [])
