"""A visitor without JavaScript: reads pages, sends the forms on them with their tokens, keeps cookies.

Each request runs in a context of its own: a test may hold one of the application open, whose `g` no request may share.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from contextvars import Context
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from services.passwords import DEMO_PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')

Value = str | tuple[BytesIO, str]


class Visitor:
    """Somebody at a browser; `page` is the last page that was read."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        answer: TestResponse = Context().run(self.client.get, path, **more)
        self.page = answer.text if answer.mimetype == "text/html" else ""
        return answer

    def post(
        self, path: str, values: Mapping[str, Any] | Iterable[tuple[str, Value]] = (), **more: Any
    ) -> TestResponse:
        """Send a form with the token of the page that is open (of the sign-in page, where it has none)."""
        page = self.page if TOKEN.search(self.page) else Context().run(self.client.get, "/account").text
        found = TOKEN.search(page)
        assert found is not None, "no page gives a token"
        data: MultiDict[str, Any] = MultiDict(list(values.items()) if isinstance(values, Mapping) else list(values))
        data.add("csrf_token", found[1])
        answer: TestResponse = Context().run(self.client.post, path, data=data, **more)
        self.page = answer.text if answer.mimetype == "text/html" else ""
        return answer

    def sign_in(self, username: str, password: str = DEMO_PASSWORD, **more: Any) -> TestResponse:
        """Sign in as one of the demo people."""
        self.get("/sign-in")
        return self.post("/sign-in", {"username": username, "password": password, **more})

    def hidden(self) -> list[tuple[str, str]]:
        """Give what the hidden fields of the open page would send, its token left out."""
        found = [(html.unescape(name), html.unescape(value)) for name, value in HIDDEN.findall(self.page)]
        return [(name, value) for name, value in found if name != "csrf_token"]


def pdf(name: str = "so-do.pdf", content: bytes = b"%PDF-1.4\n% a paper\n") -> tuple[BytesIO, str]:
    """Give a file to upload."""
    return BytesIO(content), name
