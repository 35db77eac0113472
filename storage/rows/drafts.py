"""Drafts and the uploads they keep, for verbs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import CursorResult, delete, func, select, update

from storage.database import session
from storage.rows.instances import FAR
from storage.tables import Document, Draft

_QUIETLY = {"synchronize_session": False}


def load(draft_id: str, *, lock: bool = False) -> Draft | None:
    """Load a draft as it is now; with `lock` it stands still until the commit."""
    query = select(Draft).where(Draft.id == draft_id).execution_options(**FAR)
    return session().scalar(query.with_for_update() if lock else query)


def of_task(task_id: str) -> Draft | None:
    """Load the draft of a task, one that was thrown away too; verbs that write it lock its task first."""
    return session().scalar(select(Draft).where(Draft.task_id == task_id).execution_options(**FAR))


def count(username: str) -> int:
    """Count the drafts that a person has begun, those that were thrown away too."""
    return session().execute(select(func.count()).where(Draft.owner == username)).scalar_one()


def forget_dropped(username: str) -> None:
    """Delete at once what a person threw away, to make room."""
    session().execute(delete(Draft).where(Draft.owner == username, Draft.dropped_at.is_not(None)))


def forget_dropped_files(username: str) -> int:
    """Delete at once what a person threw away, with the uploads it kept; give how many those were."""
    dropped = select(Draft.id).where(Draft.owner == username, Draft.dropped_at.is_not(None))
    gone = delete(Document).where(Document.draft_id.in_(dropped), Document.dossier_id.is_(None))
    done = cast(CursorResult[object], session().execute(gone, execution_options=_QUIETLY))
    forget_dropped(username)
    return done.rowcount


def delete_of_task(task_id: str) -> None:
    """Delete the draft of a task that is sent."""
    session().execute(delete(Draft).where(Draft.task_id == task_id), execution_options=_QUIETLY)


def delete_filing(draft_id: str, username: str) -> None:
    """Delete a person's draft of a filing that is sent."""
    gone = delete(Draft).where(Draft.id == draft_id, Draft.owner == username, Draft.kind == "filing")
    session().execute(gone, execution_options=_QUIETLY)


def documents_of(draft_id: str) -> Sequence[Document]:
    """Give the uploads that a draft keeps, the oldest first."""
    query = select(Document).where(Document.draft_id == draft_id, Document.dossier_id.is_(None))
    return session().scalars(query.order_by(Document.created_at, Document.id)).all()


def keep_documents(draft_id: str, document_ids: Collection[str], username: str) -> None:
    """Let a draft keep exactly these uploads: of this person, or of those that it keeps already."""
    kept = {document.id for document in documents_of(draft_id)}
    wanted = set(document_ids)
    if gone := kept - wanted:
        _belong(list(gone), None)
    if fresh := wanted - kept:
        own = select(Document.id).where(
            Document.id.in_(fresh), Document.dossier_id.is_(None), Document.created_by == username
        )
        _belong(list(session().scalars(own)), draft_id)


def _belong(document_ids: Sequence[str], draft_id: str | None) -> None:
    if document_ids:
        written = update(Document).where(Document.id.in_(document_ids)).values(draft_id=draft_id)
        session().execute(written, execution_options=_QUIETLY)
