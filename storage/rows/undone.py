"""What stands beside a task whose completion is undone: it goes to the task that opens in its place."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from storage.database import session
from storage.tables import Comment, Document, Supplement, Task

_QUIETLY = {"synchronize_session": False}


def go_on(before: Task, again: Task) -> None:
    """Let comments, internal files and a request that was not sent stand at the task that came back."""
    moves = [update(Comment).where(Comment.instance_id == before.instance_id, Comment.task_id == before.id)]
    if before.dossier_id is not None:
        moves.append(
            update(Document).where(
                Document.dossier_id == before.dossier_id, Document.task_id == before.id, Document.origin == "internal"
            )
        )
        moves.append(update(Supplement).where(Supplement.task_id == before.id, Supplement.state != "sent"))
    for move in moves:
        session().execute(move.values(task_id=again.id), execution_options=_QUIETLY)


def unhand(document_ids: Collection[str], draft_id: str) -> None:
    """Take files back that came with the completion: the draft keeps them, the dossier does not show them."""
    if document_ids:
        taken = update(Document).where(Document.id.in_(list(document_ids)), Document.origin == "upload")
        session().execute(taken.values(dossier_id=None, task_id=None, draft_id=draft_id), execution_options=_QUIETLY)
