"""What a request costs besides the database: counts, not times. No cookie, no session, no state read again."""

from __future__ import annotations

import json
import sys
from types import FrameType
from typing import Any

import pytest
from flask import Flask, session
from flask.sessions import NullSession
from werkzeug.test import EnvironBuilder

from bpmn.definition import Definition
from engine import state
from engine.spiff.instance import Instance
from engine.spiff.run import Run
from tests.api.program import Program, one_task, unique
from tests.engine.diagrams import end, process, start, user

LIST, SUBMIT = 1300, 3200
"""Calls of Python functions that a request may take; a tenth more than it took when this was written."""


def calls_of(app: Flask, program: Program, method: str, path: str, body: Any = None) -> int:
    """Answer a request in this thread and count the calls of Python functions: the same on any machine, busy or not."""
    data = None if body is None else json.dumps(body)
    headers = [("Authorization", f"Bearer {program.token}")]
    builder = EnvironBuilder(
        method=method, path=f"/api/v1{path}", data=data, content_type="application/json", headers=headers
    )
    environ, said, count = builder.get_environ(), [], 0

    def called(_frame: FrameType, kind: str, _argument: object) -> None:
        nonlocal count
        count += kind == "call"

    sys.setprofile(called)
    try:
        body = b"".join(app.wsgi_app(environ, lambda status, _headers, _error=None: said.append(status)))  # type: ignore[arg-type]
    finally:
        sys.setprofile(None)
    assert said[0].startswith("2"), (said, body)
    return count


@pytest.fixture(scope="module")
def key(admin: Program) -> str:
    key = unique("cost")
    tasks = [user(name, motcua__assignee="${starter}") for name in "abc"]
    admin.deploy((f"{key}.bpmn", process(key, start("s"), *tasks, end("e"), "s -> a -> b -> c -> e")))
    return key


def test_a_list_and_a_submit_take_few_calls(served: Flask, admin: Program, key: str) -> None:
    (task,) = admin.complete(admin.tasks(admin.start(key, starter="an"))[0])["next_tasks"]
    admin.get(f"/tasks?assignee=an&key={key}")
    listed = calls_of(served, admin, "GET", f"/tasks?assignee=an&key={key}")
    submitted = calls_of(served, admin, "POST", f"/tasks/{task['id']}/complete", {"variables": {"amount": 3}})
    assert (listed <= LIST, submitted <= SUBMIT) == (True, True), (listed, submitted)


def test_a_submit_and_its_answer_read_the_state_once(admin: Program, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (task,) = admin.tasks(admin.start(key, starter="an"))
    reads: list[bytes] = []
    load = state.load

    def counted(definition: Definition, read: bytes, run: Run) -> Instance:
        reads.append(read)
        return load(definition, read, run)

    monkeypatch.setattr(state, "load", counted)
    done = admin.complete(task, amount=3)
    assert len(reads) == 1
    assert done["instance"]["variables"] == {"starter": "an", "amount": 3}
    assert [wait["element_id"] for wait in done["instance"]["waiting_for"]] == ["b"]
    seen = admin.get(f"/instances/{done['instance']['id']}")
    assert seen == done["instance"]
    assert len(reads) == 2


def test_a_start_reads_no_state(admin: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    key = unique("cost")
    admin.deploy(one_task(key))
    admin.start(key, starter="an")
    monkeypatch.setattr(state, "load", lambda *_: pytest.fail("read"))
    assert admin.start(key, starter="an")["waiting_for"]


def test_a_program_has_no_session_and_gets_no_cookie(served: Flask, admin: Program, key: str) -> None:
    cookie = {"Cookie": "motcua=eyJ0IjoieCJ9.x.x; lang=en"}
    answer = admin.call("GET", f"/tasks?key={key}", headers=cookie)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    with served.test_request_context("/api/v1/tasks", headers={"Authorization": "Bearer x", **cookie}):
        assert isinstance(session._get_current_object(), NullSession)  # type: ignore[attr-defined]
