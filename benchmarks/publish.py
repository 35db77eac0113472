"""Publishing a diagram of 100 elements: read, checked by every rule, stored, bound and compiled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.figures import Figure, Options, median_and_tail
from benchmarks.places import application
from services import definitions
from services.permissions import SYSTEM
from tests.drawn import drawn

ELEMENTS = 100
BESIDE = 100
"""Diagrams that are published already."""


def figures(options: Options) -> Iterator[Figure]:
    """Measure with nothing published and with many."""
    for kind in options.databases:
        with application(kind):
            many = options.count(BESIDE)
            for published, first in ((0, 0), (many, 1000)):
                for number in range(published):
                    publish(f"before{number}", 30)
                taken = [publish(f"p{first + number}", ELEMENTS) for number in range(options.count(20) + 1)]
                circumstances = f"{kind}, {published} published before"
                name = f"a diagram of {ELEMENTS} elements"
                yield from median_and_tail("publish", name, taken[1:], circumstances, tail_bar=500)


def publish(key: str, elements: int) -> float:
    """Publish a new diagram; give how long that took."""
    files = {f"{key}.bpmn": drawn(key, elements)}
    began = time.perf_counter()
    definitions.deploy(SYSTEM, files, now=datetime.now(UTC))
    return time.perf_counter() - began
