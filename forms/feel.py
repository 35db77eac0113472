"""FEEL as form-js uses it: a failing expression is no error of the person who fills in the form.

The context of an expression is what form-js gives it: all answers in sight over the variables, and inside a row
`this`, `parent` and `i` (1-based row numbers). Only names that occur in the expression are handed over, because each
value crosses into QuickJS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import expressions.forms_feel as engine
from errors import ExpressionFailed
from forms import comparisons
from forms.allowance import Spent, within
from forms.model import Feel
from texts import Text

_SPECIAL = ("this", "parent", "i")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the answers of the whole form, those of its row, and the row's surroundings."""

    data: Mapping[str, Any]
    this: object = None
    parent: Mapping[str, Any] | None = None
    i: tuple[int, ...] = ()
    now: datetime | None = None
    """What `now()` and `today()` give; None: they give null."""

    def row(self, this: object, number: int) -> Scope:
        """Give the scope inside row `number` (1-based), whose answers are `this`."""
        parent = Scope(self.this if isinstance(self.this, Mapping) else {}, self.this, self.parent, self.i)
        return Scope(self.data, this, parent.names(), (*self.i, number), self.now)

    def names(self, source: str | None = None) -> dict[str, Any]:
        """Give the names an expression may use; those that `source` does not mention are left out."""
        special = {"this": self.this, "parent": self.parent, "i": list(self.i)}
        context = {**special, **self.data, **{f"_{name}_": value for name, value in special.items()}}
        return context if source is None else {name: value for name, value in context.items() if name in source}


def hides(test: Feel | None, scope: Scope) -> bool:
    """Say whether a unary test hides its component; one that cannot be read or fails shows it."""
    if test is None:
        return False
    try:
        return within(lambda: _hides(test.source, scope.names(test.source), scope.now))
    except (ExpressionFailed, Spent):
        return False


def _hides(source: str, context: dict[str, Any], now: datetime | None) -> bool:
    known = comparisons.decided(source, context)
    return engine.unary_test(source, None, context, now=now) if known is None else known


def holds(condition: bool | Feel, scope: Scope) -> bool:
    """Say whether a flag that may be a FEEL unary test is set."""
    return hides(condition, scope) if isinstance(condition, Feel) else condition


def is_true(condition: bool | Feel, scope: Scope) -> bool:
    """Say whether a flag is set that may be an expression (no unary test, unlike the others: `multiple` of files)."""
    return value(condition, scope) is True if isinstance(condition, Feel) else condition


def value(expression: Feel | None, scope: Scope) -> Any:
    """Give the value of an expression: JSON data, date or datetime; None where it fails."""
    if expression is None:
        return None
    try:
        return within(lambda: engine.evaluate(expression.source, scope.names(expression.source), now=scope.now))
    except (ExpressionFailed, Spent):
        return None


def refusal(expression: Feel, *, unary: bool = False) -> Text | None:
    """Give the reason why an expression cannot be read, or None."""
    return engine.refusal(expression.source, unary=unary)
