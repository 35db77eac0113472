"""Turns: one writer of a place after the other, others not held up, nobody for ever."""

from __future__ import annotations

from threading import Thread

import pytest

from storage import turns
from storage.turns import Turn


def taking(key: str) -> tuple[Thread, Turn]:
    """Let somebody else wait for a place."""
    turn = Turn()
    thread = Thread(target=turn.take, args=(key,))
    thread.start()
    return thread, turn


def test_who_comes_second_waits_until_the_first_leaves() -> None:
    first = Turn()
    first.take("a")
    thread, second = taking("a")
    thread.join(0.05)
    assert thread.is_alive()
    first.leave()
    thread.join(2)
    assert not thread.is_alive()
    second.leave()
    assert turns._places == {}


def test_another_place_is_free() -> None:
    first = Turn()
    first.take("a")
    thread, second = taking("b")
    thread.join(2)
    assert not thread.is_alive()
    first.leave()
    second.leave()


def test_one_turn_never_waits_for_a_second_place() -> None:
    other, own = Turn(), Turn()
    other.take("b")
    own.take("a")
    own.take("b")
    assert own.key == "a"
    own.leave()
    other.leave()
    assert turns._places == {}


def test_who_has_waited_too_long_goes_on_and_takes_nothing_from_who_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    first, second = Turn(), Turn()
    first.take("a")
    second.take("a")
    second.leave()
    third, last = taking("a")
    third.join(1)
    last.leave()
    first.leave()
    assert turns._places == {}


def test_nobody_who_leaves_without_a_turn_is_missed() -> None:
    Turn().leave()
    nameless = Turn()
    nameless.take("")
    assert not nameless.key
