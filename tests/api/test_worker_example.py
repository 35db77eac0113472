"""The worker of docs/howto/external-worker.md does its work against the real server."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dev.machine import ROOT
from tests.api.test_description import description
from tests.databases import Place, command
from tests.engine.diagrams import boundary, end, error, process, service, start, user
from tests.server import Server

PAGE = ROOT / "docs" / "howto" / "external-worker.md"


@pytest.fixture
def worker(server: Server, place: Place, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "worker.py").write_text(code)
    token = command(place, "people", "token", "payments", "--create", "--role", "worker").strip()
    environment = {**server.environment, "MOTCUA_URL": server.url, "MOTCUA_TOKEN": token}
    with subprocess.Popen([sys.executable, str(tmp_path / "worker.py")], env=environment) as process_:
        yield process_
        process_.kill()


def call(server: Server, token: str, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    request = urllib.request.Request(f"{server.url}/api/v1{path}", content, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def deploy(server: Server, token: str, xml: bytes) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="p.bpmn"\r\n\r\n'
    call(server, token, "POST", "/deployments", head + xml + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")


def test_the_worker_of_the_page_works(server: Server, place: Place, worker: subprocess.Popen[bytes]) -> None:
    token = command(place, "people", "token", "tester", "--create", "--role", "admin").strip()
    pay = service("pay", motcua__topic="payment", motcua__retries="R1/PT1H")
    parts = boundary("poor", "pay", error("NO_MONEY")), user("ask"), end("e"), "s -> pay -> e", "poor -> ask -> e"
    deploy(server, token, process("buy", start("s"), pay, *parts))
    amounts = (7, 5000, "seven")
    started = [
        call(server, token, "POST", "/definitions/buy/instances", {"variables": {"amount": amount}})["id"]
        for amount in amounts
    ]
    until = time.monotonic() + 20
    found: list[Any] = []
    while time.monotonic() < until:
        found = [call(server, token, "GET", f"/instances/{instance_id}") for instance_id in started]
        if all("external_task" not in waits_of(one) or one["incidents"] for one in found):
            break
        time.sleep(0.1)
    paid, poor, odd = found
    assert (paid["status"], paid["variables"]["receipt"]) == ("completed", "R-7")
    assert [wait["element_id"] for wait in poor["waiting_for"]] == ["ask"]
    assert odd["status"] == "running"
    (failed,) = call(server, token, "GET", "/external-tasks?state=failed")["items"]
    assert (failed["instance_id"], failed["retries"]) == (odd["id"], 0)
    assert failed["error_message"].startswith("TypeError")
    assert worker.poll() is None


def test_nothing_is_locked_for_a_worker_that_has_hung_up(server: Server, place: Place) -> None:
    token = command(place, "people", "token", "tester", "--create", "--role", "admin").strip()
    deploy(server, token, process("one", start("s"), service("w", motcua__topic="t"), end("e"), "s -> w -> e"))
    wanted = {"worker_id": "w1", "topics": ["t"], "wait_ms": 20_000}
    body = json.dumps(wanted).encode()
    head = (
        f"POST /api/v1/external-tasks/fetch-and-lock HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(head.encode() + body)
        time.sleep(0.5)
    time.sleep(0.5)
    call(server, token, "POST", "/definitions/one/instances", {})
    time.sleep(0.7)
    (task,) = call(server, token, "POST", "/external-tasks/fetch-and-lock", {**wanted, "worker_id": "w2"})["items"]
    assert task["worker_id"] == "w2"


def waits_of(instance: Any) -> set[str]:
    return {wait["kind"] for wait in instance["waiting_for"]}


def test_the_page_names_only_what_there_is(served: Flask) -> None:
    named = set(re.findall(r"`(GET|POST) (/api/v1/[^`]*)`", PAGE.read_text()))
    described = description(served)["paths"]
    assert len(named) > 3
    assert [path for method, path in named if method.lower() not in described.get(path, {})] == []
