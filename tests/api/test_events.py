"""Messages, signals and the clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from dev.machine import ROOT
from tests.api.program import Program, codes, refused, unique
from tests.engine.diagrams import (
    catch,
    condition,
    end,
    message,
    pools,
    process,
    receive,
    send,
    signal,
    start,
    user,
)  # fmt: skip

VECTORS = ROOT / "tests" / "clock" / "data"


def waiting(admin: Program, word: str) -> str:
    """Deploy a process that does a task and then waits for the message of its own name."""
    key = unique(word)
    parts = (start("s"), user("do"), catch("word", message(key)), end("e"), "s -> do -> word -> e")
    admin.deploy((f"{key}.bpmn", process(key, *parts)))
    return key


def test_a_message_is_delivered_by_business_key(admin: Program) -> None:
    key = waiting(admin, "delivered")
    both = [admin.post(f"/definitions/{key}/instances", {"business_key": name}) for name in ("a", "b")]
    for instance in both:
        admin.complete(admin.tasks(instance)[0])
    sent = admin.post("/messages", {"name": key, "business_key": "b", "payload": {"answer": 42}})
    assert sent == {"result": "delivered", "instances": [both[1]["id"]]}
    told = admin.get(f"/instances/{both[1]['id']}")
    assert (told["status"], told["variables"]) == ("completed", {"answer": 42})
    assert admin.get(f"/instances/{both[0]['id']}")["status"] == "running"


def test_a_message_is_delivered_by_correlation(admin: Program) -> None:
    key = waiting(admin, "correlated")
    both = [admin.start(key, order=number) for number in (1, 2)]
    for instance in both:
        admin.complete(admin.tasks(instance)[0])
    sent = admin.post("/messages", {"name": key, "correlation": {"order": 2}})
    assert sent == {"result": "delivered", "instances": [both[1]["id"]]}


def test_an_early_message_is_kept_until_it_is_awaited_and_its_id_counts_once(admin: Program) -> None:
    key = waiting(admin, "early")
    instance = admin.start(key)
    body = {"name": key, "payload": {"x": 1}, "time_to_live": "PT1H", "message_id": unique("m")}
    assert admin.post("/messages", body) == {"result": "buffered", "instances": []}
    assert admin.post("/messages", body) == {"result": "duplicate", "instances": []}
    done = admin.complete(admin.tasks(instance)[0])["instance"]
    assert (done["status"], done["variables"]) == ("completed", {"x": 1})


def test_a_message_that_nobody_awaited_in_its_time_is_gone(admin: Program) -> None:
    key = waiting(admin, "late")
    instance = admin.start(key)
    assert admin.post("/messages", {"name": key, "time_to_live": "PT0S"})["result"] == "buffered"
    done = admin.complete(admin.tasks(instance)[0])["instance"]
    assert [wait["kind"] for wait in done["waiting_for"]] == ["message"]


def test_a_message_starts_a_process_that_begins_with_it(admin: Program) -> None:
    key = unique("begins")
    admin.deploy((f"{key}.bpmn", process(key, start("s", message(key)), user("do"), end("e"), "s -> do -> e")))
    sent = admin.post("/messages", {"name": key, "business_key": "No 1", "payload": {"x": 1}})
    assert sent["result"] == "started"
    instance = admin.get(f"/instances/{sent['instances'][0]}")
    assert (instance["business_key"], instance["variables"]) == ("No 1", {"x": 1})


def test_a_message_is_delivered_by_the_key_of_its_event(admin: Program) -> None:
    key = unique("keyed")
    event = catch("c", message(key), motcua__correlationKey="order", motcua__payloadVariable="got")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), event, end("e"), "s -> c -> e")))
    waiting = [admin.start(key, order=number) for number in (1, 2, 3)]
    assert admin.post("/messages", {"name": key})["result"] == "buffered"
    sent = admin.post("/messages", {"name": key, "correlation": {"key": 2}, "payload": {"sum": 5}})
    assert sent == {"result": "delivered", "instances": [waiting[1]["id"]]}
    assert admin.get(f"/instances/{waiting[1]['id']}")["variables"] == {"order": 2, "got": {"sum": 5}}


def test_conditions_begin_the_processes_whose_condition_holds(admin: Program) -> None:
    key = unique("conditions")
    admin.deploy(
        (f"{key}.bpmn", process(key, start("s", condition(f"{key} > 3")), user("do"), end("e"), "s -> do -> e"))
    )
    assert admin.post("/conditions", {"variables": {key: 3}}) == {"instances": []}
    (one,) = admin.post("/conditions", {"variables": {key: 4}, "business_key": "k", "key": key})["instances"]
    told = admin.get(f"/instances/{one}")
    assert (told["key"], told["business_key"], told["variables"]) == (key, "k", {key: 4})
    assert codes(refused(admin.call("POST", "/conditions", {"variables": 1}), 422)) != {}


def test_a_signal_begins_processes_too(admin: Program) -> None:
    key = unique("begun")
    admin.deploy((f"{key}.bpmn", process(key, start("s", signal(key)), user("do"), end("e"), "s -> do -> e")))
    (one,) = admin.post("/signals", {"name": key, "payload": {"x": 1}})["instances"]
    assert admin.get(f"/instances/{one}")["variables"] == {"x": 1}


def test_pools_of_one_file_are_definitions_of_their_own(admin: Program) -> None:
    asks, tells = unique("asks"), unique("tells")
    xml = pools(
        "ask -> s2", "tell -> answer",
        asks=(start("s"), send("ask"), receive("answer"), end("e"), "s -> ask -> answer -> e"),
        tells=(start("s2", "<messageEventDefinition/>"), send("tell"), end("e2"), "s2 -> tell -> e2"),
    )  # fmt: skip
    for before, after in (("asks", asks), ("tells", tells)):
        xml = xml.replace(f'"{before}"'.encode(), f'"{after}"'.encode())
    deployed = admin.deploy((f"{asks}.bpmn", xml))
    assert sorted(one["key"] for one in deployed["definitions"]) == sorted([asks, tells])


def test_a_signal_reaches_everybody(admin: Program) -> None:
    key = unique("signal")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), catch("w", signal(key)), end("e"), "s -> w -> e")))
    both = {admin.start(key)["id"] for _ in range(2)}
    assert set(admin.post("/signals", {"name": key, "payload": {"x": 1}})["instances"]) == both
    assert {admin.get(f"/instances/{one}")["status"] for one in both} == {"completed"}
    assert admin.post("/signals", {"name": key}) == {"instances": []}


@pytest.mark.parametrize("text", ["1 hour", "-PT1H", "P400D", "P99999999999Y", "PT", "P1Y", ""])
def test_a_time_to_live_is_a_duration_of_at_most_a_year(admin: Program, text: str) -> None:
    answer = admin.call("POST", "/messages", {"name": unique("ttl"), "time_to_live": text})
    if text == "P1Y":
        assert answer.json["result"] == "buffered"
    else:
        assert codes(refused(answer, 422)) == {"time_to_live": "duration"}


def test_business_key_and_correlation_exclude_each_other(admin: Program) -> None:
    body = {"name": "x", "business_key": "a", "correlation": {}}
    assert codes(refused(admin.call("POST", "/messages", body), 422)) == {"correlation": "either"}


def test_the_clock_answers_cases_as_the_command_does(admin: Program) -> None:
    calendar = json.loads((VECTORS / "calendar.json").read_text())
    vectors = json.loads((VECTORS / "vectors.json").read_text())
    cases = (vectors if isinstance(vectors, list) else vectors["cases"])[:7]
    items = admin.post("/clock/compute", {"calendar": calendar, "cases": cases})["items"]
    assert [item["id"] for item in items] == [case["id"] for case in cases]
    assert all(set(item["got"]) >= {"due_at", "state", "explanation_segments"} for item in items)


def test_the_clock_uses_the_agency_s_own_calendar_without_another(admin: Program) -> None:
    received = datetime(2026, 8, 20, 2, tzinfo=UTC)
    case = {
        "id": "own", "received_at": received.isoformat(), "limit": {"amount": 1, "unit": "working_days"}, "events": [],
        "asked_at": received.isoformat(),
    }  # fmt: skip
    (item,) = admin.post("/clock/compute", {"cases": [case]})["items"]
    assert datetime.fromisoformat(item["got"]["due_at"]) > received + timedelta(hours=20)


@pytest.mark.parametrize("case", [1, {}, {"id": 1, "limit": 3}, {"id": 1, "received_at": "soon"}])
def test_a_case_that_cannot_be_read_names_its_place(admin: Program, case: object) -> None:
    error = refused(admin.call("POST", "/clock/compute", {"cases": [case]}), 422)
    assert error["details"][0]["field"].startswith("cases")
