"""The press: papers are printed by a process of its own, so that nobody waits for a page while a paper is printed.

WeasyPrint is Python and takes a third of a second of processor a paper; in the server's process every request would
wait for it. The process starts with the first paper, works with lower priority and ends with its server.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import IO

from connectors.papers import to_pdf

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120.0
"""How long one paper may take before the process is ended; its outbox message is then tried again."""
DONE, FAILED = b"+", b"-"
LENGTH = 8


class PrintingFailedError(RuntimeError):
    """The paper could not be printed; the message says why."""


class Press:
    """One process that prints, one paper at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def print(self, html: str) -> bytes:
        """Print HTML as PDF; raise PrintingFailedError."""
        with self._lock:
            process = self._running()
            watch = Timer(SECONDS, process.kill)
            watch.start()
            try:
                return _ask(process, html.encode())
            except (OSError, EOFError) as error:
                self._end()
                raise PrintingFailedError("the printing process ended; it is started again for the next try") from error
            finally:
                watch.cancel()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "connectors.papers.press"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


PRESS = Press()
atexit.register(PRESS.close)


def _ask(process: subprocess.Popen[bytes], html: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    _write(process.stdin, html)
    kind = _exactly(process.stdout, 1)
    content = _read(process.stdout)
    if kind == FAILED:
        raise PrintingFailedError(content.decode(errors="replace"))
    return content


def _write(stream: IO[bytes], content: bytes) -> None:
    stream.write(len(content).to_bytes(LENGTH) + content)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    return _exactly(stream, int.from_bytes(_exactly(stream, LENGTH)))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found


def main() -> None:
    """Print what comes in until nothing comes any more."""
    os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops a server by hand stops this process by its pipe
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library says does not get between the answers
    while True:
        try:
            html = _read(sys.stdin.buffer)
        except EOFError:
            return
        try:
            kind, content = DONE, to_pdf(html.decode())
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told to whoever asked for the paper
            kind, content = FAILED, f"{type(error).__name__}: {error}".encode()
        with suppress(BrokenPipeError):  # the server was killed meanwhile
            answers.write(kind)
            _write(answers, content)


if __name__ == "__main__":
    main()
