"""Item definitions: what a value of a type is, and what becomes of one that is not."""

from __future__ import annotations

from typing import Any

import pytest

from engine import decisions
from findings import Severity
from tests.engine.tables import component, decide, decision, definitions, given, item, literal, table

PERSON = item("tPerson", "", component("name", "string"), component("age", "number"))
TYPES = (
    PERSON,
    item("tPeople", "tPerson", many=True),
    item("tNumbers", "number", many=True),
    item("tGrade", "string", allowed='"a", "b", "c"'),
    item("tGrades", "tGrade", many=True),
    item("tShort", "number", many=True, constraint="count(?) <= 2"),
    item("tNested", "", component("who", "tPerson"), component("tags", "string", many=True)),
)


def made(value: Any, type: str) -> Any:
    """Give what becomes of a value handed to input data of a type."""
    found = decisions.read(definitions(*TYPES, given("x", type), decide("d", literal("x"), "in:x")))
    assert [finding for finding in found.findings if finding.severity is not Severity.INFO] == []
    return decisions.try_out(found, "d", {"x": value}).outputs


@pytest.mark.parametrize(
    ("value", "type", "result"),
    [
        ("a", "string", "a"),
        (1, "string", None),
        ("1", "number", None),
        (True, "boolean", True),
        (1, "boolean", None),
        ([1, 2], "tNumbers", [1, 2]),
        (1, "tNumbers", [1]),
        ("a", "tNumbers", None),
        ([1, "a"], "tNumbers", None),
        ([7], "number", 7),
        ([7, 8], "number", None),
        (["a"], "number", None),
        (None, "tNumbers", None),
        ("a", "tGrade", "a"),
        ("z", "tGrade", None),
        (["a", "c"], "tGrades", ["a", "c"]),
        (["a", "z"], "tGrades", None),
        ([1, 2], "tShort", [1, 2]),
        ([1, 2, 3], "tShort", None),
        ({"name": "An", "age": 5}, "tPerson", {"name": "An", "age": 5}),
        ({"name": "An", "age": 5, "more": 1}, "tPerson", {"name": "An", "age": 5, "more": 1}),
        ({"name": "An"}, "tPerson", None),
        ({"name": "An", "age": "5"}, "tPerson", None),
        ([{"name": "An", "age": 5}], "tPeople", [{"name": "An", "age": 5}]),
        ({"who": {"name": "An", "age": 5}, "tags": ["x"]}, "tNested", {"who": {"name": "An", "age": 5}, "tags": ["x"]}),
        ({"who": {"name": "An"}, "tags": ["x"]}, "tNested", None),
        ({"who": {"name": "An", "age": 5}, "tags": [1]}, "tNested", None),
        ("anything", "Any", "anything"),
        ("anything", "feel:string", "anything"),
        (5, "integer", 5),
    ],
)
def test_a_value_is_one_of_its_type_or_null(value: Any, type: str, result: Any) -> None:
    assert made(value, type) == result


def test_a_result_that_is_not_of_its_type_is_null_with_a_warning() -> None:
    found = decisions.read(definitions(decide("d", literal("1 + 1"), type="string")))
    given = decisions.try_out(found, "d", {})
    assert given.outputs is None
    assert [warned.element_id for warned in given.warnings] == ["d"]
    assert decisions.evaluate(found, "d", {}).warnings == given.warnings


def test_the_outputs_of_a_table_are_made_ones_of_their_types() -> None:
    logic = table(["n"], ["g"], [["-", "n"]]).replace('name="g"', 'name="g" typeRef="tGrade"')
    found = decisions.read(definitions(*TYPES, decide("d", logic)))
    assert [decisions.evaluate(found, "d", {"n": n}).outputs for n in ("a", "z", 1)] == ["a", None, None]


def test_a_written_answer_that_is_not_of_its_columns_type_is_said_at_upload() -> None:
    logic = table(["n"], ["g"], [["> 1", "5"], ["> 0", '"z"'], ["-", "n"]]).replace(
        'name="g"', 'name="g" typeRef="string"'
    )
    found = decisions.read(definitions(decision("d", logic)))
    assert [(one.rule, one.severity, one.element_id) for one in found.findings] == [
        ("decision-output-type", Severity.WARNING, "r1o0")
    ]


@pytest.mark.parametrize("by", ['exporter="Camunda Modeler"', 'exporter="dmn-js (https://demo.bpmn.io/dmn)"'])
def test_types_and_values_of_columns_are_hints_where_the_modeler_writes_them_everywhere(by: str) -> None:
    logic = table(["n"], ["g"], [["> 1", "5"]]).replace('name="g"', 'name="g" typeRef="string"')
    hint = '<inputValues><text>"a", "b"</text></inputValues></input>'
    data = definitions(decision("d", logic.replace("</input>", hint, 1)), attributes=by)
    assert decisions.read(data).findings == ()
    assert decisions.evaluate(decisions.read(data), "d", {"n": 3}).outputs == 5


def test_texts_of_a_process_become_the_moments_of_their_type() -> None:
    parts = (item("tStay", "", component("from", "date"), component("nights", "number")), given("s", "tStay"))
    found = decisions.read(definitions(*parts, decide("d", literal('s.from < date("2026-02-01")'), "in:s")))
    stay = {"from": "2026-01-31", "nights": 2}
    assert decisions.evaluate(found, "d", {"s": stay}).outputs is True


def test_a_type_that_is_not_known_is_said() -> None:
    found = decisions.read(definitions(given("x", "tGone"), decide("d", literal("x"), "in:x")))
    assert [(one.rule, one.severity, one.element_id) for one in found.findings] == [
        ("decision-type", Severity.WARNING, "x")
    ]
    assert decisions.try_out(found, "d", {"x": [1, "a"]}).outputs == [1, "a"]


def test_priorities_come_from_the_allowed_values_of_the_type_where_the_column_has_none() -> None:
    logic = table(["n"], ["g"], [["> 1", '"c"'], ["> 0", '"b"']], policy="PRIORITY")
    found = decisions.read(definitions(*TYPES, decide("d", logic.replace('name="g"', 'name="g" typeRef="tGrade"'))))
    assert found.findings == ()
    assert decisions.evaluate(found, "d", {"n": 5}).outputs == "b"


def test_feel_asks_for_types_of_the_model_by_name_without_their_allowed_values() -> None:
    types = (*TYPES, item("t255", "number", allowed="[0..255]"), item("my numbers", "number", many=True))
    for source, result in (
        ("256 instance of t255", True),
        ('"a" instance of t255', False),
        ('{name: "An", age: 5} instance of tPerson', True),
        ('{name: "An"} instance of tPerson', False),
        ("[1, 2] instance of my numbers", True),
        ('["a"] instance of my numbers', False),
        ("null instance of tPerson", False),
    ):
        found = decisions.read(definitions(*types, decide("d", literal(source))))
        assert found.findings == ()
        assert decisions.try_out(found, "d", {}).outputs is result
    unknown = decisions.read(definitions(decide("d", literal("1 instance of tGone"))))
    assert [one.rule for one in unknown.findings] == ["decision-expression"]
