"""Search of dossiers by words, the latest filed first, a page at a time; what the scope does not hold is not found.

Both databases keep one index of exact terms (storage/terms.py), and neither sorts or counts what it finds: SQLite walks
it in the order of filing, latest first; PostgreSQL is asked for the newest blocks, then for more of them, until the
page is full. So a word that half of all dossiers hold costs what a rare one does.

The scope is part of the question: units and applicants are terms. What somebody has worked on or is offered outside of
the own unit is looked through apart where that is few, else each dossier that is found is asked. Where the first LOOKED
that hold the words are not among what is wanted (a state of the clock), the page says that it is a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from storage import terms
from storage.database import session
from storage.queries.dossiers import DossierRow, row_of, unread, visible
from storage.queries.scope import Scope
from storage.tables import Dossier, DossierSearch, Task, TaskAccess
from storage.terms import Term

STEPS = (150, 350, 1_000)
"""Dossiers that hold the words which are looked through, one step after another, until a page is full."""
LOOKED = sum(STEPS)
"""Dossiers that hold the words among which a page of what is narrowed further is looked for."""
FEW = 2_000
"""Dossiers that somebody works on or has worked on up to which they are looked through one by one."""
AT_ONCE = 500
"""Dossiers that are read with one statement."""
WINDOWS = (2, 16)
"""Blocks that PostgreSQL is asked for, one after another, before all.

What too few of 65,000 dossiers hold is rare: all that hold it are then found faster than those of many blocks, each of
which is one more term to look for (of a million, held by one of a hundred: 12 ms instead of 195).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody looks for: folded words, the last of which may be only begun, and a whole code perhaps."""

    words: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What else is wanted; None and empty mean no limit."""

    key: str = ""
    unit: str = ""
    status: int | None = None
    clock_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some dossiers, and where the next page begins (None: these are the last)."""

    rows: tuple[DossierRow, ...]
    next: int | None = None
    is_part: bool = False
    """Only LOOKED were looked at: the rows may be few, or none, though more fit behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the index is asked: all of these terms, and one of each of these sets."""

    all: tuple[Term, ...]
    any: tuple[tuple[str, ...], ...] = ()


EVERYTHING = Narrowed()


def found(
    scope: Scope, sought: Sought, narrowed: Narrowed = EVERYTHING, *, after: int | None = None, limit: int = 50
) -> Found:
    """Give a page of the dossiers that hold all the words, the latest filed first; one of that very code before all."""
    exact = _of_code(scope, sought.code, narrowed)
    first = (row_of(exact),) if exact is not None and after is None else ()
    asked = (*terms.asked(sought.words), *_terms(narrowed))
    if not asked:
        return Found(rows=first)
    own, worked_on = _whose(scope)
    limits = [*_limits(narrowed), *([visible(scope)] if own is not None or not _sees(scope) else [])]
    if exact is not None:
        limits.append(Dossier.id != exact.id)
    question = Question(all=asked, any=(own,) if own is not None else ())
    more = sorted(_among(worked_on, asked, after), reverse=True) if worked_on is not None else []
    is_plain = not _limits(narrowed) and (_sees(scope) or own is not None)
    rows, last, steps = list[Any](), after, (limit + 2, *STEPS) if is_plain else STEPS
    for step in steps:
        numbers = matching(question, last, step)
        is_end, before = len(numbers) < step, last
        last = None if is_end else numbers[-1]
        both = {*numbers, *(each for each in more if _is_between(before, each, last))}
        rows += _read(sorted(both, reverse=True), limits, limit + 1 - len(rows))
        if is_end or len(rows) > limit:
            break
    shown = first + tuple(row_of(row.Dossier) for row in rows[:limit])
    if len(rows) > limit:
        return Found(rows=shown, next=rows[limit - 1].seq)
    return Found(rows=shown, next=last, is_part=last is not None)


def _is_between(before: int | None, number: int, last: int | None) -> bool:
    return (before is None or number < before) and (last is None or number > last)


def _sees(scope: Scope) -> bool:
    return scope.sees_all or scope.all_dossiers


def _of_code(scope: Scope, code: str, narrowed: Narrowed) -> Dossier | None:
    if not code:
        return None
    limits = [visible(scope), *_limits(narrowed)]
    limits += [Dossier.key == narrowed.key] if narrowed.key else []
    limits += [Dossier.unit_code == narrowed.unit] if narrowed.unit else []
    return session().scalar(select(Dossier).where(Dossier.code == code, *limits))


def _terms(narrowed: Narrowed) -> Iterator[Term]:
    if narrowed.key:
        yield Term(terms.procedure(narrowed.key))
    if narrowed.unit:
        yield Term(terms.unit(narrowed.unit))


def _limits(narrowed: Narrowed) -> list[ColumnElement[bool]]:
    """What changes too often to be in the index."""
    limits = [] if narrowed.status is None else [Dossier.status == narrowed.status]
    return limits + ([Dossier.clock_state == narrowed.clock_state] if narrowed.clock_state else [])


def _whose(scope: Scope) -> tuple[tuple[str, ...] | None, Any]:
    """Give the terms one of which a dossier has that the scope holds, and what was worked on beside.

    No terms: all are looked at, because the scope holds all, or so many that each is asked as it is found.
    """
    if _sees(scope):
        return None, None
    own = (terms.applicant(scope.username), *(terms.unit(code) for code in sorted(scope.dossier_units)))
    if not scope.works:
        return own, None
    own_access, own_work = TaskAccess.principal.in_(scope.principals), Task.completed_by == scope.username
    # Counted by the indexes alone: who has more has thousands of tasks, which nobody should read to learn that.
    one: Select[Any] = select(literal_column("1").label("one"))
    counted = [one.where(which).limit(FEW + 1) for which in (own_access, own_work)]
    some = union_all(*(select(each.subquery()) for each in counted)).subquery()
    if session().execute(select(func.count()).select_from(some)).scalar_one() > FEW:
        return None, None
    offered = select(Task.dossier_id).join(TaskAccess, TaskAccess.task_id == Task.id).where(own_access)
    both = union_all(offered, select(Task.dossier_id).where(own_work)).subquery()
    return own, select(both.c.dossier_id).where(both.c.dossier_id.is_not(None)).distinct().subquery()


def _among(worked_on: Any, asked: Sequence[Term], after: int | None) -> Sequence[int]:
    """Give the numbers of those among a few dossiers that hold the terms: their words are read, not the index."""
    query = select(DossierSearch.seq, DossierSearch.words).join(
        worked_on, worked_on.c.dossier_id == DossierSearch.dossier_id
    )
    if after is not None:
        query = query.where(DossierSearch.seq < after)
    # Without the offset PostgreSQL may take the index of words first, of which a common one names half of all dossiers.
    few = query.offset(0).subquery() if _is_postgresql() else query.subquery()
    held = [holds(few.c.words, term) for term in asked]
    return session().scalars(select(few.c.seq).where(*held)).all()


def holds(words: SQLColumnExpression[str], term: Term) -> ColumnElement[bool]:
    """Write that a dossier's own words hold a term, without the index."""
    if _is_postgresql():
        return words.op("@@")(cast(_spelled(term), TSQUERY))
    return func.instr(words, f" {term.text}" + ("" if term.is_beginning else " ")) > 0


def matching(question: Question, after: int | None, most: int) -> Sequence[int]:
    """Give the numbers of the latest dossiers that the index has for a question."""
    return (_of_vectors if _is_postgresql() else _of_fts5)(question, after, most)


def _of_fts5(question: Question, after: int | None, most: int) -> Sequence[int]:
    parts = [f'"{term.text}"{"*" * term.is_beginning}' for term in question.all]
    parts += ["(" + " OR ".join(f'"{term}"' for term in some) + ")" for some in question.any]
    index = table("dossier_words", column("rowid"))
    wanted = text("dossier_words MATCH :terms").bindparams(bindparam("terms", " AND ".join(parts)))
    query = select(index.c.rowid).where(wanted)
    if after is not None:
        query = query.where(index.c.rowid < after)
    return session().scalars(query.order_by(index.c.rowid.desc()).limit(most)).all()


def _of_vectors(question: Question, after: int | None, most: int) -> Sequence[int]:
    parts = [_spelled(term) for term in question.all]
    parts += ["(" + " | ".join(f"'{term}'" for term in some) + ")" for some in question.any]
    newest = after if after is not None else session().scalar(select(func.max(DossierSearch.seq)))
    if newest is None:
        return ()
    numbers: Sequence[int] = ()
    for blocks in (*WINDOWS, None):
        numbers = _of_blocks(parts, newest >> terms.BLOCK_BITS, blocks, after, most)
        if len(numbers) == most:
            break
    return numbers


def _of_blocks(parts: Sequence[str], newest: int, blocks: int | None, after: int | None, most: int) -> Sequence[int]:
    own = ["(" + " | ".join(_names(newest, blocks)) + ")"] if blocks else []
    query = select(DossierSearch.seq).where(DossierSearch.words.op("@@")(cast(" & ".join([*parts, *own]), TSQUERY)))
    if after is not None:
        query = query.where(DossierSearch.seq < after)
    # By a sum, so that no planner walks the numbers in their order instead, looking into the words of each dossier.
    return session().scalars(query.order_by((DossierSearch.seq + literal_column("0")).desc()).limit(most)).all()


def _names(newest: int, blocks: int) -> Iterable[str]:
    return (f"'{terms.block(newest - back)}'" for back in range(blocks))


def _spelled(term: Term) -> str:
    return f"'{term.text}'{':*' * term.is_beginning}"


def _read(numbers: Sequence[int], limits: Sequence[ColumnElement[bool]], most: int) -> Sequence[Any]:
    """Read those of the dossiers of these numbers that keep to the limits, in their order, until there are enough."""
    rows: list[Any] = []
    at_once = AT_ONCE if limits else most
    for start in range(0, len(numbers), at_once):
        query = select(Dossier, DossierSearch.seq).join(DossierSearch, DossierSearch.dossier_id == Dossier.id)
        query = query.options(*unread()).where(DossierSearch.seq.in_(numbers[start : start + at_once]), *limits)
        rows += session().execute(query.order_by(DossierSearch.seq.desc()).limit(most - len(rows))).all()
        if len(rows) >= most:
            break
    return rows


def _is_postgresql() -> bool:
    return session().get_bind().dialect.name == "postgresql"
