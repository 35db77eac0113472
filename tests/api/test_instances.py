"""Instances."""

from __future__ import annotations

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.program import Program, codes, one_task, program, refused, unique
from tests.engine.diagrams import catch, duration, end, error, fork, message, process, script, start, sub, user, xor
from tests.services.bundles import procedure

FIELDS = {
    "id", "definition_id", "key", "version", "business_key", "status", "variables", "parent_id", "started_at",
    "ended_at", "incidents", "waiting_for", "error_code",
}  # fmt: skip


def deployed(admin: Program, word: str, *parts: str) -> str:
    key = unique(word)
    admin.deploy((f"{key}.bpmn", process(key, *parts)))
    return key


def test_a_started_instance_has_run_to_its_first_wait(admin: Program) -> None:
    key = deployed(
        admin, "started", start("s"), script("calc", "total = amount * 2"), user("do"), end("e"), "s -> calc -> do -> e"
    )
    answer = admin.call("POST", f"/definitions/{key}/instances", {"variables": {"amount": 4}, "business_key": "No 1"})
    assert answer.status_code == 201
    instance = answer.json
    assert set(instance) == FIELDS
    assert instance["variables"] == {"amount": 4, "total": 8}
    assert (instance["status"], instance["business_key"], instance["incidents"]) == ("running", "No 1", [])
    (waiting,) = instance["waiting_for"]
    assert (waiting["kind"], waiting["element_id"], waiting["instance_id"]) == ("task", "do", instance["id"])
    assert admin.get(f"/instances/{instance['id']}") == instance


def test_an_empty_body_starts_without_variables(admin: Program) -> None:
    key = deployed(admin, "empty", start("s"), user("do"), end("e"), "s -> do -> e")
    assert admin.call("POST", f"/definitions/{key}/instances").json["variables"] == {}


def test_an_id_starts_that_version(admin: Program) -> None:
    key = unique("version")
    first = admin.deploy(one_task(key))["definitions"][0]["id"]
    admin.deploy(one_task(key, name="Other"))
    assert admin.start(first, starter="a")["version"] == 1


def test_everything_that_is_waited_for_is_said(admin: Program) -> None:
    key = deployed(
        admin,
        "waits",
        start("s"), fork("f"), user("do"), catch("soon", duration("PT1H")), catch("word", message("word")),
        sub("inner", start("is"), user("deep"), end("ie"), "is -> deep -> ie"),
        end("e1"), end("e2"), end("e3"), end("e4"),
        "s -> f -> do -> e1", "f -> soon -> e2", "f -> word -> e3", "f -> inner -> e4",
    )  # fmt: skip
    waiting = admin.start(key)["waiting_for"]
    assert {(wait["kind"], wait["element_id"]) for wait in waiting} == {
        ("task", "do"), ("task", "deep"), ("timer", "soon"), ("message", "word"),
    }  # fmt: skip
    due = {wait["element_id"]: wait["due_at"] for wait in waiting}
    assert due["do"] is None
    assert due["soon"].endswith("+00:00")


def test_an_uncaught_error_ends_it_as_failed_with_its_code(admin: Program) -> None:
    key = deployed(admin, "failed", start("s"), end("e", error("E42")), "s -> e")
    instance = admin.start(key)
    assert (instance["status"], instance["error_code"], instance["waiting_for"]) == ("failed", "E42", [])
    assert instance["ended_at"]


def test_a_technical_fault_is_an_incident_that_names_the_element(admin: Program) -> None:
    key = deployed(admin, "fault", start("s"), script("bad", "x = 1 / 0"), end("e"), "s -> bad -> e")
    instance = admin.start(key)
    assert (instance["status"], instance["error_code"]) == ("running", None)
    (incident,) = instance["incidents"]
    assert (incident["element_id"], incident["kind"]) == ("bad", "expression_failed")
    assert [(wait["kind"], wait["element_id"]) for wait in instance["waiting_for"]] == [("job", "bad")]


def test_a_start_that_does_not_exist_is_refused(admin: Program) -> None:
    key = deployed(admin, "where", start("s"), user("do"), end("e"), "s -> do -> e")
    for named in ("nowhere", "do", "e"):
        answer = admin.call("POST", f"/definitions/{key}/instances", {"start_element_id": named})
        assert 400 <= answer.status_code < 500, answer.text
        refused(answer, answer.status_code)
    refused(admin.call("POST", "/definitions/nothing/instances", {}), 404)


def test_history_has_every_activation_in_order_with_who_did_it(admin: Program) -> None:
    key = deployed(
        admin, "history",
        start("s"), user("do"), xor("gate"), end("e"),
        sub("inner", start("is"), user("deep"), end("ie"), "is -> deep -> ie"),
        "s -> do -> gate -> inner if again", "gate -> e else", "inner -> e",
    )  # fmt: skip
    instance = admin.start(key)
    (task,) = admin.tasks(instance)
    admin.complete(task, again=True)
    path = f"/instances/{instance['id']}/history"
    items = admin.get(path)["items"]
    assert [(i["element_id"], i["state"]) for i in items] == [
        ("s", "completed"), ("do", "completed"), ("gate", "completed"), ("is", "completed"),
        ("inner", "active"), ("deep", "active"),
    ]  # fmt: skip
    done = next(i for i in items if i["element_id"] == "do")
    assert (done["task_id"], done["actor"], done["element_type"]) == (task["id"], admin.username, "userTask")
    paged, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{path}?limit=2{f'&cursor={cursor}' if cursor else ''}")
        paged += page["items"]
        cursor = page["next"]
    assert paged == items


def test_a_history_s_cursor_of_another_list_is_refused(admin: Program) -> None:
    key = deployed(admin, "cursor", start("s"), user("do"), end("e"), "s -> do -> e")
    instance, _ = admin.start(key), admin.start(key)
    other = admin.get(f"/instances?key={key}&limit=1")["next"]
    refused(admin.call("GET", f"/instances/{instance['id']}/history?cursor={other}"), 422)
    refused(admin.call("GET", f"/instances?sort=started_at&cursor={other}"), 422)


def test_lists_page_through_everything_once_in_either_order(admin: Program) -> None:
    key = deployed(admin, "paged", start("s"), user("do"), end("e"), "s -> do -> e")
    ids = [admin.start(key)["id"] for _ in range(7)]
    for sort, wanted in (("started_at", ids), ("-started_at", ids[::-1])):
        for more in ("", "&status=running"):
            found, cursor = [], ""
            while cursor is not None:
                page = admin.get(
                    f"/instances?key={key}&limit=3&sort={sort}{more}{f'&cursor={cursor}' if cursor else ''}"
                )
                assert len(page["items"]) <= 3
                found += [item["id"] for item in page["items"]]
                cursor = page["next"]
            assert found == wanted


def test_lists_and_counts_are_filtered(admin: Program) -> None:
    key = deployed(admin, "filtered", start("s"), user("do"), end("e"), "s -> do -> e")
    first, second = admin.start(key), admin.post(f"/definitions/{key}/instances", {"business_key": unique("bk")})
    admin.complete(admin.tasks(first)[0])

    def found(query: str) -> list[str]:
        assert admin.get(f"/instances/count?{query}") == {"count": len(admin.get(f"/instances?{query}")["items"])}
        return [item["id"] for item in admin.get(f"/instances?{query}")["items"]]

    assert found(f"key={key}&status=completed") == [first["id"]]
    assert found(f"key={key}&status=running") == [second["id"]]
    assert found(f"key={key}&status=suspended") == []
    assert found(f"business_key={second['business_key']}") == [second["id"]]
    assert set(found(f"definition_id={first['definition_id']}")) == {first["id"], second["id"]}
    assert admin.get(f"/instances?key={key}&status=running")["items"][0] == admin.get(f"/instances/{second['id']}")


def test_a_cancelled_instance_waits_for_nothing(admin: Program) -> None:
    key = deployed(admin, "cancelled", start("s"), user("do"), end("e"), "s -> do -> e")
    instance = admin.start(key)
    path = f"/instances/{instance['id']}/cancel"
    assert codes(refused(admin.call("POST", path, {}), 422)) == {"reason": "required"}
    cancelled = admin.post(path, {"reason": "no longer wanted"})
    assert (cancelled["status"], cancelled["waiting_for"]) == ("cancelled", [])
    assert cancelled["ended_at"]
    assert admin.tasks(instance) == []
    assert admin.get(f"/tasks?instance_id={instance['id']}&state=cancelled")["items"][0]["element_id"] == "do"
    refused(admin.call("POST", path, {"reason": "again"}), 409, "wrong_state")


@pytest.mark.parametrize("roles", [("designer",), ("officer",)])
def test_others_see_only_what_they_started_or_worked_on(served: Flask, admin: Program, roles: tuple[str, ...]) -> None:
    other = program(served, *roles)
    key = deployed(admin, "hidden", start("s"), user("do", motcua__assignee="${worker}"), end("e"), "s -> do -> e")
    hidden, theirs = admin.start(key, worker="nobody"), admin.start(key, worker=other.username)
    refused(other.call("GET", f"/instances/{hidden['id']}"), 404)
    refused(other.call("GET", f"/instances/{hidden['id']}/history"), 404)
    assert other.get(f"/instances/{theirs['id']}")["id"] == theirs["id"]
    assert [item["id"] for item in other.get(f"/instances?key={key}")["items"]] == [theirs["id"]]
    assert other.get(f"/instances/count?key={key}") == {"count": 1}
    refused(other.call("POST", f"/instances/{theirs['id']}/cancel", {"reason": "x"}), 403)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def kept(admin: Program) -> str:
    return deployed(admin, "kept", start("s"), user("do"), end("e"), "s -> do -> e")


@settings(
    max_examples=500 if os.environ.get("MOTCUA_SOAK") else 25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(variables=st.dictionaries(st.text(), JSON, max_size=5))
def test_variables_come_back_as_they_were_sent_or_are_refused_by_name(
    admin: Program, kept: str, variables: dict[str, object]
) -> None:
    answer = admin.call("POST", f"/definitions/{kept}/instances", {"variables": variables})
    if answer.status_code == 201:
        instance = admin.get(f"/instances/{answer.json['id']}")
        assert instance["variables"] == variables
        (task,) = admin.tasks(instance)
        assert admin.complete(task, **{f"x{name}": value for name, value in variables.items()})
        assert admin.get(f"/tasks/{task['id']}")["variables"] == {f"x{n}": v for n, v in variables.items()}
    else:
        assert refused(answer, 422)["details"]


def test_a_procedure_is_tried_without_a_dossier(admin: Program) -> None:
    key = unique("tried")
    files = procedure(
        key,
        start("s", motcua__nationalStatus="1"),
        user("accept", motcua__nationalStatus="2", motcua__limit="1 working_days"),
        user("grant", motcua__nationalStatus="9"), end("e"), "s -> accept -> grant -> e",
    )  # fmt: skip
    admin.deploy(*files.items())
    first = admin.start(key)
    (task,) = admin.tasks(first)
    assert task["due_at"]
    (task,) = admin.complete(task)["next_tasks"]
    assert admin.complete(task)["instance"]["status"] == "completed"
