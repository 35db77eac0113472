"""Types as a source writes them (DMN 1.4, 10.3.1.2, rule 51 and following)."""

from __future__ import annotations

from expressions.feel.cursor import DEEPEST, Cursor, too_deep
from expressions.feel.lexer import unexpected
from expressions.feel.names import pieces_of
from expressions.feel.types import Type, type_named

LONG_NAMES = ("date and time", "days and time duration", "years and months duration")


class TypeReader(Cursor):
    """Reads `list<number>`, `context<a: string>`, `function<number> -> string`, `range<date>`."""

    def _type(self) -> Type:
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep()
        found = self._type_inside()
        self._depth -= 1
        return found

    def _type_inside(self) -> Type:
        first = self._token
        if first.kind != "word":
            raise unexpected(first.text, first.start)
        self._at += 1
        words = [first.text]
        for name in (*LONG_NAMES, *(name for name in self._types if not name.isidentifier())):
            pieces = pieces_of(name)
            if pieces and tuple(token.text for token in self._tokens[self._at - 1 :][: len(pieces)]) == pieces:
                self._at += len(pieces) - 1
                words = [name]
        while self._next_is("."):
            self._at += 1
            words.append(self._name(after_point=True))
        name = ".".join(words)
        if name == "context" and self._skip("<"):
            return self._context_type()
        if name in ("list", "range") and self._skip("<"):
            inner = self._type()
            self._need(">")
            return Type(name, (inner,))
        if name == "function" and self._skip("<"):
            return self._function_type()
        return type_named(name, self._types)

    def _context_type(self) -> Type:
        names: list[str] = []
        types: list[Type] = []
        while not self._next_is(">"):
            name = self._label()
            if name is None:
                raise unexpected(self._token.text, self._token.start)
            names.append(name)
            types.append(self._type())
            if not self._skip(","):
                break
        self._need(">")
        return Type("context", tuple(types), tuple(names))

    def _function_type(self) -> Type:
        types: list[Type] = []
        while not self._next_is(">"):
            types.append(self._type())
            if not self._skip(","):
                break
        self._need(">")
        self._need("->")
        return Type("function", (*types, self._type()))
