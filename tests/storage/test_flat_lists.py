"""First pages of lists cost the same however many tasks are open and instances finished: counted, not timed.

SQLite counts the steps of its virtual machine; PostgreSQL the rows that a statement reads (EXPLAIN ANALYZE).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import event, text

from storage.database import db, session
from storage.queries import shapes, task_lists, tasks
from tests import lists
from tests.crowd import Crowd
from tests.office import Office

FEW, MANY = 1500, 6000
LOOKED = 20
SMALL_WAYS = ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")
"""How PostgreSQL reads what is small, for good reason: what is left to it is how it reads what is large."""
STEPS = 100
"""Steps of SQLite that are counted as one."""


@pytest.fixture
def crowd(demo_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    for module, names in ((tasks, ("LOOKED", "MOST_COUNTED")), (task_lists, ("FEW",))):
        for name in names:
            monkeypatch.setattr(module, name, LOOKED)
    shapes.forget()  # statements that were written before look among more
    with demo_app.app_context():
        yield Crowd(Office(parts=demo_app.extensions["motcua"]), people=10, groups=10)
    shapes.forget()


def test_no_first_page_costs_more_where_there_is_more(crowd: Crowd) -> None:
    costs: list[dict[str, int]] = []
    for size in (FEW, MANY):
        crowd.grow(open=size, finished=size)
        looks = (*lists.inboxes(crowd), *lists.of_programs(crowd), *lists.of_operators(crowd))
        costs.append({name: cost(look) for name, look in looks})
    few, many = costs
    grown = {name: (few[name], many[name]) for name in few if many[name] > few[name] * 1.5 + 60}
    assert not grown, grown


def cost(look: Callable[[], object]) -> int:
    """Count what the statements of a page cost its database."""
    look()  # what is loaded once is loaded
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
    asked = [each for each in sent if not each[0].startswith("BEGIN")]
    is_sqlite = db.engine.dialect.name == "sqlite"
    return sum((_steps if is_sqlite else _rows)(statement, values) for statement, values in asked)


def _steps(statement: str, values: Any) -> int:
    steps = 0

    def one_more() -> int:
        nonlocal steps
        steps += 1
        return 0

    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(one_more, STEPS)
        driver.execute(statement, values).fetchall()
        driver.set_progress_handler(None, STEPS)
    return steps


def _rows(statement: str, values: Any) -> int:
    with db.engine.connect() as connection:
        for way in SMALL_WAYS:
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
        cursor: Any = connection.connection.cursor()
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
        (plan,) = cursor.fetchone()
    return _read(plan[0]["Plan"] if isinstance(plan, list) else orjson.loads(plan)[0]["Plan"])


def _read(plan: dict[str, Any]) -> int:
    own = 0
    if "Scan" in plan["Node Type"]:
        removed = sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        own = round((plan["Actual Rows"] + removed) * plan["Actual Loops"])
    return own + sum(_read(inner) for inner in plan.get("Plans", ()))
