"""One run: its account, its moment, its warnings; and the frames of names in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from expressions.budget import Budget
from expressions.failures import Refusal
from expressions.feel.plain import lift
from expressions.feel.values import Function, Nothing
from texts import Text

MOST_WARNINGS: Final = 20
MOST_CALLS: Final = 60
"""Functions that call each other, in one another."""
LEAST: Final = 10
"""Steps of the smallest run."""
MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Warned:
    """Why something is null; `place` counts characters from 1."""

    place: int
    message: Text


class Run:
    """What one evaluation spends and notes; belongs to one thread."""

    __slots__ = ("budget", "depth", "now", "warnings")

    def __init__(self, now: datetime | None = None) -> None:
        within = calling.run
        self.budget: Budget = within.budget if within else Budget(LEAST)
        self.depth: int = within.depth if within else 0
        self.now = now
        self.warnings: list[Warned] = []

    def warn(self, place: int, vi: str, en: str) -> None:
        """Note why a value is null."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(Warned(place + 1, Text(vi=vi, en=en)))

    def failed(self, place: int, error: Exception) -> None:
        """Note the reason of an operation without a value."""
        if isinstance(error, Nothing):
            self.warn(place, error.vi, error.en)
        else:
            self.warn(place, "kết quả không phải là số", "the result is no number")

    def moment(self) -> datetime:
        """Give the moment of the run. Raises Refusal where there is none."""
        if self.now is None:
            raise Refusal("ở đây không biết bây giờ là lúc nào", "the present moment is not known here")
        return self.now

    def call(self, function: Any, arguments: Sequence[Any]) -> Any:
        """Call a function value with as many arguments as it takes. Raises Nothing."""
        if type(function) is not Function:
            raise Nothing("đây không phải là hàm", "this is no function")
        if len(arguments) != len(function.names) and function.names != ("*",):
            raise Nothing(
                f"hàm cần {len(function.names)} tham số", f"the function takes {len(function.names)} arguments"
            )
        self.depth += 1
        if self.depth > MOST_CALLS:
            raise Refusal("các hàm gọi nhau quá sâu", "the functions call each other too deeply")
        self.budget.step(5)
        result = function.call(self, arguments)
        self.depth -= 1
        return result


class _Calling(threading.local):
    """The run that has called Python in this thread: what Python evaluates then is paid from its account."""

    run: Run | None = None


calling: Final = _Calling()


class Env:
    """A frame of names, and what is around it."""

    __slots__ = ("names", "outer", "run")

    def __init__(self, names: Mapping[str, Any], outer: Env | None, run: Run) -> None:
        self.names = names
        self.outer = outer
        self.run = run

    def find(self, name: str) -> Any:
        """Give the value of a name, or MISSING."""
        frame: Env | None = self
        while frame is not None:
            value = frame.names.get(name, MISSING)
            if value is not MISSING:
                return lift(value)
            frame = frame.outer
        return MISSING


Code = Callable[[Env], Any]
"""A compiled node."""
