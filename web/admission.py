"""Not more requests are computed at once than help: the others wait a moment, in the order in which they came.

The interpreter computes one thing at a time. Where twenty threads want it, each waits for all the others again after
every answer of the database, and all of them are slow: 300 officers had p95 above 900 ms with 24 threads, and below
300 ms with 2, by the same requests on the same machine (docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from threading import Semaphore
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 1.0
"""Seconds after which a request is computed all the same: long ones must not shut the door to all others."""
LONG_BODY = 65_536
"""Bytes: what is longer comes as slowly as its line is, so it takes no place."""


def init_admission(app: Flask, at_once: int, *, exempt: Container[str]) -> None:
    """Let `app` compute so many requests at once; call last, so that all of a request is inside.

    `exempt`: paths whose callers wait for work, and compute nothing meanwhile.
    """
    served = Admission(app.wsgi_app, at_once, exempt)
    app.wsgi_app = served  # type: ignore[assignment, method-assign]  # as Flask says to wrap it; mypy sees a method


class Admission:
    """A WSGI application of which at most `at_once` requests are computed at the same time in this process."""

    def __init__(self, serve: WSGIApplication, at_once: int, exempt: Container[str]) -> None:
        self._serve, self._exempt = serve, exempt
        self._places = Semaphore(at_once)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in self._exempt or _is_long(environ):
            return self._serve(environ, start)
        is_in = self._places.acquire(timeout=PATIENCE)
        try:
            return self._serve(environ, start)
        finally:
            if is_in:
                self._places.release()


def _is_long(environ: WSGIEnvironment) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    is_told = length.isdecimal() and len(length) < 10  # else the server or the view refuses it
    return "HTTP_TRANSFER_ENCODING" in environ or not is_told or int(length) > LONG_BODY
