"""Comments and notes, for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from storage.database import session
from storage.tables import Comment, Person

MOST = 500
"""Comments of one instance that a page shows, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    """One comment, with its author's name, and that of the absent colleague for whom they wrote it."""

    id: str
    author: str
    author_name: str
    behalf: str | None
    behalf_name: str
    text: str
    mentions: tuple[str, ...]
    at: datetime
    task_id: str | None


def of_instance(instance_id: str) -> Sequence[CommentRow]:
    """Give the comments of an instance that the caller may read, the latest first."""
    absent = aliased(Person)
    query = select(Comment, Person.name, absent.name).outerjoin(Person, Person.username == Comment.author)
    query = query.outerjoin(absent, absent.username == Comment.behalf)
    query = query.where(Comment.instance_id == instance_id).order_by(Comment.at.desc(), Comment.id.desc()).limit(MOST)
    return [
        CommentRow(
            id=comment.id,
            author=comment.author,
            author_name=name or comment.author,
            behalf=comment.behalf,
            behalf_name=absent_name or comment.behalf or "",
            text=comment.text,
            mentions=tuple(comment.mentions),
            at=comment.at,
            task_id=comment.task_id,
        )
        for comment, name, absent_name in session().execute(query)
    ]
