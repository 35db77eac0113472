"""Write answers: plain values to JSON, moments in UTC; and give the same answer again to the same Idempotency-Key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
from flask import Response, g, request
from isodate import duration_isoformat

from api.auth import viewer
from errors import Detail, Invalid
from services import idempotency
from texts import Text

OPTIONS = orjson.OPT_NON_STR_KEYS
KEY = "Idempotency-Key"
_BAD_KEY = Text("Idempotency-Key cần từ 1 đến 200 ký tự ASCII.", "An Idempotency-Key has 1 to 200 ASCII characters.")


def dumps(value: Any) -> bytes:
    """Write JSON; what diagrams compute beyond JSON (decimals, durations) becomes numbers and ISO texts."""
    return orjson.dumps(value, default=_beyond_json, option=OPTIONS)


def written(body: bytes, status: int = 200) -> Response:
    """Give a JSON answer."""
    return Response(body, status, content_type="application/json")


def now() -> datetime:
    """Give the moment on the wall."""
    return datetime.now(UTC)


def once(act: Callable[[], tuple[int, Any]]) -> Response:
    """Answer a POST; with an Idempotency-Key, what `act` does and the kept answer are one transaction.

    `act` is then called again where another writer was first.
    """
    key = request.headers.get(KEY)
    if key is None:
        status, body = act()
        return written(dumps(body), status)
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise Invalid(details=[Detail(field=KEY, code="pattern", message=_BAD_KEY)])

    def acted() -> tuple[int, bytes]:
        status, body = act()
        return status, dumps(body)

    kept = idempotency.once(viewer(), key, _fingerprint(), acted, now=now())
    return written(kept.body, kept.status)


def _fingerprint() -> bytes:
    """Hash what was asked for, not how: JSON or the borders of parts may be written differently when it is repeated."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if "sent" in g:
        digest.update(orjson.dumps(g.sent, option=orjson.OPT_SORT_KEYS))
        return digest.digest()
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(orjson.dumps([name, value]))
    for name, item in request.files.items(multi=True):
        content = hashlib.sha256(item.read()).hexdigest()
        item.seek(0)
        digest.update(orjson.dumps([name, item.filename, content]))
    return digest.digest()


def _digits(value: Decimal) -> str:
    """Write every digit of a number, as JSON does: neither `1E+2` nor `1.50`."""
    if not value.is_finite():
        return "null"
    short = value.normalize()
    _, _, exponent = short.as_tuple()
    return format(short, "f") if isinstance(exponent, int) and -40 <= exponent <= 40 else str(short)


def _beyond_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(_digits(value))
    if isinstance(value, timedelta):
        return duration_isoformat(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return str(value)
