"""The contracts of mail servers, connectors and virus scanners. One contract test runs over every provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol


class Mailer(Protocol):
    """Sends e-mails."""

    def send(self, *, key: str, to: str, subject: str, body: str) -> None:
        """Send one plain-text e-mail; `key` becomes its Message-ID, so that a repeated one can be recognised.

        Raises an exception where it could not be handed over; it is then tried again.
        """

    def check_config(self) -> str | None:
        """Say in words what is wrong with the configuration, or None."""


class Connector(Protocol):
    """Does the work of a step (`motcua:connector`); called with no transaction open, perhaps twice with one key."""

    def call(self, *, key: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do it with these variables and give what comes of it, JSON.

        Raises Rejected where another try would be of no use; any other exception: it is tried again.
        """

    def check_config(self) -> str | None:
        """Say in words what is wrong with the configuration, or None."""


class Rejected(Exception):
    """The work cannot be done as it is asked for: `code` is that of the BPMN error that a diagram may catch."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(f"{code}: {message}")


class Kept(Exception):
    """No mail server is configured: the work counts as done, and the letter is kept to be read in the outbox page."""

    def __init__(self, letter: Mapping[str, str]) -> None:
        self.letter = letter
        super().__init__("kept for reading")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a virus scanner says of a file: clean, unless one of these is so."""

    found: str = ""
    """The name of what was found."""
    is_too_large: bool = False
    """It takes no file of this size."""


class Scanner(Protocol):
    """Looks for viruses; called with no transaction open."""

    def scan(self, stream: BinaryIO) -> Verdict:
        """Look at all of a stream; raise ScannerSilent where no clear answer comes, however that is."""

    def check_config(self) -> str | None:
        """Say in words what is wrong with the configuration, or None."""


class ScannerSilent(Exception):
    """The scanner cannot be reached, takes too long or answers nothing that can be understood."""
