"""Incidents over the API: seen on the instance, listed, tried again."""

from __future__ import annotations

from flask import Flask

from tests.api.program import Program, program, refused, unique
from tests.engine.diagrams import end, process, script, start, user


def faulty(admin: Program) -> tuple[str, dict]:
    key = unique("faulty")
    diagram = process(key, start("s"), script("x", "y = 1 / n"), user("do"), end("e"), "s -> x -> do -> e")
    admin.deploy((f"{key}.bpmn", diagram.replace(b'id="x"', b'id="x" name="Divide"')))
    return key, admin.start(key, n=0)


def test_an_instance_tells_its_incidents_and_what_the_server_will_try_again(admin: Program) -> None:
    _, instance = faulty(admin)
    (incident,) = instance["incidents"]
    assert set(incident) == {"id", "element_id", "kind", "message", "retries_left"}
    assert (incident["element_id"], incident["kind"], incident["retries_left"]) == ("x", "expression_failed", 2)
    (waits,) = instance["waiting_for"]
    assert (waits["kind"], waits["element_id"], waits["element_name"]) == ("job", "x", "Divide")
    assert waits["due_at"]
    assert admin.get(f"/instances/{instance['id']}")["incidents"] == [incident]
    assert instance["status"] == "running"


def test_an_incident_is_tried_again_with_mended_variables(admin: Program) -> None:
    _, instance = faulty(admin)
    path = f"/incidents/{instance['incidents'][0]['id']}"
    again = admin.post(f"{path}/retry")
    assert again["incidents"][0]["retries_left"] == 1
    assert admin.get(path)["tries"] == 2
    mended = admin.post(f"{path}/retry", {"variables": {"n": 2}})
    assert mended["incidents"] == []
    assert [wait["kind"] for wait in mended["waiting_for"]] == ["task"]
    assert mended["variables"] == {"n": 2, "y": 0.5}
    refused(admin.call("POST", f"{path}/retry", {}), 409, "incident_not_open")
    assert admin.get(path)["state"] == "resolved"


def test_a_key_makes_a_second_try_the_first(admin: Program) -> None:
    _, instance = faulty(admin)
    path = f"/incidents/{instance['incidents'][0]['id']}"
    once = [admin.post(f"{path}/retry", headers={"Idempotency-Key": path}) for _ in range(2)]
    assert once[0] == once[1]
    assert admin.get(path)["tries"] == 2


def test_incidents_are_listed(admin: Program) -> None:
    key, instance = faulty(admin)
    second = admin.start(key, n=0)
    page = admin.get(f"/incidents?key={key}&state=open&sort=created_at")
    assert [item["instance_id"] for item in page["items"]] == [instance["id"], second["id"]]
    assert page["items"][0]["message"].startswith("Expression failed: ")
    assert "division by zero" in page["items"][0]["reason"]
    assert admin.get(f"/incidents?instance_id={second['id']}&element_id=x&kind=expression_failed")["items"]
    assert admin.get(f"/incidents?key={key}&state=resolved")["items"] == []
    vietnamese = Program(admin.app, admin.username, admin.token, language="vi").get(f"/incidents?key={key}")
    assert vietnamese["items"][0]["message"].startswith("Biểu thức bị lỗi: ")
    refused(admin.call("GET", "/incidents?state=what"), 422)


def test_who_may_not_operate_reads_no_incidents_of_others(served: Flask, admin: Program) -> None:
    _, instance = faulty(admin)
    incident = instance["incidents"][0]["id"]
    officer = program(served, "officer")
    assert officer.get("/incidents")["items"] == []
    refused(officer.call("GET", f"/incidents/{incident}"), 404, "not_found")
    refused(officer.call("POST", f"/incidents/{incident}/retry", {}), 403, "forbidden")
    refused(admin.call("POST", "/incidents/nothing/retry", {}), 404, "not_found")


def test_a_page_of_instances_asks_once_for_all_incidents(admin: Program) -> None:
    key, _ = faulty(admin)
    admin.start(key, n=0)
    items = admin.get(f"/instances?key={key}")["items"]
    assert [len(item["incidents"]) for item in items] == [1, 1]
