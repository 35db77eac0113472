"""What all forms of one request share: the time of the processor that they may take together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from forms.allowance import allowance

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def init_forms(app: Flask) -> None:
    """Let a request read, judge and draw its forms on one allowance, instead of one for each time."""
    answer = app.wsgi_app

    def bounded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with allowance():
            return answer(environ, start_response)

    app.wsgi_app = bounded  # type: ignore[method-assign]
