"""Whether what was sent has the shape of the form: every name known, groups as objects, lists as lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from errors import Detail
from forms import messages
from forms.model import Names

MAX_NAMED = 50
"""Unknown names reported; a hostile body may hold millions."""


def faults(names: Names, submitted: object) -> tuple[Detail, ...]:
    """Give a detail for each unknown name and each group or list that is something else, with its dotted path."""
    found = []
    for detail in _level(names, submitted, ""):
        found.append(detail)
        if len(found) == MAX_NAMED:
            break
    return tuple(found)


def _level(names: Names, value: object, path: str) -> Iterator[Detail]:
    if names.inner is None or (value is None and path):
        return
    if names.is_list:
        yield from _rows(names, value, path)
    elif not isinstance(value, Mapping):
        name = path or "data"
        yield Detail(code="wrong_type", field=path, message=messages.not_a_group(name))
    else:
        yield from _names(names.inner, value, path)


def _names(inner: Mapping[str, Names], value: Mapping[Any, Any], path: str) -> Iterator[Detail]:
    for key, entry in value.items():
        known = inner.get(key) if isinstance(key, str) else None
        name = f"{path}.{_shown(key)}" if path else _shown(key)
        if known is None:
            yield Detail(code="unknown_field", field=name, message=messages.unknown(name))
        else:
            yield from _level(known, entry, name)


def _rows(names: Names, value: object, path: str) -> Iterator[Detail]:
    if not isinstance(value, list):
        yield Detail(code="wrong_type", field=path, message=messages.not_a_list(path))
        return
    row = Names(names.inner)
    for number, entry in enumerate(value):
        yield from _level(row, {} if entry is None else entry, f"{path}.{number}")


def _shown(key: object) -> str:
    text = str(key).encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return text if len(text) <= 80 else text[:80] + "…"
