"""Returning over the API: what one can return to, what it would do, doing it."""

from __future__ import annotations

from flask import Flask

from tests.api.program import Program, program, refused, unique
from tests.engine.diagrams import end, fork, process, start, user


def begun(admin: Program) -> dict:
    """Start an instance with two branches, of which a1 and b1 are done."""
    key = unique("return")
    tasks = [user(name, name=name.upper()) for name in ("a1", "a2", "b1", "b2")]
    flows = ("s -> f -> a1 -> a2 -> j -> e", "f -> b1 -> b2 -> j")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), fork("f"), fork("j"), end("e"), *tasks, *flows)))
    instance = admin.start(key, n=1)
    for element in ("a1", "b1"):
        admin.post(f"/tasks/{opened(admin, instance, element)}/complete", {"variables": {element: True}})
    return instance


def opened(admin: Program, instance: dict, element: str) -> str:
    found = admin.get(f"/tasks?instance_id={instance['id']}&element_id={element}")["items"]
    return found[0]["id"]


def test_what_one_can_return_to_is_listed_the_latest_first(admin: Program) -> None:
    instance = begun(admin)
    items = admin.get(f"/instances/{instance['id']}/earlier-tasks")["items"]
    assert [item["element_id"] for item in items] == ["b1", "a1"]
    assert set(items[0]) == {"id", "instance_id", "element_id", "name", "completed_at", "completed_by", "act"}
    assert (items[0]["name"], items[0]["completed_by"]) == ("B1", admin.username)


def test_a_preview_then_a_return(admin: Program) -> None:
    instance = begun(admin)
    path = f"/instances/{instance['id']}"
    a1 = admin.get(f"{path}/earlier-tasks")["items"][1]["id"]
    a2 = opened(admin, instance, "a2")
    seen = admin.post(f"{path}/return/preview", {"task_id": a1})
    (ends,), (begins,), (stays,) = seen["ends"], seen["begins"], seen["stays"]
    at = {"element_id": "a2", "element_name": "A2", "name": "", "due_at": None}
    assert ends == {"kind": "task", "task_id": a2, **at}
    assert (begins["element_id"], begins["task_id"], stays["element_id"]) == ("a1", None, "b2")
    assert seen["national_status"] is None
    whole = admin.post(f"{path}/return/preview", {"task_id": a1, "variables_of_the_time": True})
    assert sorted(each["element_id"] for each in whole["begins"]) == ["a1", "b1"]
    done = admin.post(f"{path}/return", {"task_id": a1, "reason": "Nhầm"})
    assert sorted(wait["element_id"] for wait in done["waiting_for"]) == ["a1", "b2"]
    assert done["variables"] == {"n": 1, "a1": True, "b1": True}
    again = admin.get(f"/tasks/{opened(admin, instance, 'a1')}")
    assert again["returned_because"] == "Nhầm"
    refused(admin.call("POST", f"/tasks/{a2}/complete", {"variables": {}}), 409, "task_not_open")


def test_a_return_with_the_variables_of_the_time(admin: Program) -> None:
    instance = begun(admin)
    path = f"/instances/{instance['id']}"
    a1 = admin.get(f"{path}/earlier-tasks")["items"][1]["id"]
    done = admin.post(f"{path}/return", {"task_id": a1, "reason": "Nhầm", "variables_of_the_time": True})
    assert sorted(wait["element_id"] for wait in done["waiting_for"]) == ["a1", "b1"]
    assert done["variables"] == {"n": 1}


def test_a_key_makes_a_second_return_the_first(admin: Program) -> None:
    instance = begun(admin)
    path = f"/instances/{instance['id']}"
    sent = {"task_id": admin.get(f"{path}/earlier-tasks")["items"][0]["id"], "reason": "Nhầm"}
    once = [admin.post(f"{path}/return", sent, headers={"Idempotency-Key": path}) for _ in range(2)]
    assert once[0] == once[1]
    history = admin.get(f"{path}/history")["items"]
    assert len({item["id"] for item in history}) == len(history)
    assert [item["element_id"] for item in history if item["state"] == "cancelled"] == ["b2"]


def test_what_is_refused_says_why(served: Flask, admin: Program) -> None:
    instance = begun(admin)
    path = f"/instances/{instance['id']}"
    a1 = admin.get(f"{path}/earlier-tasks")["items"][1]["id"]
    a2 = opened(admin, instance, "a2")
    refused(admin.call("POST", f"{path}/return", {"task_id": a1}), 422)
    refused(admin.call("POST", f"{path}/return", {"task_id": a2, "reason": "x"}), 409, "wrong_state")
    refused(admin.call("POST", f"{path}/return", {"task_id": "nothing", "reason": "x"}), 404)
    refused(admin.call("POST", "/instances/nothing/return", {"task_id": a1, "reason": "x"}), 404)
    officer = program(served, "officer")
    for method, where in (("GET", "earlier-tasks"), ("POST", "return"), ("POST", "return/preview")):
        sent = {"task_id": a1, **({"reason": "x"} if where == "return" else {})} if method == "POST" else None
        refused(officer.call(method, f"{path}/{where}", sent), 403)
    admin.post(f"{path}/cancel", {"reason": "Hết"})
    assert admin.get(f"{path}/earlier-tasks")["items"] == []
    refused(admin.call("POST", f"{path}/return", {"task_id": a1, "reason": "x"}), 409, "wrong_state")
