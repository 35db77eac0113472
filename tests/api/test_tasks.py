"""Tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from services.setup import basics
from tests.api.program import Program, codes, form, one_task, program, refused, unique
from tests.engine.diagrams import each, end, process, start, user, xor

FIELDS = {
    "id", "instance_id", "definition_id", "key", "element_id", "name", "assignee", "candidate_groups",
    "candidate_users", "priority", "created_at", "due_at", "follow_up_at", "state", "business_key", "form_key",
}  # fmt: skip
ACTS = """<extensionElements>
<motcua:act id="accept" labelVi="Nhận" labelEn="Accept" kind="advance" reason="optional" form="true"/>
<motcua:act id="refuse" labelVi="Từ chối" labelEn="Refuse" kind="refuse" reason="required" form="false"/>
</extensionElements>"""


@pytest.fixture(scope="module", autouse=True)
def groups(served: Flask) -> None:
    with served.app_context():
        basics(now=datetime.fromisoformat("2026-08-20T01:00:00+00:00"))


def one(admin: Program, word: str, inside: str = "", **task: str) -> str:
    key = unique(word)
    admin.deploy(one_task(key, inside, **task))
    return key


def ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_a_task_is_listed_with_all_its_fields(admin: Program) -> None:
    key = one(admin, "fields", motcua__candidateGroups="one_door,leader", motcua__priority="70")
    instance = admin.post(f"/definitions/{key}/instances", {"variables": {"starter": "an"}, "business_key": "No 7"})
    (task,) = admin.tasks(instance)
    assert set(task) == FIELDS
    assert (task["name"], task["element_id"], task["key"], task["state"]) == ("Do it", "do", key, "open")
    assert (task["assignee"], task["candidate_groups"], task["candidate_users"]) == ("an", ["one_door", "leader"], [])
    assert (task["priority"], task["business_key"], task["form_key"]) == (70, "No 7", None)
    opened = admin.get(f"/tasks/{task['id']}")
    assert {name: opened[name] for name in FIELDS} == task
    assert opened["variables"] == {"starter": "an"}
    assert (opened["form"], opened["acts"], opened["act_variable"]) == (None, [], None)
    assert isinstance(opened["seen_version"], int)


def test_completing_gives_the_instance_and_the_tasks_that_opened(admin: Program) -> None:
    key = unique("two")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), user("a"), user("b"), end("e"), "s -> a -> b -> e")))
    (first,) = admin.tasks(admin.start(key))
    done = admin.complete(first, amount=3)
    assert set(done) == {"instance", "next_tasks"}
    assert done["instance"]["variables"] == {"amount": 3}
    assert [task["element_id"] for task in done["next_tasks"]] == ["b"]
    assert done["next_tasks"] == admin.tasks(done["instance"])
    ended = admin.complete(done["next_tasks"][0])
    assert (ended["instance"]["status"], ended["instance"]["waiting_for"], ended["next_tasks"]) == ("completed", [], [])
    assert admin.get(f"/tasks/{first['id']}")["state"] == "completed"
    assert admin.get(f"/tasks/{first['id']}")["variables"] == {"amount": 3}


def test_a_task_that_was_completed_is_not_open(admin: Program) -> None:
    (task,) = admin.tasks(admin.start(one(admin, "again"), starter="an"))
    admin.complete(task)
    refused(admin.call("POST", f"/tasks/{task['id']}/complete", {"variables": {}}), 409, "task_not_open")
    refused(admin.call("POST", f"/tasks/{task['id']}/claim"), 409, "task_not_open")
    refused(admin.call("POST", "/tasks/nothing/complete", {}), 404)


def test_a_form_s_rules_hold_for_the_variables(admin: Program) -> None:
    key = unique("form")
    asked = form(
        f"{key}_form",
        {"type": "textfield", "key": "name", "label": "Name", "validate": {"required": True, "maxLength": 5}},
        {"type": "number", "key": "age", "label": "Age", "validate": {"min": 18}},
    )
    admin.deploy(one_task(key, motcua__form=asked[0]), asked)
    (task,) = admin.tasks(admin.start(key, starter="an"))
    assert task["form_key"] == f"{key}_form"
    assert admin.get(f"/tasks/{task['id']}")["form"]["id"] == f"{key}_form"
    path = f"/tasks/{task['id']}/complete"
    error = refused(admin.call("POST", path, {"variables": {"name": "Nguyễn", "age": 3}}), 422, "invalid_answers")
    assert set(codes(error)) == {"name", "age"}
    assert admin.complete(task, name="An", age=20)["instance"]["variables"] == {
        "starter": "an",
        "name": "An",
        "age": 20,
    }


def test_an_act_is_sent_beside_the_variables_or_among_them(admin: Program) -> None:
    key = unique("acts")
    diagram = process(
        key,
        start("s"), user("do", ACTS, motcua__actVariable="decision"), xor("way"), user("yes"), user("no"), end("e"),
        "s -> do -> way -> yes if decision == 'accept'", "way -> no else", "yes -> e", "no -> e",
    )  # fmt: skip
    admin.deploy((f"{key}.bpmn", diagram))

    def task() -> str:
        (found,) = admin.tasks(admin.start(key))
        return f"/tasks/{found['id']}/complete"

    opened = admin.get(task().removesuffix("/complete"))
    assert [(act["id"], act["label"], act["reason"]) for act in opened["acts"]] == [
        ("accept", "Accept", "optional"),
        ("refuse", "Refuse", "required"),
    ]
    assert opened["act_variable"] == "decision"
    done = admin.post(task(), {"act": "accept"})
    assert [t["element_id"] for t in done["next_tasks"]] == ["yes"]
    done = admin.post(task(), {"variables": {"decision": "refuse", "decision_reason": "too late", "x": 1}})
    assert [t["element_id"] for t in done["next_tasks"]] == ["no"]
    assert done["instance"]["variables"]["decision_reason"] == "too late"
    assert codes(refused(admin.call("POST", task(), {}), 422)) == {"decision": "act"}
    assert codes(refused(admin.call("POST", task(), {"act": "sing"}), 422)) == {"decision": "act"}
    assert codes(refused(admin.call("POST", task(), {"act": "refuse"}), 422)) == {"reason": "required"}


def test_each_of_several_reviewers_gets_a_task_of_their_own(admin: Program) -> None:
    key = unique("several")
    review = user("review", each("people", item="person"), motcua__assignee="${person}")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), review, end("e"), "s -> review -> e")))
    tasks = admin.tasks(admin.start(key, people=["an", "binh"]))
    assert [task["assignee"] for task in tasks] == ["an", "binh"]
    assert admin.get(f"/tasks/{tasks[0]['id']}")["variables"]["person"] == "an"


def test_an_assignee_that_cannot_be_computed_is_an_incident_of_the_task(admin: Program) -> None:
    instance = admin.post(f"/definitions/{one(admin, 'nobody')}/instances")
    (incident,) = instance["incidents"]
    assert (incident["element_id"], incident["kind"]) == ("do", "nobody_chosen")
    (task,) = admin.tasks(instance)
    assert task["assignee"] is None
    admin.post(f"/incidents/{incident['id']}/retry", {"variables": {"starter": "an"}})
    assert admin.get(f"/tasks/{task['id']}")["assignee"] == "an"


def test_a_version_that_was_seen_earlier_is_told_of_changes(admin: Program) -> None:
    (task,) = admin.tasks(admin.start(one(admin, "seen"), starter="an"))
    path = f"/tasks/{task['id']}"
    seen = admin.get(path)["seen_version"]
    admin.post(f"{path}/assign", {"assignee": admin.username})
    refused(admin.call("POST", f"{path}/complete", {"seen_version": seen}), 409, "stale_version")
    now = admin.get(path)["seen_version"]
    assert admin.post(f"{path}/complete", {"seen_version": now})["instance"]["status"] == "completed"


def test_a_task_is_claimed_released_and_assigned(served: Flask, admin: Program) -> None:
    key = one(admin, "claimed", motcua__assignee="", motcua__candidateGroups="one_door")
    officer, other = (program(served, "officer", groups=("one_door",)) for _ in range(2))
    (task,) = officer.tasks(admin.start(key))
    path = f"/tasks/{task['id']}"
    assert officer.post(f"{path}/claim")["assignee"] == officer.username
    assert officer.post(f"{path}/claim")["assignee"] == officer.username
    refused(other.call("POST", f"{path}/claim"), 409, "task_taken")
    refused(other.call("POST", f"{path}/complete", {}), 409, "task_taken")
    refused(other.call("POST", f"{path}/unclaim"), 403)
    refused(other.call("POST", f"{path}/assign", {"assignee": other.username}), 403)
    assert officer.post(f"{path}/unclaim")["assignee"] is None
    assert admin.post(f"{path}/assign", {"assignee": other.username})["assignee"] == other.username
    assert codes(refused(admin.call("POST", f"{path}/assign", {"assignee": "nobody.here"}), 422)) == {
        "assignee": "unknown"
    }
    assert other.complete(task)["instance"]["status"] == "completed"


def test_a_list_shows_what_the_caller_may_see_and_nothing_else(served: Flask, admin: Program) -> None:
    key = one(admin, "mine", motcua__candidateGroups="${groups}")
    officer = program(served, "officer", groups=("clerk",))
    own = admin.tasks(admin.start(key, starter=officer.username, groups="leader"))
    offered = admin.tasks(admin.start(key, starter="an", groups="clerk"))
    hidden = admin.tasks(admin.start(key, starter="an", groups="leader"))
    assert ids(officer.get(f"/tasks?key={key}")) == ids({"items": own + offered})
    assert ids(officer.get(f"/tasks?key={key}&assignee={officer.username}")) == ids({"items": own})
    assert ids(officer.get(f"/tasks?key={key}&assignee=an")) == ids({"items": offered})
    assert ids(admin.get(f"/tasks?key={key}")) == ids({"items": own + offered + hidden})
    refused(officer.call("GET", f"/tasks/{hidden[0]['id']}"), 404)
    officer.complete(own[0])
    assert ids(officer.get(f"/tasks?key={key}&state=completed")) == ids({"items": own})
    assert officer.get(f"/tasks?key={key}&state=cancelled") == {"items": [], "next": None}


def test_lists_are_filtered_by_group_element_due_moment_and_words(admin: Program) -> None:
    key = unique("filters")
    tasks = (
        user("a", name="Thẩm định hồ sơ", motcua__candidateGroups="one_door", motcua__dueDate="2026-11-30T00:00:00Z"),
        user("b", name="Ký số", motcua__candidateGroups="leader"),
    )
    admin.deploy((f"{key}.bpmn", process(key, start("s"), *tasks, end("e"), "s -> a -> b -> e")))
    first = admin.post(f"/definitions/{key}/instances", {"business_key": "Số 42/BYT"})
    (a,) = admin.tasks(first)
    (b,) = admin.complete(admin.tasks(admin.start(key))[0])["next_tasks"]

    def found(query: str) -> list[str]:
        return ids(admin.get(f"/tasks?key={key}&{query}"))

    assert found("candidate_group=one_door") == [a["id"]]
    assert found("candidate_group=leader") == [b["id"]]
    assert found("candidate_group=nobody") == []
    assert len(found("candidate_group=one_door&state=completed")) == 1
    assert found("element_id=b") == [b["id"]]
    assert found("due_before=2026-12-01T00:00:00%2B07:00") == [a["id"]]
    assert found("due_before=2026-11-30T00:00:00Z") == []
    assert found("q=tham dinh") == [a["id"]]
    assert found("q=42/byt so") == [a["id"]]
    assert found("q=%25") == []
    assert found("sort=due_at") == [a["id"], b["id"]]
    assert found("sort=-due_at") == [b["id"], a["id"]]


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "due_at", "-due_at"])
def test_lists_page_through_everything_once(admin: Program, sort: str) -> None:
    key = one(admin, "paged", motcua__dueDate="${due}")
    start_ = datetime.fromisoformat("2026-11-20T00:00:00+00:00")
    for number in range(7):
        due = (start_ + timedelta(days=number % 3)).isoformat() if number % 2 else ""
        admin.start(key, starter="an", due=due)
    path = f"/tasks?key={key}&sort={sort}"
    whole = ids(admin.get(path))
    assert len(set(whole)) == 7
    found, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{path}&limit=2{f'&cursor={cursor}' if cursor else ''}")
        found += ids(page)
        cursor = page["next"]
    assert found == whole
    assert ids(admin.get(f"/tasks?key={key}&sort={sort.removeprefix('-')}")) in (whole, whole[::-1])
