"""FEEL as decisions need it: texts checked and evaluated with the values and functions in scope, and values told apart.

The one place of engine/dmn that knows which evaluator computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from expressions import feel
from expressions.zone import OFFICE
from texts import Text

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function that FEEL can call: business knowledge models, decision services, boxed functions."""

    name: str
    parameters: tuple[str, ...]
    call: Callable[[Sequence[Any]], Any]
    """Takes a value for each parameter, in order."""


def function(name: str, parameters: tuple[str, ...], body: Callable[[Sequence[Any]], Any]) -> Function:
    """Make a function of Python; `body` takes a value for each parameter, in order."""
    return Function(name, parameters, body)


def plain(held: Any) -> Any:
    """Give plain data; a function is null."""
    if isinstance(held, dict):
        return {name: plain(part) for name, part in held.items()}
    if isinstance(held, list):
        return [plain(part) for part in held]
    return None if isinstance(held, Function) else held


def shown(held: Any) -> Any:
    """Give plain data with exact numbers, and moments and durations as texts; a function is null."""
    return plain(held)


def is_type(name: str) -> bool:
    """Say whether a text is a type of FEEL's own, such as `list<number>`."""
    return "<" in name


def conforms(given: Any, type_name: str) -> bool:
    """Say whether a value is of a type of FEEL's own; of one that is not known, everything is."""
    return True


def moment(text: str, type_name: str, default: Any = ...) -> Any:
    """Give the date, time, moment or duration that a text writes, or the text (or `default`) where it writes none."""
    if type_name == "date" and "T" in text:
        return _day(text)
    calls = {"date": "date(x)", "time": "time(x)", "date and time": "date and time(x)"}
    made = value(calls.get(type_name, "duration(x)"), {"x": text}, None)
    return (text if default is ... else default) if made is None else made


def _day(text: str) -> Any:
    try:
        held = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (held.astimezone(OFFICE) if held.tzinfo else held).date()


def refusal(source: str, *, unary: bool = False, names: Iterable[str] = ()) -> Text | None:
    """Give the reason why a text is no FEEL, or None."""
    return feel.refusal(source, unary=unary, names=names)


def value(source: str, scope: Scope, now: datetime | None) -> Any:
    """Evaluate a text. Raises ExpressionFailed."""
    return feel.evaluate(source, _data(scope), now=now)


def takes(source: str, asked: Any, scope: Scope, now: datetime | None) -> bool:
    """Say whether unary tests take a value; `-` and nothing take all. Raises ExpressionFailed."""
    return feel.matches(source, asked, _data(scope), now=now)


def call(function: Any, given: Mapping[str, Any], now: datetime | None) -> Any:
    """Call a function with named values; raise LookupError where the names are not its parameters."""
    if not isinstance(function, Function) or set(given) != set(function.parameters):
        raise LookupError
    return function.call([given[name] for name in function.parameters])


def entries(given: Any) -> list[Any] | None:
    """Give what an iterator walks through: a list's entries, the numbers of a range, a single value; None of null."""
    if given is None:
        return None
    return given if isinstance(given, list) else [given]


def kind(given: Any) -> str:
    """Give the FEEL name of a value's type."""
    match given:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "string"
        case datetime():
            return "date and time"
        case date():
            return "date"
        case Mapping():
            return "context"
        case list() | tuple():
            return "list"
    return "function" if isinstance(given, Function) else type(given).__name__


def _data(scope: Scope) -> Scope:
    return {name: held for name, held in scope.items() if not isinstance(held, Function)}
