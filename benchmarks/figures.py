"""Figure: one measured number, and how numbers are taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the person asked for."""

    quick: bool = False
    """Tenth of the counts: to see that it runs."""
    databases: tuple[str, ...] = ("sqlite", "postgresql")

    def count(self, full: int) -> int:
        """Give how often to do something that a full run does `full` times."""
        return max(1, full // 10) if self.quick else full


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured number with its unit and the circumstances that matter (database, clients, size)."""

    subject: str
    name: str
    value: float
    unit: str
    circumstances: str = ""


def seconds_of(action: Callable[[], object], times: int) -> list[float]:
    """Do it once to warm up, then `times` times, and give how long each took."""
    action()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return taken


def median_and_tail(subject: str, name: str, taken: Sequence[float], circumstances: str = "") -> tuple[Figure, Figure]:
    """Give the median and the 95th percentile in milliseconds: a person feels the tail."""
    tail = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    return (
        Figure(
            subject=subject,
            name=f"{name}, median",
            value=statistics.median(taken) * 1e3,
            unit="ms",
            circumstances=circumstances,
        ),
        Figure(subject=subject, name=f"{name}, 95%", value=tail * 1e3, unit="ms", circumstances=circumstances),
    )


def rate(subject: str, name: str, count: int, seconds: float, circumstances: str = "") -> Figure:
    """Give how many a second."""
    return Figure(subject=subject, name=name, value=count / seconds, unit="/s", circumstances=circumstances)
