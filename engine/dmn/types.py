"""Types of values: item definitions, and how a value is made one of its type, or null (DMN 1.4, 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.dmn import language
from engine.dmn.model import Item, Kind
from expressions.feel import Type

DEEPEST = 30
"""Item definitions inside each other."""
LARGEST = 500
"""Types that one type is made of, as `instance of` looks at them."""
ALIASES: Mapping[str, str] = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "integer": "number",
    "long": "number",
    "double": "number",
    "decimal": "number",
    "any": "Any",
}
"""Names of FEEL's types in DMN's own files, and those of Camunda Modeler."""
SIMPLE = frozenset(
    {
        "string",
        "number",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "context",
        "list",
        "function",
        "range",
    }
)
MOMENTS = ("date", "time", "date and time", "days and time duration", "years and months duration")


def is_known(name: str, items: Mapping[str, Item]) -> bool:
    """Say whether a type's name means anything."""
    return name in items or _simple(name) in SIMPLE or _simple(name) == "Any" or language.is_type(name)


@dataclass(frozen=True, slots=True)
class Types:
    """The types of one model, and of those it imports under `prefix.name`."""

    find: Callable[[str], Item | None]
    now: datetime | None = None

    def made(self, value: Any, type_name: str) -> tuple[Any, bool]:
        """Give a value as one of the type, or null; and whether it could be that."""
        if value is None or not type_name:
            return value, True
        if self.conforms(value, type_name):
            return value, True
        if isinstance(value, list) and len(value) == 1 and self.conforms(value[0], type_name):
            return value[0], True
        if not isinstance(value, list) and self.conforms([value], type_name):
            return [value], True
        if self._base(type_name) == "date and time" and language.kind(value) == "date":
            return language.value('date and time(d, time("00:00:00Z"))', {"d": value}, None), True
        return None, False

    def read(self, value: Any, type_name: str) -> Any:
        """Give what came as JSON as a value of the type: texts become the moments and durations they write."""
        return self._read(value, type_name, 0)

    def conforms(self, value: Any, type_name: str, depth: int = 0) -> bool:
        """Say whether a value is of a type."""
        if not type_name or value is None:
            return True
        item = self.find(type_name)
        if item is not None and depth < DEEPEST:
            return self._is(value, item, depth + 1)
        simple = _simple(type_name)
        if simple == "Any":
            return True
        if simple in SIMPLE:
            return language.kind(value) == simple
        return language.conforms(value, type_name)

    def _is(self, value: Any, item: Item, depth: int) -> bool:
        if item.is_collection:
            if not isinstance(value, list):
                return False
            fits = all(self._is_one(one, item, depth) for one in value)
        else:
            fits = self._is_one(value, item, depth)
        return fits and self._takes(item.constraint, value)

    def _is_one(self, value: Any, item: Item, depth: int) -> bool:
        if value is None:
            return not item.allowed or self._takes(item.allowed, value)
        if item.kind is Kind.FUNCTION:
            return language.kind(value) == "function"
        if item.kind is Kind.STRUCTURE:
            if not isinstance(value, dict):
                return False
            parts = item.components
            return all(part.name in value and self._is_part(value[part.name], part, depth) for part in parts)
        return self.conforms(value, item.base, depth) and self._takes(item.allowed, value)

    def _is_part(self, value: Any, item: Item, depth: int) -> bool:
        return value is None or (depth < DEEPEST and self._is(value, item, depth + 1))

    def _takes(self, tests: str, value: Any) -> bool:
        return not tests or language.takes(tests, value, {}, self.now)

    def _base(self, type_name: str) -> str:
        seen = 0
        while (item := self.find(type_name)) is not None and item.kind is Kind.SIMPLE and seen < DEEPEST:
            type_name, seen = item.base, seen + 1
        return _simple(type_name)

    def _read(self, value: Any, type_name: str, depth: int) -> Any:
        if depth > DEEPEST or not type_name:
            return value
        if isinstance(value, list):
            return [self._read(one, type_name, depth + 1) for one in value]
        item = self.find(type_name)
        if isinstance(value, dict) and item is not None:
            parts = {part.name: part for part in item.components}
            return {name: self._read_part(one, parts.get(name), depth) for name, one in value.items()}
        base = self._base(type_name)
        return language.moment(value, base) if isinstance(value, str) and base in MOMENTS else value

    def _read_part(self, value: Any, item: Item | None, depth: int) -> Any:
        if item is None:
            return value
        if item.kind is Kind.STRUCTURE and isinstance(value, dict):
            parts = {part.name: part for part in item.components}
            return {name: self._read_part(one, parts.get(name), depth + 1) for name, one in value.items()}
        return self._read(value, item.base, depth + 1)


def feel_types(items: Mapping[str, Item], find: Callable[[str], Item | None]) -> language.Types:
    """Give item definitions as FEEL's `instance of` sees them: without their allowed values (DMN 1.4, 10.3.2.9)."""
    made = _FeelTypes(find)
    return {name: made.of(item)[0] for name, item in items.items()}


class _FeelTypes:
    """Item definitions made into types; what holds itself, or is too large, is any value there."""

    def __init__(self, find: Callable[[str], Item | None]) -> None:
        self._find = find
        self._made: dict[str, tuple[Type, int]] = {}

    def of(self, item: Item) -> tuple[Type, int]:
        """Give a type and how many types it is made of."""
        if item.kind is Kind.STRUCTURE:
            parts = [self.of(part) for part in item.components]
            size = 1 + sum(each for _, each in parts)
            names = tuple(part.name for part in item.components)
            found = Type("context", tuple(part for part, _ in parts), names) if size <= LARGEST else Type("context")
        elif item.kind is Kind.FUNCTION:
            found, size = Type("function"), 1
        else:
            found, size = self._named(item.base)
        return (Type("list", (found,)) if item.is_collection else found), min(size, LARGEST) + 1

    def _named(self, name: str) -> tuple[Type, int]:
        if name not in self._made:
            item = self._find(name) if name else None
            self._made[name] = (Type("Any"), 1)  # while it is made: what holds itself ends here
            simple = _simple(name)
            self._made[name] = self.of(item) if item else (Type(simple if simple in SIMPLE else "Any"), 1)
        return self._made[name]


def _simple(name: str) -> str:
    return ALIASES.get(name, name)
