"""Regular expressions as matches(), replace() and split() take them: XQuery and XPath Functions, section 5.6.

A pattern becomes a small program that is walked with a memory of (place in the program, place in the text): no pattern
takes more than their product in steps, and those are paid for. Back references have no such memory, only the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from expressions.budget import LONGEST_TEXT, MOST_ELEMENTS, Budget
from expressions.failures import Refusal
from expressions.feel import patterns
from expressions.feel.values import Nothing

Caps = tuple[int | None, ...]
LONGEST: Final = 1_000
"""Characters of a pattern."""
LONGEST_LITERAL: Final = 100
FAILED: Final = 500
"""Steps that a pattern costs which is none."""
FLAGS: Final = frozenset("smixq")


def known(pattern: str, flags: str, budget: Budget) -> Pattern:
    """Read a pattern and pay for it. Raises Nothing where it is none."""
    budget.step(4 * min(len(pattern), LONGEST))
    found = _compiled(pattern, flags)
    if isinstance(found, Nothing):
        budget.step(FAILED)
        raise Nothing(found.vi, found.en)
    budget.step(len(found.code))
    return found


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Pattern | Nothing:
    try:
        return _read(pattern, flags)
    except Nothing as error:
        return error.with_traceback(None)


def _read(pattern: str, flags: str) -> Pattern:
    if len(pattern) > LONGEST:
        raise Nothing("mẫu quá dài", "the pattern is too long")
    if not set(flags) <= FLAGS:
        raise Nothing("cờ của mẫu không đúng", "these flags of the pattern are not known")
    plain = pattern if "q" in flags or not set(pattern) & set(".[]\\^$*+?{}()|") else None
    if plain is not None and not set(flags) & {"i", "x"}:
        return Pattern((), 0, False, plain, "q" in flags)
    code, groups, has_back = patterns.program(pattern, flags)
    return Pattern(tuple(code), groups, has_back, None, "q" in flags)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, ready to be looked for."""

    code: tuple[tuple[Any, ...], ...]
    groups: int
    has_back: bool
    plain: str | None
    is_quoted: bool

    def search(self, text: str, start: int, budget: Budget) -> Caps | None:
        """Give the first match from `start` on: begin and end of it and of each group."""
        if self.plain is not None:
            budget.step(1 + (len(text) - start >> 6) * min(len(self.plain) + 1, LONGEST_LITERAL))
            at = text.find(self.plain, start)
            return None if at < 0 else (at, at + len(self.plain))
        seen: set[int] | None = None if self.has_back else set()
        for at in range(start, len(text) + 1):
            found = self._match(text, at, seen, budget)
            if found is not None:
                return found
        return None

    def _match(  # noqa: C901 (one loop over the kinds of steps: a call for each would take twice the time)
        self, text: str, at: int, seen: set[int] | None, budget: Budget
    ) -> Caps | None:
        code, width, length = self.code, len(text) + 1, len(text)
        waiting: list[tuple[int, int, Caps]] = [(0, at, (None,) * (2 * self.groups + 2))]
        count = 0
        while waiting:
            place, at, caps = waiting.pop()
            while True:
                count += 1
                if count & 255 == 0:
                    budget.step(256)
                    budget.hold(256)
                if seen is not None:
                    key = place * width + at
                    if key in seen:
                        break
                    seen.add(key)
                step = code[place]
                kind = step[0]
                if kind == patterns.SIGN:
                    if at >= length or not step[1](text[at]):
                        break
                    at += 1
                    place += 1
                elif kind == patterns.SPLIT:
                    waiting.append((place + step[2], at, caps))
                    place += step[1]
                elif kind == patterns.JUMP:
                    place += step[1]
                elif kind == patterns.SAVE:
                    caps = (*caps[: step[1]], at, *caps[step[1] + 1 :])
                    place += 1
                elif kind == patterns.DONE:
                    budget.step(count & 255)
                    return caps
                else:
                    at = _looked(step, text, at, caps)
                    if at < 0:
                        break
                    place += 1
        budget.step(count & 255)
        return None

    def _all(self, text: str, budget: Budget) -> list[Caps]:
        """Give all matches. Raises Nothing where the pattern matches nothing at all (FORX0003)."""
        if self.search("", 0, budget) is not None:
            raise Nothing("mẫu khớp cả chuỗi rỗng", "the pattern matches an empty text")
        found: list[Caps] = []
        at = 0
        while (caps := self.search(text, at, budget)) is not None:
            found.append(caps)
            at = max(caps[1] or 0, at + 1)
            if len(found) > MOST_ELEMENTS:
                raise Refusal("tạo danh sách quá dài", "it builds a list that is too long")
        return found

    def found(self, text: str, budget: Budget) -> list[str]:
        """Give the texts of all matches."""
        return [text[caps[0] : caps[1]] for caps in self._all(text, budget)]

    def split(self, text: str, budget: Budget) -> list[str]:
        """Cut a text at each match."""
        matches = self._all(text, budget)
        budget.elements(len(matches) + 1)
        starts = [0, *(caps[1] for caps in matches)]
        ends = [*(caps[0] for caps in matches), len(text)]
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]

    def replaced(self, text: str, replacement: str, budget: Budget) -> str:
        """Put a replacement for each match; `$1` is a group of it."""
        matches = self._all(text, budget)
        parts: list[str | int] = [replacement] if self.is_quoted else _parts(replacement, self.groups)
        result: list[str] = []
        at = length = 0
        for caps in matches:
            new = [text[at : caps[0]], *(part if isinstance(part, str) else _group(text, caps, part) for part in parts)]
            added = sum(map(len, new))
            length += added
            budget.hold(added)
            if length > LONGEST_TEXT:
                break
            result.extend(new)
            at = caps[1] or 0
        budget.text(length + len(text) - at)
        return "".join(result) + text[at:]


def _looked(step: tuple[Any, ...], text: str, at: int, caps: Caps) -> int:
    """Go on behind a look around or a back reference; -1 where it does not hold."""
    if step[0] == patterns.LOOK:
        return at if step[1](text, at) else -1
    begin, end = caps[2 * step[1]], caps[2 * step[1] + 1]
    taken = text[begin:end] if begin is not None and end is not None else ""
    return at + len(taken) if step[2](text[at : at + len(taken)], taken) else -1


def _group(text: str, caps: Caps, number: int) -> str:
    begin, end = caps[2 * number], caps[2 * number + 1]
    return text[begin:end] if begin is not None and end is not None else ""


def _parts(replacement: str, groups: int) -> list[str | int]:
    """Cut a replacement into texts and groups. Raises Nothing (FORX0004)."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        sign, after = replacement[at], replacement[at + 1 : at + 2]
        if sign == "\\":
            if after not in ("\\", "$") or not after:
                raise _bad_replacement()
            parts.append(after)
            at += 2
        elif sign == "$":
            if not after.isascii() or not after.isdigit():
                raise _bad_replacement()
            end = at + 2
            while replacement[end : end + 1].isdigit() and int(replacement[at + 1 : end + 1]) <= groups:
                end += 1
            number = int(replacement[at + 1 : end])
            parts.append(number if number <= groups else "")
            at = end
        else:
            parts.append(sign)
            at += 1
    return parts


def _bad_replacement() -> Nothing:
    return Nothing("chuỗi thay thế không đúng", "in a replacement, $ needs a number and \\ a sign")
