"""Fakes: they keep the contracts of connectors/base.py (tests/connectors/) without a world outside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event
from typing import BinaryIO

from connectors.base import ScannerSilent, Verdict
from connectors.papers.press import PRESS, Press

HEADING = re.compile(r"<h1.*?</h1>", re.DOTALL)


@dataclass(frozen=True)
class Letter:
    """An e-mail as it was handed over."""

    key: str
    to: str
    subject: str
    body: str


@dataclass
class FakeMailer:
    """Keeps what it is given; fails while `is_down`."""

    letters: list[Letter] = field(default_factory=list)
    is_down: bool = False

    def send(self, *, key: str, to: str, subject: str, body: str) -> None:
        if self.is_down:
            raise ConnectionRefusedError("nobody answers")
        if "\n" in subject or "\n" in to:
            raise ValueError("a header is one line")
        self.letters.append(Letter(key, to, subject, body))

    def check_config(self) -> str | None:
        return None


@dataclass
class SlowMailer(FakeMailer):
    """Takes its time: says that it was called, and goes on when it is let."""

    called: Event = field(default_factory=Event)
    release: Event = field(default_factory=Event)

    def send(self, *, key: str, to: str, subject: str, body: str) -> None:
        self.called.set()
        self.release.wait(30)
        super().send(key=key, to=to, subject=subject, body=body)


@dataclass
class FakeScanner:
    """Finds the word VIRUS; says nothing while `is_silent`; takes no file beyond `most` bytes."""

    is_silent: bool = False
    most: int = 1 << 40
    scanned: int = 0

    def scan(self, stream: BinaryIO) -> Verdict:
        if self.is_silent:
            raise ScannerSilent("nobody answers")
        content = stream.read()
        self.scanned += 1
        if len(content) > self.most:
            return Verdict(is_too_large=True)
        return Verdict(found="Test.Virus" if b"VIRUS" in content else "")

    def check_config(self) -> str | None:
        return None


class FakePress(Press):
    """Prints the first paper of each heading as the press does; of any other it gives a PDF without a page.

    A real paper takes a third of a second of processor, in a process that lets all others go first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.printed: set[str] = set()

    def print(self, html: str) -> bytes:
        """Print HTML as PDF; raise PrintingFailedError."""
        kind = "".join(HEADING.findall(html)[:1])
        if kind in self.printed:
            return b"%PDF-1.4\n% " + sha256(html.encode()).hexdigest().encode() + b"\n"
        content = PRESS.print(html)
        self.printed.add(kind)
        return content
