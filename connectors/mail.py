"""The connector `mail`: sends one e-mail from a step of a diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from connectors.base import Kept, Mailer, Rejected

LONGEST = {"to": 320, "subject": 500, "body": 200_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConnector:
    """Sends `body` under `subject` to the one address `to`; without a mail server the letter is kept for reading."""

    mailer: Mailer | None

    def call(self, *, key: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send the letter; nothing comes of it. Raises Rejected `mail_invalid` where it is none, Kept."""
        letter = {name: _text(name, inputs.get(name)) for name in LONGEST}
        if parseaddr(letter["to"])[1] != letter["to"] or not _is_address(letter["to"]):
            raise Rejected("mail_invalid", f"`to` is no e-mail address: {letter['to'][:80]!r}")
        if not letter["subject"].isprintable():
            raise Rejected("mail_invalid", "`subject` is not one line of text")
        if self.mailer is None:
            raise Kept(letter)
        self.mailer.send(key=key, to=letter["to"], subject=letter["subject"], body=letter["body"])
        return {}

    def check_config(self) -> str | None:
        """Say what is wrong with the mail server's configuration, or None."""
        return self.mailer.check_config() if self.mailer is not None else None


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST[name]:
        raise Rejected("mail_invalid", f"`{name}` must be a text of 1 to {LONGEST[name]} characters")
    return value.strip() if name != "body" else value


def _is_address(text: str) -> bool:
    name, _, host = text.rpartition("@")
    return bool(name and host) and text.isprintable() and not any(sign in text for sign in " ,;<>()")
