"""Dossiers, their documents and number series, for verbs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import session
from storage.rows.instances import FAR
from storage.tables import Counter, Definition, Document, Dossier, Draft, Upload


def load(dossier_id: str) -> Dossier | None:
    """Load a dossier by id as it is now; lock its instance first to write it."""
    return session().scalar(select(Dossier).where(Dossier.id == dossier_id).execution_options(**FAR))


def of_instance(instance_id: str) -> Dossier | None:
    """Load the dossier that owns an instance."""
    return session().scalar(select(Dossier).where(Dossier.instance_id == instance_id).execution_options(**FAR))


def of_instances(instance_ids: Collection[str]) -> Mapping[str, Dossier]:
    """Load the dossiers that own these instances, by instance."""
    query = select(Dossier).where(Dossier.instance_id.in_(instance_ids)).execution_options(**FAR)
    return {dossier.instance_id: dossier for dossier in session().scalars(query)}


def by_code(code: str) -> Dossier | None:
    """Load a dossier by its code."""
    return session().scalar(select(Dossier).where(Dossier.code == code))


def next_number(scope: str) -> int:
    """Count a series up by one and hold it until the commit: gap-free, since a rolled-back number is given again."""
    dialect = session().get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Counter).values(scope=scope, last=1)
    statement = statement.on_conflict_do_update(index_elements=[Counter.scope], set_={"last": Counter.last + 1})
    return session().execute(statement.returning(Counter.last)).scalar_one()


def deadlines_due(now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Give (dossier id, instance id) of dossiers whose being at risk or breached is to be raised."""
    query = (
        select(Dossier.id, Dossier.instance_id)
        .where(Dossier.next_deadline_at <= now)
        .order_by(Dossier.next_deadline_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def documents_of(dossier_id: str) -> Sequence[Document]:
    """Give the documents of a dossier, the oldest first; not the internal ones, which its applicant never sees."""
    query = select(Document).where(Document.dossier_id == dossier_id, Document.origin != "internal")
    return session().scalars(query.order_by(Document.created_at, Document.id)).all()


def internal_of(dossier_id: str) -> Sequence[Document]:
    """Give what colleagues added to a dossier for each other, the oldest first."""
    query = select(Document).where(Document.dossier_id == dossier_id, Document.origin == "internal")
    return session().scalars(query.order_by(Document.created_at, Document.id).execution_options(**FAR)).all()


def make_internal(document_ids: Iterable[str], *, behalf: str | None = None) -> None:
    """Let only colleagues read these documents; `behalf`: in whose name they were added, by a substitute."""
    written = update(Document).where(Document.id.in_(list(document_ids)))
    session().execute(written.values(origin="internal", behalf=behalf))


def staged(document_ids: Iterable[str], username: str, *, task_id: str | None = None) -> Sequence[Document]:
    """Give uploads of this person, or of the draft of this task, that belong to no dossier yet."""
    allowed: ColumnElement[bool] = Document.created_by == username
    if task_id is not None:
        allowed |= Document.draft_id == select(Draft.id).where(Draft.task_id == task_id).scalar_subquery()
    query = select(Document).where(Document.id.in_(list(document_ids)), Document.dossier_id.is_(None), allowed)
    return session().scalars(query).all()


def attach(document_ids: Iterable[str], dossier_id: str, task_id: str | None = None) -> None:
    """Give staged uploads to a dossier."""
    session().execute(
        update(Document).where(Document.id.in_(list(document_ids))).values(dossier_id=dossier_id, task_id=task_id),
        execution_options={"synchronize_session": False},
    )


def unsent(username: str) -> tuple[int, int]:
    """Count a person's files that belong to no dossier yet, those under way too, and add up their bytes."""
    whole = select(func.count(), func.coalesce(func.sum(Document.size), 0)).where(
        Document.dossier_id.is_(None), Document.created_by == username
    )
    under_way = select(func.count(), func.coalesce(func.sum(Upload.length), 0)).where(
        Upload.owner == username, Upload.document_id.is_(None)
    )
    first, second = session().execute(whole).one(), session().execute(under_way).one()
    return first[0] + second[0], int(first[1] or 0) + int(second[1] or 0)


def unsent_of_drafts(username: str) -> Sequence[tuple[str, str, int]]:
    """Give (name, English name, files) of what each draft that keeps files of a person is for, most files first."""
    many = func.count(Document.id)
    query = (
        select(Definition.name, Definition.name_en, many)
        .join(Draft, Draft.id == Document.draft_id)
        .join(Definition, Definition.id == Draft.definition_id)
        .where(Document.dossier_id.is_(None), Document.created_by == username, Draft.dropped_at.is_(None))
        .group_by(Draft.id, Definition.name, Definition.name_en)
        .order_by(many.desc(), Draft.id)
    )
    return [(row[0], row[1], row[2]) for row in session().execute(query)]
