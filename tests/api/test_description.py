"""The description of the API, the page to read it on, and a test of the one against the other by schemathesis."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from traceback import format_exception_only
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import tus
from dev.machine import ROOT
from tests.api.program import Program, form, one_task, program
from tests.engine.diagrams import catch, end, message, process, start, user

schemathesis.serializer.alias(tus.PIECES, "application/octet-stream")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HEALTH = list(HealthCheck)
EXAMPLES = {"sqlite": 2, "postgresql": 3} if not os.environ.get("MOTCUA_SOAK") else {"sqlite": 60, "postgresql": 300}
"""How often each operation is tried, with what is right and with what is wrong; PostgreSQL refuses more."""


def description(app: Flask) -> dict[str, Any]:
    """Read the description."""
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json or {}
    return found


def test_every_operation_is_described_with_its_refusals(served: Flask) -> None:
    described = description(served)
    assert described["openapi"].startswith("3.")
    assert described["security"] == [{"bearer": []}]
    operations = [
        (f"{method} {path}", operation)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if method in ("get", "post")
    ]
    assert len(operations) >= 41
    for name, operation in operations:
        assert operation["summary"], name
        assert {"401", "404", "422"} <= set(operation["responses"]), name
        assert any(status.startswith("2") for status in operation["responses"]), name


def test_every_route_under_the_prefix_is_described(served: Flask) -> None:
    described = description(served)["paths"]
    plain = {rule.rule.replace("<", "{").replace(">", "}") for rule in served.url_map.iter_rules()}
    own = {path for path in plain if path.startswith("/api/v1/")}
    assert own - set(described) == {"/api/v1/openapi.json", "/api/v1/docs"}


def test_the_page_needs_no_other_host(served: Flask) -> None:
    answer = served.test_client().get("/api/v1/docs")
    assert answer.status_code == 200
    assert 'data-openapi="/api/v1/openapi.json"' in answer.text
    assert "http" not in answer.text.replace("http-equiv", "")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy


@pytest.fixture(scope="module")
def busy(served: Flask) -> Program:
    """A program with something of everything, so that some of what is tried meets it."""
    admin = program(served, "admin", username="tried")
    asked = form("tried_form", {"type": "textfield", "key": "name", "label": "Name"})
    admin.deploy(one_task("tried", motcua__form=asked[0]), asked)
    parts = (start("s"), catch("word", message("tried")), user("do"), end("e"), "s -> word -> do -> e")
    admin.deploy(("waits.bpmn", process("waits", *parts)))
    for key in ("tried", "waits"):
        admin.start(key, starter="tried")
    return admin


def test_nothing_that_schemathesis_tries_is_a_fault_of_ours(served: Flask, busy: Program, database: str) -> None:
    """What is answered is also what is described: status, content type and shape."""
    known = {
        "definition": "tried",
        "definition_id": busy.get("/definitions?key=tried")["items"][0]["id"],
        "instance_id": busy.get("/instances?key=tried")["items"][0]["id"],
        "task_id": busy.get("/tasks?key=tried")["items"][0]["id"],
    }
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served)
    failures: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # an Err would be a fault of the description
        named = {parameter.name for parameter in operation.path_parameters}
        own = {name: value for name, value in known.items() if name in named}
        for mode in GenerationMode:
            try:
                tried = one_of(operation.as_strategy(mode), operation.as_strategy(mode, path_parameters=own or None))
                failures += attempt(tried, busy, EXAMPLES[database])
            except (SkipTest, Unsatisfiable):  # nothing can be wrong with what takes nothing
                continue
    assert not failures, "\n\n".join(failures)


def attempt(cases: SearchStrategy[schemathesis.Case], caller: Program, count: int) -> Iterator[str]:
    """Call some cases; give what was wrong with the answers."""

    @seed(20260902)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=cases)
    def tried(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {caller.token}"})

    try:
        tried()
    except (FailureGroup, ExceptionGroup, Failure) as failure:
        yield "".join(format_exception_only(failure))
        for one in getattr(failure, "exceptions", ()):
            yield str(one)[:3000]


def test_the_page_for_beginners_names_only_what_there_is(served: Flask) -> None:
    page = (ROOT / "docs" / "howto" / "call-the-api.md").read_text()
    named = set(re.findall(r"`(GET|POST) (/api/v1/[^`]*)`", page))
    described = description(served)["paths"]
    assert named
    assert [path for method, path in named if method.lower() not in described.get(path, {})] == []
