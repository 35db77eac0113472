"""What every address of the API has in common."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from services import people
from services.permissions import SYSTEM
from tests.api.program import Program, codes, one_task, program, refused, unique


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer nobody", "Basic YTpi", "Bearer \xff"])
def test_without_a_valid_token_the_answer_is_401(served: Flask, token: str) -> None:
    nobody = Program(app=served, username="", token="")
    answer = nobody.call("GET", "/tasks", headers={"Authorization": token})
    refused(answer, 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_deactivated_person_s_token_is_refused_within_seconds(served: Flask, admin: Program, clock) -> None:
    known = program(served, "operator")
    known.get("/tasks")
    with served.app_context():
        people.set_active(SYSTEM, known.username, active=False, now=clock.now())
    clock.wait()
    refused(known.call("GET", "/tasks"), 401)


def test_an_unknown_address_and_a_wrong_method_have_the_one_shape(admin: Program) -> None:
    refused(admin.call("GET", "/nothing"), 404, "not_found")
    answer = admin.call("DELETE", "/tasks")
    refused(answer, 405, "method_not_allowed")
    assert {"GET", "HEAD"} <= {word.strip() for word in answer.headers["Allow"].split(",")}


def test_messages_follow_the_language_that_is_asked_for(admin: Program) -> None:
    path = "/tasks?limit=0"
    assert refused(admin.call("GET", path), 422)["details"][0]["message"] == "This must be a number from 1 to 500."
    for asked in ("vi", "fr;q=0.9, vi-VN;q=0.8, en;q=0.2"):
        error = refused(admin.call("GET", path, headers={"Accept-Language": asked}), 422)
        assert error["details"][0]["message"] == "Cần một số từ 1 đến 500."


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("colour=red", "colour", "unknown"),
        ("limit=501", "limit", "range"),
        ("limit=1e2", "limit", "integer"),
        ("limit=99999999999999999999", "limit", "integer"),
        ("sort=colour", "sort", "choice"),
        ("sort=-", "sort", "choice"),
        ("state=closed", "state", "choice"),
        ("cursor=abc", "cursor", "cursor"),
        ("assignee=", "assignee", "length"),
        ("assignee=a&assignee=b", "assignee", "repeated"),
        ("assignee=%00", "assignee", "nul"),
        ("due_before=yesterday", "due_before", "moment"),
        ("due_before=2026-11-20T09:00:00", "due_before", "moment"),
        ("due_before=9999-12-31T23:59:59-14:00", "due_before", "moment"),
        ("due_before=0001-01-01T00:00:00%2B14:00", "due_before", "moment"),
    ],
)
def test_a_parameter_that_is_not_acceptable_is_refused_by_name(
    admin: Program, query: str, field: str, code: str
) -> None:
    assert codes(refused(admin.call("GET", f"/tasks?{query}"), 422)) == {field: code}


def test_every_field_that_is_not_acceptable_is_named_at_once(admin: Program) -> None:
    error = refused(
        admin.call("POST", "/messages", {"payload": [], "colour": 1, "time_to_live": "soon", "business_key": 7}), 422
    )
    assert codes(error) == {
        "name": "required",
        "payload": "object",
        "colour": "unknown",
        "time_to_live": "duration",
        "business_key": "text",
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": NaN}', 400),
        (b'{"name": 1e400}', 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(admin: Program, body: bytes, status: int) -> None:
    refused(admin.call("POST", "/signals", data=body, content_type="application/json"), status)


@pytest.mark.parametrize(
    ("variables", "field", "code"),
    [
        ({"a": {"b": ["\0"]}}, "variables.a.b.0", "nul"),
        ({"a\0": 1}, "variables.a\\u0000", "nul"),
        ({"big": 2**63}, "", "number"),
        ({"big": -(10**30)}, "", "number"),
    ],
)
def test_what_no_database_can_keep_is_refused_by_its_place(
    admin: Program, variables: object, field: str, code: str
) -> None:
    answer = admin.call("POST", "/definitions/any/instances", {"variables": variables})
    assert codes(refused(answer, 422)) == {field: code}


def test_json_that_is_nested_too_deep_is_refused(admin: Program) -> None:
    deep: object = 1
    for _ in range(80):
        deep = {"a": deep}
    error = refused(admin.call("POST", "/definitions/any/instances", {"variables": deep}), 422)
    assert [detail["code"] for detail in error["details"]] == ["deep"]


def test_odd_but_sound_values_come_back_as_they_were(admin: Program) -> None:
    key = unique("odd")
    admin.deploy(one_task(key))
    values = {
        "typename": "x", "\\u0000": "a backslash", "digits": "12345678901234567890", "high": 2**63 - 1, "low": -(2**63),
        "half": 0.5, "none": None, "đường": "phố 😀", "list": [[], {}], "__class__": "text",
    }  # fmt: skip
    assert admin.get(f"/instances/{admin.start(key, starter='a', **values)['id']}")["variables"] == {
        "starter": "a",
        **values,
    }


def test_another_content_type_or_a_body_too_large_is_refused(admin: Program) -> None:
    refused(admin.call("POST", "/signals", data=b"name=x", content_type="application/x-www-form-urlencoded"), 415)
    large = json.dumps({"name": "x", "payload": {"a": "x" * 5_000_000}})
    refused(admin.call("POST", "/signals", data=large, content_type="application/json"), 413, "too_large")


def test_a_path_with_nul_finds_nothing(admin: Program) -> None:
    for path in ("/tasks/%00", "/instances/a%00b", "/definitions/%00/xml"):
        refused(admin.call("GET", path), 404)


def test_a_permission_that_is_missing_is_named(served: Flask) -> None:
    error = refused(program(served, "applicant").call("POST", "/signals", {"name": "x"}), 403, "forbidden")
    assert error["details"][0]["code"] == "permission"


def test_no_forged_request_token_is_asked_of_programs(served: Flask, admin: Program) -> None:
    assert served.config.get("WTF_CSRF_ENABLED", True)
    assert admin.post("/signals", {"name": unique("nobody")}) == {"instances": []}


def test_a_fault_of_ours_says_a_code_and_nothing_else(served: Flask, admin: Program, monkeypatch, caplog) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("services.messages.signal", broken)
    monkeypatch.setitem(served.config, "PROPAGATE_EXCEPTIONS", False)
    answer = admin.call("POST", "/signals", {"name": "x"})
    error = refused(answer, 500, "internal")
    assert "MC-" in error["message"]
    assert "secret" not in answer.text
    assert "secret inside" in caplog.text
