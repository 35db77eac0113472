"""The contracts: what every mail server must do for us. One contract test runs over every provider."""

from __future__ import annotations

from typing import Protocol


class Mailer(Protocol):
    """Sends e-mails."""

    def send(self, *, key: str, to: str, subject: str, body: str) -> None:
        """Send one plain-text e-mail; `key` becomes its Message-ID, so that a repeated one can be recognised.

        Raises an exception where it could not be handed over; it is then tried again.
        """

    def check_config(self) -> str | None:
        """Say in words what is wrong with the configuration, or None."""
