"""Attacks on FEEL: reach, and exhaustion by time, size, references, depth and patterns.

What could take the machine down runs in a child with limits on memory and processor time.
"""

from __future__ import annotations

from typing import Any

import pytest

from errors import ExpressionFailed
from expressions import feel
from tests.expressions.feel_attacks import BEYOND, DATA, FINE, REACH
from tests.expressions.limits import in_a_limited_child


@pytest.mark.parametrize("source", REACH)
def test_nothing_of_python_is_in_reach(source: str) -> None:
    try:
        assert feel.evaluate(source, DATA) is None
    except ExpressionFailed:
        assert feel.check(source)


@pytest.mark.parametrize("source", BEYOND)
def test_a_source_beyond_its_means_fails_within_its_account(source: str) -> None:
    def attack() -> None:
        try:
            given = feel.evaluate(source, DATA)
        except ExpressionFailed:
            return
        assert given is None

    assert in_a_limited_child(attack) == 0
    assert feel.evaluate("1 + 1", {}) == 2


@pytest.mark.parametrize(("source", "value"), FINE)
def test_what_only_looks_like_an_attack_has_its_value(source: str, value: Any) -> None:
    assert feel.evaluate(source, DATA) == value


def test_there_are_enough_attacks() -> None:
    assert len(REACH) + len(BEYOND) + len(FINE) >= 140


def test_functions_of_python_are_paid_from_the_account_that_calls_them() -> None:
    loop = feel.compile("count(for i in 1..20000 return i)")
    model = feel.function(["n"], lambda n: loop.value())
    assert feel.compile("model(1)").evaluate({"model": model}) == 20_000
    with pytest.raises(ExpressionFailed, match="too many steps"):
        feel.compile("for i in 1..1000 return model(i)").evaluate({"model": model})


def test_functions_of_python_that_call_themselves_are_stopped() -> None:
    scope: dict[str, Any] = {}
    scope["model"] = feel.function(["n"], lambda n: feel.compile("model(n + 1)").value({**scope, "n": n}))
    with pytest.raises(ExpressionFailed, match="deep"):
        feel.compile("model(1)").evaluate(scope)
    assert feel.evaluate("1 + 1", {}) == 2


@pytest.mark.parametrize(
    "name", ["", "\0", "if", "x" * 1_000_000, "a" + "-b" * 5_000, "(", "a b" * 100, "\ud800", "🐎-x"]
)
def test_a_name_may_be_anything(name: str) -> None:
    assert feel.evaluate("a - b", {"a": 3, "b": 2, name: 5}) == 1
    assert feel.check("a - b", names=[name]) is None
