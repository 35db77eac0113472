"""The contract of mail servers, kept by SMTP and by the fake of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from app import create_app
from config import BadSettings, Settings
from connectors.base import Mailer
from connectors.smtp import SmtpMailer
from tests.fakes import FakeMailer
from tests.mail import Mailbox, mail_server
from tests.server import free_port

BODY = "Hồ sơ của bạn đã được tiếp nhận.\n\n.\nMột dòng bắt đầu bằng dấu chấm:\n.ẩn\n"


@dataclass
class Served:
    """A mailer, and what arrived where it delivers."""

    mailer: Mailer
    mailbox: Mailbox | None

    def arrived(self) -> list[tuple[str, str, str]]:
        """Give (to, subject, body) of each."""
        if self.mailbox is None:
            assert isinstance(self.mailer, FakeMailer)
            return [(letter.to, letter.subject, letter.body) for letter in self.mailer.letters]
        return [(str(m["To"]), str(m["Subject"]), content(m)) for m in self.mailbox.received]


def content(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


@pytest.fixture(params=["smtp", "fake"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    if request.param == "fake":
        yield Served(FakeMailer(), None)
        return
    with mail_server() as mailbox:
        yield Served(SmtpMailer(url=mailbox.url, sender="motcua@bo.vn"), mailbox)


def test_an_e_mail_arrives_to_the_letter(served: Served) -> None:
    served.mailer.send(key="k1", to="lan@vi.example", subject="Hồ sơ 000.00 cần bổ sung giấy tờ", body=BODY)
    assert served.arrived() == [("lan@vi.example", "Hồ sơ 000.00 cần bổ sung giấy tờ", BODY)]


def test_a_header_cannot_be_smuggled_in(served: Served) -> None:
    for to, subject in (("lan@vi.example\nBcc: all@vi.example", "x"), ("lan@vi.example", "x\nBcc: all@vi.example")):
        with pytest.raises(ValueError, match=r".+"):
            served.mailer.send(key="k", to=to, subject=subject, body="x")
    assert served.arrived() == []


def test_a_server_that_is_down_raises() -> None:
    down: list[Mailer] = [FakeMailer(is_down=True), SmtpMailer(url=f"smtp://127.0.0.1:{free_port()}", sender="a@b")]
    for mailer in down:
        with pytest.raises(OSError, match=r".+"):
            mailer.send(key="k", to="lan@vi.example", subject="s", body="b")


def test_the_same_key_is_the_same_message_id() -> None:
    with mail_server() as mailbox:
        mailer = SmtpMailer(url=mailbox.url, sender="motcua@bo.vn")
        for key in ("a", "a", "b"):
            mailer.send(key=key, to="lan@vi.example", subject="s", body="b")
    first, again, other = (message["Message-ID"] for message in mailbox.received)
    assert first == again != other


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("smtp://host", True),
        ("smtps://user:pass%40word@host:465", True),
        ("smtp://host:2525", True),
        ("host:25", False),
        ("http://host", False),
        ("smtp://", False),
        ("smtp://host:port", False),
    ],
)
def test_a_wrong_address_is_said_in_words(url: str, is_right: bool) -> None:
    said = SmtpMailer(url=url, sender="a@b").check_config()
    assert (said is None) is is_right


def test_an_application_does_not_start_with_a_wrong_address(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="MOTCUA_SMTP_URL"):
        create_app(Settings(env="test", data=tmp_path, secret_key="x" * 40, jobs="off", smtp_url="mail.bo.vn"))
