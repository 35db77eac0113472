"""So much of the processor for all expressions and patterns of one form together.

Each has a limit of its own, but a form may hold a thousand of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_left: ContextVar[list[float] | None] = ContextVar("cpu_seconds_left_for_a_form", default=None)


class Spent(Exception):
    """Nothing is left: the expression or pattern counts as one that failed by itself."""


@contextmanager
def allowance(seconds: float) -> Iterator[None]:
    """Let everything inside take so many seconds of the processor; outside only each one's own limit holds."""
    token = _left.set([seconds])
    try:
        yield
    finally:
        _left.reset(token)


def within(evaluate: Callable[[], T]) -> T:
    """Evaluate something and take what it cost off the allowance. Raises Spent where nothing is left."""
    left = _left.get()
    if left is None:
        return evaluate()
    if left[0] <= 0:
        raise Spent()
    began = time.thread_time()
    try:
        return evaluate()
    finally:
        left[0] -= time.thread_time() - began
