"""The real server on a clean database, and clients that speak to it as programs do."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.databases import Databases, Place, Run
from tests.server import Server


class CallFailed(Exception):
    """The server answered with something else than success; the message says what."""


@dataclass
class Client:
    """One person's program: a bearer token and a connection that is kept."""

    server: Server
    user: str
    token: str
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)

    def call(self, method: str, path: str, body: bytes = b"", content: str = "application/json") -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content}
        self.connection.request(method, f"/api/v1{path}", body or None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise CallFailed(f"{method} {path}: {answer.status} {text[:500].decode()}")
        return json.loads(text)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.call("POST", path, json.dumps(body).encode())

    def deploy(self, diagram: Path) -> None:
        """Upload a diagram whose tasks go to whoever starts an instance."""
        xml = diagram.read_text().replace("<definitions ", '<definitions xmlns:motcua="urn:motcua:bpmn" ', 1)
        xml = re.sub(r"<userTask ", '<userTask motcua:assignee="${starter}" ', xml)
        edge = secrets.token_hex(8)
        head = f'Content-Disposition: form-data; name="files"; filename="{diagram.name}"'
        part = f"--{edge}\r\n{head}\r\n\r\n{xml}\r\n--{edge}--\r\n"
        self.call("POST", "/deployments", part.encode(), f"multipart/form-data; boundary={edge}")

    def start(self, key: str) -> str:
        return str(self.post(f"/definitions/{key}/instances", {"variables": {"starter": self.user}})["id"])

    def own_task(self, instance: str) -> str:
        """Find the open task of an instance in one's inbox, as the page does."""
        items = self.call("GET", f"/tasks?assignee={self.user}&sort=-created_at&limit=100")["items"]
        return str(next(item["id"] for item in items if item["instance_id"] == instance))


@dataclass
class Served:
    """A running server with the place of its rows."""

    server: Server
    place: Place

    def client(self, user: str) -> Client:
        token = self.server.flask("people", "token", user, "--create", "--role", "admin").strip()
        return Client(self.server, user, token)

    def cpu_seconds(self) -> float:
        """Give the processor time that the server has used so far."""
        assert self.server.process is not None
        times = psutil.Process(self.server.process.pid).cpu_times()
        return float(times.user + times.system)


@contextmanager
def served(kind: str) -> Iterator[Served]:
    """Serve on a clean database of this kind (sqlite or postgresql); nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run = Run(folder)
    try:
        place = Databases(run, kind, "bench").place(folder / "data")
        server = Server(data=place.data, database_url=place.database_url).start()
        try:
            yield Served(server, place)
        finally:
            server.stop()
    finally:
        run.end()
