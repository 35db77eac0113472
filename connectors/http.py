"""The connector `http`: one call of a web service, only to origins that an administrator allowed (none by default)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from connectors.base import Rejected

SECONDS = 20
LARGEST = 1024 * 1024
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
TRY_AGAIN = frozenset({408, 425, 429})
"""Refusals that another try may not meet."""


class _NoRedirects(HTTPRedirectHandler):
    """Follows nothing: where a redirection leads was not allowed by anybody."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpConnector:
    """Calls `url` by `method` (GET) with `headers` and, as JSON, `body`."""

    origins: tuple[str, ...]
    """Allowed origins: `https://host` or `https://host:port`."""

    def call(self, *, key: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give `status` and `body` (JSON, or text) of a good answer.

        Raises Rejected: `http_origin` where the address is not allowed, `http_invalid` where this is no request,
        `http_404` and the like where the service refuses it. Whatever else goes wrong is tried again.
        """
        request = self._request(key, inputs)
        try:
            with build_opener(ProxyHandler({}), _NoRedirects).open(request, timeout=SECONDS) as answer:
                content = answer.read(LARGEST + 1)
                if len(content) > LARGEST:
                    raise Rejected("http_invalid", f"the answer is longer than {LARGEST} bytes")
                return {"status": answer.status, "body": _read(content, answer.headers.get_content_type())}
        except HTTPError as refusal:
            with refusal:
                said = refusal.read(1000).decode(errors="replace")
            if refusal.code < 500 and refusal.code not in TRY_AGAIN:
                raise Rejected(f"http_{refusal.code}", said) from refusal
            raise ConnectionError(f"{refusal.code} {said[:300]}") from refusal
        except HTTPException as fault:
            raise ConnectionError(f"{type(fault).__name__}: {fault}") from fault

    def check_config(self) -> str | None:
        """Say which origin is none, or None."""
        wrong = [origin for origin in self.origins if _origin(origin) != origin]
        return (
            f"MOTCUA_HTTP_ORIGINS: {wrong[0]!r} is not of the form https://host or https://host:port."
            if wrong
            else None
        )

    def _request(self, key: str, inputs: Mapping[str, Any]) -> Request:
        url, method, headers = inputs.get("url"), inputs.get("method") or "GET", inputs.get("headers") or {}
        if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
            raise Rejected("http_invalid", "`url` must be an address in ASCII")
        origin = _origin(url)
        if origin is None or origin not in self.origins:
            raise Rejected("http_origin", f"calls to {origin or url[:80]!r} are not allowed here (MOTCUA_HTTP_ORIGINS)")
        if method not in METHODS:
            raise Rejected("http_invalid", f"`method` must be one of {', '.join(METHODS)}")
        if not isinstance(headers, Mapping) or not all(_is_line(x) for pair in headers.items() for x in pair):
            raise Rejected("http_invalid", "`headers` must be a map of names to one-line texts")
        content = None
        if inputs.get("body") is not None:
            content = json.dumps(inputs["body"], ensure_ascii=False, default=str).encode()
            headers = {"Content-Type": "application/json", **headers}
        return Request(url, content, {**headers, "Idempotency-Key": key}, method=method)  # noqa: S310  # checked


def _origin(url: str) -> str | None:
    """Give `scheme://host[:port]` of an address, or None where it has none or hides a name and password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port not in (None, usual) else "")


def _is_line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4000 and value.isprintable() and value.isascii()


def _read(content: bytes, kind: str) -> Any:
    text = content.decode(errors="replace")
    if kind.endswith("json"):
        try:
            return json.loads(text) if text else None
        except ValueError:
            return text
    return text
