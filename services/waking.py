"""Waking: callers of this process that wait for work are told at once when some appears.

Other processes of the same installation find it by a look at the database now and then (external_tasks.POLL).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

_lock = Lock()
_waiting: list[Waiter] = []


@dataclass(frozen=True, slots=True, eq=False)
class Waiter:
    """A caller that waits for work of these topics."""

    topics: frozenset[str]
    woken: Event = field(default_factory=Event)


@contextmanager
def waiter(topics: frozenset[str], *, most: int) -> Iterator[Waiter | None]:
    """Wait in line among at most so many; None: there are as many already."""
    own = Waiter(topics)
    with _lock:
        is_in = len(_waiting) < most
        if is_in:
            _waiting.append(own)
    try:
        yield own if is_in else None
    finally:
        if is_in:
            with _lock:
                _waiting.remove(own)


def wake(topics: frozenset[str]) -> None:
    """Wake everybody who waits for one of these."""
    with _lock:
        for each in _waiting:
            if each.topics & topics:
                each.woken.set()
