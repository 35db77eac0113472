"""Plain JavaScript and Groovy in Python's words: an offer for a person to look at, never run by itself."""

from __future__ import annotations

import re

from expressions import python

LONGEST = 2_000
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_SET = re.compile(r"execution\.setVariable\(\s*(?P<q>['\"])(?P<name>[^\W\d]\w*)(?P=q)\s*,\s*(?P<value>.+)\)")
_GET = re.compile(r"execution\.getVariable\(\s*(?P<q>['\"])(?P<name>[^\W\d]\w*)(?P=q)\s*\)")
_DECLARED = re.compile(r"^(?:var|let|const|def|int|String|boolean|double|long)\s+(?=[^\W\d]\w*\s*=)")
_SIGNS = (
    (re.compile(r"==="), "=="),
    (re.compile(r"!=="), "!="),
    (re.compile(r"\s*&&\s*"), " and "),
    (re.compile(r"\s*\|\|\s*"), " or "),
    (re.compile(r"!(?!=)\s*"), "not "),
    (re.compile(r"\btrue\b"), "True"),
    (re.compile(r"\bfalse\b"), "False"),
    (re.compile(r"\bnull\b"), "None"),
)


def python_words(source: str) -> str | None:
    """Give a script of assignments in Python, its lines parted by semicolons; None where it is more than that."""
    if len(source) > LONGEST:
        return None
    lines = [_line(line) for raw in source.splitlines() for line in _statements(raw)]
    written = [line for line in lines if line]
    if not written or any(not re.match(r"[^\W\d]\w*\s*=(?!=)", line) for line in written):
        return None
    return None if python.refusal("\n".join(written), script=True) else "; ".join(written)


def _statements(line: str) -> list[str]:
    bare = line.strip()
    return [] if bare.startswith("//") else [part for part in bare.split(";") if part.strip()]


def _line(line: str) -> str:
    line = _DECLARED.sub("", line.strip())
    line = _GET.sub(lambda found: found["name"], line)
    if assigned := _SET.fullmatch(line):
        line = f"{assigned['name']} = {assigned['value'].strip()}"
    parts, at = [], 0
    for text in _TEXT.finditer(line):
        parts += [_signs(line[at : text.start()]), text[0]]
        at = text.end()
    return "".join((*parts, _signs(line[at:]))).strip()


def _signs(code: str) -> str:
    for pattern, word in _SIGNS:
        code = pattern.sub(word, code)
    return code
