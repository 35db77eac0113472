"""Searching: by which words dossiers are found, and the index that holds them.

A dossier is found by its codes' parts, its applicant, its procedure and what its applicant answered: when it was filed,
and in later steps (a supplement, a correction). It is written in the commit of the act that says it, in one statement.
What officers write is not among it: who reads a dossier need not read that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.folding import fold
from storage import terms
from storage.database import verb
from storage.queries.search import Sought
from storage.rows import search as rows
from storage.tables import Dossier

WORD = re.compile(r"[^\W_]+")
MOST_CHARACTERS = 40_000
"""Of a dossier, from its beginning, by which it is found."""
MOST_WORDS = 12
"""Of what somebody looks for; further ones are not looked at."""
DEEPEST = 8
"""Of lists in lists that are read."""
UPLOAD = re.compile(r"[0-9a-f]{32}")
PORTION = 200


def words(text: str, most: int = MOST_CHARACTERS) -> list[str]:
    """Split a text into its words, without case and marks, each once, in order."""
    return list(dict.fromkeys(WORD.findall(fold(text[:most], most))))


def sought(text: str) -> Sought:
    """Read what somebody typed to look for: anything at all is words, and perhaps a code."""
    code = text.strip().upper()[:60]
    return Sought(words=tuple(words(text, 500)[:MOST_WORDS]), code=code if code.isprintable() else "")


def put(dossier: Dossier) -> None:
    """Let a dossier that was just filed be found."""
    rows.put(dossier.id, _terms(dossier, [dossier.answers]))


def add(dossier: Dossier, by: str, answers: Mapping[str, Any]) -> None:
    """Let a dossier be found by what its applicant has now answered; what others answer changes nothing."""
    if by != dossier.applicant:
        return
    more = list(terms.of_words(_of_answers(answers)))
    if more:
        rows.add(dossier.id, more)


@verb
def forget() -> None:
    """Let no dossier be found any more, so that `index` writes all of them anew, in the order of filing."""
    rows.clear()


def is_whole() -> bool:
    """Say whether every dossier can be found."""
    return rows.is_whole()


def index(*, again: bool = False) -> Iterator[int]:
    """Add the dossiers that cannot be found yet, the latest first, a portion a transaction; yield how many each time.

    Stopped anywhere, it goes on from there when it is called again. `again`: write all that can be found anew, too.
    """
    while done := _index():
        yield done
    below = None
    while again:
        below, done = _index_again(below)
        if not done:
            return
        yield done


@verb
def _index() -> int:
    lacking = rows.lacking(PORTION)
    later = rows.answered_later(lacking)
    first = rows.next_below()
    for number, dossier in enumerate(lacking):
        found = _terms(dossier, [dossier.answers, *later.get(dossier.id, ())])
        rows.put_again(first - number, dossier.id, found, is_new=True)
    return len(lacking)


@verb
def _index_again(below: int | None) -> tuple[int | None, int]:
    some = rows.indexed(below, PORTION)
    later = rows.answered_later(dossier for _, dossier in some)
    for seq, dossier in some:
        found = _terms(dossier, [dossier.answers, *later.get(dossier.id, ())])
        rows.put_again(seq, dossier.id, found, is_new=False)
    return (some[-1][0] if some else below), len(some)


def _terms(dossier: Dossier, answered: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield terms.unit(dossier.unit_code)
    yield terms.applicant(dossier.applicant)
    yield terms.procedure(dossier.key)
    code = words(dossier.code)
    said = f"{dossier.applicant_name} {dossier.applicant} {dossier.procedure_name} {dossier.procedure_name_en}"
    found = [*code, "".join(code), *words(said)]
    for answers in answered:
        found += _of_answers(answers)
    yield from terms.of_words(found)


def _of_answers(answers: Mapping[str, Any]) -> list[str]:
    return [word for word in words(" ".join(_texts(answers, 0))) if not UPLOAD.fullmatch(word)]


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif depth < DEEPEST and isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner, depth + 1)
