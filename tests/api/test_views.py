"""Saved views for programs: made, changed, renamed, shared, removed; who may do which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from services import views
from services.setup import basics
from tests.api.program import Program, codes, program, refused, unique

URGENT = {"field": "priority", "comparison": "at_least", "values": ["80"]}


@pytest.fixture(scope="module", autouse=True)
def groups(served: Flask) -> None:
    with served.app_context():
        basics(now=datetime.fromisoformat("2026-08-20T01:00:00+00:00"))


def officer(served: Flask, word: str, *groups: str) -> Program:
    return program(served, "officer", username=unique(word), groups=groups or ("one_door",))


def test_a_view_is_made_changed_renamed_shared_and_removed(served: Flask) -> None:
    one, mate = officer(served, "makes"), officer(served, "reads")
    made = one.post("/views", {"name": "Gấp", "conditions": [URGENT]})
    assert (made["owner"], made["base"], made["order"], made["version"]) == (one.username, "own", "due", 1)
    assert one.post("/views", {"name": "Gấp", "conditions": [URGENT]}) == made
    refused(one.call("POST", "/views", {"name": "Gấp"}), 409, "duplicate")
    url = f"/views/{made['id']}"
    changed = change(one, made, columns=["code", "due"], order="filed", descending=True)
    assert changed == {**made, "columns": ["code", "due"], "order": "filed", "descending": True, "version": 2}
    refused(one.call("PATCH", url, {"name": "Khác", "seen_version": 1}), 409, "stale_version")
    assert change(one, changed, name="Rất gấp") == {**changed, "name": "Rất gấp", "version": 3}
    assert mate.get("/views")["items"] == []
    assert one.post(f"{url}/share", {"shared_with": "g:one_door"})["shared_with"] == "g:one_door"
    assert [view["id"] for view in mate.get("/views")["items"]] == [made["id"]]
    assert one.post(f"{url}/share", {"shared_with": None})["shared_with"] is None
    assert mate.get("/views")["items"] == []
    other = one.post("/views", {"name": "Khác"})
    assert one.post(f"{url}/remove") == {"items": [other]}
    refused(one.call("POST", f"{url}/remove", {}), 404)


def change(caller: Program, view: dict[str, Any], **more: Any) -> Any:
    answer = caller.call("PATCH", f"/views/{view['id']}", {**more, "seen_version": view["version"]})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_what_is_wrong_is_named(served: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    one = officer(served, "errs")
    wrong = [{**URGENT, "field": "password"}, {**URGENT, "values": ["x"]}, {"field": "due", "comparison": "is"}]
    sent = {"name": "x", "base": "all", "order": "id", "columns": ["secret"], "conditions": wrong}
    assert codes(refused(one.call("POST", "/views", sent), 422)) == {
        "base": "unknown", "order": "unknown", "columns": "unknown", "conditions.0.field": "unknown",
        "conditions.1.values": "value", "conditions.2.comparison": "unknown",
    }  # fmt: skip
    bare = {"name": "", "conditions": [URGENT] * 21, "columns": ["code"] * 99, "descending": 1, "colour": "red"}
    assert codes(refused(one.call("POST", "/views", bare), 422)) == {
        "name": "length", "conditions": "entries", "columns": "entries", "descending": "boolean", "colour": "unknown",
    }  # fmt: skip
    values = {"name": "x", "conditions": [{"field": "due", "comparison": "is", "values": ["x" * 201, 1]}, 4]}
    assert codes(refused(one.call("POST", "/views", values), 422)) == {
        "conditions.0.values.0": "length", "conditions.0.values.1": "text", "conditions.1": "object",
    }  # fmt: skip
    view = one.post("/views", {"name": "Gấp"})
    error = refused(one.call("PATCH", f"/views/{view['id']}", {"order": "id", "seen_version": 1}), 422)
    assert codes(error) == {"order": "unknown"}
    assert codes(refused(one.call("PATCH", f"/views/{view['id']}", {"name": None}), 422)) == {
        "name": "null", "seen_version": "required",
    }  # fmt: skip
    error = refused(one.call("POST", f"/views/{view['id']}/share", {"shared_with": "g:leader"}), 422)
    assert codes(error) == {"shared_with": "unknown"}
    assert codes(refused(one.call("POST", f"/views/{view['id']}/share", {}), 422)) == {"shared_with": "required"}
    monkeypatch.setattr(views, "MOST", 1)
    refused(one.call("POST", "/views", {"name": "Thêm"}), 413)


def test_who_may_do_what_with_a_view(served: Flask, admin: Program) -> None:
    owner, mate, stranger = officer(served, "owns"), officer(served, "mate"), officer(served, "far", "specialist_drug")
    applicant = program(served, "applicant", username=unique("applies"))
    view = owner.post("/views", {"name": "Chung"})
    url = f"/views/{view['id']}"
    operations: tuple[tuple[str, str, Any], ...] = (
        ("PATCH", "", {"name": "Của tôi", "seen_version": 1}),
        ("POST", "/share", {"shared_with": None}),
        ("POST", "/remove", {}),
    )
    for shared, caller, status in (
        ("", mate, 404), ("g:one_door", mate, 403), ("g:one_door", stranger, 404), ("g:one_door", applicant, 403),
    ):  # fmt: skip
        owner.post(f"{url}/share", {"shared_with": shared or None})
        for method, path, body in operations:
            answer = caller.call(method, url + path, body)
            expected = 404 if caller is applicant and path == "/remove" else status
            assert answer.status_code == expected, (shared, caller.username, method, path, answer.text)
    refused(applicant.call("POST", "/views", {"name": "x"}), 403)
    refused(admin.call("PATCH", url, {"name": "x", "seen_version": 1}), 404)
    assert all(one["id"] != view["id"] for one in admin.post(f"{url}/remove")["items"])
    assert owner.get("/views")["items"] == []
