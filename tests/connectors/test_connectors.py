"""Connectors: what they do, what they refuse for good, what is tried again; nothing goes where nobody allowed it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app import create_app
from bpmn.extensions.descriptor import descriptor
from config import BadSettings, Settings
from connectors.base import Kept, Rejected
from connectors.http import LARGEST, HttpConnector
from connectors.mail import MailConnector
from services.wiring import Parts
from storage.blobs import in_folder
from tests.fakes import FakeMailer

LETTER = {"to": "lan@vi.example", "subject": "Chào", "body": "Xin chào.\n", "amount": 5}


def test_a_letter_is_sent() -> None:
    mailer = FakeMailer()
    assert MailConnector(mailer=mailer).call(key="k", inputs=LETTER) == {}
    (letter,) = mailer.letters
    assert (letter.key, letter.to, letter.subject, letter.body) == ("k", "lan@vi.example", "Chào", "Xin chào.\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": None}, {"to": ""}, {"to": "lan"}, {"to": "a@b, c@d"}, {"to": "Lan <lan@vi.example>"}, {"to": 7},
        {"to": "a@b\nBcc: c@d"}, {"subject": "x\nBcc: all@vi.example"}, {"subject": None}, {"body": ""},
        {"body": "x" * 200_001}, {"to": ["a@b"]}, {"to": "a@"},
    ],
)  # fmt: skip
def test_what_is_no_letter_is_refused_for_good(wrong: dict[str, Any]) -> None:
    mailer = FakeMailer()
    with pytest.raises(Rejected) as refused:
        MailConnector(mailer=mailer).call(key="k", inputs=LETTER | wrong)
    assert refused.value.code == "mail_invalid"
    assert mailer.letters == []


def test_without_a_mail_server_the_letter_is_kept() -> None:
    with pytest.raises(Kept) as kept:
        MailConnector(mailer=None).call(key="k", inputs=LETTER)
    assert kept.value.letter == {name: LETTER[name] for name in ("to", "subject", "body")} | {"body": "Xin chào.\n"}


@dataclass
class Service:
    """A web service that keeps what it was asked and answers as it is told."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"ok": true}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@pytest.fixture
def service() -> Iterator[Service]:
    own = Service()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            own.asked.append((self.command, self.path, dict(self.headers.items()), json.loads(body) if body else None))
            self.send_response(own.status)
            for name, value in own.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(own.answer)))
            self.end_headers()
            self.wfile.write(own.answer)

        do_GET = do_POST = handle_any  # noqa: N815  # the names that the library calls

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield own
    server.shutdown()
    server.server_close()


def call(service: Service, path: str = "/x", **inputs: Any) -> Any:
    return HttpConnector(origins=(service.url,)).call(key="k1", inputs={"url": service.url + path, **inputs})


def test_a_web_service_is_called(service: Service) -> None:
    assert call(service, "/a?b=c") == {"status": 200, "body": {"ok": True}}
    given = call(service, method="POST", body={"tên": "Lan"}, headers={"X-Token": "t"})
    assert given["status"] == 200
    assert [(method, path, body) for method, path, _, body in service.asked] == [
        ("GET", "/a?b=c", None),
        ("POST", "/x", {"tên": "Lan"}),
    ]
    headers = {name.lower(): value for name, value in service.asked[1][2].items()}
    assert (headers["idempotency-key"], headers["x-token"]) == ("k1", "t")
    assert headers["content-type"] == "application/json"


def test_texts_and_empty_answers_are_given_as_they_are(service: Service) -> None:
    service.headers, service.answer = {"Content-Type": "text/plain"}, b"xin"
    assert call(service)["body"] == "xin"
    service.headers, service.answer = {"Content-Type": "application/json"}, b""
    assert call(service)["body"] is None
    service.answer = b"{no json"
    assert call(service)["body"] == "{no json"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1/x", "http_origin"),
        ("http://allowed.test.evil.example/x", "http_origin"),
        ("http://allowed.test@127.0.0.1/x", "http_origin"),
        ("http://allowed.test:81/x", "http_origin"),
        ("https://allowed.test/x", "http_origin"),
        ("file:///etc/hostname", "http_origin"),
        ("http://allowed.test:port/", "http_origin"),
        ("http://allowed.test/\nHost: x", "http_invalid"),
        ("http://allowed.test/ x", "http_invalid"),
        (7, "http_invalid"),
        (None, "http_invalid"),
    ],
)
def test_nothing_is_called_that_was_not_allowed(url: Any, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        HttpConnector(origins=("http://allowed.test",)).call(key="k", inputs={"url": url})
    assert refused.value.code == code


@pytest.mark.parametrize(
    "wrong", [{"method": "CONNECT"}, {"headers": {"X": "a\r\nY: b"}}, {"headers": {"X": 1}}, {"headers": "X: y"}]
)
def test_what_is_no_request_is_refused_for_good(service: Service, wrong: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as refused:
        call(service, **wrong)
    assert refused.value.code == "http_invalid"
    assert service.asked == []


def test_a_refusal_is_for_good_and_a_fault_is_not(service: Service) -> None:
    for service.status, code in ((404, "http_404"), (422, "http_422"), (302, "http_302")):
        service.headers["Location"] = service.url + "/elsewhere"
        with pytest.raises(Rejected) as refused:
            call(service)
        assert refused.value.code == code
    for service.status in (500, 503, 429):
        with pytest.raises(ConnectionError):
            call(service)
    assert {path for _, path, _, _ in service.asked} == {"/x"}  # no redirection was followed
    service.status, service.answer = 200, b"x" * (LARGEST + 1)
    with pytest.raises(Rejected):
        call(service)
    with pytest.raises(OSError, match=r".+"):
        HttpConnector(origins=("http://127.0.0.1:1",)).call(key="k", inputs={"url": "http://127.0.0.1:1/"})


@pytest.mark.parametrize("origins", ["example", "https://a.test/path", "ftp://a.test", "https://u:p@a.test"])
def test_origins_that_are_none_are_refused_at_the_start(origins: str, tmp_path: Any) -> None:
    with pytest.raises(BadSettings, match="MOTCUA_HTTP_ORIGINS"):
        create_app(Settings(env="test", data=tmp_path, secret_key="x" * 40, http_origins=origins))
    assert HttpConnector(origins=("https://a.test", "http://b.test:8080")).check_config() is None


def test_diagrams_may_name_the_connectors_that_there_are(tmp_path: Any) -> None:
    parts = Parts(settings=Settings(data=tmp_path), blobs=in_folder(tmp_path), mailer=None)
    assert descriptor().enumerations["Connector"] == set(parts.connectors)
