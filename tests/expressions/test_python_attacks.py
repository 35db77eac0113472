"""Attacks on the Python sandbox: reach, escape, exhaustion by steps, size, references and nesting.

An attack is refused at upload, fails at run time within its budget, or is harmless. What could take the machine down
runs in a child with limits on memory and processor time, so that a hole fails one test and not the suite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from errors import ExpressionFailed
from expressions import python
from tests.expressions.attacks import DATA, FAILING_EXPRESSIONS, HARMLESS, REFUSED_EXPRESSIONS
from tests.expressions.limits import in_a_limited_child
from tests.expressions.script_attacks import FAILING_SCRIPTS, REFUSED_SCRIPTS


def must_fail(run: Callable[[], Any]) -> Callable[[], None]:
    """Give a call that passes when `run` raises ExpressionFailed, and only then."""

    def attack() -> None:
        with pytest.raises(ExpressionFailed):
            run()

    return attack


@pytest.mark.parametrize("source", REFUSED_EXPRESSIONS)
def test_an_expression_that_reaches_out_is_refused_at_upload(source: str) -> None:
    assert python.check(source)
    with pytest.raises(ExpressionFailed):
        python.evaluate(source, {"x": [1], "y": [2]})


@pytest.mark.parametrize("source", REFUSED_SCRIPTS)
def test_a_script_with_a_construct_that_is_not_offered_is_refused_at_upload(source: str) -> None:
    assert python.check(source, script=True)
    with pytest.raises(ExpressionFailed):
        python.execute(source, {"x": [1], "y": [2]})


@pytest.mark.parametrize("source", FAILING_EXPRESSIONS)
def test_an_expression_beyond_its_means_fails_within_its_budget(source: str) -> None:
    assert in_a_limited_child(must_fail(lambda: python.evaluate(source, DATA))) == 0


@pytest.mark.parametrize("source", FAILING_SCRIPTS)
def test_a_script_beyond_its_means_fails_within_its_budget(source: str) -> None:
    assert in_a_limited_child(must_fail(lambda: python.execute(source, DATA))) == 0


@pytest.mark.parametrize(("source", "value"), HARMLESS)
def test_what_only_looks_like_an_attack_is_plain_data(source: str, value: Any) -> None:
    assert python.evaluate(source, DATA) == value


@pytest.mark.parametrize(
    "name",
    [
        "_getattr_",
        "_getitem_",
        "_getiter_",
        "_write_",
        "_method_",
        "_key_",
        "_add_",
        "_step_",
        "_compare_",
        "__builtins__",
    ],
)
def test_a_variable_named_like_a_guard_neither_replaces_it_nor_is_lost(name: str) -> None:
    hostile = {name: "hostile", "d": {"a": 1}, "l": [1, 2]}
    script = "d['a'] += 1\nt = sum(x + 1 for x in l) + len(str(d['a']))\nl.append(date('2026-01-01').year)\nb = t in l"
    after = python.execute(script, hostile)
    assert after == {name: "hostile", "d": {"a": 2}, "l": [1, 2, 2026], "t": 6, "b": False}
    assert python.evaluate("d['a'] + l[0] + len(l)", hostile) == 4


@pytest.mark.parametrize("name", ["_", "__class__", "_x", "a b", "", "1", "lambda", "class", "\x00", "a.b"])
def test_a_variable_with_a_hostile_name_stays_untouched(name: str) -> None:
    assert python.execute("y = 1", {name: "kept"}) == {name: "kept", "y": 1}
