"""At most so many requests are computed at once; nobody is shut out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Event, Lock, Thread
from typing import Any

import pytest
from flask import Flask

from api import LONG_POLLS
from web import admission
from web.admission import LONG_BODY, Admission

AT_ONCE = 2


class Slow:
    """A WSGI application that answers when it is told to, and knows how many it had at once."""

    def __init__(self) -> None:
        self.go, self._lock, self._inside, self.most, self.entered = Event(), Lock(), 0, 0, Event()

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
            if self._inside > AT_ONCE:
                self.entered.set()
        assert self.go.wait(20)
        with self._lock:
            self._inside -= 1
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError
        start("200 OK", [])
        return [environ["PATH_INFO"].encode()]


@pytest.fixture
def slow() -> Iterator[Slow]:
    found = Slow()
    yield found
    found.go.set()


def _asked(serve: Admission, path: str = "/inbox", **more: str) -> Thread:
    def ask() -> None:
        serve({"PATH_INFO": path, **more}, lambda *_: lambda _: None)

    thread = Thread(target=ask, daemon=True)
    thread.start()
    return thread


def test_more_than_that_wait_and_all_are_answered(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 20)
    serve = Admission(slow, AT_ONCE, frozenset())
    every = [_asked(serve) for _ in range(12)]
    assert not slow.entered.wait(0.1)
    slow.go.set()
    for each in every:
        each.join(20)
        assert not each.is_alive()
    assert slow.most == AT_ONCE


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/waits", {}),
        ("/upload", {"CONTENT_LENGTH": str(LONG_BODY + 1)}),
        ("/upload", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("/upload", {"CONTENT_LENGTH": "9" * 5000}),
        ("/upload", {"CONTENT_LENGTH": "-1"}),
    ],
)
def test_who_waits_for_work_or_sends_much_takes_no_place(
    slow: Slow, monkeypatch: pytest.MonkeyPatch, path: str, more: dict[str, str]
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 20)
    serve = Admission(slow, AT_ONCE, frozenset({"/waits"}))
    for _ in range(AT_ONCE + 1):
        _asked(serve, path, **more)
    assert slow.entered.wait(20)


def test_long_requests_do_not_shut_the_door(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0.01)
    serve = Admission(slow, AT_ONCE, frozenset())
    for _ in range(AT_ONCE + 1):
        _asked(serve)
    assert slow.entered.wait(20)


def test_a_place_is_given_back_by_a_request_that_fails(slow: Slow) -> None:
    slow.go.set()
    serve = Admission(slow, AT_ONCE, frozenset())
    for _ in range(AT_ONCE + 1):
        with pytest.raises(RuntimeError):
            serve({"PATH_INFO": "/broken"}, lambda *_: lambda _: None)
    assert serve({"PATH_INFO": "/inbox"}, lambda *_: lambda _: None) == [b"/inbox"]


def test_every_call_that_waits_for_work_is_known(app: Flask) -> None:
    assert {str(rule) for rule in app.url_map.iter_rules()} >= LONG_POLLS
    assert isinstance(app.wsgi_app, Admission)
