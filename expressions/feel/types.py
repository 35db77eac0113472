"""Types: their names, what is an instance of them, and how a value fits where a type is wanted (DMN 1.4, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from expressions.failures import Refusal
from expressions.feel.plain import lift
from expressions.feel.values import Function, Range, kind_of


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `parts` are those of a list's items, a range's ends, a context's entries, a function's parameters and
    result; `test` is how a type of the caller's own (an item definition) is told."""

    name: str
    parts: tuple[Type, ...] = ()
    names: tuple[str, ...] = ()
    test: Callable[[Any], bool] | None = None


ANY: Final = Type("Any")
NAMES: Final = {
    "Any": "Any",
    "Null": "Null",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "function": "function",
    "range": "range",
}
"""FEEL's names and those of DMN 1.1 and 1.2."""


def type_named(name: str, types: Mapping[str, Type] | None = None) -> Type:
    """Give the type of a name: one of FEEL's, or of `types`. Raises Refusal."""
    if types and name in types:
        return types[name]
    if name not in NAMES:
        raise Refusal(f"FEEL: không có kiểu {name[:60]}", f"FEEL: there is no type {name[:60]}")
    return Type(NAMES[name])


def conforms(value: Any, wanted: Type) -> bool:
    """Say whether a value is an instance of a type; null is one of Any and Null only."""
    value = lift(value)
    if wanted.test is not None:
        return wanted.test(value)
    if wanted.name == "Any":
        return value is not None
    if value is None:
        return wanted.name == "Null"
    if kind_of(value) != wanted.name:
        return False
    if not wanted.parts:
        return True
    inner = wanted.parts[0]
    match wanted.name:
        case "list":
            return all(fits(part, inner) for part in value)
        case "range":
            return _of_range(value, inner)
        case "context":
            pairs = zip(wanted.names, wanted.parts, strict=True)
            return all(name in value and fits(value[name], part) for name, part in pairs)
        case "function":
            return _of_function(value, wanted)
    return True


def fits(value: Any, wanted: Type) -> bool:
    """Say whether a value may stand where a type is wanted: null may everywhere."""
    return value is None or conforms(value, wanted)


def _of_range(value: Range, inner: Type) -> bool:
    return fits(value.start, inner) and fits(value.end, inner)


def _of_function(value: Function, wanted: Type) -> bool:
    *parameters, result = wanted.parts
    if len(parameters) != len(value.names):
        return False
    given = value.types or tuple(ANY for _ in value.names)
    return all(_takes(mine, theirs) for mine, theirs in zip(given, parameters, strict=True)) and (
        result.name == "Any" or value.result is None or _takes(result, value.result)
    )


def _takes(wide: Type, narrow: Type) -> bool:
    """Say whether every value of `narrow` is one of `wide`."""
    if wide.name == "Any" or narrow.name == "Null":
        return True
    if wide.name != narrow.name:
        return False
    if wide.name == "context":
        theirs = dict(zip(narrow.names, narrow.parts, strict=True))
        pairs = zip(wide.names, wide.parts, strict=True)
        return all(name in theirs and _takes(part, theirs[name]) for name, part in pairs)
    return not wide.parts or (
        len(wide.parts) == len(narrow.parts)
        and all(_takes(mine, other) for mine, other in zip(wide.parts, narrow.parts, strict=True))
    )


def fitted(value: Any, wanted: Type) -> Any:
    """Give a value as a type wants it: a list of one for its item, an item for a list of it; null where it cannot be.

    DMN 1.4, 10.3.2.9.4: to and from singleton list; a date for a date and time is its midnight at Greenwich.
    """
    value = lift(value)
    if value is None or fits(value, wanted):
        return value
    if type(value) is list and len(value) == 1 and wanted.name != "list" and fits(value[0], wanted):
        return lift(value[0])
    if wanted.name == "list" and (not wanted.parts or fits(value, wanted.parts[0])):
        return [value]
    return None
