"""`{{…}}` in labels and texts: replaced by values as plain text; a value is never markup.

The language is form-js' own (feelers): `{{expression}}`, `{{#if expression}}…{{/if}}` and
`{{#loop expression}}…{{/loop}}`, inside which names are those of the entry, `this` is the entry itself and `parent`
what surrounds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from forms import feel
from forms.allowance import Spent, within
from forms.feel import Scope
from forms.model import Feel
from texts import Text

_TAG = re.compile(r"\{\{(.{0,500}?)\}\}", re.DOTALL)
_OPENING = re.compile(r"#\s*(if|loop)\s(.*)", re.DOTALL)
_NAME = re.compile(r"\s*(?!(?:true|false|null)\b)([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*")
_LONGEST = 2000
MAX_VALUES = 5000
"""Values that one text may ask for, those of loops and of loops in loops together."""
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Insert:
    """`{{expression}}`."""

    source: str


@dataclass(frozen=True, slots=True)
class Block:
    """`{{#if expression}}` or `{{#loop expression}}` with what stands up to its end."""

    is_loop: bool
    source: str
    parts: Sequence[Part]
    ends_line: bool


Part: TypeAlias = str | Insert | Block
Escape: TypeAlias = Callable[[str], str]


def fill(text: Text, scope: Scope, escape: Escape = lambda value: value) -> Text:
    """Fill the templates of a text in both languages; each value goes through `escape`."""
    if "{{" not in text.vi and "{{" not in text.en and not text.vi.startswith("=") and not text.en.startswith("="):
        return text
    return Text(_filled(text.vi, scope, escape), _filled(text.en, scope, escape))


def plain(text: str, scope: Scope, *, longest: int = _LONGEST) -> str:
    """Fill the templates of a text that has one language only, such as an address."""
    return _filled(text, scope, lambda value: value, longest) if "{{" in text or text.startswith("=") else text


def expressions(text: str) -> Iterator[str]:
    """Give every expression of a text's templates."""
    yield from _expressions(_parsed(text)[0])


def fault(text: str) -> str:
    """Name the first tag of a text that opens or ends a block without its counterpart, or nothing."""
    return _parsed(text)[1]


def _expressions(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Insert | Block):
            yield part.source
        if isinstance(part, Block):
            yield from _expressions(part.parts)


@dataclass(slots=True)
class _Open:
    """A block that is being read; the outermost is the text itself."""

    kind: str = ""
    source: str = ""
    parts: list[Part] = field(default_factory=list)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[tuple[Part, ...], str]:
    """Give the parts of a text, and the first tag without a counterpart; a block without an end ends with the text."""
    stack, wrong, at = [_Open()], "", 0
    for tag in _TAG.finditer(text):
        if tag.start() > at:
            stack[-1].parts.append(text[at : tag.start()])
        at, inner = tag.end(), tag[1].strip()
        opening = _OPENING.fullmatch(inner)
        if opening and len(stack) < _DEEPEST:
            stack.append(_Open(opening[1], opening[2]))
            at += text[at : at + 1] == "\n"
        elif inner.startswith("/") and len(stack) > 1 and inner[1:].strip() == stack[-1].kind:
            ends_line = text[at : at + 1] == "\n"
            at += ends_line
            _end(stack, ends_line=ends_line)
        elif inner.startswith(("#", "/")):
            wrong = wrong or tag[0]
        elif inner:
            stack[-1].parts.append(Insert(inner))
    stack[-1].parts.append(text[at:])
    while len(stack) > 1:
        wrong = wrong or f"{{{{#{stack[-1].kind} {stack[-1].source}}}}}"
        _end(stack, ends_line=False)
    return tuple(stack[0].parts), wrong


def _end(stack: list[_Open], *, ends_line: bool) -> None:
    done = stack.pop()
    stack[-1].parts.append(Block(done.kind == "loop", done.source, tuple(done.parts), ends_line))


def _filled(text: str, scope: Scope, escape: Escape, longest: int = _LONGEST) -> str:
    if text.startswith("="):
        return escape(_shown(feel.value(Feel(text[1:]), scope), longest))
    return "".join(_Filler(escape, longest).each(_parsed(text)[0], scope)) if "{{" in text else text


@dataclass(slots=True)
class _Filler:
    escape: Escape
    longest: int
    left: int = MAX_VALUES

    def each(self, parts: Sequence[Part], scope: Scope) -> Iterator[str]:
        for part in parts:
            if isinstance(part, str):
                yield part
            elif self.left > 0:
                self.left -= 1
                value = _value(part.source, scope)
                yield (
                    self.escape(_shown(value, self.longest))
                    if isinstance(part, Insert)
                    else self.block(part, value, scope)
                )

    def block(self, block: Block, value: Any, scope: Scope) -> str:
        if block.is_loop:
            entries = value if isinstance(value, list | tuple) else [] if value is None else [value]
            done = "".join(self.round(block, entry, scope) for entry in entries)
        elif not value:
            return ""
        else:
            done = "".join(self.each(block.parts, scope))
        return f"{done}\n" if block.ends_line and not done.endswith("\n") else done

    def round(self, block: Block, entry: Any, scope: Scope) -> str:
        if self.left <= 0:
            return ""
        self.left -= 1
        names = entry if isinstance(entry, Mapping) else {}
        return "".join(self.each(block.parts, Scope(names, entry, scope.names(), scope.i, scope.now)))


def _value(source: str, scope: Scope) -> Any:
    name = _NAME.fullmatch(source)
    if name is None:
        return feel.value(Feel(source), scope)
    try:
        return within(lambda: _looked_up(name[1], scope))
    except Spent:
        return None


def _looked_up(name: str, scope: Scope) -> Any:
    """Follow a dotted name without calling QuickJS; most templates are no more than that."""
    first, *steps = name.split(".")
    value: Any = scope.names(first).get(first)
    for step in steps:
        if isinstance(value, list | tuple):  # of a list FEEL takes the name of each entry
            return feel.value(Feel(name), scope)
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _shown(value: object, longest: int) -> str:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, str | int | float | Decimal):
        return str(value)[:longest]
    return ", ".join(_shown(x, longest) for x in value[:50]) if isinstance(value, list) else ""
