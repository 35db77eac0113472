"""What dossiers are found by, for verbs: written with the dossier, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import String, Text, and_, bindparam, cast, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import TSVECTOR

from storage import terms
from storage.database import session
from storage.tables import Dossier, DossierSearch, Task

LONGEST = 60_000
"""Characters of the terms that are written at once, and of those of before up to which more are added: together, four
bytes a letter at most, they stay below the megabyte that PostgreSQL's vectors hold."""
BELOW = 0
"""Dossiers of before the search have numbers from here downwards."""

_PUT = {
    "sqlite": text("INSERT INTO dossier_search (dossier_id, words) VALUES (:dossier_id, :words)"),
    "postgresql": text(
        """
INSERT INTO dossier_search (seq, dossier_id, words)
SELECT number, :dossier_id, CAST(:words AS tsvector) || CAST('__block_' || (number >> :bits) AS tsvector)
FROM (SELECT nextval(pg_get_serial_sequence('dossier_search', 'seq')) AS number) AS taken
"""
    ).bindparams(bits=terms.BLOCK_BITS),
}
"""The block of a dossier is told by its number, which the database gives (storage/terms.py writes it the same way)."""


def put(dossier_id: str, words: Iterable[str]) -> None:
    """Make a new dossier to be found by its terms, as the latest of all."""
    statement = _PUT[session().get_bind().dialect.name]
    session().execute(statement, {"dossier_id": dossier_id, "words": _written(words)})


def add(dossier_id: str, words: Iterable[str]) -> None:
    """Let a dossier be found by more; what it was found by before stays. One that is not there yet is left alone."""
    before, given = DossierSearch.words, bindparam("given", type_=String)
    more = before.op("||")(_vector("given")) if _is_postgresql() else func.rtrim(before).concat(given)
    size = func.length(cast(before, Text))
    statement = update(DossierSearch).where(DossierSearch.dossier_id == dossier_id, size < LONGEST).values(words=more)
    session().execute(statement, {"given": _written(words)}, execution_options={"synchronize_session": False})


def put_again(seq: int, dossier_id: str, words: Iterable[str], *, is_new: bool) -> None:
    """Write all terms of a dossier at its place in the order of filing."""
    own = [*words, terms.block(seq >> terms.BLOCK_BITS)] if _is_postgresql() else words
    if is_new:
        session().execute(insert(DossierSearch), {"seq": seq, "dossier_id": dossier_id, "words": _written(own)})
    else:
        session().execute(
            update(DossierSearch).where(DossierSearch.seq == seq).values(words=_written(own)),
            execution_options={"synchronize_session": False},
        )


def lacking(most: int) -> Sequence[Dossier]:
    """Give some dossiers that cannot be found yet, the latest filed first; they are known by the last that can be."""
    last = (
        select(Dossier.filed_at, Dossier.id)
        .join(DossierSearch, DossierSearch.dossier_id == Dossier.id)
        .where(DossierSearch.seq <= BELOW)
        .order_by(DossierSearch.seq)
        .limit(1)
    )
    found = session().execute(last).first()
    query = select(Dossier).where(~exists().where(DossierSearch.dossier_id == Dossier.id))
    if found is not None:
        behind = or_(Dossier.filed_at < found.filed_at, and_(Dossier.filed_at == found.filed_at, Dossier.id < found.id))
        query = query.where(behind)
    return session().scalars(query.order_by(Dossier.filed_at.desc(), Dossier.id.desc()).limit(most)).all()


def is_whole() -> bool:
    """Say whether every dossier can be found."""
    lacking = select(Dossier.id).where(~exists().where(DossierSearch.dossier_id == Dossier.id))
    return session().execute(lacking.limit(1)).first() is None


def clear() -> None:
    """Take all terms of all dossiers away."""
    session().execute(delete(DossierSearch), execution_options={"synchronize_session": False})


def next_below() -> int:
    """Give the next number below those of all dossiers that can be found."""
    lowest = session().scalar(select(func.min(DossierSearch.seq)))
    return min(BELOW + 1, lowest if lowest is not None else BELOW + 1) - 1


def indexed(below: int | None, most: int) -> Sequence[tuple[int, Dossier]]:
    """Give (number, dossier) of some dossiers that can be found, the latest filed first, behind a number."""
    query = select(DossierSearch.seq, Dossier).join(Dossier, Dossier.id == DossierSearch.dossier_id)
    if below is not None:
        query = query.where(DossierSearch.seq < below)
    return [(row[0], row[1]) for row in session().execute(query.order_by(DossierSearch.seq.desc()).limit(most))]


def answered_later(dossiers: Iterable[Dossier]) -> Mapping[str, list[Mapping[str, Any]]]:
    """Give dossier id -> what its applicant answered in tasks, for some dossiers."""
    query = (
        select(Dossier.id, Task.answers)
        .join(Task, Task.instance_id == Dossier.instance_id)
        .where(
            Dossier.id.in_([dossier.id for dossier in dossiers]),
            Task.state == "completed",
            Task.completed_by == Dossier.applicant,
            Task.answers.is_not(None),
        )
        .order_by(Task.completed_at)
    )
    found: dict[str, list[Mapping[str, Any]]] = {}
    for dossier_id, answers in session().execute(query):
        found.setdefault(dossier_id, []).append(answers or {})
    return found


def _written(words: Iterable[str]) -> str:
    """Write terms as either kind of database takes them: a vector's text needs no quotes for what terms consist of."""
    kept: list[str] = []
    size = 1
    for word in words:
        size += len(word) + 1
        if size > LONGEST:
            break
        kept.append(word)
    return f" {' '.join(kept)} "


def _vector(name: str) -> Any:
    return cast(bindparam(name, type_=String), TSVECTOR)


def _is_postgresql() -> bool:
    return session().get_bind().dialect.name == "postgresql"
