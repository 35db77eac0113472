"""Drafts of bundles, for verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import defer

from storage.database import session
from storage.tables import BundleDraft, BundleDraftEarlier, BundleDraftFile


def load(draft_id: str, *, lock: bool = False) -> BundleDraft | None:
    """Load a draft; with `lock` nobody else changes it or its files until the commit."""
    return session().get(BundleDraft, draft_id, with_for_update=lock or None, populate_existing=True)


def count() -> int:
    """Count all drafts."""
    return session().scalar(select(func.count()).select_from(BundleDraft)) or 0


def file(draft_id: str, name: str) -> BundleDraftFile | None:
    """Load one file."""
    return session().get(BundleDraftFile, (draft_id, name), populate_existing=True)


def files(draft_id: str) -> dict[str, bytes]:
    """Give name -> content of all files."""
    query = select(BundleDraftFile.name, BundleDraftFile.data).where(BundleDraftFile.draft_id == draft_id)
    return {row[0]: row[1] for row in session().execute(query)}


def sizes(draft_id: str) -> dict[str, int]:
    """Give name -> bytes of all files."""
    query = select(BundleDraftFile.name, func.length(BundleDraftFile.data)).where(BundleDraftFile.draft_id == draft_id)
    return {row[0]: row[1] for row in session().execute(query)}


def earlier(draft_id: str, name: str) -> Sequence[BundleDraftEarlier]:
    """Load what is kept of a file, the newest first, without the contents."""
    query = select(BundleDraftEarlier).where(BundleDraftEarlier.draft_id == draft_id, BundleDraftEarlier.name == name)
    query = query.order_by(BundleDraftEarlier.version.desc()).options(defer(BundleDraftEarlier.data))
    return session().scalars(query.execution_options(populate_existing=True)).all()


def content_of(draft_id: str, name: str, version: int) -> bytes | None:
    """Give what a file held at an earlier version, if that is kept."""
    query = select(BundleDraftEarlier.data).where(
        BundleDraftEarlier.draft_id == draft_id,
        BundleDraftEarlier.name == name,
        BundleDraftEarlier.version == version,
    )
    return session().scalar(query)


def forget(draft_id: str, name: str, below: int) -> None:
    """Drop what is kept of a file up to a version."""
    session().execute(
        delete(BundleDraftEarlier).where(
            BundleDraftEarlier.draft_id == draft_id,
            BundleDraftEarlier.name == name,
            BundleDraftEarlier.version <= below,
        )
    )


def drop(draft: BundleDraft) -> None:
    """Delete a draft with all that belongs to it."""
    for table in (BundleDraftFile, BundleDraftEarlier):
        session().execute(delete(table).where(table.draft_id == draft.id))
    session().delete(draft)


def untouched(username: str, base_id: str | None, name: str, since: datetime) -> BundleDraft | None:
    """Give a draft that somebody began since a moment and has not changed."""
    query = select(BundleDraft).where(
        BundleDraft.created_by == username,
        BundleDraft.base_id == base_id if base_id else BundleDraft.base_id.is_(None),
        BundleDraft.name == name,
        BundleDraft.created_at >= since,
        BundleDraft.changed_at == BundleDraft.created_at,
    )
    return session().scalar(query.limit(1))
