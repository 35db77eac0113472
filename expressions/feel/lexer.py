"""From a text to tokens. Names are put together later (names.py): FEEL lets them have blanks and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from expressions.failures import Refusal

_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_BLANK = "\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
"""Letters and blanks: DMN 1.4, 10.3.1.2, rules 28 to 30 and 61 to 62."""

_TOKEN: Final = re.compile(
    rf"""(?P<blank>[{_BLANK}]+|//[^\n\r]*|/\*.*?\*/)
       |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
       |(?P<string>"(?:[^"\\]|\\.)*")
       |(?P<word>[{_START}][{_PART}]*)
       |(?P<sign>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.@'’])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
WORD: Final = re.compile(f"[{_START}][{_PART}]*")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_PAIR: Final = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_PLAIN: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the source: `kind` is number, string, word, sign or end."""

    kind: str
    text: str
    start: int
    end: int


def tokens_of(source: str) -> list[Token]:
    """Cut a source into tokens, the last of kind end. Raises Refusal."""
    found = []
    place = 0
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:
            raise unexpected(source[place], place)
        if match.lastgroup != "blank":
            found.append(Token(str(match.lastgroup), match[0], place, match.end()))
        place = match.end()
    found.append(Token("end", "", len(source), len(source)))
    return found


def unexpected(text: str, place: int) -> Refusal:
    """Give the refusal of something that cannot stand where it stands; places count from 1."""
    shown = text[:30] or "end"
    return Refusal(
        f"FEEL: không hiểu {shown} ở ký tự {place + 1}", f"FEEL: unexpected {shown} at character {place + 1}"
    )


def text_of(token: Token) -> str:
    """Give the text that a string token means; surrogate pairs become one character. Raises Refusal."""
    inside = token.text[1:-1]
    if "\\" not in inside:
        return inside

    def meant(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            number = int(code, 16)
            if number > 0x10FFFF:
                raise unexpected(match[0], token.start)
            return chr(number)
        return _PLAIN.get(match[3], match[0])

    text = _PAIR.sub(lambda pair: _joined(pair[1], pair[2]), _ESCAPE.sub(meant, inside))
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise unexpected(token.text, token.start)
    return text


def _joined(high: str, low: str) -> str:
    return chr(0x10000 + ((ord(high) - 0xD800) << 10 | (ord(low) - 0xDC00)))
