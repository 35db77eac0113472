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
    bar: float | None = None
    """What was promised: at most this much, in the same unit; None: measured to be watched, nothing was promised."""
    load: float = 0.0
    """The machine's load when it was measured (a minute's mean of processes that run or want to)."""

    @property
    def is_met(self) -> bool | None:
        """Say whether the promise is kept; None where there is none."""
        return None if self.bar is None else self.value <= self.bar


def seconds_of(
    action: Callable[[], object], times: int, *, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Do it once to warm up, then `times` times, and give how long each took by the clock."""
    action()
    taken = []
    for _ in range(times):
        began = clock()
        action()
        taken.append(clock() - began)
    return taken


def median_and_tail(
    subject: str,
    name: str,
    taken: Sequence[float],
    circumstances: str = "",
    *,
    bar: float | None = None,
    tail_bar: float | None = None,
) -> tuple[Figure, Figure]:
    """Give the median and the 95th percentile in milliseconds (a person feels the tail), each with its bar."""
    tail = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    values = ("median", statistics.median(taken), bar), ("95%", tail, tail_bar)
    median, last = (
        Figure(
            subject=subject,
            name=f"{name}, {kind}",
            value=value * 1e3,
            unit="ms",
            circumstances=circumstances,
            bar=limit,
        )
        for kind, value, limit in values
    )
    return median, last


def rate(subject: str, name: str, count: int, seconds: float, circumstances: str = "") -> Figure:
    """Give how many a second."""
    return Figure(subject=subject, name=name, value=count / seconds, unit="/s", circumstances=circumstances)


def table(figures: Sequence[Figure]) -> str:
    """Write what was promised, what was measured and whether that is met, a line each, in the order of measuring."""
    lines = [("what", "where", "bar", "figure", "", "load")]
    for each in figures:
        if each.bar is not None:
            bar, figure = f"{each.bar:,.6g} {each.unit}".strip(), f"{each.value:,.4g} {each.unit}".strip()
            met = "met" if each.is_met else "MISSED"
            lines.append((f"{each.subject}: {each.name}", each.circumstances, bar, figure, met, f"{each.load:.1f}"))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
