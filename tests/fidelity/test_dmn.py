"""DMN: decision tables and boxed expressions, as the specification says, and what is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from engine import decisions
from errors import ExpressionFailed
from tests.engine.tables import (
    boxed,
    context,
    decide,
    function,
    invocation,
    knows,
    listed,
    literal,
    relation,
    table,
)
from tests.fidelity.dmn import BANDS, BOXES, ORDERED, TABLES, accepted, dmn, refused, worth

# Decision tables


@dmn("Unique", "the one rule that matches; several give null when tried, an incident in a process", "8.2.10", TABLES)
def test_a_unique_table_has_one_answer():
    rules = [["< 10", '"low"'], [">= 10", '"high"'], ["> 99", '"huge"']]
    parts = decide("d", table(["n"], ["band"], rules))
    assert [worth(parts, n=n) for n in (5, 50, 100, None)] == ["low", "high", None, None]
    with pytest.raises(ExpressionFailed):
        decisions.evaluate(accepted(parts), "d", {"n": 100})


@dmn("Any", "rules that agree; null where they do not", "8.2.10", TABLES)
def test_an_any_table_takes_rules_that_agree():
    parts = decide("d", table(["n"], ["ok"], [["> 0", "true"], ["> 5", "true"], ["> 9", "false"]], policy="ANY"))
    assert [worth(parts, n=n) for n in (7, 10)] == [True, None]


@dmn("First", "the first rule that matches", "8.2.10", TABLES)
def test_a_first_table_stops_at_the_first_rule():
    assert [worth(decide("d", table(["n"], ["g"], BANDS, policy="FIRST")), n=n) for n in (60, 10, 5)] == [
        "a",
        "c",
        None,
    ]


@dmn("Priority", "the output that stands first in the output values, column by column", "8.2.10", TABLES)
def test_a_priority_table_goes_by_output_values():
    parts = decide("d", table(["n"], ["g"], BANDS, policy="PRIORITY", values=ORDERED))
    assert [worth(parts, n=n) for n in (60, 10)] == ["b", "c"]
    rules = [["-", '"low"', "1"], ["-", '"high"', "2"], ["-", '"high"', "1"]]
    two = table(["n"], ["risk", "level"], rules, policy="PRIORITY", values=['"high", "low"', "1, 2"])
    assert worth(decide("d", two), n=0) == {"risk": "high", "level": 1}


@dmn("Rule order", "all that match, in the order of the rules", "8.2.10", TABLES)
@dmn("Output order", "all that match, in the order of the output values", "8.2.10", TABLES)
@dmn("Collect", "all that match; an empty list of none", "8.2.10", TABLES)
def test_tables_of_several_answers_give_lists():
    def answers(policy: str, n: int, **more: Any) -> Any:
        return worth(decide("d", table(["n"], ["g"], BANDS, policy=policy, **more)), n=n)

    assert answers("RULE ORDER", 60) == ["a", "b", "c"]
    assert answers("OUTPUT ORDER", 60, values=ORDERED) == ["b", "a", "c"]
    assert (answers("COLLECT", 35), answers("COLLECT", 1)) == (["b", "c"], [])


@dmn("Collect", "sum, least, greatest and number; null of none (0 for the number), exact decimals", "8.2.10", TABLES)
def test_collect_makes_one_value():
    rules = [["> 0", "0.1"], ["> 5", "0.2"], ["> 9", "40"]]
    for aggregation, some, none in (
        ("SUM", "0.3", None),
        ("MIN", "0.1", None),
        ("MAX", "0.2", None),
        ("COUNT", "2", 0),
    ):
        parts = decide("d", table(["n"], ["fee"], rules, policy="COLLECT", aggregation=aggregation))
        assert (str(worth(parts, n=7)), worth(parts, n=0)) == (some, none)


@dmn("Several outputs", "a context of the columns by name; lists of them with several answers", "8.2.9", TABLES)
def test_several_outputs_are_contexts():
    rules = [["> 0", "1", '"x"'], ["> 5", "2", '"y"']]
    assert worth(decide("d", table(["n"], ["a", "b c"], rules, policy="FIRST")), n=7) == {"a": 1, "b c": "x"}
    both = [{"a": 1, "b c": "x"}, {"a": 2, "b c": "y"}]
    assert worth(decide("d", table(["n"], ["a", "b c"], rules, policy="RULE ORDER")), n=7) == both


@dmn("Output without name", "the only column may have none", "8.2.7", TABLES)
@dmn("Incomplete table", "null where no rule matches", "8.2.10", TABLES)
def test_one_output_needs_no_name():
    assert [worth(decide("d", table(["n"], [""], BANDS, policy="FIRST")), n=n) for n in (60, 1)] == ["a", None]


@dmn("Default output", "the answer where no rule matches, one for each column", "8.2.11", TABLES)
def test_defaults_answer_where_no_rule_matches():
    parts = decide("d", table(["n"], ["a", "b"], [["> 0", "1", "2"]], defaults=["n * 2", "null"]))
    assert worth(parts, n=-1) == {"a": -2, "b": None}


@dmn("Input values", "a value that is not among them gives null, with a warning", "8.2.6", TABLES)
def test_input_values_bound_what_may_be_asked():
    logic = table(["kind"], ["a"], [["-", "1"]])
    values = '<inputValues><text>"new", "renewal"</text></inputValues></input>'
    parts = decide("d", logic.replace("</input>", values, 1))
    tried = decisions.try_out(accepted(parts), "d", {"kind": "other"})
    assert (worth(parts, kind="new"), tried.outputs, len(tried.warnings)) == (1, None, 1)


@dmn("Input entry", "unary tests: values, lists, ranges, not(…), conditions on ?, names in scope, -", "7.3.3", TABLES)
def test_input_entries_are_unary_tests():
    for cell, value, matches in (
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ("[1..5[", 5, False),
        ("null", None, True),
        ("> limit", 11, True),
        ('contains(?, "x")', "axb", True),
        ("-", None, True),
        ('date("2026-01-31")', None, False),
    ):
        assert worth(decide("d", table(["v"], ["a"], [[cell, "1"]])), v=value, limit=10) == (1 if matches else None)


@dmn(
    "Rule",
    "annotations, and the rules that matched with what they saw and said; ids where the file has none",
    "8.3.3",
    TABLES,
)
def test_the_rules_that_matched_are_told():
    logic = table(["n"], ["a"], [["> 0", "1", "Điều 5"]]).replace('id="table"', "").replace('<rule id="r1">', "<rule>")
    (matched,) = decisions.try_out(accepted(decide("d", logic)), "d", {"n": 3}).matched
    assert (matched.table, matched.rule_id, matched.number) == ("d", "d-rule-1", 1)
    assert (matched.inputs, matched.outputs, matched.annotation) == ({"n": 3}, {"a": 1}, "Điều 5")


@dmn("Hit policy", "one that is not known", "8.2.10", TABLES, refused=True)
@dmn("Collect", "an aggregation with several outputs", "8.2.10", TABLES, refused=True)
@dmn("Priority", "without output values", "8.2.10", TABLES, refused=True)
@dmn("Default output", "with a policy of several answers", "8.2.11", TABLES, refused=True)
@dmn("Rule", "more or fewer cells than columns", "8.3.3", TABLES, refused=True)
@dmn("Several outputs", "without names of their own", "8.2.9", TABLES, refused=True)
def test_tables_that_mean_nothing_are_refused():
    def found(*args: Any, **more: Any) -> list[tuple[str, str]]:
        return refused(decide("d", table(*args, **more)))

    one, two = [["> 1", "1"]], [["> 1", "1", "2"]]
    assert found(["n"], ["a"], one, policy="BEST") == [("decision-hit-policy", "table")]
    assert found(["n"], ["a", "b"], two, policy="COLLECT", aggregation="SUM") == [("decision-aggregation", "table")]
    assert found(["n"], ["a"], one, policy="PRIORITY") == [("decision-priority", "table")]
    assert found(["n"], ["a"], one, policy="COLLECT", defaults=["0"]) == [("decision-default", "table")]
    assert found(["n"], ["a"], [["> 1"]]) == [("decision-rule", "r1")]
    assert found(["n"], ["a", "a"], two) == [("decision-outputs", "table")]


# Boxed expressions


@dmn("Literal expression", "FEEL, exact decimals", "10.2.1.2", BOXES)
def test_literal_expressions_are_exact():
    assert str(worth(decide("d", literal("0.1 + 0.2")))) == "0.3"
    assert str(worth(decide("d", literal("12345678901234567890 * 3")))) == "37037036703703703670"


@dmn("Literal expression", "another language than FEEL", "7.3.4", BOXES, refused=True)
@dmn("Literal expression", "values of another file (importedValues)", "7.3.4", BOXES, refused=True)
@dmn("Literal expression", "a text that is no FEEL", "10.3.1", BOXES, refused=True)
def test_expressions_that_are_no_feel_are_refused():
    assert refused(decide("d", literal("a", 'expressionLanguage="groovy"'))) == [("decision-language", "literal")]
    outside = literal("1").replace("</literal", '<importedValues id="v"/></literal')
    assert refused(decide("d", outside)) == [("decision-imported-values", "literal")]
    assert refused(decide("d", literal("1 +"))) == [("decision-expression", "literal")]


@dmn("Context", "entries see those before them; a result entry is the value", "10.2.1.4", BOXES)
def test_contexts_hold_entries():
    entries = (("a", literal("n")), ("b c", literal("a + 1")))
    assert worth(decide("d", context(*entries)), n=1) == {"a": 1, "b c": 2}
    assert worth(decide("d", context(*entries, literal("a * b c"))), n=3) == 12


@dmn("Context", "entries of one name, or without a name before the last", "10.2.1.4", BOXES, refused=True)
def test_contexts_without_names_are_refused():
    twice = context(("a", literal("1")), ("a", literal("2")), attributes='id="c"')
    assert refused(decide("d", twice)) == [("decision-context", "c")]


@dmn("List", "each expression's value", "10.2.1.5", BOXES)
@dmn("Relation", "a list of contexts", "10.2.1.6", BOXES)
def test_lists_and_relations():
    assert worth(decide("d", listed(literal("1"), context(("a", literal("2")))))) == [1, {"a": 2}]
    rows = [{"name": "x", "points pct": 1}, {"name": "y", "points pct": 2}]
    assert worth(decide("d", relation(["name", "points pct"], ['"x"', "1"], ['"y"', "2"]))) == rows


@dmn("Relation", "rows that have not a cell for each column", "10.2.1.6", BOXES, refused=True)
def test_relations_with_ragged_rows_are_refused():
    ragged = relation(["a", "b"], ["1"]).replace("<relation>", '<relation id="r">')
    assert refused(decide("d", ragged)) == [("decision-relation", "r")]


@dmn("Invocation", "business knowledge and services, parameters by name; null where they do not fit", "10.2.1.3", BOXES)
def test_invocations_bind_by_name():
    less = knows("less", "a, b", literal("a - b"))
    fits = invocation("less", {"b": literal("1"), "a": literal("10")})
    assert worth(less, decide("d", fits, "fn:less")) == 9
    assert worth(less, decide("d", invocation("less", {"x": literal("1")}), "fn:less")) is None


@dmn("Function", "FEEL functions, nested, remembering what was in scope", "10.2.1.7", BOXES)
def test_functions_remember_their_scope():
    logic = context(("k", literal("3")), ("f", function("x", function("y", literal("x * y * k")))), literal("f(2)(5)"))
    assert worth(decide("d", logic)) == 30


@dmn("Function", "Java and PMML", "10.2.1.7", BOXES, refused=True)
def test_functions_outside_feel_are_refused():
    for kind in ("Java", "PMML"):
        logic = function("", literal("1"), f'id="f" kind="{kind}"')
        assert refused(decide("d", logic)) == [("decision-function-kind", "f")]


@dmn("Conditional", "if, then, else; null where the condition is no boolean", "10.2.1.8", BOXES)
def test_conditionals_choose():
    logic = boxed("conditional", if_=literal("n"), then=literal("1"), else_=literal("2"))
    assert [worth(decide("d", logic), n=n) for n in (True, False, None, "x")] == [1, 2, 2, None]


@dmn("Filter", "the items that match, with their entries in scope", "10.2.1.9", BOXES)
def test_filters_keep_what_matches():
    rows = relation(["a"], ["1"], ["5"])
    assert worth(decide("d", boxed("filter", in_=rows, match=literal("a > 3")))) == [{"a": 5}]
    assert worth(decide("d", boxed("filter", in_=literal("[1, 5]"), match=literal("item > 3")))) == [5]


@dmn("Iterator", "for (with partial), some, every", "10.2.1.10", BOXES)
def test_iterators_walk_lists_and_ranges():
    each = 'iteratorVariable="n"'
    sums = literal("n + (if count(partial) = 0 then 0 else partial[-1])")
    assert worth(decide("d", boxed("for", each, in_=literal("[1..4]"), return_=sums))) == [1, 3, 6, 10]
    assert worth(decide("d", boxed("some", each, in_=literal("[1, 2]"), satisfies=literal("n > 1")))) is True
    assert worth(decide("d", boxed("every", each, in_=literal("[1, 2]"), satisfies=literal("n > 1")))) is False
