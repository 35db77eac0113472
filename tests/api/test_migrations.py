"""Migrations over the API: plan, preview, migrate."""

from __future__ import annotations

from typing import Any

from tests.api.program import Program, refused, unique
from tests.engine.diagrams import boundary, duration, end, process, start, user


def version(admin: Program, key: str, *parts: str) -> str:
    answer = admin.deploy((f"{key}.bpmn", process(key, start("s"), *parts)))
    return str(answer["definitions"][0]["id"])


def two(admin: Program) -> tuple[str, str, str]:
    key = unique("over")
    old = version(admin, key, user("do", name="Do"), end("e"), "s -> do -> e")
    new = version(
        admin, key, user("sign", name="Do"), boundary("late", "sign", duration("PT1H")), end("e"),
        "s -> sign -> e", "late -> e",
    )  # fmt: skip
    return key, old, new


def test_a_mapping_is_suggested_and_checked(admin: Program) -> None:
    _, old, new = two(admin)
    plan = admin.post(f"/definitions/{old}/migration-plans", {"definition": new})
    assert (plan["source"], plan["target"], plan["mapping"], plan["problems"]) == (old, new, {"do": "sign"}, [])
    [do] = [line for line in plan["elements"] if line["element_id"] == "do"]
    assert (do["target_id"], do["problem"], do["element_type"]) == ("sign", None, "userTask")
    assert do["options"] == [{"element_id": "sign", "element_name": "Do"}]
    wrong = admin.post(f"/definitions/{old}/migration-plans", {"definition": new, "mapping": {"do": "e", "x": None}})
    assert [(one["element_id"], one["code"]) for one in wrong["problems"]] == [
        ("do", "other_kind"), ("x", "unknown_source"),
    ]  # fmt: skip


def test_an_instance_is_looked_at_and_goes_over(admin: Program) -> None:
    key, old, new = two(admin)
    instance = admin.post(f"/definitions/{old}/instances", {"variables": {"n": 1}})
    path, wanted = f"/instances/{instance['id']}/migrate", {"definition": key, "mapping": {"do": "sign"}}
    said = admin.post(f"{path}/preview", wanted)
    assert [(one["before"]["element_id"], one["after"]["element_id"]) for one in said["moved"]] == [("do", "sign")]
    assert [one["element_id"] for one in said["armed"]] == ["late"]
    assert (said["problems"], said["gone"], said["happens"], said["is_over"]) == ([], [], [], False)
    assert admin.get(f"/instances/{instance['id']}") == instance
    after = admin.post(path, {**wanted, "reason": "new version"})
    assert (after["definition_id"], after["version"], after["variables"]) == (new, 2, {"n": 1})
    assert sorted(wait["kind"] for wait in after["waiting_for"]) == ["task", "timer"]
    history = admin.get(f"/instances/{instance['id']}/history")["items"]
    assert [(one["element_id"], one["state"]) for one in history] == [("s", "completed"), ("sign", "active")]
    refused(admin.call("POST", path, {**wanted, "reason": "again"}), 409, "wrong_state")


def test_what_stands_in_the_way_is_named(admin: Program) -> None:
    _, old, new = two(admin)
    instance = admin.post(f"/definitions/{old}/instances", {})
    path = f"/instances/{instance['id']}/migrate"
    error = refused(admin.call("POST", path, {"definition": new, "reason": "r"}), 422, "not_migratable")
    assert [(one["element_id"], one["code"]) for one in error["details"]] == [("do", "no_target")]
    said = admin.post(f"{path}/preview", {"definition": new})
    assert [(one["element_id"], one["code"]) for one in said["problems"]] == [("do", "no_target")]
    refused(admin.call("POST", path, {"definition": new}), 422, "invalid")
    refused(admin.call("POST", path, {"definition": "none", "reason": "r"}), 404, "not_found")
    wrong: tuple[Any, ...] = ({"do": 1}, [], {"do": ["sign"]}, {"x" * 601: None})
    for mapping in wrong:
        refused(admin.call("POST", path, {"definition": new, "mapping": mapping, "reason": "r"}), 422, "invalid")
    refused(admin.call("POST", "/instances/none/migrate", {"definition": new, "reason": "r"}), 404, "not_found")
