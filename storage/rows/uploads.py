"""Uploads under way and their pieces, for verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, select, update

from storage.database import session
from storage.tables import Upload, UploadPiece


def load(upload_id: str, owner: str, *, lock: bool = False) -> Upload | None:
    """Load a person's upload as it is now; `lock`: nobody else writes it until the commit."""
    query = (
        select(Upload).where(Upload.id == upload_id, Upload.owner == owner).execution_options(populate_existing=True)
    )
    return session().scalar(query.with_for_update() if lock else query)


def advance(upload_id: str, start: int, size: int, expires_at: datetime) -> bool:
    """Say that `size` bytes from `start` have come, unless somebody else was first."""
    done = cast(
        CursorResult[object],
        session().execute(
            update(Upload)
            .where(Upload.id == upload_id, Upload.received == start, Upload.document_id.is_(None))
            .values(received=start + size, expires_at=expires_at),
            execution_options={"synchronize_session": False},
        ),
    )
    return done.rowcount == 1


def pieces(upload_id: str) -> Sequence[UploadPiece]:
    """Give the pieces in the order of their bytes."""
    query = select(UploadPiece).where(UploadPiece.upload_id == upload_id).order_by(UploadPiece.start)
    return session().scalars(query).all()


def drop_pieces(upload_id: str) -> None:
    """Forget the pieces."""
    session().execute(
        delete(UploadPiece).where(UploadPiece.upload_id == upload_id), execution_options={"synchronize_session": False}
    )


def drop(upload_id: str) -> None:
    """Forget an upload and its pieces."""
    drop_pieces(upload_id)
    session().execute(delete(Upload).where(Upload.id == upload_id), execution_options={"synchronize_session": False})


def expired(before: datetime, most: int) -> Sequence[tuple[str, str]]:
    """Give (id, owner) of uploads that nobody went on with, the oldest first."""
    query = select(Upload.id, Upload.owner).where(Upload.expires_at < before).order_by(Upload.expires_at).limit(most)
    return [(row[0], row[1]) for row in session().execute(query)]
