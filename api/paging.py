"""Cursors: where a list's next page begins, signed so that only what we gave comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from api import wording
from errors import Invalid
from storage.queries.paging import Place


def taken(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a query takes (sort, descending, after, limit); raise Invalid for a bad cursor."""
    sort: str = parameters["sort"]
    cursor = parameters.get("cursor")
    return {
        "sort": sort.removeprefix("-"),
        "descending": sort.startswith("-"),
        "after": None if cursor is None else _read(cursor, sort),
        "limit": parameters["limit"],
    }


def given(
    rows: Iterable[Any], following: Place | None, parameters: Mapping[str, Any], out: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """Write a page: its items, and the cursor of the next page or null."""
    cursor = None if following is None else cursor_of(following, parameters["sort"])
    return {"items": [out(row) for row in rows], "next": cursor}


def cursor_of(place: Place, sort: str) -> str:
    """Write the cursor of a place in a list sorted so."""
    value, row_id = place
    moment = isinstance(value, datetime)
    return str(_signer().dumps([sort, moment, value.isoformat() if isinstance(value, datetime) else value, row_id]))


def place_of(cursor: str | None, sort: str) -> int:
    """Give the number that a cursor of a counted list stands for; 0 without one."""
    value = _read(cursor, sort)[0] if cursor is not None else 0
    return value if isinstance(value, int) else 0


def _read(cursor: str, sort: str) -> Place:
    try:
        of_sort, moment, value, row_id = _signer().loads(cursor)
    except (BadSignature, ValueError) as error:
        raise Invalid(details=[wording.detail("cursor", "cursor")]) from error
    if of_sort != sort:
        raise Invalid(details=[wording.detail("cursor", "cursor")])
    return (datetime.fromisoformat(value) if moment else value), row_id


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="cursor")
