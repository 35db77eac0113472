"""A source while it is read: its tokens, the place in it, and the limits of what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeVar

from expressions.failures import Refusal
from expressions.feel import tree
from expressions.feel.lexer import Token, text_of, tokens_of, unexpected
from expressions.feel.names import KEYWORDS, SIGNS, KnownNames
from expressions.feel.types import Type

LONGEST: Final = 20_000
"""Characters of one source."""
DEEPEST: Final = 40
"""Brackets, ifs, loops and types inside each other."""
HIGHEST: Final = 80
"""Levels of one tree."""
MOST_NODES: Final = 40_000
"""Nodes made of one source, those that were thrown away too: `in (` is read a second time where more follows."""

Kind = TypeVar("Kind", bound=tree.Node)


class Cursor:
    """Tokens and names of one source."""

    def __init__(
        self, source: str, names: Iterable[str], functions: Iterable[str], types: Mapping[str, Type] | None = None
    ) -> None:
        if len(source) > LONGEST:
            raise Refusal(f"dài quá {LONGEST} ký tự", f"it is longer than {LONGEST} characters")
        self._tokens = tokens_of(source)
        self._at = 0
        self._depth = 0
        self._nodes = 0
        self._in_interval = 0
        self._names = KnownNames(names)
        self._functions = KnownNames(functions)
        self._types = types or {}

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next_is(self, *texts: str) -> bool:
        token = self._tokens[self._at]
        return token.text in texts and token.kind in ("sign", "word")

    def _skip(self, *texts: str) -> bool:
        if self._next_is(*texts):
            self._at += 1
            return True
        return False

    def _need(self, *texts: str) -> str:
        token = self._token
        if not self._skip(*texts):
            raise unexpected(token.text, token.start)
        return token.text

    def whole(self, node: Kind) -> Kind:
        """Give the node when nothing stands after it."""
        if self._token.kind != "end":
            raise unexpected(self._token.text, self._token.start)
        return node

    def _made(self, node: Kind, children: Sequence[tree.Node] = ()) -> Kind:
        self._nodes += 1
        node.place = self._token.start
        if children:
            node.height = 1 + max(child.height for child in children)
            node.size = 1 + sum(child.size for child in children)
        if node.height > HIGHEST or self._nodes > MOST_NODES:
            raise too_deep()
        return node

    # Names

    def _name(self, *, after_point: bool = False) -> str:
        known = self._names.at(self._tokens, self._at)
        function = self._functions.at(self._tokens, self._at)
        if function and self._tokens[self._at + function[0]].text == "(" and (not known or known[0] < function[0]):
            known = function
        if known:
            self._at += known[0]
            return known[1]
        first = self._token
        if first.kind != "word" or (first.text in KEYWORDS and not after_point):
            raise unexpected(first.text, first.start)
        end = self._at + 1
        while self._goes_on(end):
            end += 1
        name = joined(self._tokens[self._at : end])
        self._at = end
        return name

    def _goes_on(self, place: int) -> bool:
        token = self._tokens[place]
        return token.kind == "number" or (token.kind == "word" and token.text not in KEYWORDS and token.text != "?")

    def _new_name(self, *before: str) -> str:
        """Read a name that the source gives itself, up to one of `before`."""
        start = self._at
        if self._token.kind != "word":
            raise unexpected(self._token.text, self._token.start)
        self._at += 1
        while not self._next_is(*before):
            if self._token.kind not in ("word", "number") and self._token.text not in SIGNS:
                raise unexpected(self._token.text, self._token.start)
            self._at += 1
        name = joined(self._tokens[start : self._at])
        if self._at > start + 1:
            self._names.add(name)
        return name

    def _label(self) -> str | None:
        """Read `name:` where it stands."""
        if self._token.kind == "string" and self._tokens[self._at + 1].text == ":":
            text = text_of(self._token)
            self._at += 2
            return text
        end = self._at
        while self._tokens[end].kind in ("word", "number") or self._tokens[end].text in SIGNS:
            end += 1
        if self._tokens[end].text != ":" or end == self._at or self._tokens[self._at].kind != "word":
            return None
        name = joined(self._tokens[self._at : end])
        self._at = end + 1
        return name


def joined(tokens: Sequence[Token]) -> str:
    """Write a name as it stands, each blank one space."""
    text = tokens[0].text
    for before, token in pairwise(tokens):
        text += (" " if token.start > before.end else "") + token.text
    return text


def too_deep() -> Refusal:
    """Give the refusal of what is nested too deeply."""
    return Refusal("biểu thức FEEL lồng quá sâu", "the FEEL expression is nested too deeply")
