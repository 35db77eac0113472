"""FEEL (DMN 1.4, chapter 10): what runs of the language. Each case more is in tests/expressions/feel_*_cases.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from errors import ExpressionFailed
from expressions import feel
from tests.fidelity import row

Test = TypeVar("Test", bound=Callable[..., object])
NOW = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


def runs(element: str, behaviour: str, section: str, *, refused: bool = False) -> Callable[[Test], Test]:
    return row(element, behaviour, section=section, group="FEEL", table="dmn", refused=refused)


def check(*cases: tuple[str, Any], scope: dict[str, Any] | None = None) -> None:
    """Each source is accepted at upload and has its value."""
    for source, value in cases:
        assert feel.check(source, names=scope or ()) is None, source
        given = feel.evaluate(source, scope or {}, now=NOW)
        assert (given, type(given)) == (value, type(value)), source


@runs("Numbers", "decimals of 34 digits, half even; what is no number is null", "10.3.2.3.1")
def test_numbers_are_exact_decimals():
    check(("0.1 + 0.2", Decimal("0.3")), ("1 / 3", Decimal("0." + "3" * 34)), ("10 ** 6145", None), ("1 / 0", None))


@runs("Numbers", "leave FEEL as whole numbers or exact decimals", "10.3.2.12")
def test_numbers_leave_exact():
    check(("n + 1", 12), ("n * 0.5", Decimal("5.5")), ("f", Decimal("0.1")), scope={"n": 11, "f": 0.1})


@runs("Strings", "characters are code points; escapes, surrogate pairs too", "10.3.2.3.2")
def test_strings_count_code_points():
    check((r'string length("\uD83D\uDC0E")', 1), ('substring("a🐎b", 2, 1)', "🐎"), ('"a" < "b"', True))


@runs("Dates and times", "written, read, taken apart; any year; @ literals", "10.3.2.3.4")
def test_dates_and_times():
    check(
        ('@"2024-02-29"', date(2024, 2, 29)),
        ('date("2024-02-30")', None),
        ('@"2018-12-10".weekday', 1),
        ('string(date(-44, 3, 15))', "-0044-03-15"),
        ('time("23:59:00.25").second', Decimal("0.25")),
    )  # fmt: skip


@runs("Time zones", "offsets and names of the IANA database, summer time too", "10.3.2.3.4")
def test_time_zones():
    check(
        ('@"2018-07-10T10:30:00@Europe/Paris".time offset', "PT2H"),
        ('@"2021-03-28T12:00:00@Europe/Paris" - @"2021-03-27T12:00:00@Europe/Paris"', "PT23H"),
        ('@"2021-01-01T00:00:00Z" = @"2021-01-01T07:00:00+07:00"', True),
    )


@runs("Time zones", "a moment without a zone is the office's where it meets one that has a zone", "10.3.2.3.6")
def test_moments_without_a_zone_are_the_offices():
    check(('@"2021-01-01T07:00:00" = @"2021-01-01T00:00:00Z"', True))


@runs("Durations", "both kinds, exact; they do not mix", "10.3.2.3.7")
def test_durations():
    check(('@"P1DT2H" * 2', "P2DT4H"), ('@"P1Y" / 2', "P6M"), ('@"P1Y" + @"P1D"', None), ('@"PT26H".days', 1))


@runs("Ternary logic", "and, or, not with null; what is no boolean is null", "10.3.2.4")
def test_ternary_logic():
    check(("false and null", False), ("true and null", None), ("true or 1", True), ("not(null)", None))


@runs("Lists and filters", "by position, from the end, by condition, with the item's names", "10.3.2.5")
def test_lists_and_filters():
    check(
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("rows[p > 1].q", ["b"]),
        ("[1][2]", None),
        ("5[1]", 5),
        scope={"rows": [{"p": 1, "q": "a"}, {"p": 2, "q": "b"}]},
    )


@runs("Contexts", "entries see those before them; a name twice is null", "10.3.2.6")
def test_contexts():
    check(("{a: 1, b: a + 1}.b", 2), ("{a: 1, a: 2}", None), ('{"a b": 1}.a b', 1))


@runs("Ranges", "all brackets, one open end, as values; their ends", "10.3.2.7")
def test_ranges():
    check(("5 in ]1..5[", False), ("5 in (> 3)", True), ("[1..9).end included", False), ("(< 5).start", None))


@runs("Functions", "defined, passed on, calling themselves; named arguments; types of parameters", "10.3.2.8")
def test_functions():
    check(
        ("(function(a, b) a - b)(b: 1, a: 3)", 2),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ('(function(a: number) a)("x")', None),
    )


@runs("Functions", "external functions", "10.3.2.8", refused=True)
def test_external_functions_are_refused():
    assert "external" in str(feel.check('function(a) external {java: {class: "x"}}'))


@runs("Functions", "a call of a function that nobody gives", "10.3.2.8", refused=True)
def test_functions_that_nobody_gives_are_refused():
    assert feel.check("discount(3)") == "FEEL: there is no function discount"


@runs("Types", "instance of every type, lists, contexts, ranges and functions of types too", "10.3.2.9")
def test_instance_of():
    check(
        ("[1, 2] instance of list<number>", True),
        ('{a: "x"} instance of context<a: number>', False),
        ("null instance of number", False),
        ("(function(a: string) 1) instance of function<string>->number", True),
        ("[1..2] instance of range<number>", True),
    )


@runs("Types", "a list of one for its item, an item for a list of it", "10.3.2.9.4")
def test_singleton_lists():
    check(('upper case(["a"])', "A"), ("count(5)", 1), ("(function(a: list<number>) a)(7)", [7]))


@runs("Names", "with blanks, signs and keywords, the longest that is known", "10.3.1.4")
def test_names():
    check(("a-b", 9), ("(a)-(b)", 2), ("profit and loss", 1), scope={"a": 5, "b": 3, "a-b": 9, "profit and loss": 1})


@runs("Comments", "to the end of the line, and between /* and */", "10.3.1.2")
def test_comments():
    check(("1 /* one */ + 1 // two", 2))


@runs("Equality", "null equals null only; different kinds give null; lists and contexts in depth", "10.3.2.13")
def test_equality():
    check(("null = null", True), ("1 = null", False), ('1 = "1"', None), ("[1, {a: 2}] = [1.0, {a: 2}]", True))


@runs("Comparison", "of one kind; between and in", "10.3.2.13")
def test_comparison():
    check(('1 < "a"', None), ("2 between 1 and 3", True), ("10 in (1, < 5, >= 10)", True), ("null in [1..5]", None))


@runs("Arithmetic", "of numbers, texts, moments and durations", "10.3.2.13")
def test_arithmetic():
    check(
        ("-3 ** 2", 9),
        ("2 ** 3 ** 2", 64),
        ('"a" + "b"', "ab"),
        ('@"2021-01-31" + @"P1M"', date(2021, 2, 28)),
        ('@"10:00:00" - @"08:30:00"', "PT1H30M"),
    )


@runs("If", "what is not true goes on to else", "10.3.2.13")
def test_if():
    check(("if null then 1 else 2", 2), ("if false then 1 else if true then 2 else 3", 2))


@runs("For", "over lists, ranges, days, several at once; partial", "10.3.2.13")
def test_for():
    check(
        ("for i in 1..2, j in [10, 20] return i * j", [10, 20, 20, 40]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
        ('for d in @"2021-01-31"..@"2021-02-01" return d.day', [31, 1]),
    )


@runs("Some and every", "with null where it cannot be said", "10.3.2.13")
def test_quantified():
    check(("some x in [1, null] satisfies x > 1", None), ("every x in [0, null] satisfies x > 0", False))


@runs("Unary tests", "values, comparisons, ranges, lists, not, -, and conditions on ?", "7.3.3")
def test_unary_tests():
    tests = {"< 5": True, "[1..3]": True, "1, 3": True, "not(3)": False, "-": True, "? > 2 and odd(?)": True, "n": True}
    assert {test: feel.matches(test, 3, {"n": [2, 3]}) for test in tests} == tests


@runs("Errors", "give null, with the reason as a warning", "10.3.2.14")
def test_errors_give_null_and_a_warning():
    warnings: list[Any] = []
    assert feel.compile("1 / 0").evaluate(warnings=warnings) is None
    assert warnings[0].message.en == "a division by zero"


@runs("Errors", "too many steps, too much data, too deep: the expression fails", "10.3.2.14")
def test_what_asks_for_too_much_fails():
    with pytest.raises(ExpressionFailed):
        feel.evaluate("for i in 1..1000000000 return i", {})


@runs(
    "Functions built in: conversion", "date, time, date and time, duration, number, string, context, range", "10.3.4.1"
)
def test_conversion_functions():
    check(('number("1.000,5", ".", ",")', Decimal("1000.5")), ("string([1, null])", "[1, null]"))
    check(('context([{key: "a", value: 1}])', {"a": 1}), ('range("[1..3]").end', 3))


@runs("Functions built in: strings", "all; patterns of XPath in time that grows with the text", "10.3.4.3")
def test_string_functions():
    check(
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('split("a;b", ";")', ["a", "b"]),
        ('matches("' + "a" * 200 + '!", "(a+)+$")', False),
        ('string join(["a", null, "b"], "-")', "a-b"),
    )


@runs("Functions built in: lists", "all, sort and list replace too", "10.3.4.4")
def test_list_functions():
    check(("median(8, 2, 5, 3, 4)", 4), ("distinct values([1, 2, 1])", [1, 2]), ("all([true, null])", None))
    check(("list replace([2, 4], -1, 6)", [2, 6]), ("sort([3, 1], function(x, y) x < y)", [1, 3]))


@runs("Functions built in: numbers", "all, with all roundings", "10.3.4.5")
def test_number_functions():
    check(("decimal(2.5, 0)", 2), ("round half up(-5.5, 0)", -6), ("modulo(-12, 5)", 3), ("sqrt(-1)", None))


@runs("Functions built in: days", "now, today, day of week, week of year, is", "10.3.4.8")
def test_day_functions():
    check(("today()", date(2026, 11, 22)), ("now().hour", 5), ('week of year(@"2005-01-01")', 53))


@runs("Functions built in: ranges", "before, after, meets, overlaps, finishes, includes, starts, coincides", "10.3.4.7")
def test_range_functions():
    check(("before([1..10), [10..20])", True), ("meets([1..5], [5..9])", True), ("during(5, [1..9])", True))


@runs("Functions built in: contexts", "get value, get entries, context put, context merge", "10.3.4.10")
def test_context_functions():
    check(('context put({x: {y: 1}}, ["x", "y"], 2)', {"x": {"y": 2}}), ('get value({a: 1}, "a")', 1))
