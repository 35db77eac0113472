"""Random expressions and scripts: the sandbox gives what Python gives, and nothing but ExpressionFailed comes out."""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import ExpressionFailed
from expressions import dialect, python

EXAMPLES = 5_000 if os.environ.get("MOTCUA_SOAK") == "1" else 150
quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

VARIABLES: dict[str, Any] = {
    "a": 3,
    "b": -2.5,
    "s": "xin chào",
    "t": True,
    "n": None,
    "l": [3, 1, 2],
    "d": {"x": 1, "y": [1, 2]},
    "r": [{"x": 1}, {"x": 5}],
}
NO_VALUE = object()
OPERATORS = ("+", "-", "*", "/", "//", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "|", "&")
FUNCTIONS = ("len", "sum", "sorted", "min", "max", "str", "abs", "bool", "list", "any", "all", "int", "tuple")
LEAVES = (*VARIABLES, "0", "1", "7", "2.5", "''", "'x'", "'ào'", "True", "None", "[]", "{}", "('x', 1)")


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Give larger expressions made of smaller ones."""
    pair, three = st.tuples(inner, inner), st.tuples(inner, inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        three.map(lambda x: f"({x[0]} if {x[1]} else {x[2]})"),
        three.map(lambda x: f"({x[0]} < {x[1]} <= {x[2]})"),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda x: f"{x[0]}({x[1]})"),
        pair.map(lambda x: f"[{x[0]}, {x[1]}]"),
        pair.map(lambda x: f"{{{x[0]}: {x[1]}}}"),
        pair.map(lambda x: f"{x[0]}[{x[1]}]"),
        pair.map(lambda x: f"{x[0]}[{x[1]}:]"),
        pair.map(lambda x: f"[({x[0]}, i) for i in {x[1]}]"),
        pair.map(lambda x: f"[i for i in {x[0]} if i in {x[1]}]"),
        pair.map(lambda x: f"sum(i for i in {x[0]} if {x[1]})"),
        inner.map(lambda x: f"(not {x})"),
        st.sampled_from(sorted(VARIABLES)).map(lambda x: f"({x} is not None)"),
        inner.map(lambda x: f"(-{x})"),
        inner.map(lambda x: f"str({x}).upper().replace('X', 'y').split()"),
        inner.map(lambda x: f"{x}.get('x', 0)"),
    )


expressions = st.recursive(st.sampled_from(LEAVES), grown, max_leaves=6)


def plainly(value: Any) -> Any:
    """Give what leaves the sandbox for a value of Python's."""
    if isinstance(value, list | tuple):
        return [plainly(part) for part in value]
    return {name: plainly(part) for name, part in value.items()} if isinstance(value, dict) else value


def python_value(source: str) -> Any:
    """Evaluate with Python itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plainly(eval(source, dict(VARIABLES)))
        except Exception:
            return NO_VALUE


@quick
@given(expressions)
def test_the_sandbox_gives_what_python_gives(source: str) -> None:
    wanted = python_value(source)
    try:
        got = python.evaluate(source, VARIABLES)
    except ExpressionFailed:
        got = NO_VALUE
    may_be_refused = isinstance(wanted, float | list | dict)  # not finite, keys that are no texts
    if not (may_be_refused and got is NO_VALUE):
        assert repr(got) == repr(wanted)


@quick
@given(st.lists(expressions, min_size=1, max_size=4), st.sampled_from(["", "for i in l: ", "if a: ", "while a: "]))
def test_a_script_fails_cleanly_or_leaves_plain_data_and_its_input_alone(parts: list[str], around: str) -> None:
    before = repr(VARIABLES)
    lines = "\n".join(f"{around}v{number} = {part}\n{around}l += [a]" for number, part in enumerate(parts))
    try:
        after = python.execute(lines, VARIABLES)
    except ExpressionFailed:
        after = {}
    assert repr(VARIABLES) == before
    assert all(type(value) in (int, float, bool, str, list, dict, type(None)) for value in after.values())


@pytest.mark.filterwarnings("ignore:invalid escape sequence", "ignore:invalid decimal literal")
@quick
@given(st.text(alphabet="ab_.[](){}=!<>&|?:'\"$#\\ 09nullemptyor", max_size=40))
def test_any_text_fails_cleanly(source: str) -> None:
    for call in (python.evaluate, python.execute, dialect.template):
        try:
            call(source, {"a": 1, "b": {"a": "x"}})
        except ExpressionFailed:
            continue
    assert isinstance(python.check(source, script=True), str | None)
    assert isinstance(dialect.check_template(source), str | None)
    assert isinstance(dialect.check(f"${{{source}}}"), str | None)
