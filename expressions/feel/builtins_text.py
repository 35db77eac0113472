"""Built-in functions of texts (DMN 1.4, 10.3.4.3). Positions count characters (code points) from 1."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from expressions.budget import Budget
from expressions.failures import Refusal
from expressions.feel import moments, numeric, regex
from expressions.feel.plain import lift, written
from expressions.feel.running import Run
from expressions.feel.values import Nothing, Range, kind_of


def _substring(run: Run, text: str, position: Decimal, count: Decimal | None = None) -> str:
    start, length = numeric.cut(position), None if count is None else numeric.cut(count)
    if start == 0 or abs(start) > len(text) + (start > 0):
        raise Nothing("vị trí nằm ngoài chuỗi", "the start position is outside of the text")
    if length is not None and length < 1:
        raise Nothing("độ dài phải từ 1", "the length must be 1 or more")
    first = start - 1 if start > 0 else len(text) + start
    return _new(run, text[first : None if length is None else first + length])


def _new(run: Run, text: str) -> str:
    """Pay for a text that was cut out of another."""
    run.budget.hold(len(text))
    return text


def _looked(run: Run, text: str, match: str) -> None:
    """Pay for looking for one text in another."""
    run.budget.step((len(text) + len(match)) >> 6)


def _contains(run: Run, text: str, match: str) -> bool:
    _looked(run, text, match)
    return match in text


def _before(run: Run, text: str, match: str) -> str:
    _looked(run, text, match)
    return _new(run, text.partition(match)[0]) if match and match in text else ""


def _after(run: Run, text: str, match: str) -> str:
    _looked(run, text, match)
    return _new(run, text.partition(match)[2]) if match and match in text else "" if match else text


def _upper(run: Run, text: str) -> str:
    run.budget.text(len(text) * 3)
    return text.upper()


def _lower(run: Run, text: str) -> str:
    run.budget.text(len(text) * 3)
    return text.lower()


def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    return regex.known(pattern, flags or "", run.budget).search(text, 0, run.budget) is not None


def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    return regex.known(pattern, flags or "", run.budget).replaced(text, replacement, run.budget)


def _split(run: Run, text: str, delimiter: str) -> list[str]:
    return regex.known(delimiter, "", run.budget).split(text, run.budget)


def _extract(run: Run, text: str, pattern: str) -> list[str]:
    return regex.known(pattern, "", run.budget).found(text, run.budget)


def _joined(run: Run, parts: list[Any], delimiter: str | None = None, *around: str | None) -> str:
    texts = [part for part in parts if part is not None]
    wrong = next((part for part in texts if type(part) is not str), None)
    if wrong is not None:
        raise Nothing("chỉ nối được chuỗi", f"only texts are joined, not a {kind_of(lift(wrong))}")
    between = delimiter or ""
    run.budget.step(len(texts))
    run.budget.text(sum(map(len, texts)) + len(between) * len(texts))
    prefix, suffix = (*around, None, None)[:2]
    return (prefix or "") + between.join(texts) + (suffix or "")


def _string(run: Run, value: Any) -> str | None:
    if value is None:
        return None
    if type(value) is str:
        return value
    run.budget.walk(value)
    text = shown(value, run.budget)
    run.budget.text(len(text))
    return text


def shown(value: Any, budget: Budget, *, inside: bool = False) -> str:
    """Write any value as string() does; a text inside of another value has its quotes."""
    value = lift(value)
    match kind_of(value):
        case "null":
            return "null"
        case "boolean":
            return "true" if value else "false"
        case "number":
            number = numeric.shown(value)
            budget.hold(len(number))
            return number
        case "string":
            return written(value) if inside else str(value)
        case "list":
            return f"[{', '.join(shown(part, budget, inside=True) for part in value)}]"
        case "context":
            parts = (f"{_name(key)}: {shown(part, budget, inside=True)}" for key, part in value.items())
            return f"{{{', '.join(parts)}}}"
        case "range":
            return _range(value, budget)
        case "function":
            raise Nothing("không viết được một hàm", "a function cannot be written")
    return moments.shown(value)


def _name(key: Any) -> str:
    if type(key) is not str:
        raise Refusal("tên trong dữ liệu phải là chuỗi", "the names in a context must be texts")
    return key if key.isidentifier() else written(key)


def _range(value: Range, budget: Budget) -> str:
    start = shown(value.start, budget, inside=True) if value.start is not None else ""
    end = shown(value.end, budget, inside=True) if value.end is not None else ""
    return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"


TEXT: Final = "string: s"
FUNCTIONS: Final = {
    "substring": [("string: s, start position: n, length: n?", _substring)],
    "string length": [(TEXT, lambda run, text: numeric.number(len(text)))],
    "upper case": [(TEXT, _upper)],
    "lower case": [(TEXT, _lower)],
    "substring before": [("string: s, match: s", _before)],
    "substring after": [("string: s, match: s", _after)],
    "contains": [("string: s, match: s", _contains)],
    "starts with": [("string: s, match: s", lambda run, text, match: text.startswith(match))],
    "ends with": [("string: s, match: s", lambda run, text, match: text.endswith(match))],
    "matches": [("input: s, pattern: s, flags: s?", _matches)],
    "replace": [("input: s, pattern: s, replacement: s, flags: s?", _replace)],
    "split": [("string: s, delimiter: s", _split)],
    "string join": [
        ("list: l, delimiter: s?", _joined),
        ("list: l, delimiter: s?, prefix: s?, suffix: s?", _joined),
    ],
    "string": [("from: a", _string)],
    # Camunda's
    "trim": [(TEXT, lambda run, text: _new(run, text.strip()))],
    "is blank": [(TEXT, lambda run, text: not _new(run, text.strip()))],
    "extract": [("string: s, pattern: s", _extract)],
}
