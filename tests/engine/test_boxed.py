"""Boxed expressions: everything that may stand where DMN allows an expression, nested freely."""

from __future__ import annotations

from typing import Any

import pytest

from engine import decisions
from findings import Severity
from tests.engine.tables import (
    boxed,
    context,
    decide,
    definitions,
    function,
    invocation,
    knows,
    listed,
    literal,
    relation,
    table,
)

NUMBERS = literal("[1, 2, 3, 4, 5]")


def worth(logic: str, *required: str, beside: str = "", **variables: Any) -> Any:
    return tried(decide("d", logic, *required), beside, **variables).outputs


def tried(*parts: str, ask: str = "d", **variables: Any) -> decisions.Decided:
    read = decisions.read(definitions(*parts))
    assert [finding for finding in read.findings if finding.severity is Severity.ERROR] == []
    return decisions.try_out(read, ask, variables)


def test_an_entry_of_a_context_sees_those_before_it() -> None:
    logic = context(("a", literal("1")), ("b c", literal("a + 1")), ("d", literal("b c * 10")))
    assert worth(logic) == {"a": 1, "b c": 2, "d": 20}


def test_the_result_entry_is_what_a_context_gives() -> None:
    assert worth(context(("a", literal("n")), literal("a * a")), n=7) == 49


def test_an_entry_is_made_one_of_its_type() -> None:
    assert worth(context(("a: number", literal('"x"')), ("b: number", literal("[5]")))) == {"a": None, "b": 5}


def test_a_context_may_hold_anything() -> None:
    inner = context(("grade", table(["n"], ["g"], [["> 5", '"high"'], ["<= 5", '"low"']])), literal('grade + "!"'))
    assert worth(context(("inner", inner), literal("inner")), n=9) == "high!"


def test_an_empty_context_is_one_without_entries() -> None:
    assert worth(context()) == {}


def test_a_list_holds_what_its_expressions_are_worth() -> None:
    assert worth(listed(literal("n"), context(("a", literal("n + 1"))), listed()), n=1) == [1, {"a": 2}, []]


def test_a_relation_is_a_list_of_contexts() -> None:
    logic = relation(["name", "points pct: number"], ['"a"', "1"], ['"b"', '"many"'])
    assert worth(logic) == [{"name": "a", "points pct": 1}, {"name": "b", "points pct": None}]


@pytest.mark.parametrize(
    ("condition", "result"), [("true", "then"), ("false", "else"), ("null", "else"), ('"abc"', None)]
)
def test_a_conditional_chooses_and_what_is_no_boolean_gives_null(condition: str, result: str | None) -> None:
    logic = boxed("conditional", if_=literal(condition), then=literal('"then"'), else_=literal('"else"'))
    assert worth(logic) == result


@pytest.mark.parametrize(
    ("match", "result"),
    [
        ("item >= 3", [3, 4, 5]),
        ("item > 5", []),
        ('"not a boolean"', None),
        ('if item <= 3 then true else "not a boolean"', None),
        ("null", []),
        ("2", 2),
    ],
)
def test_a_filter_keeps_what_matches(match: str, result: Any) -> None:
    assert worth(boxed("filter", in_=NUMBERS, match=literal(match))) == result


def test_a_filter_sees_the_entries_of_each_item() -> None:
    rows = relation(["name", "age"], ['"a"', "10"], ['"b"', "20"])
    assert worth(boxed("filter", in_=rows, match=literal("age > 15"))) == [{"name": "b", "age": 20}]


def test_for_gives_the_result_of_each_and_sees_those_before() -> None:
    assert worth(boxed("for", 'iteratorVariable="n"', in_=NUMBERS, return_=literal("n * 2"))) == [2, 4, 6, 8, 10]
    assert worth(boxed("for", 'iteratorVariable="n"', in_=literal("[]"), return_=literal("n"))) == []
    sums = literal("n + (if count(partial) = 0 then 0 else partial[-1])")
    assert worth(boxed("for", 'iteratorVariable="n"', in_=NUMBERS, return_=sums)) == [1, 3, 6, 10, 15]


@pytest.mark.parametrize(
    ("kind", "condition", "result"),
    [
        ("some", "n >= 3", True),
        ("some", "n > 5", False),
        ("every", "n > 0", True),
        ("every", "n > 1", False),
        ("some", '"not a boolean"', None),
        ("every", "if n = 1 then null else true", None),
        ("every", "if n = 1 then null else false", False),
        ("some", "if n = 1 then null else true", True),
    ],
)
def test_some_and_every_ask_each_entry(kind: str, condition: str, result: bool | None) -> None:
    assert worth(boxed(kind, 'iteratorVariable="n"', in_=NUMBERS, satisfies=literal(condition))) is result


@pytest.mark.parametrize(("kind", "result"), [("some", False), ("every", True)])
def test_of_nothing_every_holds_and_some_does_not(kind: str, result: bool) -> None:
    assert worth(boxed(kind, 'iteratorVariable="n"', in_=literal("[]"), satisfies=literal("true"))) is result


def test_an_expression_is_made_one_of_its_type() -> None:
    assert worth(literal("5 + 5", 'typeRef="number"')) == 10
    assert worth(literal('"foo"', 'typeRef="number"')) is None
    assert worth(literal("[10]", 'typeRef="number"')) == 10
    assert worth(listed(literal("1"), attributes='typeRef="string"')) is None


# Functions


def test_an_invocation_binds_parameters_by_name() -> None:
    plus = knows("plus", "a: number, b: number", literal("a - b"))
    call = invocation("plus", {"b": literal("1"), "a": literal("n")})
    assert tried(decide("d", call, "fn:plus"), plus, n=10).outputs == 9


@pytest.mark.parametrize("bindings", [{"a": literal("1")}, {"a": literal("1"), "x": literal("2")}, {}])
def test_an_invocation_that_does_not_fit_its_function_is_null_with_a_warning(bindings: dict[str, str]) -> None:
    plus = knows("plus", "a, b", literal("a - b"))
    given = tried(decide("d", invocation("plus", bindings, 'id="call"'), "fn:plus"), plus)
    assert given.outputs is None
    assert given.warnings[0].element_id == "call"


def test_what_is_no_function_cannot_be_invoked() -> None:
    assert worth(invocation("n", {"a": literal("1")}), n=5) is None


def test_an_invocation_may_bind_boxed_expressions_and_call_nested_functions() -> None:
    of_three = knows("sum of", "values", literal("sum(values)"), name="sum of")
    bound = {
        "values": listed(literal("1"), boxed("conditional", if_=literal("true"), then=literal("2"), else_=literal("0")))
    }
    assert tried(decide("d", invocation("sum of", bound), "fn:sum of"), of_three).outputs == 3


def test_a_boxed_function_sees_where_it_stands() -> None:
    logic = context(("k", literal("3")), ("f", function("x: number", literal("x * k"))), literal("f(5)"))
    assert worth(logic) == 15


def test_a_function_gives_a_function_that_remembers() -> None:
    curried = function("b: number", function("c: number", literal("a * b * c")))
    assert tried(decide("d", literal("times(2)(3)(4)"), "fn:times"), knows("times", "a: number", curried)).outputs == 24


def test_an_argument_that_is_not_of_its_type_is_null() -> None:
    logic = context(("f", function("x: number", literal("x"))), literal('f("foo")'))
    assert worth(logic) is None


def test_a_decision_may_give_a_function() -> None:
    assert tried(decide("d", literal("f(3)"), "f"), decide("f", function("a: number", literal("a + 1")))).outputs == 4


def test_functions_may_be_handed_to_functions() -> None:
    twice = knows("twice", "f, x", literal("f(f(x))"))
    tens = knows("tens", "a", literal("a * 10"))
    assert tried(decide("d", literal("twice(tens, 5)"), "fn:twice", "fn:tens"), twice, tens).outputs == 500


def test_a_function_as_the_result_is_no_data() -> None:
    assert worth(function("a", literal("a"))) is None
