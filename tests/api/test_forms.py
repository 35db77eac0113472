"""Answers validated by a schema over HTTP, without a task."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.api.program import Program, program, refused

SCHEMA: dict[str, Any] = {
    "type": "default",
    "components": [
        {"type": "textfield", "key": "name", "label": "Tên", "validate": {"required": True, "minLength": 3}},
        {"type": "number", "key": "age", "label": "Tuổi"},
        {"type": "textfield", "key": "school", "label": "Trường", "conditional": {"hide": "=age > 18"}},
        {
            "type": "dynamiclist",
            "path": "people",
            "components": [{"type": "textfield", "key": "name", "label": "Tên", "validate": {"required": True}}],
        },
    ],
}


@pytest.fixture
def designer(app: Flask) -> Program:
    return program(app, "designer")


def validated(designer: Program, **data: Any) -> Any:
    return designer.post("/forms/validate", {"schema": SCHEMA, "data": data})


def test_what_a_submit_would_store_and_what_is_in_sight(designer: Program) -> None:
    assert validated(designer, name="Lan", age=20, school="A", people=[{"name": "An"}]) == {
        "errors": {},
        "visible": ["name", "age", "people.0.name"],
        "data": {"name": "Lan", "age": 20, "people": [{"name": "An"}]},
    }


def test_every_error_stands_under_its_field_in_the_callers_language(designer: Program) -> None:
    found = validated(designer, name="L", age="many", people=[{"name": "An"}, {"name": ""}], other=1)
    assert sorted(found["errors"]) == ["age", "name", "other", "people.1.name"]
    assert all(isinstance(message, str) and message for said in found["errors"].values() for message in said)
    designer.language = "vi"
    assert "Tên" in validated(designer, name="")["errors"]["name"][0]


def test_what_is_no_form_and_who_may_not_ask_are_refused(app: Flask, designer: Program) -> None:
    body = {"schema": {"components": [{"type": "textfield"}]}, "data": {}}
    answer = designer.call("POST", "/forms/validate", body)
    assert answer.status_code == 422
    assert answer.json["error"]["details"]
    refused(designer.call("POST", "/forms/validate", {"schema": SCHEMA}), 422)
    refused(program(app, "officer").call("POST", "/forms/validate", {"schema": SCHEMA, "data": {}}), 403)
