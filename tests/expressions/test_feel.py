"""FEEL for diagrams and decisions: plain data in and out, cells, what is refused at upload, and the promises."""

from __future__ import annotations

import os
import threading
from collections import ChainMap
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import ExpressionFailed
from expressions import feel
from expressions.feel.running import Warned
from expressions.feel.values import DaysDuration
from tests.expressions.feel_shared_cases import EARLY, MOMENTS, VALUES, VARIABLES


@pytest.mark.parametrize(
    ("source", "value"),
    [*VALUES, ("10 / 4", Decimal("2.5")), ("0.1 + 0.2 = 0.3", True), ("rate * 3", Decimal("0.3"))],
)
def test_an_expression_has_the_value_feel_gives_it(source: str, value: Any) -> None:
    assert feel.check(source) is None
    assert feel.evaluate(source, VARIABLES) == value


@pytest.mark.parametrize(
    ("source", "value"),
    MOMENTS,
)
def test_now_and_today_are_the_moment_given_as_the_office_tells_it(source: str, value: Any) -> None:
    assert feel.evaluate(source, {}, now=EARLY) == value


@pytest.mark.parametrize("source", ["now()", "today() > date(2026, 1, 1)"])
def test_now_fails_where_no_moment_is_given(source: str) -> None:
    with pytest.raises(ExpressionFailed, match="present moment"):
        feel.evaluate(source, {})


@pytest.mark.parametrize(
    ("source", "value", "kind"),
    [
        ("1.0", 1, int),
        ("2 ** 62", 2**62, int),
        ("2 ** 64", Decimal(2**64), Decimal),
        ("1.50", Decimal("1.5"), Decimal),
        ("-0", 0, int),
        ("10 ** 40", Decimal("1E+40"), Decimal),
        ("1/3", Decimal("0.3333333333333333333333333333333333"), Decimal),
        ("n", 12345678901234567890123456789012, Decimal),
    ],
)
def test_a_number_comes_out_whole_as_int_and_otherwise_as_an_exact_decimal(source: str, value: Any, kind: type) -> None:
    given = feel.evaluate(source, {"n": 12345678901234567890123456789012})
    assert (given, type(given)) == (value, kind)


@pytest.mark.parametrize(
    ("test", "value", "matched"),
    [
        ("> 3", 5, True),
        ("> 3", None, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]1..5]", 1, False),
        ("]1..5[", 5, False),
        ("-", None, True),
        ("", 7, True),
        ("true", True, True),
        ("true", None, False),
        ("false", False, True),
        ("null", None, True),
        ("> amount", 2_000_000, True),
        ('< date("2026-02-01")', date(2026, 1, 31), True),
        ("? > 3 and ? < 7", 5, True),
        ('contains(?, "phép")', "giấy phép", True),
        ('"1"', 1, False),
        ("tuổi >= 18", "anything", True),
        ("[1, 2, 3]", 2, True),
        ("1, > 10, [3..5)", 4, True),
        ("not(1) or ? = 1", 1, True),
        ("not(? > 3)", 5, False),
        ("some x in rows satisfies x.fee = ?", 7, True),
        ("-5", -5, True),
        ("= 4", 4, True),
        ("!= 4", 5, True),
        ("@\"2026-01-31\"", date(2026, 1, 31), True),
    ],
)  # fmt: skip
def test_a_cell_takes_what_its_unary_test_says(test: str, value: Any, matched: bool) -> None:
    assert feel.matches(test, value, VARIABLES) is matched
    assert feel.compile_unary(test, VARIABLES).match(value, VARIABLES) is matched


@pytest.mark.parametrize("source", ["a +", "if a then b", "1 2", "(a", '"a', "[1..", "", "a" * 20_001, "]1, 2]", "{a}"])
def test_what_is_no_feel_is_refused_at_upload(source: str) -> None:
    assert feel.check(source)
    with pytest.raises(ExpressionFailed):
        feel.evaluate(source, {"a": 1})


@pytest.mark.parametrize("source", ["> 3, < 5", '"a"', "-", "not(1)", "hồ sơ.tuổi > 3", ""])
def test_unary_tests_are_checked_as_such(source: str) -> None:
    assert feel.check(source, unary=True) is None


def test_an_error_names_the_place() -> None:
    assert feel.check("a + ) 5") == "FEEL: unexpected ) at character 5"


def test_a_function_that_nobody_gives_is_refused_at_upload() -> None:
    assert feel.check("discount(3)") == "FEEL: there is no function discount"
    assert feel.check("discount(3)", names=["discount"]) is None
    assert feel.check("{double: function(x) 2 * x, a: double(4)}.a") is None
    assert feel.check("function(x) external {java: {class: \"java.lang.Math\"}}") is not None  # fmt: skip


def test_names_with_signs_are_told_apart_by_what_is_known() -> None:
    assert feel.evaluate("a-b", {"a": 5, "b": 3}) == 2
    assert feel.evaluate("a-b", {"a": 5, "b": 3, "a-b": 9}) == 9
    assert feel.evaluate("(a)-(b)", {"a": 5, "b": 3, "a - b": 9}) == 2
    assert feel.evaluate("rows[đơn-giá > 3].đơn-giá", {"rows": [{"đơn-giá": 2}, {"đơn-giá": 4}]}) == [4]
    assert feel.evaluate("if profit and loss then 1 else 2", {"profit and loss": True}) == 1
    assert feel.compile("x.a-b", ["a-b"]).evaluate({"x": {"a-b": 1}}) == 1


def test_a_value_of_one_expression_stands_in_the_scope_of_the_next() -> None:
    limit = feel.compile('duration("P3D")').value()
    assert limit == DaysDuration(3 * 86_400 * 10**9)
    assert feel.compile("day + limit").evaluate({"day": date(2026, 1, 30), "limit": limit}) == date(2026, 2, 2)
    double = feel.compile("function(x) 2 * x").value()
    assert feel.compile("double(4)").evaluate({"double": double}) == 8
    model = feel.function(["a", "b"], lambda a, b: a + b)
    assert feel.compile("model(b: 1, a: n)").evaluate({"model": model, "n": 2}) == 3


def test_a_scope_may_be_any_mapping() -> None:
    assert feel.evaluate("a + b", ChainMap({"a": 1}, {"b": 2})) == 3


def test_warnings_say_why_something_is_null() -> None:
    warnings: list[Warned] = []
    assert feel.compile("1 / 0 + missing").evaluate(warnings=warnings) is None
    assert [(warned.place, warned.message.en) for warned in warnings][1][1] == "there is no missing"
    assert warnings[0].message.vi == "chia cho không"


@pytest.mark.parametrize("value", [10**40, {1: "a"}, "\0", object(), b"a", "\ud800", Decimal("NaN"), float("inf"), 1j])
def test_data_that_feel_cannot_hold_exactly_is_refused(value: Any) -> None:
    with pytest.raises(ExpressionFailed):
        feel.evaluate("[x, d]", {"x": value, "d": date(2026, 1, 1)})


@pytest.mark.parametrize("moment", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_first_and_last_moments_of_python_are_taken(moment: datetime) -> None:
    assert feel.evaluate("x.year", {"x": moment}) == moment.year
    assert feel.evaluate("x = x", {"x": moment}) is True
    assert feel.evaluate('[x + @"P1D", x - @"P1D"]', {"x": moment}) is not None


def test_variables_that_a_source_does_not_mention_are_not_read() -> None:
    assert feel.evaluate("a + 1", {"a": 1, "zzz": object()}) == 2


def test_what_comes_out_shares_nothing_with_what_went_in() -> None:
    inner: list[Any] = [1, {"a": (2, 3)}]
    given = feel.evaluate("x", {"x": inner})
    assert given == [1, {"a": [2, 3]}]
    given[1]["a"].append(4)
    assert inner == [1, {"a": (2, 3)}]


def test_threads_share_what_is_compiled() -> None:
    expression = feel.compile("n + i")
    found: list[Any] = []

    def work(number: int) -> None:
        found.extend(expression.evaluate({"n": number, "i": i}) - number - i for i in range(200))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0] * 800


@settings(max_examples=20_000 if os.environ.get("MOTCUA_SOAK") == "1" else 300, deadline=None)
@given(st.text(alphabet="ab_.[](){}=!<>&|?:'\"\\ 09-+*@/,;infor", max_size=30))
def test_any_text_fails_cleanly(source: str) -> None:
    variables = {"a": 1, "b": {"a": "x"}, "a b": [1]}
    for call in (lambda: feel.evaluate(source, variables), lambda: feel.matches(source, 1, variables)):
        try:
            call()
        except ExpressionFailed:
            continue
    assert isinstance(feel.check(source, unary=True), str | None)
