"""Modification over the API: instructions, their preview, what is active, variables, skipped incidents."""

from __future__ import annotations

from tests.api.program import Program, refused, unique
from tests.engine.diagrams import end, process, script, start, user


def running(admin: Program) -> dict:
    key = unique("steps")
    diagram = process(key, start("s"), user("a"), user("b"), user("c"), end("e"), "s -> a -> b -> c -> e")
    admin.deploy((f"{key}.bpmn", diagram))
    return admin.start(key, n=1)


def move(element: str, to: str) -> dict:
    return {"kind": "move", "element_id": element, "to_element_id": to}


def waits(instance: dict) -> list[str]:
    return [wait["element_id"] for wait in instance["waiting_for"]]


def test_a_token_is_moved_with_a_body_of_the_contract_alone(admin: Program) -> None:
    path = f"/instances/{running(admin)['id']}"
    after = admin.post(f"{path}/modify", {"instructions": [move("a", "c")], "reason": "wrong step"})
    assert (waits(after), after["status"]) == (["c"], "running")
    both = [{"kind": "start_before", "element_id": "a"}, {"kind": "start_after", "element_id": "a"}]
    assert sorted(waits(admin.post(f"{path}/modify", {"instructions": both, "reason": "r"}))) == ["a", "b", "c"]
    gone = [{"kind": "cancel", "element_id": name} for name in "abc"]
    assert admin.post(f"{path}/modify", {"instructions": gone, "reason": "r"})["status"] == "cancelled"
    states = {(item["element_id"], item["state"]) for item in admin.get(f"{path}/history")["items"]}
    assert {("a", "cancelled"), ("c", "cancelled")} <= states
    refused(admin.call("POST", f"{path}/modify", {"instructions": gone, "reason": "r"}), 409, "wrong_state")


def test_every_wrong_instruction_is_named_and_nothing_changes(admin: Program) -> None:
    path = f"/instances/{running(admin)['id']}"
    wrong = [move("b", "c"), move("a", "nowhere"), {"kind": "cancel", "element_id": "a"}]
    error = refused(admin.call("POST", f"{path}/modify", {"instructions": wrong, "reason": "r"}), 422, "invalid")
    assert [(detail["field"], detail["code"]) for detail in error["details"]] == [
        ("instructions.0.element_id", "no_token"),
        ("instructions.1.to_element_id", "unknown_element"),
    ]
    assert waits(admin.get(path)) == ["a"]
    bad = {"instructions": [{"kind": "jump", "element_id": "a", "colour": "red"}, {"kind": "cancel"}, 3]}
    error = refused(admin.call("POST", f"{path}/modify", bad), 422, "invalid")
    assert {detail["field"] for detail in error["details"]} == {
        "instructions.0.kind", "instructions.0.colour", "instructions.1.element_id", "instructions.2", "reason",
    }  # fmt: skip
    refused(admin.call("POST", f"{path}/modify", {"instructions": [], "reason": "r"}), 422, "invalid")
    refused(admin.call("POST", "/instances/none/modify", {"instructions": wrong, "reason": "r"}), 404, "not_found")


def test_a_preview_changes_nothing(admin: Program) -> None:
    path = f"/instances/{running(admin)['id']}"
    seen = admin.post(f"{path}/modify/preview", {"instructions": [move("a", "c")]})
    assert [line["element_id"] for line in seen["cancelled"]] == ["a"]
    assert [(line["kind"], line["element_id"]) for line in seen["awaited"]] == [("task", "c")]
    assert (seen["status"], seen["sent"], seen["incidents"], seen["variables"]) == ("running", [], [], [])
    assert waits(admin.get(path)) == ["a"]


def test_a_key_makes_a_second_call_the_first(admin: Program) -> None:
    path = f"/instances/{running(admin)['id']}"
    body = {"instructions": [{"kind": "start_before", "element_id": "c"}], "reason": "r"}
    once = [admin.post(f"{path}/modify", body, headers={"Idempotency-Key": path}) for _ in range(2)]
    assert once[0] == once[1]
    assert waits(admin.get(path)) == ["a", "c"]


def test_what_is_active_can_be_named(admin: Program) -> None:
    instance = running(admin)
    path = f"/instances/{instance['id']}"
    admin.post(f"{path}/modify", {"instructions": [{"kind": "start_before", "element_id": "a"}], "reason": "r"})
    whole, one, other = admin.get(f"{path}/activations")["items"]
    assert (whole["id"], whole["parent_id"], one["parent_id"]) == (instance["id"], None, instance["id"])
    only = {"kind": "cancel", "element_id": "a", "activation_id": one["id"]}
    admin.post(f"{path}/modify", {"instructions": [only], "reason": "r"})
    assert [item["id"] for item in admin.get(f"{path}/activations")["items"]] == [instance["id"], other["id"]]


def test_variables_are_set(admin: Program) -> None:
    path = f"/instances/{running(admin)['id']}"
    sent = {"variables": {"n": 2, "x": None, "day": {"$date": "2026-08-20"}}, "reason": "typed wrong"}
    after = admin.call("PATCH", f"{path}/variables", sent)
    assert after.status_code == 200
    assert after.json["variables"] == {"n": 2, "x": None, "day": "2026-08-20"}
    assert waits(after.json) == ["a"]
    wrong = {"variables": {"day": {"$date": "soon"}}, "reason": "r"}
    error = refused(admin.call("PATCH", f"{path}/variables", wrong), 422, "invalid")
    assert [detail["field"] for detail in error["details"]] == ["variables.day"]
    refused(admin.call("PATCH", f"{path}/variables", {"variables": {"n": 1}}), 422, "invalid")
    refused(admin.call("PATCH", f"{path}/variables", {"variables": [], "reason": "r"}), 422, "invalid")
    refused(admin.call("PATCH", "/instances/none/variables", sent), 404, "not_found")


def test_an_incident_is_skipped(admin: Program) -> None:
    key = unique("faulty")
    diagram = process(key, start("s"), script("x", "y = 1 / n"), user("do"), end("e"), "s -> x -> do -> e")
    admin.deploy((f"{key}.bpmn", diagram))
    instance = admin.start(key, n=0)
    path = f"/incidents/{instance['incidents'][0]['id']}"
    refused(admin.call("POST", f"{path}/skip", {}), 422, "invalid")
    after = admin.post(f"{path}/skip", {"reason": "done by hand", "variables": {"y": 1}})
    assert (after["incidents"], waits(after), after["variables"]) == ([], ["do"], {"n": 0, "y": 1})
    assert admin.get(path)["state"] == "resolved"
    refused(admin.call("POST", f"{path}/skip", {"reason": "r"}), 409, "incident_not_open")
