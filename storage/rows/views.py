"""Saved views, for verbs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from storage.database import session
from storage.tables import SavedView


def load(view_id: str, *, lock: bool = False) -> SavedView | None:
    """Load a view; with `lock` nobody else changes it until the commit."""
    return session().get(SavedView, view_id, with_for_update=lock or None, populate_existing=True)


def count_of(username: str) -> int:
    """Count somebody's own views."""
    return session().scalar(select(func.count()).where(SavedView.owner == username)) or 0


def count_shared(shared_with: str) -> int:
    """Count the views that are shared with a group or unit."""
    return session().scalar(select(func.count()).where(SavedView.shared_with == shared_with)) or 0


def named(username: str, name: str) -> SavedView | None:
    """Give somebody's view of this name."""
    return session().scalar(select(SavedView).where(SavedView.owner == username, SavedView.name == name))


def shared_of(username: str) -> Sequence[SavedView]:
    """Load the views of a person that others use."""
    query = select(SavedView).where(SavedView.owner == username, SavedView.shared_with.is_not(None))
    return session().scalars(query.order_by(SavedView.name).with_for_update()).all()
