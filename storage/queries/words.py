"""Tasks by words: those of the task itself, and those that its dossier is found by (storage/terms.py).

A page of an inbox is looked for among few tasks (tasks.LOOKED), whose dossiers' terms are read one by one. Where the
index of all dossiers names only few for the words, the tasks of these are found wherever in the list they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.sql.selectable import Subquery

from storage import terms
from storage.queries import search
from storage.tables import IS_OPEN, Dossier, DossierSearch, Task, TaskAccess
from storage.terms import Term

FEW = 200
"""Dossiers that hold the words up to which their tasks are looked up, however many tasks are open."""


def holding(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Write that a task holds all words, each in its own text or among its dossier's terms; the last may be begun."""
    cut = [word[: terms.LONGEST_WORD] for word in words]
    asked = [terms.asked((word,)) if word is cut[-1] else (Term(word),) for word in cut]
    return [
        or_(Task.search_text.contains(word, autoescape=True), _among_its_dossiers(each))
        for word, each in zip(cut, asked, strict=True)
    ]


def few(words: Sequence[str]) -> Sequence[int]:
    """Give the numbers of the dossiers that hold all words; nothing where they are more than few, or none."""
    asked = terms.asked(words)
    found = search.matching(search.Question(all=asked), None, FEW + 1) if asked else ()
    return found if len(found) <= FEW else ()


def instances_of(numbers: Sequence[int]) -> Select[Any]:
    """Find the instances of these dossiers."""
    query = select(Dossier.instance_id).join(DossierSearch, DossierSearch.dossier_id == Dossier.id)
    return query.where(DossierSearch.seq.in_(numbers))


def with_those_of(
    keys: Subquery, numbers: Sequence[int], principals: Iterable[str], conditions: Iterable[ColumnElement[bool]]
) -> Subquery:
    """Add to the keys of a list the open tasks of these dossiers that are offered to any of these principals."""
    more = (
        select(TaskAccess.task_id, TaskAccess.sort_at)
        .join(Task, Task.id == TaskAccess.task_id)
        .where(
            Task.instance_id.in_(instances_of(numbers)),
            IS_OPEN,
            TaskAccess.principal.in_(list(principals)),
            *conditions,
        )
    )
    return union(select(keys.c.task_id, keys.c.sort_at), more).subquery()


def _among_its_dossiers(asked: Sequence[Term]) -> ColumnElement[bool]:
    """By a scalar, so that no planner begins with the index of words, of which a common one names half of all."""
    held = and_(*(search.holds(DossierSearch.words, term) for term in asked))
    own = select(held).where(DossierSearch.dossier_id == Task.dossier_id).correlate(Task)
    return own.scalar_subquery().is_(True)
