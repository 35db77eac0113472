"""E-mail by SMTP: smtp://user:password@host:port, smtps:// for TLS from the start."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """A mail server at `url`; `sender` is the From address."""

    url: str
    sender: str

    def send(self, *, key: str, to: str, subject: str, body: str) -> None:
        """Send one plain-text e-mail."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{self.sender.rpartition('@')[2]}>"
        message.set_content(body)
        parts = urlsplit(self.url)
        with self._connected() as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)

    def check_config(self) -> str | None:
        """Say what is wrong with the address of the server, or None."""
        parts = urlsplit(self.url)
        try:
            is_right = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # the port is no number
            is_right = False
        if is_right:
            return None
        return "MOTCUA_SMTP_URL must look like smtp://host:25 or smtps://user:password@host:465."

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
        if server.ehlo()[0] == 250 and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        return server
