"""Forgetting: what is old goes, what is needed stays, some rows at a time, found by an index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from services import cleaning, incidents, instances, messages, outbox, tasks
from services.permissions import SYSTEM
from storage.database import db, session, unit_of_work
from storage.rows import messages as rows
from storage.rows import old
from storage.tables import BufferedMessage, Conversation, Incident, Instance, OutboxMessage, Task
from tests.engine.diagrams import catch, end, message, script, start, user
from tests.office import Office
from tests.services.bundles import bundle, one_task

FOR_EVER = timedelta(days=400)


def count(kind: Any, *which: Any) -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(kind).where(*which)) or 0


def clean(office: Office, **span: float) -> None:
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(**span))


def letter(now: datetime, state: str) -> None:
    with unit_of_work() as current:
        outbox.add("email", {"to": "a@b.example"}, key=uuid4().hex, now=now)
        current.flush()
        for row in current.scalars(select(OutboxMessage).where(OutboxMessage.state == "waiting")):
            row.state = state


def test_resolved_incidents_are_forgotten_after_thirty_days_and_open_ones_never(office: Office) -> None:
    office.deploy(bundle("bad", start("s"), script("x", "y = 1 / n"), user("do"), end("e"), "s -> x -> do -> e"))
    mended, still = (office.start("bad", {"n": 0}) for _ in range(2))
    row = session().scalar(select(Incident.id).where(Incident.instance_id == mended.id))
    assert row is not None
    incidents.retry(SYSTEM, row, variables={"n": 1}, now=office.now)
    clean(office, days=29)
    assert count(Incident) == 2
    clean(office, days=2)
    assert count(Incident) == 1
    assert count(Incident, Incident.instance_id == still.id) == 1


def test_letters_that_went_out_are_forgotten_and_dead_ones_stay(office: Office) -> None:
    for state in ("sent", "kept", "dead", "waiting"):
        letter(office.now, state)
    clean(office, days=29)
    assert count(OutboxMessage) == 4
    clean(office, days=2)
    session().rollback()
    assert sorted(session().scalars(select(OutboxMessage.state))) == ["dead", "waiting"]


def test_early_messages_are_forgotten_a_day_after_their_time_and_not_before(office: Office) -> None:
    office.deploy(bundle("waits", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e"))
    messages.send(SYSTEM, "paid", {}, now=office.now, message_id="soon", time_to_live=timedelta(hours=1))
    messages.send(SYSTEM, "other", {}, now=office.now, message_id="later", time_to_live=timedelta(days=3))
    clean(office, hours=20)
    assert count(BufferedMessage) == 2
    clean(office, hours=10)
    session().rollback()
    assert list(session().scalars(select(BufferedMessage.id))) == ["later"]


def test_what_ended_instances_knew_of_others_is_forgotten_and_running_ones_keep_it(office: Office) -> None:
    office.deploy(bundle("waits", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e"))
    ended, running = office.start("waits"), office.start("waits")
    with unit_of_work():
        rows.converse(ended.id, "waits", running)
    instances.cancel(SYSTEM, ended.id, "Hết", now=office.now)
    clean(office, days=6)
    assert count(Conversation) == 2
    clean(office, days=2)
    assert count(Conversation) == 1
    assert count(Conversation, Conversation.instance_id == running.id) == 1
    messages.send(SYSTEM, "paid", {}, now=office.now)
    clean(office, days=8)
    assert count(Conversation) == 0


def test_running_instances_and_their_tasks_are_never_touched(office: Office) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    clean(office, days=3_000)
    office.look()
    assert count(Instance, Instance.status == "running") == 1
    assert count(Task, Task.state == "open") == 1
    tasks.submit(SYSTEM, office.open(instance)["do"].id, {}, now=office.now)


def test_many_old_rows_go_in_several_transactions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        letter(office.now, "sent")
    monkeypatch.setattr(cleaning, "CHUNK", 3)
    commits: list[object] = []

    def committed(connection: object) -> None:
        commits.append(connection)

    event.listen(db.engine, "commit", committed)
    try:
        cleaning._chunk(old.letters, office.now + FOR_EVER)
        assert (count(OutboxMessage), len(commits)) == (4, 1)
        clean(office, days=40)
    finally:
        event.remove(db.engine, "commit", committed)
    assert count(OutboxMessage) == 0


@contextmanager
def plans() -> Iterator[list[str]]:
    """Collect how the database would find the rows of each deletion in the block, were its tables large."""
    found: list[str] = []
    postgresql = db.engine.dialect.name == "postgresql"
    explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("DELETE"):
            if postgresql:
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(explain + statement, parameters)
            found.extend(" ".join(map(str, row)) for row in cursor.fetchall())

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


@pytest.mark.parametrize(
    "forget", [old.sign_ins, old.drafts, *(forget for forget, _ in cleaning.RULES)], ids=lambda f: f.__name__
)
def test_old_rows_are_found_by_an_index_and_no_others_are_read(office: Office, forget: Any) -> None:
    session().rollback()
    with plans() as found:
        cleaning._chunk(forget, office.now)
    assert found
    assert not [line for line in found if "Seq Scan" in line or line.split()[3:4] == ["SCAN"]], found
    narrowed = [line for line in found if "Index Cond" in line or "SEARCH" in line]
    assert any("<" in line or "IS NULL" in line or "dossier_id=?" in line for line in narrowed), found
