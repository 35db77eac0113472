"""DMN: what evaluates as the specification says, and what is refused by name (tests/engine/test_boxed.py and so on)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bpmn import bundle
from engine import decisions
from errors import ExpressionFailed
from findings import Severity
from tests.engine.diagrams import end, process, rule, start
from tests.engine.play import Play
from tests.engine.tables import (
    boxed,
    component,
    context,
    decide,
    decision,
    definitions,
    function,
    given,
    invocation,
    item,
    knows,
    listed,
    literal,
    relation,
    service,
    table,
)
from tests.fidelity import row

TABLES, BOXES, REQUIREMENTS = "Decision tables", "Boxed expressions", "Requirements"
TYPES, CALLS = "Types", "Calls"
BANDS = ([">= 50", '"a"'], [">= 30", '"b"'], [">= 10", '"c"'])
ORDERED = ['"b", "a", "c"']


def accepted(*parts: str, others: Mapping[str, bytes] | None = None) -> decisions.Decisions:
    """Read a file that the upload check takes."""
    data, rest = definitions(*parts), dict(others or {})
    read = bundle.read({"x.dmn": data, **rest})
    found = decisions.read(data, others=tuple(rest.items()))
    assert [one for one in (*read.findings, *found.findings) if one.severity is Severity.ERROR] == []
    return found


def worth(*parts: str, ask: str = "d", others: Mapping[str, bytes] | None = None, **variables: Any) -> Any:
    """Give what a decision of a file is, as DMN says to the letter."""
    return decisions.try_out(accepted(*parts, others=others), ask, variables).outputs


def refused(*parts: str) -> list[tuple[str, str]]:
    """Give the rule and element of each error that the upload check finds."""
    found = decisions.read(definitions(*parts)).findings
    return [(one.rule, one.element_id) for one in found if one.severity is Severity.ERROR]


def dmn(element: str, behaviour: str, section: str, group: str, *, refused: bool = False) -> Any:
    return row(element, behaviour, section=section, group=group, table="dmn", refused=refused)


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


# Requirements


@dmn(
    "Information requirement",
    "required decisions and input data are in scope, others of the model are not",
    "6.3.13",
    REQUIREMENTS,
)
def test_what_is_required_is_in_scope():
    parts = (given("a"), given("b"), decide("c", literal("a * 2"), "in:a"))
    assert worth(*parts, decide("d", literal("[a, b, c]"), "in:b", "c"), a=1, b=2) == [None, 2, 2]


@dmn("Decision", "without logic: null, unless it is given", "6.3.7", REQUIREMENTS)
def test_decisions_without_logic_are_given():
    parts = (decide("e", ""), decide("d", literal("e"), "e"), service("s", outputs="d", inputs="e"))
    assert (worth(*parts), worth(*parts, e=5)) == (None, 5)


@dmn("Decision", "without logic, and no input of a service", "6.3.7", REQUIREMENTS, refused=True)
def test_decisions_that_are_not_finished_are_refused():
    assert refused(decide("d", "")) == [("decision-empty", "d")]


@dmn(
    "Knowledge requirement",
    "business knowledge, that needs more of it, called from FEEL and boxed",
    "6.3.14",
    REQUIREMENTS,
)
@dmn("Business knowledge model", "a table, or any expression, with typed parameters", "6.3.9", REQUIREMENTS)
def test_business_knowledge_is_called():
    band = knows("band", "n: number", table(["n"], ["b"], [["< 10", '"low"'], [">= 10", '"high"']]))
    both = knows("both of", "a, b", literal("band(a) + band(b)"), "fn:band", name="both of")
    assert worth(band, both, decide("d", literal("both of(1, 20)"), "fn:both of")) == "lowhigh"


@dmn(
    "Decision service",
    "input data then input decisions as parameters; one output is a value, several a context",
    "10.4",
    REQUIREMENTS,
)
def test_services_are_functions():
    parts = (
        given("a"),
        decide("b", literal("0")),
        decide("c", literal("a - b"), "in:a", "b"),
        decide("e", literal("1")),
    )
    one, two = service("one", outputs="c", inputs="b", data="a"), service("two", outputs="c e", inputs="b", data="a")
    calls = decide("d", literal("[one(5, 2), two(a: 5, b: 1).c]"), "fn:one", "fn:two")
    assert worth(*parts, one, two, calls) == [3, 4]
    assert worth(*parts, one, two, ask="two", a=9, b=1) == {"c": 8, "e": 1}


@dmn(
    "Import",
    "another file's elements and types as prefix.name, or beside the own ones without a name",
    "6.3.3",
    REQUIREMENTS,
)
def test_models_import_each_other():
    library = definitions(
        given("n", "tAge"), item("tAge", "number", allowed=">= 18"), knows("twice", "x", literal("2 * x"))
    )
    others = {"lib.dmn": library.replace(b'namespace="n"', b'namespace="lib"')}
    named = (
        '<import name="my lib" namespace="lib"/>',
        decide("d", literal("my lib.twice(my lib.n)"), "in:lib#n", "fn:lib#twice"),
    )
    assert [worth(*named, others=others, n=n) for n in (20, 5)] == [40, None]
    plain = ('<import name="" namespace="lib"/>', decide("d", literal("twice(n)"), "in:lib#n", "fn:lib#twice"))
    assert worth(*plain, others=others, n=21) == 42


@dmn(
    "Import", "a namespace that no file of the bundle has; other formats than DMN", "6.3.3", REQUIREMENTS, refused=True
)
@dmn("Requirement", "what is not there", "6.3.13", REQUIREMENTS, refused=True)
@dmn("Requirement", "a cycle, through whatever kinds", "6.3.13", REQUIREMENTS, refused=True)
def test_requirements_that_lead_nowhere_are_refused():
    assert refused('<import name="x" namespace="gone"/>', decide("d", literal("1"))) == [("decision-import", "")]
    assert refused(decide("d", literal("1"), "gone")) == [("decision-requirement", "d")]
    cycle = refused(decide("d", literal("s()"), "fn:s"), service("s", outputs="d"))
    assert {rule for rule, _ in cycle} == {"decision-cycle"}


# Types


@dmn("Item definition", "simple, of fewer values, structured, nested, collections, constraints", "7.3.2", TYPES)
@dmn(
    "Type conversion",
    "a list of one and its item; what is not of its type is null, with a warning",
    "10.3.2.9.4",
    TYPES,
)
def test_values_are_made_ones_of_their_types():
    types = (
        item("tPerson", "", component("name", "string"), component("tags", "tTag", many=True)),
        item("tTag", "string", allowed='"a", "b"'),
        item("tFew", "number", many=True, constraint="count(?) < 3"),
    )

    def made(value: Any, type_name: str) -> Any:
        return worth(*types, given("x", type_name), decide("d", literal("x"), "in:x"), x=value)

    assert [made(value, "tFew") for value in ([1, 2], 1, [1, 2, 3], ["a"])] == [[1, 2], [1], None, None]
    assert [made(value, "number") for value in ([7], [7, 8], "7")] == [7, None, None]
    person = {"name": "An", "tags": ["a"]}
    assert [made(value, "tPerson") for value in (person, {"name": "An"}, {**person, "tags": ["z"]})] == [
        person,
        None,
        None,
    ]


@dmn("Type conversion", "a date where a date and time is wanted is its midnight", "10.3.2.9.4", TYPES)
def test_dates_become_midnights():
    assert worth(decide("d", literal('date("2026-01-31")'), type="dateTime")) == "2026-01-31T00:00:00Z"


@dmn("Function item", "the result of business knowledge and services is made one of its type", "7.3.2", TYPES)
def test_function_items_type_results():
    shape = '<itemDefinition name="tF"><functionItem outputTypeRef="string"/></itemDefinition>'
    parts = (shape, knows("f", "a", literal("a"), type="tF"), decide("d", literal('[f(1), f("x")]'), "fn:f"))
    assert worth(*parts) == [None, "x"]


# Calls from diagrams


@dmn(
    "Business rule task",
    "all variables in scope by name; outputs written by name, or the result to one variable",
    "BPMN 10.3.3",
    CALLS,
)
@dmn("Business rule task", "the rules that matched stand in the log", "BPMN 10.3.3", CALLS)
def test_a_process_asks_a_decision():
    found = accepted(given("n", "number"), decide("fees", table(["n * rate"], ["fee"], [["> 5", "n * rate"]]), "in:n"))

    def ask(key: str, variables: Mapping[str, Any], now: Any) -> Any:
        return decisions.evaluate(found, key, variables, now=now)

    play = Play(
        process("p", start("s"), rule("r", motcua__decision="fees"), end("e"), "s -> r -> e"), decide=ask, n=3, rate=2
    )
    assert play.vars == {"n": 3, "rate": 2, "fee": 6}
    (ruling,) = play.step.rulings
    assert (ruling.decision, ruling.element_id, ruling.rules) == ("fees", "r", (("table", "r1"),))


@dmn(
    "Business rule task",
    "outputs of required tables are in scope by their own names too (Camunda's way)",
    "Camunda 7: DMN",
    CALLS,
)
def test_outputs_of_required_tables_are_seen_by_name():
    season = decision("season_1", table(["month"], ["season"], [["> 6", '"wet"'], ["<= 6", '"dry"']]), name="Season")
    dish = decision(
        "dish", table(["season"], ["dish"], [['"wet"', '"soup"'], ['"dry"', '"salad"']]), needs=["season_1"]
    )
    assert decisions.evaluate(accepted(season, dish), "dish", {"month": 8}).outputs == "soup"


@dmn("Versions", "DMN 1.1, 1.2, 1.3, 1.4 and 1.5 files", "Annex", CALLS)
def test_files_of_every_version_are_read():
    for space in ("http://www.omg.org/spec/DMN/20151101/dmn.xsd", "https://www.omg.org/spec/DMN/20230324/MODEL/"):
        data = definitions(decide("d", literal("1 + 1")), namespace=space)
        assert decisions.try_out(decisions.read(data), "d", {}).outputs == 2
