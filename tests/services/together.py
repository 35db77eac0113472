"""Doing things at the same moment: threads that wait for each other, each with its own application context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from errors import Refused

R = TypeVar("R")


def at_once(app: Flask, works: Sequence[Callable[[], R]]) -> list[R | Exception]:
    """Do all of these at the same moment; give what each answered or raised, in their order."""
    ready = Barrier(len(works))

    def run(work: Callable[[], R]) -> R | Exception:
        with app.app_context():
            ready.wait(timeout=30)
            try:
                return work()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def done(answers: Sequence[R | Exception]) -> list[R]:
    """Give the answers; raise the first exception among them."""
    found: list[R] = []
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        found.append(answer)
    return found


def kinds(answers: Sequence[object]) -> list[str]:
    """Give the names of what was refused, sorted; what no caller should ever meet is raised again."""
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, Refused):
            raise answer
    return sorted(type(answer).__name__ for answer in answers if isinstance(answer, Exception))
