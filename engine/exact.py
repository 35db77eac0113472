"""Variables written as JSON that a person can edit and that loses nothing: what JSON has no kind for is marked.

`{"$date": "2026-08-20"}`, `{"$moment": "2026-08-20T08:55:00+07:00"}`, `{"$time": "08:55:00"}`, `{"$decimal": "1.20"}`,
`{"$seconds": "90.0"}`; an object that looks like one of these is written as `{"$object": {…}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.state import KINDS
from errors import Detail, Invalid
from texts import Text

MARKS = {f"${kind}": (cls, write, read) for kind, (cls, write, read) in KINDS.items()}
OBJECT = "$object"
LONGEST_NAME = 255
NAME = Text(f"Tên biến cần từ 1 đến {LONGEST_NAME} ký tự.", f"A variable's name has 1 to {LONGEST_NAME} characters.")


def written(value: Any) -> Any:
    """Give a value as JSON with marks."""
    if isinstance(value, Mapping):
        inside = {str(key): written(item) for key, item in value.items()}
        return {OBJECT: inside} if _is_mark(inside) else inside
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    for mark, (cls, write, _) in MARKS.items():
        if isinstance(value, cls):
            return {mark: write(value)}
    return sorted(map(written, value), key=repr) if isinstance(value, set | frozenset) else value


def each(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give variables with the value of each written."""
    return {name: written(value) for name, value in values.items()}


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give variables that were written with marks. Raises Invalid with each that cannot be read (`variables.name`)."""
    found: dict[str, Any] = {}
    problems: list[Detail] = []
    for name, value in values.items():
        if not 0 < len(name) <= LONGEST_NAME:
            problems.append(_problem(name, "name", NAME))
            continue
        try:
            found[name] = _read(value)
        except ValueError as wrong:
            what = Text(f"“{name}”: không đọc được {wrong}.", f"“{name}”: {wrong} cannot be read.")
            problems.append(_problem(name, "kind", what))
    if problems:
        raise Invalid(details=problems)
    return found


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if not _is_mark(value):
        return {key: _read(item) for key, item in value.items()}
    ((mark, inside),) = value.items()
    if mark == OBJECT:
        if not isinstance(inside, Mapping):
            raise ValueError(f"{OBJECT} {inside!r:.80}")
        return {key: _read(item) for key, item in inside.items()}
    if not isinstance(inside, str):
        raise ValueError(f"{mark} {inside!r:.80}")
    try:
        return MARKS[mark][2](inside)
    except (ValueError, ArithmeticError):
        raise ValueError(f"{mark} {inside!r:.80}") from None


def _is_mark(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and (next(iter(value)) in MARKS or OBJECT in value)


def _problem(name: str, code: str, message: Text) -> Detail:
    return Detail(field=f"variables.{name}"[:300], code=code, message=message)
