"""An installation of several processes, as docs/howto/scale-out.md sets it up: gunicorn's and workers on one database.

with Installation(place, webs=2, workers=2) as inst:     # PostgreSQL; MOTCUA_JOBS=distributed
    inst.web.url, inst.web.flask("jobs", "once")
    inst.workers[0].kill(); inst.workers[0].start()
    os.kill(inst.web.processes()[0], signal.SIGKILL)      # gunicorn starts another one
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from dev.machine import ROOT
from tests.databases import Place
from tests.server import READY_WITHIN, Server, ServerFailed


@dataclass
class Web(Server):
    """gunicorn with several processes."""

    count: int = 2

    @property
    def command(self) -> list[str]:
        return [
            sys.executable, "-m", "gunicorn", "--workers", str(self.count), "--threads", "8",
            "--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "5", "app:create_app()",
        ]  # fmt: skip

    def processes(self) -> list[int]:
        """Give the numbers of its processes that serve (not of the one that keeps them)."""
        return children(self.process.pid) if self.process else []

    def kill(self) -> None:
        """End all of them at once."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        super().kill()


@dataclass
class Worker:
    """`flask jobs work` in a process of its own."""

    server: Server
    """Whose settings it has."""
    number: int
    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = ()
    seen: int = 0
    """How often it had been ready when it was started last."""

    @property
    def log(self) -> Path:
        return self.server.data / f"worker{self.number}.log"

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, *, ready: bool = True) -> Worker:
        """Start it and wait until it takes work."""
        self.seen = self._ready()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "jobs", "work", *self.options],
                cwd=ROOT, env=self.server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return self.wait() if ready else self

    def wait(self) -> Worker:
        """Wait until it takes work."""
        until = time.monotonic() + READY_WITHIN
        while self._ready() == self.seen:
            if time.monotonic() > until or not self.is_alive:
                raise ServerFailed(f"worker {self.number} did not start\n{self.last_words()}")
            time.sleep(0.05)
        return self

    def stop(self, seconds: float = 30) -> int:
        """Ask it to end and give its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"worker {self.number} did not end\n{self.last_words()}") from None
        finally:
            self.process = None

    def kill(self) -> None:
        """End it at once (kill -9)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def _ready(self) -> int:
        return self.last_words().count(": ready for ")


@dataclass
class Installation:
    """Web processes and workers; all end with the block."""

    place: Place
    webs: int = 2
    workers_wanted: int = 2
    settings: dict[str, str] = field(default_factory=dict)
    """More MOTCUA_ variables."""
    web: Web = field(init=False)
    workers: list[Worker] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        distributed = {"MOTCUA_JOBS": "distributed", "MOTCUA_SIGN_IN_LIMIT": "1000 per minute", **self.settings}
        self.web = Web(
            data=self.place.data, database_url=self.place.database_url, settings=distributed, count=self.webs
        )

    def __enter__(self) -> Installation:
        try:
            if self.webs:
                self.web.start()
            for number in range(self.workers_wanted):
                self.workers.append(Worker(self.web, number))
                self.workers[-1].start(ready=False)
            for worker in self.workers:
                worker.wait()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def url(self) -> str:
        return self.web.url

    def flask(self, *words: str) -> str:
        """Run a flask command with its settings and give what it prints."""
        return self.web.flask(*words)

    def kill_one(self) -> str:
        """Kill -9 one process, whichever, see that another takes its place, and say what was killed."""
        killable: list[int | Worker | Web] = [*self.web.processes(), *self.workers, self.web]
        chosen = random.Random().choice(killable)
        if isinstance(chosen, Worker):
            chosen.kill()
            chosen.start(ready=False)
            return "worker"
        if isinstance(chosen, Web):
            chosen.kill()
            chosen.start()
            return "whole gunicorn"
        os.kill(chosen, signal.SIGKILL)  # gunicorn starts another one
        return "web process"

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.web.kill()


def children(pid: int) -> list[int]:
    """Give the numbers of a process's children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(number) for number in listed.read_text().split()] if listed.exists() else []
