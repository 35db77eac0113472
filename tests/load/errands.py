"""Errands: instances whose branches wait for a person, a timer, a program and a service outside, then tell another.

Every kind of work that jobs and clients do, so that whatever a kill loses or does twice is seen in the end.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from uuid import uuid4

from services import people
from services.permissions import SYSTEM
from tests.databases import Place, settings_of
from tests.engine.diagrams import catch, duration, end, fork, message, process, script, service, start, throw, user
from tests.load.http import Answer, Browser

CLERK, STAMPER, STARTER = "clerk", "stamper", "starter"
IDLE = 0.05
PATIENCE = 120.0
"""Seconds within which something more must have been done, whatever was killed: a busy machine takes its time."""


class Fleet(Protocol):
    """The processes that serve and do what is due."""

    @property
    def url(self) -> str: ...

    def flask(self, *words: str) -> str: ...

    def kill_one(self) -> str:
        """Kill -9 one process and see that another takes its place; say which kind it was."""


def errand(address: str) -> bytes:
    """Draw the process: four branches side by side, a sum, a message that starts a receipt."""
    inputs = f"""<extensionElements><motcua:input target="url" source="'{address}'"/>
        <motcua:input target="method" source="'POST'"/><motcua:input target="body" source="number"/>
        </extensionElements>"""
    return process(
        "errand",
        start("begun"),
        fork("apart"),
        user("sign", motcua__assignee=CLERK),
        catch("pause", duration("PT0.4S")),
        script("ring", "rung = 1"),
        service("call", inputs, motcua__connector="http", motcua__resultVariable="called"),
        service("stamp", motcua__topic="stamp", motcua__retries="R1000/PT1S"),
        fork("together"),
        script("add", "total = rung + stamped + signed + called['status']"),
        throw("tell", message("errand_done")),
        end("ended"),
        "begun -> apart -> sign -> together",
        "apart -> pause -> ring -> together",
        "apart -> call -> together",
        "apart -> stamp -> together -> add -> tell -> ended",
    )


RECEIPT = process(
    "receipt",
    start("told", message("errand_done")),
    script("file", "filed = True"),
    end("filed_away"),
    "told -> file -> filed_away",
)
TOTAL = 1 + 1 + 1 + 200
STEPS = ("begun", "apart", "sign", "pause", "ring", "call", "stamp", "together", "add", "tell", "ended")


@dataclass
class Outside:
    """A web service that remembers how often it was called under each idempotency key."""

    calls: Counter[str] = field(default_factory=Counter)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def outside() -> Iterator[Outside]:
    """Serve it; an answer takes a moment, so that kills come while it is waited for."""
    seen = Outside()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                seen.calls[self.headers["Idempotency-Key"]] += 1
            time.sleep(0.02)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"ok": true}')

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Errands:
    """Clients that start `count` errands and do what these wait for, against processes that are killed meanwhile."""

    fleet: Fleet
    place: Place
    address: str
    count: int
    started: dict[str, str] = field(default_factory=dict)
    """Business key -> instance."""
    signed: int = 0
    stamped: int = 0
    lost: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, *, kills: int = 0) -> None:
        """Go on until every errand and its receipt have ended, something is wrong, or nothing is done any more."""
        tokens = self._tokens()
        programs = {name: self._program(tokens[name]) for name in tokens}
        self._deploy(programs[STARTER])
        begun = time.monotonic()
        works: list[tuple[Callable[[Browser], None], str]] = [
            (self._starts, STARTER), (self._signs, CLERK), (self._stamps, STAMPER), (self._watches, "watcher"),
        ]  # fmt: skip
        threads = [threading.Thread(target=self._guarded, args=(work, programs[name])) for work, name in works]
        threads.append(threading.Thread(target=self._kills, args=(kills,)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds = time.monotonic() - begun
        self.lost = sum(program.lost for program in programs.values())

    @property
    def progress(self) -> float:
        """How much is done, from 0 to 1."""
        return (len(self.started) + self.signed + self.stamped) / (3 * self.count)

    def figures(self) -> str:
        """Say what was done and killed."""
        killed = ", ".join(f"{count} {kind}" for kind, count in sorted(self.killed.items())) or "nothing"
        return (
            f"{self.count} errands and receipts in {self.seconds:.1f} s; killed: {killed}; "
            f"{self.lost} requests without an answer sent again"
        )

    def _kills(self, kills: int) -> None:
        """Kill -9 a process at random moments of the work, those of its beginning included."""
        for number in range(kills):
            moment = (number + random.uniform(0.1, 0.9)) / kills  # anywhere in its part of the work
            while self.progress < moment and not self.over.is_set():
                time.sleep(0.005)
            self.killed[self.fleet.kill_one()] += 1

    def _tokens(self) -> dict[str, str]:
        from app import create_app

        application = create_app(settings_of(self.place))
        now = datetime.now(UTC)
        with application.app_context():
            for name, role in ((CLERK, "officer"), (STAMPER, "worker"), (STARTER, "admin"), ("watcher", "admin")):
                people.create(SYSTEM, username=name, name=name, roles=[role], now=now)
            return {name: people.issue_token(SYSTEM, name, now=now) for name in (CLERK, STAMPER, STARTER, "watcher")}

    def _program(self, token: str) -> Browser:
        return Browser(self.fleet.url, headers={"Authorization": f"Bearer {token}"})

    def _deploy(self, program: Browser) -> None:
        files = [("files", "errand.bpmn", errand(self.address)), ("files", "receipt.bpmn", RECEIPT)]
        answer = program.post_form("/api/v1/deployments", files)
        assert answer.status == 201, answer.text

    def _guarded(self, work: Callable[[Browser], None], program: Browser) -> None:
        try:
            work(program)
        except Exception as error:  # whatever it was, the run is over and says so
            self.errors.append(f"{type(error).__name__}: {error}"[:500])
            self.over.set()

    def _starts(self, program: Browser) -> None:
        for number in range(self.count):
            business_key = f"E{number:04d}"
            body = {"business_key": business_key, "variables": {"number": number}}
            answer = program.post_json("/api/v1/definitions/errand/instances", body, key=uuid4().hex)
            self.started[business_key] = _good(answer, 201)["id"]
            if self.over.is_set():
                return

    def _signs(self, program: Browser) -> None:
        while not self.over.is_set():
            tasks = _good(program.get(f"/api/v1/tasks?assignee={CLERK}&limit=20"))["items"]
            for task in tasks:
                body = {"variables": {"signed": 1}, "turn_reason": "Ca tải"}
                answer = program.post_json(f"/api/v1/tasks/{task['id']}/complete", body, key=task["id"])
                _good(answer)
                self.signed += 1
            if not tasks:
                time.sleep(IDLE)

    def _stamps(self, program: Browser) -> None:
        wanted = {"worker_id": "stamper", "topics": ["stamp"], "max_tasks": 5, "lock_duration_ms": 3000, "wait_ms": 500}
        while not self.over.is_set():
            for task in _good(program.post_json("/api/v1/external-tasks/fetch-and-lock", wanted))["items"]:
                body = {"worker_id": "stamper", "variables": {"stamped": 1}}
                path = f"/api/v1/external-tasks/{task['id']}/complete"
                answer = program.post_json(path, body, key=task["id"])
                if answer.status != 409:  # the lock ended while the server was away: it is fetched again
                    _good(answer)
                    self.stamped += 1

    def _watches(self, program: Browser) -> None:
        before, since = None, time.monotonic()
        while not self.over.is_set():
            ended = "/api/v1/instances/count?status=completed&key="
            done = [_good(program.get(ended + key))["count"] for key in ("errand", "receipt")]
            now = (*done, len(self.started), self.signed, self.stamped, self.killed.total())
            if done == [self.count, self.count]:
                self.over.set()
            elif now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() > since + PATIENCE:
                raise TimeoutError(f"{done} of {self.count} have ended, and nothing more was done for {PATIENCE} s")
            time.sleep(IDLE)


def _good(answer: Answer, status: int = 200) -> Any:
    assert answer.status == status, f"{answer.status} {answer.text[:300]}"
    return answer.json
