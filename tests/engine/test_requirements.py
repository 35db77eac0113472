"""What a decision requires: decisions, input data, business knowledge, services, imports; and what is in scope."""

from __future__ import annotations

from typing import Any

import pytest

from engine import decisions
from errors import ExpressionFailed
from findings import Severity
from tests.engine.tables import (
    boxed,
    component,
    context,
    decide,
    definitions,
    given,
    item,
    knows,
    literal,
    service,
    table,
)


def read(*parts: str, others: tuple[tuple[str, bytes], ...] = ()) -> decisions.Decisions:
    found = decisions.read(definitions(*parts), others=others)
    assert [finding for finding in found.findings if finding.severity is Severity.ERROR] == []
    return found


def tried(*parts: str, ask: str = "d", others: tuple[tuple[str, bytes], ...] = (), **variables: Any) -> Any:
    return decisions.try_out(read(*parts, others=others), ask, variables).outputs


def rules(*parts: str, others: tuple[tuple[str, bytes], ...] = ()) -> list[tuple[str, str]]:
    found = decisions.read(definitions(*parts), others=others).findings
    return [(finding.rule, finding.element_id) for finding in found if finding.severity is Severity.ERROR]


# Decisions and input data


def test_only_what_is_required_is_in_scope() -> None:
    parts = (given("a"), given("b"), decide("c", literal("5")))
    assert tried(*parts, decide("d", literal("[a, b, c]"), "in:a"), a=1, b=2) == [1, None, None]
    assert tried(*parts, decide("d", literal("[a, b, c]"), "in:a", "in:b", "c"), a=1, b=2) == [1, 2, 5]


def test_a_variable_that_the_model_does_not_declare_is_seen_by_every_decision() -> None:
    assert tried(given("a"), decide("d", literal("[a, other]")), a=1, other=2) == [None, 2]


def test_a_process_sees_all_its_variables_in_each_decision() -> None:
    found = read(given("a"), decide("d", literal("[a, other]")))
    assert decisions.evaluate(found, "d", {"a": 1, "other": 2}).outputs == [1, 2]


def test_a_given_value_takes_the_place_of_a_required_decision_where_a_model_is_tried() -> None:
    parts = (decide("first", literal('"bar"'), type="string"), decide("d", literal('"foo " + first'), "first"))
    assert tried(*parts) == "foo bar"
    assert tried(*parts, first="baz") == "foo baz"
    assert tried(*parts, first=1234) is None
    assert tried(*parts, ask="first", first="baz") == "bar"
    assert decisions.evaluate(read(*parts), "d", {"first": "baz"}).outputs == "foo bar"


def test_a_decision_is_found_by_its_id_or_its_name() -> None:
    part = decide("_1", literal("1"), name="The decision")
    assert tried(part, ask="_1") == tried(part, ask="The decision") == 1
    with pytest.raises(LookupError):
        tried(part, ask="other")


def test_input_data_are_given_under_the_name_of_their_variable_or_their_own() -> None:
    parts = (
        given("x").replace('<inputData id="x" name="x">', '<inputData id="x" name="The x">'),
        decide("d", literal("x"), "in:x"),
    )
    found = read(*parts)
    assert [decisions.try_out(found, "d", {name: 5}).outputs for name in ("x", "The x")] == [5, 5]


def test_names_with_blanks_and_signs_are_names() -> None:
    parts = (given("i", name="Student's name"), decide("t", literal('"good"'), name="Teacher's Evaluation"))
    logic = literal("""Student's name + " is " + Teacher's Evaluation""")
    variables = {"Student's name": "An"}
    assert decisions.try_out(read(*parts, decide("d", logic, "in:i", "t")), "d", variables).outputs == "An is good"


def test_a_chain_of_many_decisions_is_evaluated() -> None:
    chain = [decide(f"d{n}", literal(f"d{n - 1} + 1"), f"d{n - 1}") for n in range(1, 150)]
    assert tried(decide("d0", literal("0")), *chain, ask="d149") == 149


def test_a_decision_without_logic_is_null_unless_it_is_given() -> None:
    parts = (decide("empty", ""), decide("d", literal("empty"), "empty"), service("s", outputs="d", inputs="empty"))
    assert tried(*parts) is None
    assert tried(*parts, empty="x") == "x"
    assert tried(*parts, ask="s", empty="y") == "y"
    assert rules(decide("d", "")) == [("decision-empty", "d")]


@pytest.mark.parametrize("href", ["#x", "n#x"])
def test_an_href_may_name_the_own_model(href: str) -> None:
    assert tried(given("x"), decide("d", literal("x"), f"in:{href}"), x=1) == 1


# Business knowledge


def test_business_knowledge_is_called_with_its_parameters_only() -> None:
    fee = knows("fee", "n: number, rate", literal("n * rate + (if surcharge = null then 0 else surcharge)"))
    assert tried(fee, decide("d", literal("fee(2, 10)"), "fn:fee"), surcharge=5) == 20
    assert tried(fee, decide("d", literal("fee(rate: 10, n: 2)"), "fn:fee")) == 20
    assert tried(fee, decide("d", literal('fee("x", 10)'), "fn:fee")) is None


def test_what_is_handed_an_argument_of_another_type_is_not_called() -> None:
    person = item("tPerson", "", component("name", "string"), component("age", "number"))
    asks = knows("is given", "who: tPerson", literal("who != null"))
    whole, part = decide("d", literal('is given({name: "a", age: 1})'), "fn:is given"), '{name: "a"}'
    assert tried(person, asks, whole) is True
    assert tried(person, asks, decide("d", literal(f"is given({part})"), "fn:is given")) is None
    assert tried(person, asks, decide("d", literal("is given(null)"), "fn:is given")) is False
    served = (given("n", "string"), decide("x", literal("n = null"), "in:n"), service("s", outputs="x", data="n"))
    assert tried(*served, decide("d", literal("s(123)"), "fn:s")) is None
    assert tried(*served, decide("d", literal("s(null)"), "fn:s")) is True
    assert tried(*served, ask="s", n=123) is True


def test_business_knowledge_may_need_more_of_it() -> None:
    parts = (knows("one", "a", literal("a + 1")), knows("two", "a", literal("one(one(a))"), "fn:one"))
    assert tried(*parts, decide("d", literal("two(5)"), "fn:two")) == 7
    assert tried(*parts, decide("d", literal("one(5)"), "fn:two")) is None


def test_a_table_may_be_business_knowledge() -> None:
    grade = knows("grade", "score: number", table(["score"], ["g"], [[">= 50", '"a"'], ["< 50", '"b"']]), type="string")
    found = read(grade, decide("d", literal("[grade(60), grade(10)]"), "fn:grade"))
    given = decisions.try_out(found, "d", {})
    assert given.outputs == ["a", "b"]
    assert [(rule.decision, rule.number) for rule in given.matched] == [("grade", 1), ("grade", 2)]


def test_the_result_of_business_knowledge_is_made_one_of_its_type() -> None:
    many = item("tNumbers", "number", many=True)
    of = knows("of", "a", literal("a"), type="tNumbers")
    assert tried(many, of, decide("d", literal("of(10)"), "fn:of")) == [10]
    assert tried(many, of, decide("d", literal('of("foo")'), "fn:of")) is None
    assert tried(many, of, decide("d", literal("of(null)"), "fn:of")) is None


def test_business_knowledge_may_be_asked_by_itself() -> None:
    assert tried(knows("fee", "n, rate", literal("n * rate")), ask="fee", n=2, rate=3) == 6


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_functions_of_other_kinds_are_refused(kind: str) -> None:
    assert rules(knows("k", "a", literal("a"), kind=kind)) == [("decision-function-kind", "k")]
    boxed_function = f'<functionDefinition id="f" kind="{kind}">{literal("1")}</functionDefinition>'
    assert rules(decide("d", boxed_function)) == [("decision-function-kind", "f")]


# Decision services

SERVED = (
    given("a", "string"),
    decide("first", literal('"never"'), type="string"),
    decide("d", literal('a + " " + first'), "in:a", "first", type="string"),
    service("s", outputs="d", inputs="first", data="a"),
)


def test_a_service_takes_input_data_then_input_decisions() -> None:
    assert tried(*SERVED, decide("c", literal('s("A", "B")'), "fn:s"), ask="c") == "A B"
    assert tried(*SERVED, decide("c", literal('s(first: "B", a: "A")'), "fn:s"), ask="c") == "A B"


@pytest.mark.parametrize("call", ['s("A")', 's("A", "B", "C")', "s()", 's(a: "A", other: "B")', 's("A", 123)'])
def test_a_call_that_does_not_fit_a_service_is_null(call: str) -> None:
    assert tried(*SERVED, decide("c", literal(call), "fn:s"), ask="c") is None


def test_a_service_is_asked_with_its_inputs_only() -> None:
    assert tried(*SERVED, ask="s", a="A", first="B") == "A B"
    assert tried(*SERVED, ask="s", a="A") is None


def test_what_a_service_is_given_means_nothing_outside_it() -> None:
    logic = context(("in", literal('s("A", "B")')), ("out", literal("first")), ("a", literal("a")))
    assert tried(*SERVED, decide("c", logic, "fn:s", "first", "in:a"), ask="c", a="Z") == {
        "in": "A B",
        "out": "never",
        "a": "Z",
    }


def test_a_process_may_ask_a_service() -> None:
    found = read(*SERVED)
    assert found.keys == ("first", "d", "s")
    assert decisions.evaluate(found, "s", {"a": "A", "first": "B", "more": 1}).variables == {"s": "A B"}


def test_a_service_of_several_outputs_gives_a_context() -> None:
    parts = (decide("x", literal("1")), decide("y", literal("2")), service("s", outputs="x y"))
    assert tried(*parts, ask="s") == {"x": 1, "y": 2}
    assert tried(*parts, decide("d", literal("s().y"), "fn:s")) == 2


def test_the_result_of_a_service_is_made_one_of_its_type() -> None:
    shape = '<itemDefinition name="tS"><functionItem outputTypeRef="string"/></itemDefinition>'
    assert tried(shape, decide("x", literal("1000")), service("s", outputs="x", type="tS"), ask="s") is None
    assert tried(shape, decide("x", literal('"a"')), service("s", outputs="x", type="tS"), ask="s") == "a"


def test_a_service_without_outputs_is_refused() -> None:
    assert rules(service("s", outputs="")) == [("decision-service", "s")]


# Cycles, what is not there


def test_cycles_are_refused_wherever_they_go_through() -> None:
    assert rules(decide("d", literal("1"), "d")) == [("decision-cycle", "d")]
    assert ("decision-cycle", "a") in rules(knows("a", "", literal("1"), "fn:b"), knows("b", "", literal("1"), "fn:a"))
    through = (decide("d", literal("s()"), "fn:s"), service("s", outputs="d"))
    assert ("decision-cycle", "d") in rules(*through)


def test_what_is_required_must_be_there() -> None:
    assert rules(decide("d", literal("1"), "in:gone")) == [("decision-requirement", "d")]
    assert rules(decide("d", literal("1"), "fn:gone")) == [("decision-requirement", "d")]
    assert rules(service("s", outputs="gone")) == [("decision-requirement", "s")]


# Imports


def model(space: str, *parts: str, name: str = "") -> tuple[str, bytes]:
    data = definitions(*parts).replace(b'namespace="n"', f'namespace="{space}"'.encode())
    return f"{space}.dmn", data.replace(b'name="d"', f'name="{name or space}"'.encode(), 1)


def imported(space: str, name: str) -> str:
    return f'<import name="{name}" namespace="{space}" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'


LIBRARY = model(
    "lib",
    item("tPerson", "", component("name", "string"), component("age", "tAge")),
    item("tAge", "number", allowed=">= 0"),
    given("p", "tPerson", name="Person"),
    decide("hello", literal('"Hello " + Person.name'), "in:p", name="Greet the Person"),
    knows("greet", "who", literal('"Hi " + who')),
    service("s", outputs="hello", data="p"),
)


def test_elements_of_another_model_are_seen_under_the_name_of_the_import() -> None:
    parts = (imported("lib", "My Lib"), decide("d", literal('My Lib.Greet the Person + "!"'), "lib#hello"))
    assert tried(*parts, others=(LIBRARY,), Person={"name": "An", "age": 5}) == "Hello An!"
    calls = decide("d", literal('My Lib.greet("Bo")'), "fn:lib#greet")
    assert tried(parts[0], calls, others=(LIBRARY,)) == "Hi Bo"
    serves = decide("d", literal('My Lib.s({name: "Ca", age: 1})'), "fn:lib#s")
    assert tried(parts[0], serves, others=(LIBRARY,)) == "Hello Ca"


def test_imported_input_data_and_types_are_used() -> None:
    parts = (imported("lib", "lib"), decide("d", literal("lib.Person.age"), "in:lib#p"))
    assert tried(*parts, others=(LIBRARY,), Person={"name": "An", "age": 5}) == 5
    assert tried(*parts, others=(LIBRARY,), lib={"Person": {"name": "An", "age": 6}}) == 6
    assert tried(*parts, others=(LIBRARY,), Person={"name": "An", "age": -1}) is None
    typed = given("q", "lib.tPerson", name="q")
    whole = (imported("lib", "lib"), typed, decide("d", literal("q.age"), "in:q"))
    assert tried(*whole, others=(LIBRARY,), q={"name": "An", "age": 7}) == 7
    assert tried(*whole, others=(LIBRARY,), q={"name": 7, "age": 7}) is None


def test_an_import_without_a_name_stands_beside_the_own_elements() -> None:
    parts = (imported("lib", ""), decide("d", literal("Greet the Person"), "lib#hello"))
    assert tried(*parts, others=(LIBRARY,), Person={"name": "An", "age": 5}) == "Hello An"


def test_imports_without_a_name_come_with_their_own_imports_depth_first() -> None:
    c = model("c", decide("x", literal('"c"')))
    b = model("b", imported("c", ""), decide("y", literal('"b" + x'), "x"))
    e = model("e", decide("x", literal('"e"')))
    ask = decide("d", literal("x + y"), "x", "y")
    assert tried(imported("b", ""), imported("e", ""), ask, others=(b, c, e)) == "cbc"
    assert tried(imported("e", ""), imported("b", ""), ask, others=(b, c, e)) == "ebe"
    assert tried(imported("b", ""), others=(b, c), ask="y") == "bc"


def test_what_has_a_name_of_ones_own_is_not_imported_also_for_those_that_need_it() -> None:
    b = model("b", decide("y", literal("x"), "b#x"), decide("x", literal('"b"')), item("tX", "number"))
    parts = (imported("b", ""), decide("own", literal('"a"'), name="x"), item("tX", "string"))
    assert tried(*parts, decide("d", literal("y"), "y", type="tX"), others=(b,)) == "a"
    assert tried(imported("b", ""), decide("d", literal("y"), "y", type="tX"), others=(b,)) is None


def test_models_may_import_each_other_and_themselves() -> None:
    b = model("b", imported("n", ""), decide("y", literal('"b"')))
    assert tried(imported("b", ""), imported("n", ""), decide("d", literal("y"), "y"), others=(b,)) == "b"


def test_one_model_imported_twice_may_be_given_different_inputs() -> None:
    base = model("base", given("n", "string"), decide("x", literal('"x" + n'), "in:n"))
    left = model("left", imported("base", "base"), decide("l", literal('"l" + base.x'), "base#x"))
    right = model("right", imported("base", "base"), decide("r", literal('"r" + base.x'), "base#x"))
    logic = decide("d", literal("L.l + R.r"), "left#l", "right#r")
    parts = (imported("left", "L"), imported("right", "R"), logic)
    others = (base, left, right)
    assert tried(*parts, others=others, n="1") == "lx1rx1"
    assert tried(*parts, others=others, L={"base": {"n": "1"}}, R={"base": {"n": "2"}}) == "lx1rx2"


def test_a_model_that_is_not_there_cannot_be_imported() -> None:
    assert rules(imported("lib", "lib"), decide("d", literal("1"))) == [("decision-import", "")]
    assert rules(imported("lib", "lib"), decide("d", literal("1"), "lib#gone"), others=(LIBRARY,)) == [
        ("decision-requirement", "d")
    ]


def test_an_import_that_can_mean_two_files_is_refused() -> None:
    both = (("x.dmn", LIBRARY[1]), ("y.dmn", LIBRARY[1]))
    assert rules(imported("lib", "lib"), decide("d", literal("1")), others=both) == [("decision-import", "")]


def test_other_files_than_dmn_are_not_imported() -> None:
    schema = '<import name="x" namespace="urn:x" importType="http://www.w3.org/2001/XMLSchema"/>'
    assert rules(schema, decide("d", literal("1"))) == [("decision-import", "defs")]


# Limits


def test_what_calls_too_deep_or_runs_too_long_is_stopped() -> None:
    nest = literal("1")
    parts = [knows("f0", "a", nest)] + [
        knows(f"f{n}", "a", literal(f"f{n - 1}(a)"), f"fn:f{n - 1}") for n in range(1, 60)
    ]
    with pytest.raises(ExpressionFailed):
        tried(*parts, decide("d", literal("f59(1)"), "fn:f59"))
    numbers = literal("for n in 1..600 return n")
    inner = boxed("for", 'iteratorVariable="b"', in_=numbers, return_=literal("1"))
    with pytest.raises(ExpressionFailed):
        tried(decide("d", boxed("for", 'iteratorVariable="a"', in_=numbers, return_=inner)))
