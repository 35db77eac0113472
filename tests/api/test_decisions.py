"""Decisions asked over HTTP: those in force, and those of files that are only tried out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.api.program import Program, codes, good, program, refused, unique
from tests.engine.tables import component, decide, decision, definitions, given, item, literal, service, table

FEES = table(["form", "size"], ["fee"], [['"new"', "< 10", "100", "Điều 5"], ['"new"', ">= 10", "200.50"]])


@pytest.fixture
def designer(app: Flask) -> Program:
    return program(app, "designer")


def tried(designer: Program, *parts: str, ask: str = "d", variables: Any = None, **more: str) -> Any:
    files = {"m.dmn": definitions(*parts)}
    return good(
        designer.upload("/decisions/evaluate", files, decision=ask, variables=json.dumps(variables or {}), **more)
    )


def test_the_decision_in_force_is_evaluated_with_the_rules_that_matched(designer: Program) -> None:
    key = unique("fees")
    designer.deploy(("fees.dmn", definitions(decision(key, FEES))))
    answer = designer.post(f"/decisions/{key}/evaluate", {"variables": {"form": "new", "size": 12.5}})
    assert answer == {
        "result": 200.5,
        "matched_rules": [
            {
                "decision": key,
                "table": "table",
                "rule_id": "r2",
                "number": 2,
                "inputs": {"form": "new", "size": 12.5},
                "outputs": {"fee": 200.5},
                "annotation": "",
            }
        ],
        "warnings": [],
    }


def test_rules_without_ids_have_stable_ones(designer: Program) -> None:
    key = unique("bare")
    logic = table(["n"], ["a"], [["> 0", "1"], ["> 5", "2"]], policy="COLLECT")
    bare = logic.replace('id="table"', "").replace('<rule id="r1">', "<rule>").replace('<rule id="r2">', "<rule>")
    designer.deploy(("x.dmn", definitions(decision(key, bare))))
    rules = designer.post(f"/decisions/{key}/evaluate", {"variables": {"n": 7}})["matched_rules"]
    assert [(rule["table"], rule["rule_id"]) for rule in rules] == [(key, f"{key}-rule-1"), (key, f"{key}-rule-2")]


def test_a_decision_that_is_not_in_force_is_not_found(designer: Program) -> None:
    refused(designer.call("POST", "/decisions/gone/evaluate", {}), 404, "not_found")


def test_rules_that_contradict_each_other_are_refused_by_name(designer: Program) -> None:
    key = unique("twice")
    designer.deploy(("x.dmn", definitions(decision(key, table(["n"], ["a"], [["> 0", "1"], ["> 0", "2"]])))))
    error = refused(designer.call("POST", f"/decisions/{key}/evaluate", {"variables": {"n": 1}}), 422)
    assert list(codes(error)) == ["table"]


def test_only_who_may_run_instances_may_ask(app: Flask) -> None:
    officer = program(app, "officer")
    refused(officer.call("POST", "/decisions/x/evaluate", {}), 403)
    files = {"m.dmn": definitions(decide("d", literal("1")))}
    refused(officer.upload("/decisions/evaluate", files, decision="d"), 403)


def test_files_are_tried_out_and_not_stored(designer: Program) -> None:
    key = unique("tried")
    answer = tried(designer, decision(key, FEES, name="The fee"), ask="The fee", variables={"form": "new", "size": 3})
    assert answer["result"] == 100
    assert answer["matched_rules"][0]["annotation"] == "Điều 5"
    assert answer["findings"] == []
    refused(designer.call("POST", f"/decisions/{key}/evaluate", {}), 404)


def test_decision_services_are_tried_out(designer: Program) -> None:
    parts = (given("n", "number"), decide("d", literal("n * 2"), "in:n"), service("s", outputs="d", data="n"))
    assert tried(designer, *parts, ask="s", variables={"n": 21})["result"] == 42


def test_what_is_in_error_is_null_with_a_warning(designer: Program) -> None:
    answer = tried(designer, decide("d", literal("1 +", 'id="cell"').replace('id="literal" ', "")))
    assert answer["result"] is None
    assert answer["warnings"][0]["element_id"] == "cell"
    assert answer["findings"][0]["rule"] == "decision-expression"
    twice = table(["n"], ["a"], [["> 0", "1"], ["> 0", "2"]])
    assert tried(designer, decide("d", twice), variables={"n": 1})["result"] is None


@pytest.mark.parametrize(
    ("sent", "type", "source", "result"),
    [
        ({"date": "2016-11-01"}, "date", "x.day", 1),
        ({"date": "2016-11-01"}, "date", "x", "2016-11-01"),
        ({"time": "10:30:00"}, "time", "x.hour", 10),
        ({"dateTime": "2016-12-24T23:59:00"}, "dateTime", "x.hour", 23),
        ({"duration": "P1DT2H"}, "dayTimeDuration", "x.hours", 2),
        ({"duration": "P1Y2M"}, "yearMonthDuration", "x.months", 2),
        ([{"date": "2016-11-01"}], "tDates", "x[1].year", 2016),
        ({"from": {"date": "2016-11-01"}}, "tStay", "x.from.month", 11),
        ({"date": "2016-11-01"}, "string", "x", None),
    ],
)
def test_moments_are_sent_marked(designer: Program, sent: Any, type: str, source: str, result: Any) -> None:
    types = (item("tDates", "date", many=True), item("tStay", "", component("from", "date")))
    parts = (*types, given("x", type), decide("d", literal(source), "in:x"))
    assert tried(designer, *parts, variables={"x": sent})["result"] == result


@pytest.mark.parametrize(
    "sent", [{"date": "soon"}, {"time": "25:00"}, {"dateTime": "2016-13-01T00:00:00"}, {"duration": "3"}]
)
def test_a_moment_that_is_none_is_refused(designer: Program, sent: Any) -> None:
    files = {"m.dmn": definitions(decide("d", literal("1")))}
    variables = json.dumps({"x": sent})
    error = refused(designer.upload("/decisions/evaluate", files, decision="d", variables=variables), 422)
    assert codes(error) == {"variables": "marked"}


def test_the_model_is_named_where_several_files_have_the_decision(designer: Program) -> None:
    files = {
        f"{name}.dmn": definitions(decide("d", literal(str(value)))).replace(b'name="d"', f'name="{name}"'.encode(), 1)
        for name, value in (("one", 1), ("two", 2))
    }
    assert codes(refused(designer.upload("/decisions/evaluate", files, decision="d"), 422)) == {"model": "ambiguous"}
    for model, result in (("one", 1), ("two", 2), ("two.dmn", 2)):
        assert good(designer.upload("/decisions/evaluate", files, decision="d", model=model))["result"] == result


def test_a_model_may_import_another_of_the_files(designer: Program) -> None:
    lib = definitions(decide("x", literal("20"))).replace(b'namespace="n"', b'namespace="lib"')
    main = definitions('<import name="lib" namespace="lib"/>', decide("d", literal("lib.x + 1"), "lib#x"))
    files = {"main.dmn": main, "lib.dmn": lib}
    assert good(designer.upload("/decisions/evaluate", files, decision="d"))["result"] == 21


def test_a_bundle_may_hold_a_model_that_is_only_imported(designer: Program) -> None:
    key = unique("uses")
    lib = definitions(given("n", "tAge"), item("tAge", "number", allowed=">= 18")).replace(b'ace="n"', b'ace="lib"')
    main = definitions('<import name="lib" namespace="lib"/>', decide(key, literal("lib.n"), "in:lib#n"))
    designer.deploy(("main.dmn", main), ("lib.dmn", lib))
    assert designer.post(f"/decisions/{key}/evaluate", {"variables": {"n": 20}})["result"] == 20
    assert designer.post(f"/decisions/{key}/evaluate", {"variables": {"n": 5}})["result"] is None
    alone = designer.upload("/deployments", {"main.dmn": main})
    assert [detail["rule"] for detail in refused(alone, 422)["details"]] == ["decision-import", "decision-requirement"]


@pytest.mark.parametrize(
    ("parts", "field", "code"),
    [
        ({}, "decision", "required"),
        ({"decision": "gone"}, "decision", "no_decision"),
        ({"decision": "d", "variables": "["}, "variables", "object"),
        ({"decision": "d", "variables": "[]"}, "variables", "object"),
        ({"decision": "d", "variables": '{"a": NaN}'}, "variables", "object"),
        ({"decision": "d", "variables": '{"a": "\\ud800"}'}, "variables", "object"),
        ({"decision": "d", "variables": '{"a": "\\u0000"}'}, "variables.a", "nul"),
        ({"decision": "d", "other": "x"}, "other", "unknown"),
        ({"decision": "d", "model": "gone"}, "decision", "no_decision"),
    ],
)
def test_what_is_sent_wrongly_is_named(designer: Program, parts: dict[str, str], field: str, code: str) -> None:
    files = {"m.dmn": definitions(decide("d", literal("1")))}
    assert codes(refused(designer.upload("/decisions/evaluate", files, **parts), 422)) == {field: code}


def test_files_that_are_no_decisions_are_refused(designer: Program) -> None:
    for name, data, status in (("m.txt", b"x", 422), ("m.dmn", b"no xml", 400), ("m.dmn", b"<definitions/>", 422)):
        refused(designer.upload("/decisions/evaluate", {name: data}, decision="d"), status)
