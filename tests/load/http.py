"""HTTP as a patient client speaks it: what is not answered (the server was killed) is sent again, the same request."""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

PATIENCE = 90.0
"""Seconds for which an unanswered request is tried again."""
LOST = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)

Part = tuple[str, str] | tuple[str, str, bytes]
"""A field of a form: (name, value), or (name, file name, content)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    text: str
    headers: http.client.HTTPMessage

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(slots=True)
class Browser:
    """Keeps cookies; sends forms; waits for a server that comes back."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    lost: int = 0
    """Requests that had no answer and were sent again."""

    def get(self, path: str) -> Answer:
        return self.send("GET", path, None, {})

    def post_json(self, path: str, body: Any, *, key: str = "") -> Answer:
        more = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        return self.send("POST", path, json.dumps(body).encode(), more)

    def post_form(self, path: str, parts: Iterable[Part]) -> Answer:
        boundary = uuid4().hex
        body = b"".join(_part(boundary, part) for part in parts) + f"--{boundary}--\r\n".encode()
        return self.send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def send(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> Answer:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._once(method, path, body, more)
            except LOST:
                self.lost += 1
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
                continue
            if answer.status == 503 and time.monotonic() < until:
                time.sleep(0.2)
                continue
            return answer

    def _once(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> Answer:
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            head = {**self.headers, **more}
            if self.cookies:
                head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body=body, headers=head)
            got = connection.getresponse()
            answer = Answer(got.status, got.read().decode(errors="replace"), got.headers)
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def _part(boundary: str, part: Part) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{part[0]}"'
    if len(part) == 3:
        kind = f'; filename="{part[1]}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        return (head + kind).encode() + part[2] + b"\r\n"
    return f"{head}\r\n\r\n{part[1]}\r\n".encode()
