"""Reads for designers: the drafts of bundles, one draft with its files, one file with what it held before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.database import session
from storage.tables import BundleDraft, BundleDraftEarlier, BundleDraftFile

MOST = 500
"""Drafts on one page; services.bundle_drafts allows fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft in a list."""

    id: str
    name: str
    base_id: str | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    deployment_id: str | None
    deployed_at: datetime | None
    files: int = 0

    @property
    def is_deployed(self) -> bool:
        """Say whether nothing has changed since it was deployed."""
        return self.deployed_at is not None and self.deployed_at >= self.changed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a draft, without its content."""

    name: str
    size: int
    version: int
    saved_at: datetime
    saved_by: str

    @property
    def is_form(self) -> bool:
        """Say whether the form page opens it."""
        return self.name.lower().endswith(".form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a file held before."""

    name: str
    version: int
    size: int
    saved_at: datetime
    saved_by: str


def listed() -> tuple[Draft, ...]:
    """Give all drafts, the one changed last first."""
    query = select(BundleDraft, func.count(BundleDraftFile.name)).outerjoin(
        BundleDraftFile, BundleDraftFile.draft_id == BundleDraft.id
    )
    query = query.group_by(BundleDraft.id).order_by(BundleDraft.changed_at.desc(), BundleDraft.id).limit(MOST)
    return tuple(_draft(row[0], row[1]) for row in session().execute(query))


def draft(draft_id: str) -> Draft | None:
    """Give one draft."""
    found = session().get(BundleDraft, draft_id)
    return _draft(found) if found else None


def files(draft_id: str) -> tuple[File, ...]:
    """Give the files of a draft by name."""
    query = select(
        BundleDraftFile.name, func.length(BundleDraftFile.data),
        BundleDraftFile.version, BundleDraftFile.saved_at, BundleDraftFile.saved_by,
    )  # fmt: skip
    query = query.where(BundleDraftFile.draft_id == draft_id).order_by(BundleDraftFile.name)
    return tuple(
        File(name=r[0], size=r[1], version=r[2], saved_at=r[3], saved_by=r[4]) for r in session().execute(query)
    )


def content(draft_id: str, name: str) -> tuple[bytes, str] | None:
    """Give the content of a file, and the sample with which it is tried."""
    query = select(BundleDraftFile.data, BundleDraftFile.sample)
    row = session().execute(query.where(BundleDraftFile.draft_id == draft_id, BundleDraftFile.name == name)).first()
    return (row[0], row[1]) if row else None


def earlier(draft_id: str, name: str = "") -> Sequence[Earlier]:
    """Give what the files of a draft (or one of them) held before, the newest first."""
    query = select(
        BundleDraftEarlier.name, BundleDraftEarlier.version, func.length(BundleDraftEarlier.data),
        BundleDraftEarlier.saved_at, BundleDraftEarlier.saved_by,
    )  # fmt: skip
    query = query.where(BundleDraftEarlier.draft_id == draft_id)
    query = query.where(BundleDraftEarlier.name == name) if name else query
    query = query.order_by(BundleDraftEarlier.name, BundleDraftEarlier.version.desc())
    return [Earlier(name=r[0], version=r[1], size=r[2], saved_at=r[3], saved_by=r[4]) for r in session().execute(query)]


def earlier_content(draft_id: str, name: str, version: int) -> bytes | None:
    """Give what a file held at an earlier version, if that is kept."""
    found = session().get(BundleDraftEarlier, (draft_id, name, version))
    return found.data if found else None


def _draft(row: BundleDraft, files: int = 0) -> Draft:
    return Draft(
        id=row.id,
        name=row.name,
        base_id=row.base_id,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        deployment_id=row.deployment_id,
        deployed_at=row.deployed_at,
        files=files,
    )
