"""A program of the tests: it has a bearer token and speaks to the API; small bundles it deploys."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol, cast
from uuid import uuid4

from flask import Flask

from dev.machine import ROOT
from services import people
from services.permissions import SYSTEM
from tests.engine.diagrams import end, process, start, user

DIAGRAMS = ROOT / "benchmarks"


class Answer(Protocol):
    """What the tests look at of an answer."""

    status_code: int
    headers: Any
    mimetype: str
    is_json: bool
    json: Any
    text: str
    data: bytes


@dataclass
class Program:
    """One token; `call` gives the answer as it is, the others what a good one holds."""

    app: Flask
    username: str
    token: str
    language: str = "en"
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.language,
            **self.headers,
            **more.pop("headers", {}),
        }
        if body is not None:
            more["json"] = body
        return cast(Answer, self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more))

    def get(self, path: str, **more: Any) -> Any:
        return good(self.call("GET", path, **more))

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return good(self.call("POST", path, {} if body is None else body, **more))

    def upload(self, path: str, files: Mapping[str, bytes], **parts: str) -> Answer:
        data: dict[str, Any] = {**parts, "files": [(BytesIO(content), name) for name, content in files.items()]}
        return self.call("POST", path, data=data, content_type="multipart/form-data")

    def deploy(self, *files: tuple[str, bytes]) -> Any:
        return good(self.upload("/deployments", dict(files)))

    def start(self, key: str, **variables: Any) -> Any:
        return self.post(f"/definitions/{key}/instances", {"variables": variables})

    def tasks(self, instance: Mapping[str, Any]) -> list[Any]:
        found: list[Any] = self.get(f"/tasks?instance_id={instance['id']}")["items"]
        return found

    def complete(self, task: Mapping[str, Any], **variables: Any) -> Any:
        return self.post(f"/tasks/{task['id']}/complete", {"variables": variables})


def good(answer: Answer) -> Any:
    """Give what an answer holds; fail with what was refused."""
    assert answer.status_code < 300, (answer.status_code, answer.text)
    return answer.json


def refused(answer: Answer, status: int, code: str | None = None) -> dict[str, Any]:
    """Give the error of a refusal, which has the one shape."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.is_json
    assert list(answer.json) == ["error"]
    error: dict[str, Any] = answer.json["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["message"]
    assert code is None or error["code"] == code, error
    return error


def codes(error: Mapping[str, Any]) -> dict[str, str]:
    """Give the code of each field or element that an error names."""
    return {detail.get("field") or detail.get("element_id", ""): detail["code"] for detail in error["details"]}


def program(app: Flask, *roles: str, groups: tuple[str, ...] = (), username: str = "") -> Program:
    """Give a new program with these roles."""
    username = username or f"p{uuid4().hex[:12]}"
    now = datetime.now(UTC)
    with app.app_context():
        people.create(SYSTEM, username=username, name=username, roles=roles, groups=groups, now=now)
        return Program(app=app, username=username, token=people.issue_token(SYSTEM, username, now=now))


def unique(word: str) -> str:
    """Give a key that no other test uses."""
    return f"{word}_{uuid4().hex[:8]}"


def one_task(key: str, inside: str = "", **task: str) -> tuple[str, bytes]:
    """Write a process of one task `do`, for `starter`."""
    given = {"name": "Do it", "motcua__assignee": "${starter}", **task}
    return f"{key}.bpmn", process(key, start("s"), user("do", inside, **given), end("e"), "s -> do -> e")


def form(key: str, *fields: Mapping[str, Any]) -> tuple[str, bytes]:
    """Write a form."""
    schema = {"type": "default", "schemaVersion": 17, "id": key, "components": [dict(item) for item in fields]}
    return f"{key}.form", json.dumps(schema).encode()


def benchmark(name: str) -> bytes:
    """Give a diagram of the neutral benchmark, its tasks for `starter`."""
    (path,) = Path(ROOT, "benchmarks").rglob(f"{name}.bpmn")
    xml = path.read_text().replace("<definitions ", '<definitions xmlns:motcua="urn:motcua:bpmn" ', 1)
    return re.sub(r"<userTask ", '<userTask motcua:assignee="${starter}" ', xml).encode()
