"""Parts: what app.py built and pages, programs, jobs and commands hand to the verbs that need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from config import Settings
from connectors.base import Connector, Mailer, Scanner
from connectors.clamd import Clamd
from connectors.http import HttpConnector
from connectors.mail import MailConnector
from connectors.smtp import SmtpMailer
from services import messages, outbox, papers
from services.intake import Intake
from storage.blobs import Blobs, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The settings, the document store, the mail server (None: e-mails are kept for reading) and the virus scanner."""

    settings: Settings
    blobs: Blobs
    mailer: Mailer | None
    scanner: Scanner | None = None

    @property
    def intake(self) -> Intake:
        """Give what files go through before they are documents."""
        return Intake(
            blobs=self.blobs,
            scanner=self.scanner,
            most_bytes=self.settings.upload_max_bytes,
            most_bytes_together=self.settings.upload_person_bytes,
            kept=timedelta(hours=self.settings.upload_hours),
        )

    @property
    def connectors(self) -> Mapping[str, Connector]:
        """Give what does the server's own work, by the name that diagrams call it by."""
        origins = tuple(origin.strip() for origin in self.settings.http_origins.split(",") if origin.strip())
        return {"mail": MailConnector(mailer=self.mailer), "http": HttpConnector(origins=origins)}

    def problem(self) -> str | None:
        """Say in words what is wrong with how a connector or the scanner is configured, or None."""
        checks = [each.check_config for each in self.connectors.values()]
        checks += [self.scanner.check_config] if self.scanner else []
        return next(filter(None, (check() for check in checks)), None)

    @property
    def handlers(self) -> Mapping[str, outbox.Handler]:
        """Give who makes each kind of call in the outbox."""
        return {
            "email": outbox.email_handler(self.mailer, address=self.settings.public_url),
            "paper": papers.print_handler(self.blobs, address=self.settings.public_url),
            "event": outbox.Inside(messages.thrown_handler),
        }


def wired(settings: Settings) -> Parts:
    """Build the parts that these settings ask for; nothing is connected to yet."""
    return Parts(
        settings=settings,
        blobs=opened(settings.blobs, settings.documents, settings.s3_endpoint, settings.s3_region),
        mailer=SmtpMailer(url=settings.smtp_url, sender=settings.mail_from) if settings.smtp_url else None,
        scanner=Clamd(address=settings.clamd) if settings.clamd else None,
    )
