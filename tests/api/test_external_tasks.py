"""External tasks over HTTP: fetched, locked, reported on; refusals; waiting."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.api.program import Program, codes, program, refused, unique
from tests.engine.diagrams import boundary, end, error, process, service, start, user

FIELDS = {
    "id", "topic", "connector", "state", "worker_id", "lock_expires_at", "available_at", "retries", "priority",
    "instance_id", "definition_id", "key", "element_id", "element_name", "business_key", "error_message",
    "error_details", "created_at",
}  # fmt: skip


@pytest.fixture(scope="module")
def worker(served: Flask) -> Program:
    return program(served, "worker")


def one(admin: Program) -> tuple[str, str]:
    """Deploy a process with work; give its key and topic."""
    key, topic = unique("work"), unique("topic")
    work = service("w", name="Pay", motcua__topic=topic)
    parts = boundary("no", "w", error("NO")), user("mend"), end("e"), "s -> w -> e", "no -> mend -> e"
    admin.deploy((f"{key}.bpmn", process(key, start("s"), work, *parts)))
    return key, topic


def fetch(worker: Program, topic: Any, **more: Any) -> list[Any]:
    found: list[Any] = worker.post(
        "/external-tasks/fetch-and-lock", {"worker_id": "w1", "topics": [topic], "max_tasks": 10, **more}
    )["items"]
    return found


def test_work_is_fetched_and_completed(admin: Program, worker: Program) -> None:
    key, topic = one(admin)
    instance = admin.post(f"/definitions/{key}/instances", {"variables": {"amount": 5}, "business_key": "No 1"})
    (waiting,) = instance["waiting_for"]
    assert (waiting["kind"], waiting["element_id"], waiting["element_name"]) == ("external_task", "w", "Pay")
    (task,) = fetch(worker, topic)
    assert set(task) == FIELDS | {"variables"}
    assert (task["variables"], task["instance_id"], task["business_key"]) == ({"amount": 5}, instance["id"], "No 1")
    assert (task["worker_id"], task["retries"], task["priority"], task["element_name"]) == ("w1", 3, 50, "Pay")
    assert task["lock_expires_at"] > task["created_at"]
    assert fetch(worker, topic) == []
    assert [held["id"] for held in admin.get(f"/external-tasks?topic={topic}&worker_id=w1")["items"]] == [task["id"]]
    assert admin.get(f"/external-tasks?topic={topic}&worker_id=w2")["items"] == []
    done = worker.post(f"/external-tasks/{task['id']}/complete", {"worker_id": "w1", "variables": {"receipt": 7}})
    assert done == {"id": task["id"], "instance_id": instance["id"], "instance_status": "completed"}
    assert admin.get(f"/instances/{instance['id']}")["variables"] == {"amount": 5, "receipt": 7}
    again = worker.call("POST", f"/external-tasks/{task['id']}/complete", {"worker_id": "w1"})
    refused(again, 409, "task_not_open")
    (kept,) = admin.get(f"/external-tasks?topic={topic}&state=completed")["items"]
    assert set(kept) == FIELDS
    assert admin.get(f"/external-tasks?topic={topic}")["items"] == []


def test_a_topic_may_say_more(admin: Program, worker: Program) -> None:
    key, topic = one(admin)
    admin.start(key, a=1, b=2)
    wanted = {"name": topic, "lock_duration_ms": 3_600_000, "variables": ["a"]}
    assert fetch(worker, {**wanted, "business_key": "x"}) == []
    (task,) = fetch(worker, wanted)
    assert task["variables"] == {"a": 1}
    assert task["lock_expires_at"][:13] > task["created_at"][:13]


def test_the_same_report_with_a_key_is_answered_the_same(admin: Program, worker: Program) -> None:
    key, topic = one(admin)
    admin.start(key)
    own = replace(worker, headers={"Idempotency-Key": unique("key")})
    (task,) = fetch(own, topic, wait_ms=20_000)
    assert fetch(own, topic, wait_ms=20_000) == [task]
    report = replace(worker, headers={"Idempotency-Key": unique("key")})
    path, body = f"/external-tasks/{task['id']}/complete", {"worker_id": "w1"}
    assert report.post(path, body) == report.post(path, body)


def test_a_failure_a_lock_and_an_error_are_reported(admin: Program, worker: Program) -> None:
    key, topic = one(admin)
    instance = admin.start(key)
    (task,) = fetch(worker, topic)
    path = f"/external-tasks/{task['id']}"
    longer = worker.post(f"{path}/extend-lock", {"worker_id": "w1", "lock_duration_ms": 600_000})
    assert longer["lock_expires_at"] > task["lock_expires_at"]
    refused(worker.call("POST", f"{path}/complete", {"worker_id": "w2"}), 409, "not_locked")
    failed = worker.post(
        f"{path}/failure", {"worker_id": "w1", "error_message": "down", "retries": 2, "retry_timeout_ms": 0}
    )
    assert (failed["retries"], failed["worker_id"], failed["error_message"]) == (2, None, "down")
    (task,) = fetch(worker, topic)
    assert worker.post(f"{path}/unlock", {"worker_id": "w1"})["worker_id"] is None
    (task,) = fetch(worker, topic)
    done = worker.post(f"{path}/bpmn-error", {"worker_id": "w1", "error_code": "NO", "variables": {"why": "x"}})
    assert done["instance_status"] == "running"
    assert [each["element_id"] for each in admin.tasks(instance)] == ["mend"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"topics": ["x"]}, {"worker_id": "required"}),
        ({"worker_id": "w", "topics": []}, {"topics": "entries"}),
        ({"worker_id": "w", "topics": [7]}, {"topics.0": "object"}),
        ({"worker_id": "w", "topics": [{"topic": "x"}]}, {"topics.0.topic": "unknown", "topics.0.name": "required"}),
        ({"worker_id": "w", "topics": ["x"], "max_tasks": 0}, {"max_tasks": "range"}),
        ({"worker_id": "w", "topics": ["x"], "wait_ms": 30_001}, {"wait_ms": "range"}),
        ({"worker_id": "w", "topics": ["x"], "lock": 1}, {"lock": "unknown"}),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(worker: Program, body: Any, wrong: dict[str, str]) -> None:
    answer = worker.call("POST", "/external-tasks/fetch-and-lock", body)
    assert codes(refused(answer, 422)) == wrong


def test_who_may(served: Flask, admin: Program) -> None:
    officer = program(served, "officer")
    refused(officer.call("POST", "/external-tasks/fetch-and-lock", {"worker_id": "w", "topics": ["x"]}), 403)
    refused(officer.call("GET", "/external-tasks"), 403)
    refused(program(served, "worker").call("GET", f"/instances/{admin.start(one(admin)[0])['id']}"), 404)
    refused(admin.call("POST", "/external-tasks/nothing/complete", {"worker_id": "w"}), 404)


def test_waiting_ends_when_work_appears(admin: Program, worker: Program) -> None:
    key, topic = one(admin)
    got: list[Any] = []

    def wait() -> None:
        got.append((fetch(worker, topic, wait_ms=20_000), time.monotonic()))

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.3)
    instance = admin.start(key)
    appeared = time.monotonic()
    thread.join(10)
    ((found, at),) = got
    assert [task["instance_id"] for task in found] == [instance["id"]]
    assert at - appeared < 0.2


def test_who_may_not_wait_is_told_when_to_ask_again(
    served: Flask, worker: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = served.extensions["motcua"]
    monkeypatch.setitem(served.extensions, "motcua", replace(parts, settings=replace(parts.settings, waiting=0)))
    body = {"worker_id": "w", "topics": [unique("topic")], "wait_ms": 20_000}
    answer = worker.call("POST", "/external-tasks/fetch-and-lock", body)
    assert (answer.status_code, answer.json) == (200, {"items": [], "next": None})
    assert answer.headers["Retry-After"] == "1"
    quick = worker.call("POST", "/external-tasks/fetch-and-lock", {**body, "wait_ms": 0})
    assert "Retry-After" not in quick.headers


def test_lists_are_paged(admin: Program, worker: Program) -> None:
    key, topic = one(admin)
    for _ in range(3):
        admin.start(key)
    first = worker.get(f"/external-tasks?topic={topic}&limit=2")
    rest = worker.get(f"/external-tasks?topic={topic}&limit=2&cursor={first['next']}")
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    created = [task["created_at"] for task in first["items"] + rest["items"]]
    assert created == sorted(created)
