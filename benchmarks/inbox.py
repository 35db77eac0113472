"""First pages of lists with 1,000 and 1,000,000 open tasks and as many finished instances: time in the database."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from benchmarks.figures import Figure, Options
from benchmarks.places import application
from storage.database import db, session
from tests import lists
from tests.crowd import Crowd
from tests.office import Office

SIZES = (1_000, 1_000_000)
TIMES = 20
BAR = 20.0
"""Milliseconds of the 95th percentile."""
KINDS: dict[str, Callable[[Crowd], Iterable[lists.List]]] = {
    "an inbox": lists.inboxes,
    "a list of GET /tasks": lists.of_programs,
    "a list of operators": lists.of_operators,
}


def figures(options: Options) -> Iterator[Figure]:
    """Measure every list of each kind; tell the slowest of each, and the plain first page of an officer."""
    for kind in options.databases:
        with application(kind, demo=True) as app:
            crowd = Crowd(Office(parts=app.extensions["motcua"], now=datetime.now(UTC)))
            for size in (SIZES[0], options.count(SIZES[1])):
                crowd.grow(open=size, finished=size)
                for name, of in KINDS.items():
                    yield from _slowest(name, of(crowd), f"{kind}, {size:,} open and {size:,} finished")


def _slowest(name: str, looks: Iterable[lists.List], circumstances: str) -> Iterator[Figure]:
    tails = {which: _tail(look) for which, look in looks}
    which = max(tails, key=lambda each: tails[each])
    plain = "inbox of an officer: all"
    wanted = {f"the slowest of {len(tails)}, 95% ({which})": tails[which]}
    if plain in tails:
        wanted = {f"first page, 95% ({plain})": tails[plain], **wanted}
    for said, value in wanted.items():
        bar = BAR if name == "an inbox" else None
        yield Figure(
            subject="inbox", name=f"{name}: {said}", value=value * 1e3, unit="ms", circumstances=circumstances, bar=bar
        )


def _tail(look: Callable[[], object]) -> float:
    """Give the 95th percentile of the seconds that the statements of a page take, read to their last row."""
    statements = statements_of(look)
    taken = []
    with db.engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        for number in range(TIMES + 2):
            began = time.perf_counter()
            for statement, values in statements:
                cursor.execute(statement, values)
                cursor.fetchall()
            if number >= 2:  # the first ones plan and warm up
                taken.append(time.perf_counter() - began)
    return statistics.quantiles(taken, n=20)[-1]


def statements_of(look: Callable[[], object]) -> list[tuple[str, Any]]:
    """Give the statements that reading a page sends, with their values."""
    session().rollback()
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        look()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        session().rollback()
    return [(statement, values) for statement, values in sent if not statement.startswith("BEGIN")]
