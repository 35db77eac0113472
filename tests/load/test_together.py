"""Many at the same instant, over HTTP, as `make run` (SQLite) and gunicorn with two processes (PostgreSQL) serve it."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from services import log
from storage.database import session
from storage.rows import tasks as rows
from tests.conftest import _clean_place
from tests.databases import Place, command, settings_of
from tests.engine.diagrams import process
from tests.installation import Web
from tests.load.http import Answer, Browser
from tests.server import Server

FEWEST = 10
"""More callers than a process has threads for pages must be found waiting."""
LOOP = "<multiInstanceLoopCharacteristics><loopCardinality>many</loopCardinality></multiInstanceLoopCharacteristics>"
WAITING = 40
"""Callers that wait for work: more than one process lets wait, and than it has threads for pages."""


@pytest.fixture(scope="module")
def place(database: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return _clean_place(database, tmp_path_factory.mktemp("together") / "data", demo=False)


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    """The real server with a process whose tasks can be done side by side."""
    kind = Server if place.database_url.startswith("sqlite") else Web
    started = kind(data=place.data, database_url=place.database_url, settings={"MOTCUA_JOBS": "off"})
    started.start()
    try:
        yield started
    finally:
        started.kill()


@pytest.fixture(scope="module")
def caller(server: Server, place: Place) -> Browser:
    token = command(place, "people", "token", "an", "--create", "--role", "admin").strip()
    return Browser(server.url, {"Authorization": f"Bearer {token}"})


def one_more(caller: Browser) -> Browser:
    """Give the same person with a connection of their own."""
    return Browser(caller.url, caller.headers)


def deploy(caller: Browser) -> None:
    each = f'<userTask id="each" motcua:assignee="an">{LOOP}</userTask>'
    xml = process("together", '<startEvent id="s"/>', each, '<endEvent id="e"/>', "s -> each -> e")
    assert caller.post_form("/api/v1/deployments", [("files", "together.bpmn", xml)]).status == 201


@pytest.mark.parametrize("many", [4, 100])
def test_all_who_submit_at_the_same_instant_succeed_and_each_counts_once(
    place: Place, caller: Browser, many: int
) -> None:
    deploy(caller)
    started = caller.post_json("/api/v1/definitions/together/instances", {"variables": {"many": many}}).json
    tasks = caller.get(f"/api/v1/tasks?instance_id={started['id']}&limit=500").json["items"]
    ready, answers = threading.Barrier(many), dict[str, Answer]()

    def submit(person: Browser, task: str) -> None:
        ready.wait()
        answers[task] = person.post_json(f"/api/v1/tasks/{task}/complete", {"variables": {"by": task}})

    threads = [threading.Thread(target=submit, args=(one_more(caller), task["id"])) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == many
    assert {answer.status for answer in answers.values()} == {200}, [
        a.text for a in answers.values() if a.status != 200
    ]
    assert caller.get(f"/api/v1/instances/{started['id']}").json["status"] == "completed"
    from app import create_app

    application = create_app(settings_of(place))
    with application.app_context():
        events = [event.kind for event, _ in log.events_of(started["id"])]
        assert (events.count("task.completed"), len(events)) == (many, many + 1)
        kept = [rows.load(task["id"]) for task in tasks]
        assert {task.state for task in kept if task} == {"completed"}
        assert log.verify().breaks == ()
        session().close()
        application.extensions["sqlalchemy"].engine.dispose()


def test_callers_that_wait_for_work_leave_threads_for_pages(server: Server, caller: Browser) -> None:
    wanted = json.dumps({"worker_id": "w", "topics": [{"name": "t"}], "wait_ms": 20_000})
    head = f"POST /api/v1/external-tasks/fetch-and-lock HTTP/1.1\r\nHost: x\r\nContent-Length: {len(wanted)}\r\n"
    head += f"Content-Type: application/json\r\nAuthorization: {caller.headers['Authorization']}\r\n\r\n"
    with ExitStack() as kept:
        callers = [kept.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(WAITING)]
        for one in callers:
            one.sendall((head + wanted).encode())
        until = time.monotonic() + 15
        while not (told := select.select(callers, [], [], 0.2)[0]):
            assert time.monotonic() < until  # those that may not wait are told so at once
        assert b"Retry-After" in told[0].recv(4000)
        for _ in range(20):
            assert caller.get("/api/v1/tasks").status == 200
        told = select.select(callers, [], [], 0)[0]
        assert FEWEST <= WAITING - len(told) < WAITING, "pages were answered while callers waited"


def test_connections_that_are_kept_open_shut_nobody_out(server: Server, caller: Browser) -> None:
    with ExitStack() as kept:
        for _ in range(150):
            one = kept.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            one.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(4000).startswith(b"HTTP/1.1 200")
        assert caller.get("/api/v1/tasks").status == 200
