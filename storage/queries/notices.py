"""Reads of a person's notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.database import connection
from storage.queries.paging import Order, Place, page
from storage.tables import Notice

MOST_COUNTED = 100
"""More are not counted: nobody reads the number then."""
_COLUMNS: list[Any] = [
    Notice.id, Notice.kind, Notice.text_vi, Notice.text_en, Notice.url, Notice.created_at, Notice.read_at,
    Notice.dossier_id,
]  # fmt: skip
_ORDER = Order(column=Notice.created_at, id=Notice.id, descending=True)


def unread(username: str) -> int:
    """Count a person's unread notices, up to MOST_COUNTED."""
    return connection().execute(_UNREAD, {"username": username}).scalar_one()


_SOME = select(Notice.id).where(Notice.username == bindparam("username"), Notice.read_at.is_(None)).limit(MOST_COUNTED)
_UNREAD = select(func.count()).select_from(_SOME.subquery())
"""Each page asks for it: written once."""


def listed(
    username: str, *, is_unread: bool = False, after: Place | None = None, limit: int
) -> tuple[Sequence[Any], Place | None]:
    """Give one page of a person's notices, or of the unread ones, the latest first."""
    own = [Notice.username == username, *([Notice.read_at.is_(None)] if is_unread else [])]
    return page(select(*_COLUMNS).where(*own), _ORDER, after, limit)
