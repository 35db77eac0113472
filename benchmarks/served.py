"""The real server on a clean database, and clients that speak to it as programs do."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.databases import Databases, Place, Run
from tests.installation import Web, Worker
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
        self.upload(diagram.name, re.sub(r"<userTask ", '<userTask motcua:assignee="${starter}" ', xml))

    def upload(self, name: str, xml: str) -> None:
        """Upload a diagram as it is."""
        edge = secrets.token_hex(8)
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"'
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
    run: Run
    workers: Sequence[Worker] = ()

    def client(self, user: str) -> Client:
        token = self.server.flask("people", "token", user, "--create", "--role", "admin").strip()
        return Client(self.server, user, token)

    def cpu_seconds(self) -> float:
        """Give the processor time that the server has used so far, in all its processes and workers."""
        processes = (self.server.process, *(worker.process for worker in self.workers))
        return sum(used_by(process.pid) for process in processes if process is not None)

    def database_cpu_seconds(self) -> float:
        """Give the processor time that PostgreSQL has used so far; SQLite's is the server's own."""
        if self.place.database_url.startswith("sqlite"):
            return 0.0
        file = self.run.cluster.folder / "data" / "postmaster.pid"
        return used_by(int(file.read_text().split()[0]))


def used_by(pid: int) -> float:
    """Give the processor seconds of a process and of those it started, ended ones too."""
    top, total = psutil.Process(pid), 0.0
    for process in (top, *top.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


@contextmanager
def served(kind: str, *, processes: int = 0, workers: int = 0) -> Iterator[Served]:
    """Serve on a clean database of this kind (sqlite or postgresql); nothing of it stays.

    `processes`: so many of gunicorn's, and `workers` for distributed jobs, or no jobs; 0: the one of `make run`.
    """
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run = Run(folder)
    try:
        place = Databases(run, kind, "bench").place(folder / "data")
        server = Server(data=place.data, database_url=place.database_url)
        if processes:
            jobs = {"MOTCUA_JOBS": "distributed" if workers else "off"}
            server = Web(data=place.data, database_url=place.database_url, settings=jobs, count=processes)
        server.start()
        hands = [Worker(server, number) for number in range(workers)]
        try:
            for hand in hands:
                hand.start()
            yield Served(server, place, run, hands)
        finally:
            for hand in hands:
                hand.stop()
            server.stop()
    finally:
        run.end()
