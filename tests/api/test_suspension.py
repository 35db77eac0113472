"""Suspend and resume over the API."""

from __future__ import annotations

from tests.api.program import Program, refused, unique
from tests.engine.diagrams import end, process, start, user


def deployed(admin: Program) -> tuple[str, str]:
    key = unique("still")
    answer = admin.deploy((f"{key}.bpmn", process(key, start("s"), user("do"), end("e"), "s -> do -> e")))
    return key, answer["definitions"][0]["id"]


def test_an_instance_is_suspended_and_resumed(admin: Program) -> None:
    key, _ = deployed(admin)
    instance = admin.start(key)
    path = f"/instances/{instance['id']}"
    (task,) = admin.get(f"/tasks?instance_id={instance['id']}")["items"]
    assert admin.post(f"{path}/suspend", {"reason": "look"})["status"] == "suspended"
    assert admin.post(f"{path}/suspend", {"reason": "again"})["status"] == "suspended"
    refused(admin.call("POST", f"/tasks/{task['id']}/complete", {}), 409, "instance_suspended")
    refused(admin.call("POST", f"/tasks/{task['id']}/claim", {}), 409, "instance_suspended")
    shown = admin.get(path)
    assert (shown["status"], [wait["kind"] for wait in shown["waiting_for"]]) == ("suspended", ["task"])
    assert admin.get(f"/instances?status=suspended&key={key}")["items"] == [shown]
    assert admin.get(f"/instances/count?status=suspended&key={key}") == {"count": 1}
    assert admin.get(f"/instances?key={key}")["items"] == [shown]
    assert admin.post(f"{path}/resume", {"reason": "done"})["status"] == "running"
    admin.post(f"/tasks/{task['id']}/complete", {})
    refused(admin.call("POST", f"{path}/suspend", {"reason": "late"}), 409, "wrong_state")


def test_a_reason_is_needed(admin: Program) -> None:
    key, definition_id = deployed(admin)
    instance = admin.start(key)
    for path in (f"/instances/{instance['id']}", f"/definitions/{definition_id}"):
        for verb in ("suspend", "resume"):
            refused(admin.call("POST", f"{path}/{verb}", {}), 422, "invalid")
            refused(admin.call("POST", f"{path}/{verb}", {"reason": " "}), 422, "invalid_answers")


def test_a_definition_is_out_of_service_until_it_is_resumed(admin: Program) -> None:
    key, definition_id = deployed(admin)
    path = f"/definitions/{definition_id}"
    assert admin.get(path)["suspended_at"] is None
    assert admin.post(f"{path}/suspend", {"reason": "mend"})["suspended_at"]
    refused(admin.call("POST", f"/definitions/{key}/instances", {}), 409, "definition_suspended")
    assert admin.post(f"{path}/resume", {"reason": "mended"})["suspended_at"] is None
    admin.start(key)
    refused(admin.call("POST", "/definitions/none/suspend", {"reason": "r"}), 404, "not_found")
