"""FEEL as decisions need it: texts checked and evaluated with the values and functions in scope, and values told apart.

The one place of engine/dmn that knows which evaluator computes (expressions.feel).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from errors import ExpressionFailed
from expressions import feel
from expressions.budget import Budget
from expressions.failures import Refusal, failed
from expressions.feel import moments, names, operators
from expressions.feel.plain import lift, written
from expressions.feel.running import Run, Warned
from expressions.feel.values import (
    Date,
    DateTime,
    DaysDuration,
    Function,
    MonthsDuration,
    Nothing,
    Range,
    Time,
    kind_of,
)
from expressions.zone import OFFICE
from texts import Text

Scope = Mapping[str, Any]
Types = Mapping[str, feel.Type]
NO_TYPES: Types = {}
MOST_SHOWN = 100_000
"""Values of one result."""
DEEPEST = 60
"""Levels of one result."""


def refusal(source: str, *, unary: bool = False, names: Iterable[str] = (), types: Types = NO_TYPES) -> Text | None:
    """Give the reason why a text is no FEEL, or None; `names`: all that may be in scope, functions too."""
    return feel.refusal(source, unary=unary, names=names, types=_named(source, types))


def value(
    source: str, scope: Scope, now: datetime | None, types: Types = NO_TYPES, warnings: list[Warned] | None = None
) -> Any:
    """Evaluate a text. Raises ExpressionFailed."""
    compiled = feel.compile(source, names.meant(source, scope), _named(source, types))
    return compiled.value(scope, now=now, warnings=warnings)


def takes(
    source: str,
    asked: Any,
    scope: Scope,
    now: datetime | None,
    types: Types = NO_TYPES,
    warnings: list[Warned] | None = None,
) -> bool:
    """Say whether unary tests take a value; `-` and nothing take all. Raises ExpressionFailed."""
    compiled = feel.compile_unary(source, names.meant(source, scope), _named(source, types))
    return compiled.match(asked, scope, now=now, warnings=warnings)


def _named(source: str, types: Types) -> tuple[tuple[str, feel.Type], ...]:
    """Give the types of a model that a source can name: after `instance of`, or as those of parameters."""
    if not types or ("instance" not in source and "function" not in source):
        return ()
    return tuple((name, one) for name, one in types.items() if name in source)


def function(name: str, parameters: tuple[str, ...], body: Callable[[Sequence[Any]], Any]) -> Function:
    """Make a function of Python; `body` takes a value for each parameter, in order."""
    return feel.function(parameters, lambda *given: body(given), name)


def call(called: Any, given: Mapping[str, Any], now: datetime | None) -> Any:
    """Call a function with named values; raise LookupError where it is none, or has other parameters."""
    if type(called) is not Function or set(given) != set(called.names):
        raise LookupError
    try:
        return Run(now).call(called, [lift(given[name]) for name in called.names])
    except (Nothing, ArithmeticError):
        return None
    except Refusal as error:
        raise failed(error.text) from None


def same(left: Any, right: Any) -> bool:
    """Say whether two values are equal as FEEL compares them."""
    try:
        return operators.same(lift(left), lift(right), Budget())
    except Refusal:
        return False


def kind(given: Any) -> str:
    """Give the FEEL name of a value's type."""
    return kind_of(lift(given))


def is_type(name: str) -> bool:
    """Say whether a text is a type of FEEL's own, such as `list<number>`."""
    return "<" in name and feel.refusal(f"null instance of {name}") is None


def conforms(given: Any, type_name: str) -> bool:
    """Say whether a value is of a type of FEEL's own; of one that is not known, everything is."""
    return not is_type(type_name) or value(f"x instance of {type_name}", {"x": given}, None) is True


def entries(given: Any) -> list[Any] | None:
    """Give what an iterator walks through: a list's entries, the values of a range, a single value; None of null."""
    if given is None or isinstance(given, list):
        return given
    if type(given) is Range:
        walked: list[Any] | None = value("for i in r return i", {"r": given}, None)
        return walked
    return [given]


def moment(text: str, type_name: str, default: Any = ...) -> Any:
    """Give the date, time, moment or duration that a text writes, or the text (or `default`) where it writes none."""
    read: Mapping[str, Callable[[str], Any]] = {
        "date": moments.read_date,
        "time": moments.read_time,
        "date and time": moments.read_date_time,
    }
    found = read.get(type_name, moments.read_duration)(text)
    if found is None and type_name == "date" and default is ...:
        found = _day(text)
    return (text if default is ... else default) if found is None else found


def _day(text: str) -> Any:
    """Give the day of a moment, where the office is."""
    try:
        held = datetime.fromisoformat(text)
    except ValueError:
        return None
    return lift((held.astimezone(OFFICE) if held.tzinfo else held).date())


def plain(held: Any) -> Any:
    """Give plain data; a function is null. Raises ExpressionFailed where it is too much."""
    return feel.plain(_Told(_without_functions).of(held, 0))


def shown(held: Any) -> Any:
    """Give plain data with exact numbers, and moments and durations as texts; a function is null."""
    return _Told(_text).of(held, 0)


class _Told:
    """A copy of a value, each part told in another way; no deeper and no larger than a result may be."""

    def __init__(self, tell: Callable[[Any], Any]) -> None:
        self._tell = tell
        self._left = MOST_SHOWN

    def of(self, held: Any, depth: int) -> Any:
        """Tell a value."""
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            text = Text("kết quả quá lớn hoặc lồng quá sâu", "the result is too large or nested too deep")
            raise ExpressionFailed(text, reason=text.en)
        if isinstance(held, dict):
            return {name: self.of(part, depth + 1) for name, part in held.items()}
        if isinstance(held, list | tuple):
            return [self.of(part, depth + 1) for part in held]
        return self._tell(lift(held))


def _without_functions(held: Any) -> Any:
    return None if type(held) is Function else held


def _text(held: Any) -> Any:
    if type(held) in (Date, DateTime, Time, DaysDuration, MonthsDuration):
        return moments.shown(held)
    if type(held) is Range:
        ends = f"{written(held.start)}..{written(held.end)}"
        return f"{'[' if held.start_included else '('}{ends}{']' if held.end_included else ')'}"
    if isinstance(held, Decimal):
        return held
    return _without_functions(held)
