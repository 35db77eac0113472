"""What documents and uploads under way name of the store of contents."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select

from storage.database import session
from storage.tables import Document, Lease, UploadPiece

STORE = "store of contents"
NEVER = datetime.max.replace(tzinfo=UTC)


def owner(new: str) -> str:
    """Give the name under which this database marks its store: `new` where it has none yet."""
    lease = session().get(Lease, STORE)
    if lease is None:
        lease = Lease(name=STORE, holder=new, until=NEVER)
        session().add(lease)
    return lease.holder


def named(sha256s: Collection[str]) -> set[str]:
    """Give those of these contents that a document names."""
    return set(session().scalars(select(Document.sha256).where(Document.sha256.in_(sha256s)).distinct()))


def pieces(upload_ids: Collection[str]) -> set[str]:
    """Give the keys of the pieces of these uploads."""
    return set(session().scalars(select(UploadPiece.key).where(UploadPiece.upload_id.in_(upload_ids))))
