"""Unsaved: an instance kept in memory between its steps, to set beside one that is saved and loaded at each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from engine import runner, steps
from engine import state as states
from tests.engine.play import Play


class Memory:
    """In the place of engine.state: what the runner dumps is the instance itself, under a name."""

    def __init__(self) -> None:
        self.instance: Any = None

    def dump(self, instance: Any) -> bytes:
        self.instance = instance
        return b"in memory"

    def load(self, _: Any, state: bytes, run: Any) -> Any:
        assert state == b"in memory"
        self.instance.run = run
        return self.instance

    refuse_what_cannot_be_kept = staticmethod(states.refuse_what_cannot_be_kept)


class Fixed:
    """In the place of secrets: every instance has the same seed, so that ids and states can be compared."""

    @staticmethod
    def token_bytes(number: int) -> bytes:
        return b"0" * number


@contextmanager
def same_seed() -> Iterator[None]:
    with exchanged(runner, "secrets", Fixed):
        yield


@contextmanager
def exchanged(user: Any, name: str, other: Any) -> Iterator[None]:
    """Let a module use another one under that name for a while."""
    before = getattr(user, name)
    setattr(user, name, other)
    try:
        yield
    finally:
        setattr(user, name, before)


class Unsaved(Play):
    """Plays without a save or a load."""

    def __init__(self, *args: Any, **variables: Any) -> None:
        self.memory = Memory()
        with self.unsaved():
            super().__init__(*args, **variables)

    @contextmanager
    def unsaved(self) -> Iterator[None]:
        with exchanged(steps, "states", self.memory):
            yield

    def take(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Play:
        with self.unsaved():
            return super().take(function, *copy.deepcopy(args), **copy.deepcopy(kwargs))

    @property
    def state(self) -> bytes:
        """What a save would write now."""
        return states.dump(self.memory.instance)
