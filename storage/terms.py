"""Terms: what the search of dossiers finds a dossier by, spelled alike in SQLite's and PostgreSQL's index.

A term is a word (letters and figures, folded), or begins with `_`, which no word does:

    nguyen          a word
    _ng _ngu _nguy  how a word begins, so that its first letters find it as quickly as a whole word (BEGINNINGS)
    __unit_drug     of whom or of what it is: its unit, its applicant, its procedure
    __block_17      PostgreSQL only: its place in the order of filing, so that the newest are found without all others

So neither index needs more than exact terms, and what somebody types is never a part of a query's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BEGINNINGS = range(2, 7)
"""How many letters a beginning has that is a term of its own: all but a few syllables of Vietnamese are no longer."""
LONGEST_WORD = 40
"""Letters of a word that are kept; what is longer is found by them."""
BLOCK_BITS = 12
"""2 to the power of this many dossiers share a block."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term that is asked for; `is_beginning`: any word that begins with it will do."""

    text: str
    is_beginning: bool = False


def of_words(words: Iterable[str]) -> Iterator[str]:
    """Give the terms of words, each once: the words and how they begin."""
    for word in dict.fromkeys(word[:LONGEST_WORD] for word in words):
        yield word
        for length in BEGINNINGS:
            if length <= len(word):
                yield f"_{word[:length]}"


def asked(words: Sequence[str]) -> tuple[Term, ...]:
    """Give the terms that find these words, the last of which may be only begun."""
    cut = [word[:LONGEST_WORD] for word in words]
    whole = [Term(word) for word in dict.fromkeys(cut[:-1])]
    return (*whole, *_begun(cut[-1])) if cut else ()


def unit(code: str) -> str:
    """Give the term of the dossiers that a unit handles."""
    return f"__unit_{_spelled(code)}"


def applicant(username: str) -> str:
    """Give the term of the dossiers of an applicant."""
    return f"__applicant_{_spelled(username)}"


def procedure(key: str) -> str:
    """Give the term of the dossiers of a procedure."""
    return f"__procedure_{_spelled(key)}"


def block(number: int) -> str:
    """Give the term of a block of dossiers that were filed one after another."""
    return f"__block_{number}" if number >= 0 else f"__block__{-number}"


def _begun(word: str) -> tuple[Term, ...]:
    """One letter alone is a whole word: nearly everything begins with it."""
    if len(word) < BEGINNINGS.start:
        return (Term(word),)
    if len(word) < BEGINNINGS.stop:
        return (Term(f"_{word}"),)
    return Term(f"_{word[: BEGINNINGS.stop - 1]}"), Term(word, is_beginning=True)


def _spelled(code: str) -> str:
    """Write a code as letters that both indexes keep apart; capitals are written by number, too."""
    return "".join(c if c.isascii() and (c.islower() or c.isdigit()) else f"_{ord(c):x}_" for c in code)
