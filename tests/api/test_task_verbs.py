"""What officers do beside completing a task, for programs: planned, passed on, talked about, stood in for, told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from services.setup import basics
from tests.api.program import Program, codes, program, refused, unique
from tests.engine.diagrams import end, process, start, user

OFFERED = {"motcua__candidateGroups": "one_door"}


@pytest.fixture(scope="module", autouse=True)
def groups(served: Flask) -> None:
    with served.app_context():
        basics(now=datetime.fromisoformat("2026-08-20T01:00:00+00:00"))


@pytest.fixture(scope="module")
def key(admin: Program) -> str:
    name = unique("desk")
    flow = (start("s"), user("a", **OFFERED), user("b", **OFFERED), end("e"), "s -> a -> b -> e")
    admin.deploy((f"{name}.bpmn", process(name, *flow)))
    return name


def officer(served: Flask, word: str, *roles: str, groups: tuple[str, ...] = ("one_door",)) -> Program:
    return program(served, *(roles or ("officer",)), username=unique(word), groups=groups)


def first(admin: Program, key: str) -> dict[str, Any]:
    (task,) = admin.tasks(admin.start(key))
    return dict(task)


def test_a_task_is_planned_passed_to_a_colleague_and_given_back(served: Flask, admin: Program, key: str) -> None:
    task, one, other = first(admin, key), officer(served, "one"), officer(served, "other")
    at = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert one.post(f"/tasks/{task['id']}/follow-up", {"at": at})["follow_up_at"] is not None
    assert one.post(f"/tasks/{task['id']}/follow-up", {"at": None})["follow_up_at"] is None
    assert admin.post(f"/tasks/{task['id']}/priority", {"priority": 80, "reason": "gấp"})["priority"] == 80
    refused(one.call("POST", f"/tasks/{task['id']}/priority", {"priority": 80}), 403)
    error = refused(admin.call("POST", f"/tasks/{task['id']}/priority", {"priority": 101, "reason": 1}), 422)
    assert {detail["field"] for detail in error["details"]} == {"priority", "reason"}
    asked = {"assignee": other.username, "reason": "Tính giúp"}
    assert one.post(f"/tasks/{task['id']}/delegate", asked)["assignee"] == other.username
    opened = other.get(f"/tasks/{task['id']}")
    assert (opened["owner"], opened["delegation_state"], opened["delegation_reason"]) == (
        one.username,
        "pending",
        "Tính giúp",
    )
    other.post(f"/tasks/{task['id']}/resolve", {"reason": "Xong"})
    opened = one.get(f"/tasks/{task['id']}")
    assert (opened["assignee"], opened["delegation_state"], opened["delegation_reason"]) == (
        one.username,
        "resolved",
        "Xong",
    )
    refused(one.call("POST", f"/tasks/{task['id']}/resolve", {}), 409)
    error = refused(admin.call("POST", f"/tasks/{task['id']}/transfer", {"unit": "nowhere", "reason": " "}), 422)
    assert codes(error) == {"unit": "unknown", "reason": "required"}


def test_what_was_completed_is_taken_back_and_a_later_task_sent_back(served: Flask, admin: Program, key: str) -> None:
    task, one = first(admin, key), officer(served, "undoes")
    one.complete(task)
    again = one.post(f"/tasks/{task['id']}/undo")
    assert (again["element_id"], again["state"]) == ("a", "open")
    assert one.post(f"/tasks/{task['id']}/undo")["id"] == again["id"]
    (later,) = one.complete(again)["next_tasks"]
    (earlier,) = one.get(f"/tasks/{later['id']}/earlier-tasks")["items"]
    assert earlier["id"] == again["id"]
    error = refused(one.call("POST", f"/tasks/{later['id']}/send-back", {"task_id": earlier["id"]}), 422)
    assert [detail["field"] for detail in error["details"]] == ["reason"]
    sent = one.post(f"/tasks/{later['id']}/send-back", {"task_id": earlier["id"], "reason": "Thiếu"})
    assert (sent["element_id"], sent["assignee"]) == ("a", one.username)


def test_the_next_one_is_taken(served: Flask, admin: Program, key: str) -> None:
    task, one = first(admin, key), officer(served, "next")
    admin.post(f"/tasks/{task['id']}/priority", {"priority": 100})
    assert one.post("/tasks/next")["task"]["id"] == task["id"]
    assert officer(served, "none", groups=("clerk",)).post("/tasks/next") == {"task": None}


def test_colleagues_talk_and_are_told_and_one_notes_for_oneself(served: Flask, admin: Program, key: str) -> None:
    task, one, other = first(admin, key), officer(served, "writes"), officer(served, "reads")
    url = f"/tasks/{task['id']}"
    said = {"text": f"@{other.username} xem giúp", "comment_id": "a" * 32}
    written = one.post(f"{url}/comments", said)
    assert one.post(f"{url}/comments", said) == written
    assert [row["text"] for row in other.get(f"{url}/comments")["items"]] == [said["text"]]
    assert codes(refused(one.call("POST", f"{url}/comments", {"text": "@nobody-of-this-name"}), 422)) == {
        "text": "unknown"
    }
    assert other.get("/notices/count") == {"unread": 1}
    (notice,) = other.get("/notices?limit=1")["items"]
    assert (notice["kind"], notice["read_at"], notice["url"]) == ("mention", None, url)
    assert one.post("/notices/read", {"ids": [notice["id"]]}) == {"read": 0}
    assert other.post("/notices/read", {"ids": None}) == {"read": 1}
    assert other.get("/notices/count") == {"unread": 0}
    one.post(f"{url}/note", {"text": "Gọi lại"})
    assert one.get(f"{url}/note")["text"] == "Gọi lại"
    assert other.get(f"{url}/note") == {"text": "", "saved_at": None}
    assert one.post(f"{url}/note", {"text": ""}) == {"text": "", "saved_at": None}


def test_somebody_stands_in_and_acts_for_the_absent_one(served: Flask, admin: Program, key: str, clock: Any) -> None:
    away, stands = officer(served, "away"), officer(served, "stands", groups=())
    task = first(admin, key)
    refused(stands.call("GET", f"/tasks/{task['id']}"), 404)
    now = datetime.now(UTC)
    given = {
        "absent": away.username,
        "substitute": stands.username,
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
        "keys": [key],
    }
    one = away.post("/substitutions", given)
    assert away.post("/substitutions", given) == one
    refused(stands.call("POST", "/substitutions", given), 403)
    error = refused(away.call("POST", "/substitutions", {**given, "ends_at": given["starts_at"], "keys": [""]}), 422)
    assert [detail["field"] for detail in error["details"]] == ["keys.0"]
    clock.wait()
    assert stands.post(f"/tasks/{task['id']}/claim")["assignee"] == stands.username
    assert stands.get(f"/tasks/{task['id']}")["delegation_state"] == "standing"
    assert [row["id"] for row in stands.get("/substitutions?state=present")["items"]] == [one["id"]]
    stands.post(f"/substitutions/{one['id']}/end")
    assert stands.get("/substitutions?state=present")["items"] == []
    assert [row["id"] for row in away.get("/substitutions?state=past&limit=1")["items"]] == [one["id"]]
    clock.wait()
    refused(stands.call("POST", f"/tasks/{task['id']}/complete", {"variables": {}}), 409)


def test_an_interest_is_declared_seen_and_lifted_by_somebody_else(served: Flask, admin: Program, key: str) -> None:
    task, one = first(admin, key), officer(served, "interested")
    assert codes(refused(one.call("POST", f"/tasks/{task['id']}/interest", {}), 422)) == {"reason": "required"}
    assert one.post(f"/tasks/{task['id']}/interest", {"reason": "Người nhà"})["lifted_at"] is None
    refused(one.call("POST", f"/tasks/{task['id']}/claim", {}), 403)
    url = f"/instances/{task['instance_id']}/interests"
    assert [row["username"] for row in one.get(url)["items"]] == [one.username]
    refused(officer(served, "stranger", groups=()).call("GET", url), 404)
    assert [row["reason"] for row in admin.get(url)["items"]] == ["Người nhà"]
    lifted = {"username": one.username, "reason": "Nhầm tên"}
    refused(one.call("POST", f"{url}/lift", lifted), 403)
    assert admin.post(f"{url}/lift", lifted)["lifted_by"] == admin.username
    assert one.post(f"/tasks/{task['id']}/claim")["assignee"] == one.username


def test_saved_views_are_listed_opened_page_by_page_and_counted(served: Flask, admin: Program, key: str) -> None:
    from services import people, views
    from services.views import Content

    one = officer(served, "views")
    with served.app_context():
        viewer = people.viewer_of_token(one.token, now=datetime.now(UTC))
        assert viewer is not None
        conditions = [{"field": "procedure", "comparison": "is", "values": [key]}]
        view = views.save(viewer, Content(name="Của bàn", conditions=conditions), now=datetime.now(UTC)).id
    before = one.get("/views/counts")["items"][0]["number"]
    tasks = {first(admin, key)["id"] for _ in range(3)}
    assert [row["name"] for row in one.get("/views")["items"]] == ["Của bàn"]
    assert one.get("/views/counts")["items"] == [{"id": view, "number": before + 3, "is_part": False}]
    found, cursor = set[str](), ""
    while True:
        page = one.get(f"/views/{view}/tasks?limit=2{cursor}")
        found |= {row["id"] for row in page["items"]}
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert tasks <= found
    assert len(found) == before + 3
    refused(one.call("GET", "/views/nothing/tasks"), 404)
    refused(one.call("GET", f"/views/{view}/tasks?cursor=x"), 422)
