"""From the text of a regular expression (XML Schema part 2, appendix F, with XPath's additions) to its program."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from expressions.feel.values import Nothing

SIGN, SPLIT, JUMP, SAVE, LOOK, BACK, DONE = range(7)
"""Take a sign; try two ways, the first one first; go on elsewhere; note a place; look around; take what a group took;
end. Where to go on is told from here."""
LONGEST_PROGRAM: Final = 4_000
DEEPEST: Final = 30
Step = tuple[Any, ...]
Test = Callable[[str], bool]
BLOCKS: Final = {
    "BasicLatin": (0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF),
    "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Thai": (0xE00, 0xE7F),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
}
CATEGORIES: Final = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
_SINGLE: Final = {"n": "\n", "r": "\r", "t": "\t", **{sign: sign for sign in "\\|.?*+(){}-[]^$"}}


def program(pattern: str, flags: str) -> tuple[list[Step], int, bool]:
    """Give the steps, the number of groups and whether there are back references. Raises Nothing."""
    reader = _Reader(pattern, flags)
    inside = [(SIGN, reader.literal(sign)) for sign in pattern] if "q" in flags else reader.whole()
    return [(SAVE, 0), *inside, (SAVE, 1), (DONE,)], reader.groups, reader.has_back


class _Reader:
    def __init__(self, pattern: str, flags: str) -> None:
        self._text = pattern
        self._at = 0
        self._flags = flags
        self._depth = 0
        self._closed: set[int] = set()
        self.groups = 0
        self.has_back = False
        if "x" in flags and "q" not in flags:
            self._text = _without_blanks(pattern)

    def whole(self) -> list[Step]:
        steps = self._choice()
        if self._at < len(self._text):
            raise _bad()
        return steps

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _choice(self) -> list[Step]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Nothing("mẫu lồng quá sâu", "the pattern is nested too deeply")
        steps = self._branch()
        while self._skip("|"):
            other = self._branch()
            steps = _short([(SPLIT, 1, len(steps) + 2), *steps, (JUMP, len(other) + 1), *other])
        self._depth -= 1
        return steps

    def _branch(self) -> list[Step]:
        steps: list[Step] = []
        while self._peek() not in ("", "|", ")"):
            steps.extend(self._piece())
            _short(steps)
        return steps

    def _piece(self) -> list[Step]:
        atom = self._atom()
        least, most = 1, 1
        sign = self._peek()
        if sign and sign in "?*+":
            self._at += 1
            least, most = {"?": (0, 1), "*": (0, -1), "+": (1, -1)}[sign]
        elif sign == "{":
            least, most = self._counts()
        else:
            return atom
        return _repeated(atom, least, most, lazy=self._skip("?"))

    def _counts(self) -> tuple[int, int]:
        end = self._text.find("}", self._at)
        first, comma, last = self._text[self._at + 1 : end].partition(",")
        numbers = [number for number in (first, last) if number]
        if end < 0 or not first or not all(number.isascii() and number.isdigit() for number in numbers):
            raise _bad()
        if any(len(number) > 5 for number in numbers):
            raise _too_long()
        self._at = end + 1
        least = int(first)
        most = int(last) if last else (-1 if comma else least)
        if 0 <= most < least:
            raise _bad()
        return least, most

    def _atom(self) -> list[Step]:
        sign = self._peek()
        self._at += 1
        match sign:
            case "(":
                return self._group()
            case "[":
                return [(SIGN, self._either(self._class()))]
            case "\\":
                return self._escaped()
            case ".":
                return [(SIGN, (lambda c: True) if "s" in self._flags else (lambda c: c not in "\n\r"))]
            case "^":
                multi = "m" in self._flags
                return [(LOOK, lambda text, at: at == 0 or (multi and text[at - 1] == "\n" and at < len(text)))]
            case "$":
                multi = "m" in self._flags
                return [(LOOK, lambda text, at: at == len(text) or (multi and text[at] == "\n"))]
        if sign in "?*+{}]":
            raise _bad()
        return [(SIGN, self.literal(sign))]

    def _group(self) -> list[Step]:
        if self._skip("?:"):
            steps = self._choice()
        else:
            self.groups += 1
            number = self.groups
            steps = [(SAVE, 2 * number), *self._choice(), (SAVE, 2 * number + 1)]
            self._closed.add(number)
        if not self._skip(")"):
            raise _bad()
        return steps

    def _escaped(self) -> list[Step]:
        sign = self._peek()
        if sign.isascii() and sign.isdigit() and sign != "0":
            self._at += 1
            while self._peek().isdigit() and int(sign + self._peek()) <= self.groups:
                sign += self._peek()
                self._at += 1
            if int(sign) not in self._closed:
                raise _bad()
            self.has_back = True
            folded = "i" in self._flags
            same = (lambda a, b: a.casefold() == b.casefold()) if folded else (lambda a, b: a == b)
            return [(BACK, int(sign), same)]
        if sign in _SINGLE and sign:
            self._at += 1
            return [(SIGN, self.literal(_SINGLE[sign]))]
        return [(SIGN, self._either(self._special()))]

    def _special(self) -> Test:
        """Read what stands after a backslash and means many signs."""
        sign = self._peek()
        self._at += 1
        if sign in ("p", "P"):
            end = self._text.find("}", self._at)
            if self._peek() != "{" or end < 0:
                raise _bad()
            test = _category(self._text[self._at + 1 : end])
            self._at = end + 1
        elif sign and sign in "sSiIcCdDwW":
            test = _MANY[sign.lower()]
        else:
            raise _bad()
        return _not(test) if sign.isupper() else test

    def _class(self) -> Test:
        negative = self._skip("^")
        tests: list[Test] = []
        first = True
        while first or self._peek() != "]":
            if not self._peek():
                raise _bad()
            if not first and self._text.startswith("-[", self._at):
                self._at += 2
                less = self._class()
                if self._peek() != "]":
                    raise _bad()
                self._at += 1
                inside = _any(tests, negative)
                return lambda c: inside(c) and not less(c)
            tests.append(self._member())
            first = False
        self._at += 1
        return _any(tests, negative)

    def _member(self) -> Test:
        low = self._member_sign()
        if not isinstance(low, str):
            return low
        after = self._text[self._at + 1 : self._at + 2]
        if self._peek() == "-" and after not in ("]", "[", ""):
            self._at += 1
            high = self._member_sign()
            if not isinstance(high, str) or high < low:
                raise _bad()
            return lambda c: low <= c <= high
        return lambda c: c == low

    def _member_sign(self) -> str | Test:
        sign = self._peek()
        if sign == "[" or not sign:
            raise _bad()
        if sign != "\\":
            self._at += 1
            return sign
        self._at += 1
        sign = self._peek()
        if sign and sign in _SINGLE:
            self._at += 1
            return _SINGLE[sign]
        return self._special()

    def literal(self, sign: str) -> Test:
        """Take one sign, or its other case too."""
        if "i" not in self._flags:
            return lambda c: c == sign
        forms = {sign, sign.lower(), sign.upper()}
        return lambda c: c in forms

    def _either(self, test: Test) -> Test:
        if "i" not in self._flags:
            return test
        return lambda c: test(c) or test(c.lower()) or test(c.upper())


def _repeated(atom: list[Step], least: int, most: int, *, lazy: bool) -> list[Step]:
    def split(first: int, second: int) -> Step:
        return (SPLIT, second, first) if lazy else (SPLIT, first, second)

    if (len(atom) + 1) * max(least, most, 1) > LONGEST_PROGRAM:
        raise _too_long()
    steps = atom * least
    if most < 0:
        if least:
            return _short([*steps, split(-len(atom), 1)])
        return _short([split(1, len(atom) + 2), *atom, (JUMP, -len(atom) - 1)])
    for left in range(most - least, 0, -1):
        steps.append(split(1, left * (len(atom) + 1)))
        steps.extend(atom)
    return steps


def _short(steps: list[Step]) -> list[Step]:
    if len(steps) > LONGEST_PROGRAM:
        raise _too_long()
    return steps


def _without_blanks(pattern: str) -> str:
    """Leave out blanks outside of classes (flag x)."""
    kept, inside, escaped = "", 0, False
    for sign in pattern:
        if not inside and not escaped and sign in " \t\n\r":
            continue
        if not escaped:
            inside += (sign == "[") - (sign == "]" and inside > 0)
        escaped = sign == "\\" and not escaped
        kept += sign
    return kept


def _any(tests: list[Test], negative: bool) -> Test:
    if negative:
        return lambda c: not any(test(c) for test in tests)
    return lambda c: any(test(c) for test in tests)


def _not(test: Test) -> Test:
    return lambda c: not test(c)


def _category(name: str) -> Test:
    if name.startswith("Is") and name[2:] in BLOCKS:
        low, high = BLOCKS[name[2:]]
        return lambda c: low <= ord(c) <= high
    if name not in CATEGORIES:
        raise _bad()
    return lambda c: unicodedata.category(c).startswith(name)


def _is_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "PZC"


_MANY: Final[dict[str, Test]] = {
    "s": lambda c: c in " \t\n\r",
    "d": lambda c: unicodedata.category(c) == "Nd",
    "w": _is_word,
    "i": lambda c: c.isalpha() or c in "_:",
    "c": lambda c: c.isalnum() or c in "_:-.\u00b7",
}


def _bad() -> Nothing:
    return Nothing("mẫu không đúng", "this is no regular expression")


def _too_long() -> Nothing:
    return Nothing("mẫu quá dài", "the pattern is too long")
