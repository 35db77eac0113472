"""Viewer: form-js in jsdom, a node process that answers a line of JSON with a line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.machine import ROOT, SetupFailed
from dev.setup import node
from tests.lacking import missing

SCRIPT = Path(__file__).with_name("viewer.mjs")
NEEDED = ("@bpmn-io/form-js-viewer", "jsdom")


@dataclass(slots=True)
class Viewer:
    """form-js in one process after another: one that failed has ended."""

    command: list[str]
    process: subprocess.Popen[str] | None = None
    started: int = 0

    def play(self, schema: dict[str, Any], variables: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
        """Open the form, put the answers in, submit: see viewer.mjs."""
        process = self.process = self.process or self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"schema": schema, "variables": variables, "answers": answers}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"crash": "form-js has ended"}
        if "crash" in answer:
            self.stop()
        return answer

    def start(self) -> subprocess.Popen[str]:
        self.started += 1
        environment = {**os.environ, "TZ": "Asia/Ho_Chi_Minh"}
        pipe = subprocess.PIPE
        return subprocess.Popen(self.command, stdin=pipe, stdout=pipe, text=True, bufsize=1, env=environment)

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.communicate(timeout=30)
            self.process = None


@contextmanager
def running() -> Iterator[Viewer]:
    """Give form-js, and end it in the end."""
    if any(not (ROOT / "node_modules" / name).is_dir() for name in NEEDED):
        missing("form-js and jsdom are not installed: run `make setup`")
    try:
        binary, _, _ = node()
    except SetupFailed as failed:
        missing(f"there is no Node.js: {failed}")
    viewer = Viewer([*binary, str(SCRIPT)])
    try:
        yield viewer
    finally:
        viewer.stop()
