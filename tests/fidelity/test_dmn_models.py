"""DMN: what decisions require, types of values, and decisions asked by processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import decisions
from tests.engine.diagrams import end, process, rule, start
from tests.engine.play import Play
from tests.engine.tables import (
    component,
    decide,
    decision,
    definitions,
    given,
    item,
    knows,
    literal,
    service,
    table,
)
from tests.fidelity.dmn import CALLS, REQUIREMENTS, TYPES, accepted, dmn, refused, worth

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
