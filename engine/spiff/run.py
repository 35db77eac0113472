"""Run: one step's moment, ports, queue, budget and history."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sized
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from bpmn.timing import Due, Timing
from engine.events import ElementEvent, Happening, Ports, Ruling, Thrown
from errors import EngineError, StepBudgetExhausted, TooMuchData
from expressions.budget import Account

if TYPE_CHECKING:
    from engine.spiff.token import Token

MOST_BYTES = 4_000_000
"""Of all variables of an instance, as they are kept: a diagram that would write more is held up."""
MOST_THROWN = 4 * MOST_BYTES
"""Bytes of all messages and signals that one step throws."""
SMALL = 200
"""Characters of a text that is not counted: a diagram has no endless number of names."""
BUDGET = 20_000
"""Tokens that a step may make before the rest of it waits for an operator."""
MOST_RULINGS = 200
"""Decisions of one step that the log keeps."""
MOST_RULES = 50
"""Rules of one decision that the log keeps."""


class Run:
    """What belongs to one step and is gone after it."""

    def __init__(self, *, now: datetime, ports: Ports) -> None:
        self.now = now
        self.ports = ports
        self.stored_now: dict[str, Any] = {}
        """What this step has written to data stores."""
        self.ready: deque[Token] = deque()
        self.thrown: list[Thrown] = []
        self.rulings: list[Ruling] = []
        self.left_over = BUDGET
        self.work = Account()
        self.thrown_left = MOST_THROWN
        self.bytes_left = MOST_BYTES
        """What the variables may still grow in this step."""
        self._history: list[tuple[Happening, Token] | None] = []
        self._entries: dict[str, int] = {}
        """Where in the history the tokens stand that were entered in this step."""

    @property
    def resolve_timer(self) -> Callable[[Timing, datetime], Due | None]:
        """Resolve timers in working time."""
        return self.ports.resolve_timer

    def decide(
        self, key: str, variables: Mapping[str, Any], element_id: str = "", *, ports: Ports | None = None
    ) -> Any:
        """Evaluate a decision for an element, `key` as bpmn.bindings writes it.

        `ports`: those of the version around that a call chose. Raises EngineError where there is no such decision.
        """
        try:
            decided = (ports or self.ports).decide(key, variables, self.now)
        except LookupError as problem:
            raise EngineError(reason=f"there is no decision {key!r}") from problem
        if len(self.rulings) < MOST_RULINGS:
            rules = tuple((rule.table, rule.rule_id) for rule in getattr(decided, "matched", ())[:MOST_RULES])
            self.rulings.append(Ruling(decision=key, element_id=element_id, rules=rules))
        return decided

    def stored(self, store: str) -> Any:
        """Give what a data store holds, None where nothing."""
        return self.stored_now[store] if store in self.stored_now else self.ports.stored(store)

    def store(self, store: str, value: Any) -> None:
        """Let a data store hold this."""
        self.stored_now[store] = value

    def begin_work(self, variables: Sized = ()) -> None:
        """Pay for an expression or script that is about to run on these variables. Raises StepBudgetExhausted."""
        self.work.steps -= len(variables) >> 2
        if self.work.is_spent():
            self.left_over = -1
            raise StepBudgetExhausted(reason="the expressions and scripts of one step take too long together")

    def afford(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Pay for what variables grow by. Raises TooMuchData, before anything is written."""
        growth = 0
        for name, value in values.items():
            kind = type(value)
            if (kind is str and len(value) > SMALL) or kind is list or kind is dict:
                growth += size_of(value) - size_of(before.get(name))
        if growth > self.bytes_left:
            raise TooMuchData(reason=f"the variables of the instance would be larger than {MOST_BYTES} bytes")
        self.bytes_left -= growth

    def afford_throwing(self, payload: Mapping[str, Any]) -> None:
        """Pay for a message or signal that is about to be thrown. Raises StepBudgetExhausted."""
        self.thrown_left -= size_of(payload) + SMALL
        if self.thrown_left < 0:
            self.left_over = -1
            raise StepBudgetExhausted(reason=f"what one step throws takes more than {MOST_THROWN} bytes")

    def is_spent(self) -> bool:
        """Tell whether the step has used up its budget: nothing that is ready runs any more."""
        return self.left_over < 0

    def entered(self, token: Token) -> None:
        """Note that a token has entered its element."""
        if token.task_spec.is_reported and not token.entered:
            token.entered = True
            self._entries[token.id] = len(self._history)
            self._history.append((Happening.ENTERED, token))

    def not_entered(self, token: Token) -> None:
        """Forget that a token has just entered: it could not."""
        if token.entered and (entry := self._entries.pop(token.id, None)) is not None:
            token.entered = False
            self._history[entry] = None

    def left(self, token: Token, *, failed: bool = False) -> None:
        """Note that a token has completed its element, or failed there."""
        if token.entered:
            self._end(token, Happening.FAILED if failed else Happening.COMPLETED)

    def cancelled(self, token: Token) -> None:
        """Note that a token was taken from its element."""
        if token.entered:
            self._end(token, Happening.CANCELLED)

    def _end(self, token: Token, happening: Happening) -> None:
        token.entered = False
        entry = self._entries.pop(token.id, None)
        if entry is None or happening is Happening.CANCELLED or token.task_spec.holds_others:
            self._history.append((happening, token))  # what happened inside stands between entry and end
        else:
            self._history[entry] = None
            self._history.append((Happening.PASSED if happening is Happening.COMPLETED else happening, token))

    def history(self) -> tuple[ElementEvent, ...]:
        """Give what happened to elements, in order; one that passed stands where it was completed."""
        return tuple(
            ElementEvent(
                kind=happening,
                activation_id=token.id,
                process_key=token.workflow.address,
                element_id=token.task_spec.bpmn_id,
                element_name=token.task_spec.bpmn_name or "",
                element_type=token.task_spec.element_type,
            )
            for happening, token in filter(None, self._history)
        )


def size_of(value: Any) -> int:
    """Give about how many bytes a value takes where it is kept."""
    if value is None:
        return 0
    if type(value) is str:
        return len(value)
    return len(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS))
