"""One question: what it may spend and what it tells; and how expressions are evaluated where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import thread_time
from typing import Any

from engine.dmn import language, values
from engine.dmn.boxes import Box, Cell, Function
from engine.dmn.library import Library, Place
from engine.dmn.results import Exhausted, MatchedRule, Warned, failed
from engine.dmn.types import Types
from errors import ExpressionFailed
from expressions.feel import running as feel
from texts import Text

MOST_STEPS = 200_000
"""Expressions, cells of tables among them, that one evaluation may ask."""
SECONDS = 5.0
"""Processor time of one evaluation."""
MOST_WEIGHT = 4_000_000
"""Entries of lists and contexts, and 64 characters of texts, in all values together that expressions give."""
DEEPEST = 24
"""Functions and decision services inside each other: some 20 Python calls each."""
MOST_MATCHED = 1_000
MOST_WARNED = 200


@dataclass(slots=True)
class Evaluation:
    """One question: what it may spend, the rules that matched, and the warnings."""

    library: Library
    now: datetime | None
    is_strict: bool
    """Whether what contradicts itself (two rules of a UNIQUE table) is an error, not null with a warning."""
    sees_all: bool
    """Whether every variable is in scope under its name, not only what is required (process runs)."""
    matched: list[MatchedRule] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    depth: int = 0
    _steps: int = 0
    _weight: int = 0
    _deadline: float = 0.0

    def spend(self) -> None:
        """Pay for one expression. Raises Exhausted."""
        self._steps += 1
        now = thread_time()
        self._deadline = self._deadline or now + SECONDS
        if self._steps > MOST_STEPS or now > self._deadline:
            raise Exhausted

    def weigh(self, value: Any) -> Any:
        """Pay for a value, and give it. Raises Exhausted."""
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, list):
                waiting += one
                self._weight += len(one)
            elif isinstance(one, dict):
                waiting += one.values()
                self._weight += len(one)
            elif isinstance(one, str):
                self._weight += len(one) >> 6
            if self._weight > MOST_WEIGHT:
                raise Exhausted
        return value

    def deeper(self) -> None:
        """Go into a function or service. Raises Exhausted."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Exhausted

    def warn(self, element: str, text: Text) -> None:
        """Note why something is null."""
        if len(self.warnings) < MOST_WARNED:
            self.warnings.append(Warned(element_id=element, text=text))

    def refuse(self, element: str, vi: str, en: str) -> None:
        """Say that something contradicts itself: an error, or a warning where errors are null."""
        error = failed(element, vi, en)
        if self.is_strict:
            raise error
        self.warn(element, error.text)

    def match(self, rule: MatchedRule) -> None:
        """Note a rule that matched."""
        if len(self.matched) < MOST_MATCHED:
            self.matched.append(rule)


@dataclass(frozen=True, slots=True)
class Here:
    """Where an expression is evaluated: for which question, in which model and element."""

    evaluation: Evaluation
    place: Place
    owner: str

    @property
    def types(self) -> Types:
        """Give the types that the model knows."""
        return Types(lambda name: self.evaluation.library.item(self.place, name), self.evaluation.now)

    def evaluate(self, box: Box | None, scope: Mapping[str, Any]) -> Any:
        """Give the value of an expression in this scope."""
        return values.of(box, scope, self)

    def made(self, value: Any, type_name: str, element: str) -> Any:
        """Give a value as one of its type, or null with a warning."""
        if not type_name:
            return value
        typed, fits = self.types.made(value, type_name)
        if not fits:
            self.evaluation.warn(
                element,
                Text(
                    f"Giá trị không thuộc kiểu “{type_name}” nên là null.",
                    f'The value is not of type "{type_name}": it becomes null.',
                ),
            )
        return typed

    def given(self, value: Any, type_name: str, element: str) -> Any:
        """Give a value from outside as one of its type: texts become the moments that they write."""
        return self.made(self.types.read(value, type_name), type_name, element) if type_name else value

    def call(self, function: Function, values: Sequence[Any], scope: Mapping[str, Any]) -> Any:
        """Call a boxed function, in the scope where it stands; null where an argument is not of its type."""
        bound = {}
        for one, value in zip(function.parameters, values, strict=True):
            bound[one.name] = self.made(value, one.type, function.id or self.owner)
            if bound[one.name] is None and value is not None:
                return None
        self.evaluation.deeper()
        try:
            return self.evaluate(function.body, {**scope, **bound}) if function.body is not None else None
        finally:
            self.evaluation.depth -= 1

    def value(self, cell: Cell, scope: Mapping[str, Any]) -> Any:
        """Evaluate a text; what is no FEEL, or fails, is null with a warning where errors are null."""
        self.evaluation.spend()
        try:
            if not cell.is_valid:
                raise failed(cell.id, "biểu thức không hợp lệ", "the expression is not valid")
            noted: list[feel.Warned] = []
            found = language.value(cell.source, scope, self.evaluation.now, self._feel_types(), noted)
            self._note(cell, noted)
            return self.made(self.evaluation.weigh(found), cell.type, cell.id or self.owner)
        except ExpressionFailed as error:
            self._failed(cell, error)
            return None

    def takes(self, cell: Cell, asked: Any, scope: Mapping[str, Any]) -> bool:
        """Ask the unary tests of a cell."""
        self.evaluation.spend()
        try:
            if not cell.is_valid:
                raise failed(cell.id, "biểu thức không hợp lệ", "the expression is not valid")
            noted: list[feel.Warned] = []
            taken = language.takes(cell.source, asked, scope, self.evaluation.now, self._feel_types(), noted)
            self._note(cell, noted)
            return taken
        except ExpressionFailed as error:
            self._failed(cell, error)
            return False

    def _feel_types(self) -> language.Types:
        return self.evaluation.library.types(self.place)

    def _note(self, cell: Cell, noted: list[feel.Warned]) -> None:
        for one in noted:
            self.evaluation.warn(cell.id or self.owner, one.message)

    def _failed(self, cell: Cell, error: ExpressionFailed) -> None:
        if self.evaluation.is_strict:
            raise ExpressionFailed(error.text, element_id=cell.id or self.owner, reason=error.reason) from None
        self.evaluation.warn(cell.id or self.owner, error.text)
