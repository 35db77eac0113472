"""Small readers of untrusted schema values: each gives the value wanted or nothing, and never raises."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from forms.model import Bound, Feel, Kind
from texts import Text


def text(value: object) -> str:
    """Give a string without what cannot be stored or shown (NUL, halves of surrogate pairs); anything else: empty."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Give a list, or an empty one."""
    return value if isinstance(value, list) else []


def flag(value: object, default: bool = False) -> bool:
    """Give a truth value; what is absent is `default`, any other value is as true as JavaScript holds it."""
    return default if value is None else bool(value)


def whole(value: object, default: int, *, least: int, most: int) -> int:
    """Give a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        return max(least, min(most, int(value)))
    except (ValueError, OverflowError):
        return default


def both(schema: Mapping[str, Any], key: str, english: str = "") -> Text:
    """Give a text and its English, which stands in `properties` under `<key>En` (an option: beside it)."""
    own, properties = text(schema.get(key)), mapping(schema.get("properties"))
    name = english or f"{key}En"
    return Text(own, text(properties.get(name)) or text(schema.get(name)))


def feel(value: object) -> Feel | None:
    """Give a FEEL expression (a string that begins with an equals sign), else None."""
    return Feel(text(value)[1:]) if isinstance(value, str) and value.startswith("=") else None


def decimal(value: object) -> Decimal | None:
    """Give an exact decimal of a JSON number or a string that holds one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else None


def bound(value: object) -> Bound:
    """Give a limit: a number or a FEEL expression."""
    return feel(value) or decimal(value)


def path(value: object) -> tuple[str, ...]:
    """Split a key or path at its dots."""
    return tuple(part for part in text(value).split(".") if part)


def common(schema: Mapping[str, Any], kind: Kind, label: Text | None = None) -> dict[str, Any]:
    """Give what every component has, as the arguments of its class."""
    layout = mapping(schema.get("layout"))
    return {
        "kind": kind,
        "label": label if label is not None else both(schema, "label"),
        "help": both(schema, "description"),
        "hide": feel(mapping(schema.get("conditional")).get("hide")),
        "row": text(layout.get("row")),
        "columns": whole(layout.get("columns"), 0, least=0, most=16),
        "page": own(schema, "page"),
    }


def own(schema: Mapping[str, Any], name: str) -> str:
    """Give one of the component's free `properties`, as the editor writes them."""
    return text(mapping(schema.get("properties")).get(name))
