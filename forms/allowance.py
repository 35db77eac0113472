"""So much of the processor for all of one form together: its expressions and patterns, and what is made of them.

Each expression has a limit of its own, but a form may hold a thousand of them, and somebody may add rows to it. Where
nothing is left, an expression counts as one that failed by itself; whoever judges answers asks `is_spent` at the end
and refuses them, because nothing that was judged without its conditions may be stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Clock = Callable[[], float]
SECONDS = 2.0
"""Of the processor, for all forms of one request together; a form of 100 fields with 30 conditions takes 0.01."""


class Spent(Exception):
    """Nothing is left: the expression or pattern counts as one that failed by itself."""


@dataclass(slots=True)
class _Meter:
    left: float
    clock: Clock
    began: float | None = None
    """When what is measured now began; None: nothing is."""
    safe_until: float = 0.0
    """By the clock on the wall: until then it cannot be spent, as a thread takes no more of the processor than of time.

    Asking for the time on the wall costs nothing, asking for a thread's own costs a call of the system.
    """

    def begin(self) -> None:
        self.began = self.clock()
        self.look(self.left)

    def end(self) -> None:
        if self.began is not None:
            self.left, self.began = self.left - (self.clock() - self.began), None

    def is_spent(self) -> bool:
        if self.began is None:
            return self.left <= 0
        if time.perf_counter() < self.safe_until:
            return False
        left = self.left - (self.clock() - self.began)
        self.look(left)
        return left <= 0

    def look(self, left: float) -> None:
        if self.clock is time.thread_time:
            self.safe_until = time.perf_counter() + left


_meter: ContextVar[_Meter | None] = ContextVar("what_is_left_for_forms", default=None)


@contextmanager
def allowance(seconds: float | None = None, *, clock: Clock = time.thread_time) -> Iterator[None]:
    """Let all forms inside together take so many seconds (SECONDS); inside another allowance, that one holds."""
    if _meter.get() is not None:
        yield
        return
    token = _meter.set(_Meter(SECONDS if seconds is None else seconds, clock))
    try:
        yield
    finally:
        _meter.reset(token)


@contextmanager
def measured() -> Iterator[None]:
    """Take all that is computed inside off the allowance; where none is open, there is one for this alone."""
    with allowance():
        meter = _meter.get()
        if meter is None or meter.began is not None:
            yield
            return
        meter.begin()
        try:
            yield
        finally:
            meter.end()


def is_spent() -> bool:
    """Say whether nothing is left; ask it inside `measured` or `allowance`."""
    meter = _meter.get()
    return meter is not None and meter.is_spent()


def within(evaluate: Callable[[], T]) -> T:
    """Evaluate something, measured. Raises Spent where nothing is left."""
    meter = _meter.get()
    if meter is None:
        return evaluate()
    if meter.is_spent():
        raise Spent()
    if meter.began is not None:
        return evaluate()
    with measured():
        return evaluate()
