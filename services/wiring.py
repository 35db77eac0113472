"""Parts: what app.py built and pages, programs, jobs and commands hand to the verbs that need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config import Settings
from connectors.base import Connector, Mailer
from connectors.http import HttpConnector
from connectors.mail import MailConnector
from services import messages, outbox, papers
from storage.blobs import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The settings, the document store and the mail server (None: e-mails are kept for reading)."""

    settings: Settings
    blobs: Blobs
    mailer: Mailer | None

    @property
    def connectors(self) -> Mapping[str, Connector]:
        """Give what does the server's own work, by the name that diagrams call it by."""
        origins = tuple(origin.strip() for origin in self.settings.http_origins.split(",") if origin.strip())
        return {"mail": MailConnector(mailer=self.mailer), "http": HttpConnector(origins=origins)}

    @property
    def handlers(self) -> Mapping[str, outbox.Handler]:
        """Give who makes each kind of call in the outbox."""
        return {
            "email": outbox.email_handler(self.mailer),
            "paper": papers.print_handler(self.blobs, address=self.settings.public_url),
            "event": outbox.Inside(messages.thrown_handler),
        }
