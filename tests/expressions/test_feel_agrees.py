"""Held against bpmn.io's feelin, which forms use: random expressions of what both define alike have one value.

Where the two differ it is by intention; docs/decisions/0015 lists it. Left out here for that reason: numbers that
doubles cannot hold, order between kinds, lists of one that are compared, ranges that end before they start, quantifiers
over nulls, `if` over no boolean, positions outside of a list in functions, multiplied and compared durations, times
with offsets or fractions, `instance of`, ranges as results, bracketed ranges in loops, and functions that feelin lacks.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import ExpressionFailed
from expressions import feel, forms_feel

pytestmark = pytest.mark.usefixtures("feel_bundle")

VARIABLES: dict[str, Any] = {
    "n": 3,
    "h": Decimal("2.5"),
    "z": None,
    "s": "foobar",
    "b": True,
    "l": [3, 1, 2],
    "words": ["b", "a"],
    "c": {"p": 4, "q": "x", "in ner": {"k": [1, 2]}},
    "rows": [{"p": 1, "q": "a"}, {"p": 5, "q": "b"}],
    "d": date(2026, 1, 31),
}
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def made(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Fill the `{}` of a template."""
    return st.tuples(*parts).map(lambda given: template.format(*given))


numbers: Any = st.deferred(lambda: st.one_of(_few_numbers, _numbers))
truths: Any = st.deferred(lambda: st.one_of(_few_truths, _truths))
texts: Any = st.deferred(lambda: st.one_of(_few_texts, _texts))
lists: Any = st.deferred(lambda: st.one_of(_few_lists, _lists))
days: Any = st.deferred(lambda: st.one_of(_few_days, _days))
places: Any = st.sampled_from(["1", "2", "-1", "3"])

_few_numbers: Any = st.sampled_from(["0", "1", "2", "7", "0.5", "n", "h", "c.p", "rows[1].p", "1.25", "-3"])
_numbers: Any = st.one_of(
    made("({} + {})", numbers, numbers),
    made("{} - {}", numbers, _few_numbers),
    made("{} * {}", _few_numbers, numbers),
    made("({} / 2)", numbers),
    made("(-{})", numbers),
    made("{} ** 2", _few_numbers),
    made("floor({})", numbers),
    made("ceiling({})", numbers),
    made("abs({})", numbers),
    made("modulo({}, 4)", numbers),
    made("sum({})", lists),
    made("count({})", lists),
    made("max({})", lists),
    made("min({})", lists),
    made("string length({})", texts),
    made("if {} then {} else {}", truths, numbers, numbers).map("({})".format),
    made("({})[{}]", lists, places),
    made("{}.year", days),
    made("{}.day", days),
    made("({} - {}).days", days, days),
    made("{{a: {}, r: a + {}}}.r", numbers, numbers),
    made("(function(x, y) x - y)({}, {})", numbers, numbers),
    made("round half up({}, 0)", numbers),
    st.just("z"),
)
_few_truths: Any = st.sampled_from(["true", "false", "b", "z", "null"])
_truths: Any = st.one_of(
    made("({} {} {})", numbers, SIGNS, numbers),
    made("({} {} {})", texts, SIGNS, texts),
    made("({} {} {})", days, SIGNS, days),
    made("([{}, {}] = [{}, {}])", numbers, numbers, _few_numbers, numbers),
    made("({} and {})", truths, truths),
    made("({} or {})", truths, truths),
    made("not({})", truths),
    made("({} between -1 and 4.5)", numbers),
    made("({} in {})", st.sampled_from(["n", "h", "c.p"]), st.sampled_from(["[0..3]", "(0.5..7)", "]1..3[", "[1..h)"])),
    made("({} in ({}, > {}))", _few_numbers, numbers, _few_numbers),
    made("({} in {})", _few_numbers, lists),
    made("contains({}, {})", texts, texts),
    made("starts with({}, {})", texts, texts),
    made("matches({}, \"^[a-f]+o\")", texts),
    made("list contains({}, {})", lists, numbers),
    made("(some i in {} satisfies i > {})", st.sampled_from(["l", "[1, 2]", "1..3"]), _few_numbers),
    made("(every i in {} satisfies i > {})", st.sampled_from(["l", "[1, 2]", "1..3"]), _few_numbers),
    made("({} = null)", numbers),
)  # fmt: skip
_few_texts: Any = st.sampled_from(['"a"', '"foo"', "s", '""', "c.q", "rows[2].q", '"Ồ-x"'])
_texts: Any = st.one_of(
    made("({} + {})", texts, texts),
    made("upper case({})", texts),
    made("substring({}, 2)", st.just("s")),
    made("substring before({}, \"o\")", texts),
    made("string({})", numbers),
    made("string join({}, \"-\")", st.sampled_from(["words", "[\"x\"]", "rows.q"])),
    made("(if {} then {} else {})", truths, texts, texts),
    made("replace({}, \"o+\", \"[$0]\")", texts),
)  # fmt: skip
_few_lists: Any = st.sampled_from(["l", "[1, 2]", "rows.p", "[n, h]", "c.in ner.k"])
_lists: Any = st.one_of(
    made("[{}, {}]", numbers, numbers),
    made("(for i in {} return i + {})", lists, _few_numbers),
    made("(for i in 1..3, j in {} return i * j)", _few_lists),
    made("({})[item > {}]", lists, _few_numbers),
    made("rows[p > {}].p", _few_numbers),
    made("concatenate({}, {})", lists, lists),
    made("append({}, {})", lists, numbers),
    made("reverse({})", lists),
    made("sort({}, function(x, y) x < y)", _few_lists),
    made("distinct values({})", lists),
    made("sublist({}, 2)", _few_lists),
)
_few_days: Any = st.sampled_from(['date("2024-02-29")', "d", "date(2026, 3, 1)", '@"2025-12-31"'])
_days: Any = st.one_of(
    made("({} + {})", days, st.sampled_from(['duration("P1M")', '@"P1D"', '@"P1Y2M"', 'duration("-P3D")'])),
    made("({} - {})", days, st.sampled_from(['duration("P1M")', '@"P40D"'])),
)
SOURCES = st.one_of(numbers, truths, texts, lists, days)


def outcome(evaluator: Any, source: str) -> Any:
    """Give the value, numbers rounded as doubles are, or None where it fails."""
    try:
        return _rounded(evaluator.evaluate(source, VARIABLES))
    except ExpressionFailed:
        return None


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(f"{float(value):.12g}")
    return value


@settings(
    max_examples=50_000 if os.environ.get("MOTCUA_SOAK") == "1" else 150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(SOURCES)
def test_both_evaluators_agree(source: str) -> None:
    mine, theirs = outcome(feel, source), outcome(forms_feel, source)
    assert (mine, type(mine)) == (theirs, type(theirs)), source
