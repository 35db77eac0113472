"""Names with blanks and signs: which ones a source can mean, and which tokens are one name (DMN 1.4, 10.3.1.4).

Words side by side are one name, for nothing else can be meant; a keyword or a sign belongs to a name only where a known
name says so, the longest first. Blanks around signs do not count: `a-b` and `a - b` are the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from expressions.failures import Refusal
from expressions.feel.lexer import WORD, Token, tokens_of

KEYWORDS: Final = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "function",
        "null",
        "true",
        "false",
        "instance",
    ]
)
SIGNS: Final = frozenset("+-*/.'’") | {"**"}
"""What a name may have between its words (rule 30)."""
MOST_WALKED: Final = 2_000
"""Values of the scope that are looked at for names with signs inside contexts."""
LONGEST_NAME: Final = 200
"""Characters."""
MOST_TOKENS: Final = 20
"""Pieces of one name."""

Pieces = tuple[str, ...]


class KnownNames:
    """The names that are not one word, by their first piece, longest first."""

    __slots__ = ("_by_first",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[Pieces, str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known."""
        pieces = pieces_of(name)
        if len(pieces) > 1 or (pieces and pieces[0] != name):
            known = self._by_first.setdefault(pieces[0], [])
            if all(other != pieces for other, _ in known):
                known.append((pieces, name))
                known.sort(key=lambda pair: -len(pair[0]))

    def at(self, tokens: list[Token], place: int) -> tuple[int, str] | None:
        """Give how many tokens from `place` on are a known name, and the name."""
        for pieces, name in self._by_first.get(tokens[place].text, ()):
            there = tuple(token.text for token in tokens[place : place + len(pieces)])
            if there == pieces:
                return len(pieces), name
        return None


@lru_cache(maxsize=4096)
def pieces_of(name: str) -> Pieces:
    """Cut a name into its tokens' texts; nothing where it can be no name in an expression."""
    try:
        tokens = tokens_of(name[: LONGEST_NAME + 1])[:-1]
    except Refusal:
        return ()
    is_name = len(name) <= LONGEST_NAME and 0 < len(tokens) <= MOST_TOKENS and tokens[0].kind == "word"
    if is_name and all(token.kind in ("word", "number") or token.text in SIGNS for token in tokens):
        return tuple(token.text for token in tokens)
    return ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a source decides which names matter to it."""

    text: str
    """The tokens with a NUL around each."""
    heads: frozenset[str]
    """Words that a sign or a keyword follows, so that they may begin a longer name."""
    is_nested: bool
    """Whether such a word may be a name inside a context."""


@lru_cache(maxsize=2048)
def outline(source: str) -> Outline:
    """Read a source as far as names go; cached."""
    try:
        tokens = tokens_of(source)
    except Refusal:
        return Outline("", frozenset(), False)
    heads = set()
    nested = False
    for place, token in enumerate(tokens[:-1]):
        follower = tokens[place + 1]
        if token.kind == "word" and (follower.text in SIGNS or follower.kind == "word"):
            heads.add(token.text)
            before = tokens[place - 1].text if place else ""
            nested |= follower.text != "." and before != "" and before in ".[,{:("
    return Outline("\0" + "\0".join(token.text for token in tokens), frozenset(heads), nested)


def meant(source: str, scope: Mapping[str, Any]) -> frozenset[str]:
    """Give the names of the scope, and of contexts in it, that are not one word and that the source can mean."""
    shape = outline(source)
    if not shape.heads:
        return _NONE
    found = [name for name in scope if type(name) is str and not name.isidentifier() and _occurs(name, shape)]
    if shape.is_nested:
        mentioned = (value for name, value in scope.items() if type(value) in (dict, list) and _may_be(name, shape))
        found.extend(name for name in _inside(mentioned) if _occurs(name, shape))
    return frozenset(found) if found else _NONE


_NONE: Final[frozenset[str]] = frozenset()


def _occurs(name: str, shape: Outline) -> bool:
    first = WORD.match(name)
    if len(name) > LONGEST_NAME or first is None or first[0] not in shape.heads:
        return False
    pieces = pieces_of(name)
    return bool(pieces) and pieces[0] in shape.heads and "\0" + "\0".join(pieces) + "\0" in shape.text


def _may_be(name: str, shape: Outline) -> bool:
    return not name.isidentifier() or f"\0{name}\0" in shape.text


def _inside(values: Iterator[Any]) -> Iterator[str]:
    waiting = list(values)
    left = MOST_WALKED
    while waiting and left > 0:
        value = waiting.pop()
        left -= 1
        if type(value) is dict:
            yield from (name for name in value if type(name) is str and not name.isidentifier())
            waiting.extend(part for part in value.values() if type(part) in (dict, list))
        elif type(value) is list:
            waiting.extend(part for part in value[:left] if type(part) in (dict, list))
