"""What one run of an expression or script may spend: steps, memory and processor time.

Steps and memory are counted, so the same run spends the same on every machine; time is only the last resort. A run
pays for its code in advance (one step for each node of the source, and of a loop's body for each turn), and its guards
pay for what depends on the size of the data.
"""

from __future__ import annotations

from contextvars import ContextVar
from time import thread_time
from typing import Any

from expressions.failures import Refusal

STEPS = 400_000
"""Nodes of code executed and elements of data walked in one run: about 25 ms, and 30,000 turns of a short loop."""
CELLS = 4_000_000
"""Characters, and elements counted as 8 characters each, that one run may build in all; it gets nothing back."""
SECONDS = 0.5
"""Processor time of the running thread, looked at every LOOK_EVERY steps."""
LOOK_EVERY = 5_000
ELEMENT = 8
"""Cells of one element of a list, set or dict."""

LONGEST_TEXT = 200_000
"""Characters of one text built by a run."""
MOST_ELEMENTS = 50_000
"""Elements of one list, set or range built at once."""
MOST_WEIGHT = 20_000
"""What may be compared, sorted or printed at once: values, each shared one as often as it is met, and 64 characters."""
MOST_BITS = 4_096
"""Bits of a whole number in between; what leaves a run has 64."""


ALL_STEPS = 40 * STEPS
"""Steps of all runs that one account counts, such as those of one step of a process: about a second."""
ALL_SECONDS = 5.0


class Account:
    """What many runs spend together; `is_spent` tells that no other one should begin."""

    __slots__ = ("_deadline", "_last", "steps")

    def __init__(self) -> None:
        self.steps = ALL_STEPS
        """Left over."""
        self._last: Budget | None = None
        self._deadline = 0.0

    def opened(self, budget: Budget) -> None:
        """Count the run before this one, which has ended."""
        self.settle()
        self._last = budget

    def settle(self) -> None:
        """Count what the last run has spent."""
        if self._last is not None:
            self.steps -= self._last.spent
            self._last = None

    def is_spent(self) -> bool:
        """Tell whether too many steps were taken, or too much processor time since this was first asked."""
        self.settle()
        now = thread_time()
        self._deadline = self._deadline or now + ALL_SECONDS
        return self.steps < 0 or now > self._deadline


_account: ContextVar[Account | None] = ContextVar("account", default=None)


class counted:  # noqa: N801 - read as a word: `with counted(account):`
    """Let every run of this thread count in an account."""

    __slots__ = ("_account", "_token")

    def __init__(self, account: Account) -> None:
        self._account = account

    def __enter__(self) -> None:
        self._token = _account.set(self._account)

    def __exit__(self, *_: object) -> None:
        _account.reset(self._token)


class Budget:
    """The account of one run; belongs to one thread. Raises Refusal when it is overdrawn."""

    __slots__ = ("_cells", "_deadline", "_look_at", "_steps")

    def __init__(self, cost: int = 0) -> None:
        self._steps = STEPS - cost
        self._cells = CELLS
        self._look_at = self._steps - LOOK_EVERY
        self._deadline = 0.0
        if (account := _account.get()) is not None:
            account.opened(self)

    @property
    def spent(self) -> int:
        """Steps taken so far."""
        return STEPS - self._steps

    def step(self, count: int = 1) -> None:
        """Pay for `count` steps."""
        self._steps -= count
        if self._steps < self._look_at:
            self._look()

    def _look(self) -> None:
        if self._steps < 0:
            raise Refusal("chạy quá nhiều bước", "it runs too many steps")
        now = thread_time()
        self._deadline = self._deadline or now + SECONDS
        if now > self._deadline:
            raise Refusal("chạy quá lâu", "it takes too much time")
        self._look_at = self._steps - LOOK_EVERY

    def hold(self, cells: int) -> None:
        """Pay for what is about to be built: `cells` characters, or ELEMENT for each element."""
        self._cells -= cells
        if self._cells < 0:
            raise Refusal("dùng quá nhiều bộ nhớ", "it builds too much data")
        self.step(cells >> 6)

    def text(self, length: int) -> None:
        """Pay for a text of `length` characters, refused when too long."""
        if length > LONGEST_TEXT:
            raise Refusal("tạo chuỗi quá dài", "it builds a text that is too long")
        self.hold(length)

    def elements(self, count: int) -> None:
        """Pay for a list, set or dict of `count` elements, refused when too many."""
        if count > MOST_ELEMENTS:
            raise Refusal("tạo danh sách quá dài", "it builds a list that is too long")
        self.hold(count * ELEMENT)
        self.step(count)

    def walk(self, value: Any, times: int = 1) -> None:
        """Pay for walking `value` to its leaves `times` times; refused when it is too large (or contains itself)."""
        self.step((weigh(value) * times) >> 1)


def weigh(value: Any) -> int:
    """Give the weight of a value; a value shared many times counts each time. Raises Refusal above MOST_WEIGHT."""
    weight = 0
    waiting = [value]
    while waiting:
        part = waiting.pop()
        weight += 1
        kind = type(part)
        if kind is str:
            weight += len(part) >> 6
        elif kind is list or kind is tuple or kind is set or kind is frozenset or kind is dict:
            if weight + len(waiting) + len(part) > MOST_WEIGHT:
                raise _too_large()
            waiting.extend(part.values() if kind is dict else part)
            if kind is dict:
                weight += sum(len(key) for key in part if type(key) is str) >> 6
        if weight > MOST_WEIGHT:
            raise _too_large()
    return weight


def _too_large() -> Refusal:
    return Refusal("dữ liệu quá lớn để so sánh hoặc in ra", "the data is too large to compare, sort or print")
