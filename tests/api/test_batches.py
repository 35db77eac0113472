"""Batches over the API."""

from __future__ import annotations

from datetime import UTC, datetime

from jobs.tick import advance
from tests.api.program import Program, refused, unique
from tests.engine.diagrams import end, process, start, user


def running(admin: Program, count: int) -> tuple[str, str, list[str]]:
    key = unique("many")
    answer = admin.deploy((f"{key}.bpmn", process(key, start("s"), user("do"), end("e"), "s -> do -> e")))
    return key, answer["definitions"][0]["id"], [admin.start(key)["id"] for _ in range(count)]


def work_off(admin: Program) -> None:
    with admin.app.app_context():
        while advance(now=datetime.now(UTC)):
            pass


def test_a_batch_of_ids_is_worked_off_and_tells_what_came_of_each(admin: Program) -> None:
    key, _, ids = running(admin, 3)
    admin.post(f"/instances/{ids[1]}/cancel", {"reason": "gone"})
    batch = admin.post("/batches", {"kind": "suspend", "reason": "look", "instance_ids": ids})
    path = f"/batches/{batch['id']}"
    assert (batch["state"], batch["total"], batch["done"], batch["created_by"]) == ("waiting", 3, 0, admin.username)
    assert batch in admin.get("/batches?state=waiting")["items"]
    work_off(admin)
    seen = admin.get(path)
    assert (seen["state"], seen["done"], seen["failed"]) == ("completed", 2, 1)
    assert seen["ended_at"]
    (failed,) = admin.get(f"{path}/items?state=failed")["items"]
    assert (failed["instance_id"], failed["position"], failed["code"]) == (ids[1], 2, "wrong_state")
    assert failed["message"] == "This instance has ended."
    first = admin.get(f"{path}/items?limit=2")
    assert [item["instance_id"] for item in first["items"]] == ids[:2]
    last = admin.get(f"{path}/items?limit=2&cursor={first['next']}")
    assert ([item["instance_id"] for item in last["items"]], last["next"]) == (ids[2:], None)
    assert admin.post(f"{path}/retry", {})["failed"] == 0
    work_off(admin)
    refused(admin.call("POST", f"{path}/cancel", {"reason": "late"}), 409, "wrong_state")
    assert admin.get(f"/instances/count?key={key}&status=suspended") == {"count": 2}


def test_a_batch_of_a_filter_is_previewed_and_cancelled(admin: Program) -> None:
    key, _, ids = running(admin, 3)
    wanted = {"kind": "suspend", "filter": {"key": key, "version": 1, "incidents": False}}
    assert admin.post("/batches/preview", wanted) == {"count": 3, "sample": ids}
    batch = admin.post("/batches", {**wanted, "reason": "look"})
    assert batch["total"] == 3
    assert admin.post(f"/batches/{batch['id']}/cancel", {"reason": "no"})["state"] == "cancelled"
    work_off(admin)
    assert admin.get(f"/instances/count?key={key}&status=running") == {"count": 3}


def test_a_definition_is_suspended_with_what_runs(admin: Program) -> None:
    key, definition_id, _ = running(admin, 2)
    answer = admin.post(f"/definitions/{definition_id}/suspend", {"reason": "mend", "with_instances": True})
    assert (answer["batch"]["kind"], answer["batch"]["total"]) == ("suspend", 2)
    work_off(admin)
    assert admin.get(f"/instances/count?key={key}&status=suspended") == {"count": 2}
    answer = admin.post(f"/definitions/{definition_id}/resume", {"reason": "mended", "with_instances": True})
    work_off(admin)
    assert admin.get(f"/instances/count?key={key}&status=running") == {"count": 2}


def test_what_makes_no_batch_is_refused(admin: Program) -> None:
    _, _, ids = running(admin, 1)
    for body in (
        {"kind": "suspend", "reason": "r"},
        {"kind": "suspend", "reason": "r", "instance_ids": ids, "filter": {}},
        {"kind": "suspend", "reason": "r", "instance_ids": ["none"]},
        {"kind": "suspend", "reason": "r", "instance_ids": []},
        {"kind": "suspend", "reason": "r", "filter": {"key": "none"}},
        {"kind": "suspend", "reason": "r", "filter": {"colour": "red"}},
        {"kind": "suspend", "reason": "r", "filter": 7},
        {"kind": "explode", "reason": "r", "instance_ids": ids},
        {"kind": "suspend", "reason": "r", "instance_ids": ids, "parameters": {"a": 1}},
    ):
        refused(admin.call("POST", "/batches", body), 422, "invalid")
    for path in ("/batches/none", "/batches/none/items"):
        refused(admin.call("GET", path), 404, "not_found")
    refused(admin.call("POST", "/batches/none/retry", {}), 404, "not_found")


def test_the_same_key_makes_one_batch(admin: Program) -> None:
    _, _, ids = running(admin, 1)
    body = {"kind": "suspend", "reason": "r", "instance_ids": ids}
    once = [admin.post("/batches", body, headers={"Idempotency-Key": ids[0]}) for _ in range(2)]
    assert once[0]["id"] == once[1]["id"]
