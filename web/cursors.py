"""Cursors in addresses: where the next page of a list begins. A broken one is none: the list starts anew."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime

import orjson

from storage.queries.paging import Place
from web import asked

LONGEST = 500


def written(place: Place | None) -> str:
    """Write a place for an address; empty for None."""
    if place is None:
        return ""
    value, row_id = place
    kind = "m" if isinstance(value, datetime) else "v"
    plain = value.isoformat() if isinstance(value, datetime) else value
    return urlsafe_b64encode(orjson.dumps([kind, plain, row_id])).decode().rstrip("=")


def read(text: str) -> Place | None:
    """Read a place back; its value is a moment or None: the lists of pages are sorted by moments."""
    if not text or len(text) > LONGEST:
        return None
    try:
        kind, value, row_id = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = asked.moment(value) if kind == "m" else None
    except (ValueError, TypeError, Error):
        return None
    is_empty = kind == "v" and value is None
    is_ours = isinstance(row_id, str) and row_id.isprintable()  # PostgreSQL takes no NUL
    return (moment, row_id) if is_ours and (moment or is_empty) else None
