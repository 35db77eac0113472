"""Turns: writers of one instance in this process go one after the other, so that few of them meet in the database.

A hundred transactions that wait for one row cost PostgreSQL several times what they do, and each keeps a connection.
Nothing depends on these turns: what is written is right by the row's lock and its revision alone, and who waits too
long goes on without one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

PATIENCE = 5.0
"""Seconds."""

_guard = Lock()
_places: dict[str, _Place] = {}


@dataclass(slots=True)
class _Place:
    busy: Lock = field(default_factory=Lock)
    people: int = 0
    """Who is here or waits; the last one takes the place away."""


@dataclass(slots=True)
class Turn:
    """The turn of one unit of work, if it has one."""

    key: str = ""
    _is_mine: bool = False

    def take(self, key: str) -> None:
        """Wait until nobody else of this process is at that place; a second place is never waited for."""
        if self.key or not key:
            return
        with _guard:
            place = _places.setdefault(key, _Place())
            place.people += 1
        self.key = key
        self._is_mine = place.busy.acquire(timeout=PATIENCE)

    def leave(self) -> None:
        """Let the next one come."""
        if not self.key:
            return
        with _guard:
            place = _places[self.key]
            place.people -= 1
            if not place.people:
                del _places[self.key]
        if self._is_mine:
            place.busy.release()
        self.key, self._is_mine = "", False
