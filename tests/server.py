"""The real server in a process of its own, as `make run` serves it: for browser, load and kill tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from dev.machine import ROOT

READY_WITHIN = 60.0
"""Seconds; two cores may be busy with other tests."""


class ServerFailed(Exception):
    """The server did not come up or a command failed; the message ends with what it printed."""


@dataclass
class Server:
    """`python app.py` on a free port with its own data folder; start, stop, kill and start again keep port and data."""

    data: Path
    database_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    """More MOTCUA_ variables."""
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The machine's variables without any MOTCUA_ of the person who runs the tests, and the server's own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
        own = {
            "MOTCUA_ENV": "test",
            "MOTCUA_DATA": str(self.data),
            "MOTCUA_DATABASE_URL": self.database_url,
            "MOTCUA_PORT": str(self.port),
            "MOTCUA_SECRET_KEY": "a secret of the tests, long enough for anybody",
            "MALLOC_ARENA_MAX": "2",  # as `make run` and deploy/motcua.env have it
        }
        return {**kept, **own, **self.settings}

    @property
    def command(self) -> list[str]:
        return [sys.executable, "app.py"]

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def start(self) -> Server:
        """Start it and wait until it is ready to serve; raise ServerFailed with its last words."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            if self.answers("/health/ready"):
                return self
            time.sleep(0.05)
        self.kill()
        raise ServerFailed(f"no answer at {self.url}/health/ready\n{self.last_words()}")

    def answers(self, path: str) -> bool:
        """Say whether a GET of this path is answered with success."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return bool(response.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def stop(self) -> None:
        """Ask it to end, as an operator does; kill it if it does not within ten seconds."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """End it at once (kill -9), as a power cut does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.process = None

    def kill_one(self) -> str:
        """Kill it and start it again; say what was killed."""
        self.kill()
        self.start()
        return "server"

    def flask(self, *words: str) -> str:
        """Run a flask command on this server's data and give what it prints; raise ServerFailed where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ServerFailed(f"flask {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
