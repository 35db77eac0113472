"""What commits hand over to workers: at most one statement, only what is due soon, never the same twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from config import BadSettings, from_environment
from jobs.pieces import put_off
from services import handing, log, outbox, tasks, timers
from services.handing import FEW, TOGETHER
from services.permissions import SYSTEM
from storage import queue
from storage.database import db, session, unit_of_work
from storage.tables import Instance, OutboxMessage
from tests.conftest import _clean_place
from tests.databases import Place, command, settings_of
from tests.engine.diagrams import catch, cycle, duration, end, start, user
from tests.office import Office
from tests.services.bundles import bundle, one_task
from tests.services.test_statements import counted


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return _clean_place("postgresql", tmp_path_factory.mktemp("handing") / "data", demo=False)


@pytest.fixture
def app(place: Place) -> Iterator[Flask]:
    application = create_app(replace(settings_of(place), jobs="distributed"))
    with application.app_context():
        yield application
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(parts=app.extensions["motcua"], now=datetime.now(UTC))


def queued() -> list[tuple[str, int, str | None]]:
    """(task, number of rows, lock) of what waits, what is due first first."""
    query = "SELECT task_name, jsonb_array_length(args->'ids'), lock FROM procrastinate_jobs ORDER BY priority DESC, id"
    found = session().execute(text(query)).all()
    session().rollback()
    return [(row[0], row[1], row[2]) for row in found]


def forget() -> None:
    with unit_of_work() as current:
        current.execute(text("DELETE FROM procrastinate_jobs"))


def in_seconds(seconds: float) -> dict[str, bytes]:
    return bundle(f"in{seconds}", start("s"), catch("t", duration(f"PT{seconds}S")), end("e"), "s -> t -> e")


def test_a_submit_that_makes_nothing_due_costs_no_statement_more(office: Office) -> None:
    office.deploy(one_task())
    for _ in range(2):
        task_id = office.open(office.start("one"))["do"].id
        with counted() as sent:
            tasks.submit(SYSTEM, task_id, {"a": 1}, now=office.now)
    assert not [statement for statement in sent if "procrastinate" in statement]


def test_all_that_one_commit_makes_due_goes_by_one_statement(office: Office) -> None:
    office.deploy(in_seconds(5))
    office.start("in5")
    with counted() as sent, unit_of_work():
        outbox.add("email", {}, key="1", now=office.now)
        outbox.add("email", {}, key="2", now=office.now)
        instance = office.start("in5")
    assert len([statement for statement in sent if "procrastinate" in statement]) == 1, sent
    assert sorted(job[0] for job in queued()) == ["message", "message", "timer", "timer"]
    assert ("timer", 1, instance.id) in queued()


def test_what_is_due_later_is_left_to_the_sweep_which_looks_a_little_ahead(office: Office) -> None:
    office.deploy(in_seconds(60))
    instance = office.start("in60")
    assert queued() == []
    assert handing.sweep(now=office.now) == 0
    assert handing.sweep(now=office.now + timedelta(seconds=55)) == 1
    assert handing.sweep(now=office.now + timedelta(seconds=55)) == 0
    assert queued() == [("timer", 1, instance.id)]
    assert timers.fire(instance.id, now=office.now + timedelta(seconds=60))


def test_what_was_lost_is_handed_over_again_and_what_was_not_is_not(office: Office) -> None:
    office.deploy(in_seconds(5))
    for _ in range(3):
        office.start("in5")
    assert handing.sweep(now=office.now) == 0
    forget()
    assert handing.sweep(now=office.now) == 3
    assert len(queued()) == 3


def test_many_due_together_go_by_the_dozen(office: Office) -> None:
    office.deploy(in_seconds(60))
    count = TOGETHER + FEW
    for _ in range(count):
        office.start("in60")
    with unit_of_work() as current:
        current.query(Instance).update({"next_due_at": office.now})
    assert handing.sweep(now=office.now) == count
    assert [size for _, size, _ in queued()] == [TOGETHER, FEW]
    assert handing.sweep(now=office.now) == 0


def test_what_is_due_first_is_fetched_first_also_of_one_instance(office: Office) -> None:
    office.deploy(in_seconds(8))
    instance = office.start("in8")
    with unit_of_work():
        row = session().get(Instance, instance.id)
        assert row is not None
        job = handing.job(handing.Kind.INCIDENT, "x", office.now, instance_id=instance.id)
        queue.hand_over(session(), [job])
    assert [task for task, _, _ in queued()] == ["incident", "timer"]


def test_a_timer_start_event_is_swept_and_then_handed_over_by_itself(office: Office) -> None:
    office.deploy(bundle("often", start("s", cycle("R3/PT5S")), user("u"), end("e"), "s -> u -> e"))
    assert handing.sweep(now=office.now) == 1
    (definition_id, element_id) = timers.starts_due(office.now + timedelta(seconds=5))[0]
    forget()
    assert timers.start(definition_id, element_id, now=office.now + timedelta(seconds=5))
    assert queued() == [("start", 1, f"start:{definition_id}")]


def test_the_queue_is_that_of_the_installed_library_and_later_steps_of_it_are_taken(place: Place, app: Flask) -> None:
    with db.engine.connect() as connection:
        assert queue.version_of(connection) == queue.newest()
        connection.execute(text("DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs"))
        connection.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS '{queue.migrations()[-2]}'"))
        connection.commit()
    command(place, "db", "upgrade")
    with db.engine.connect() as connection:
        assert queue.version_of(connection) == queue.newest()
        made = text("SELECT count(*) FROM pg_trigger WHERE tgname = 'procrastinate_trigger_status_events_update_v1'")
        assert connection.scalar(made) == 1


def test_the_queue_can_be_taken_away_and_migrations_agree_with_the_tables_beside_it(place: Place, app: Flask) -> None:
    command(place, "db", "downgrade", "0009")
    with db.engine.connect() as connection:
        assert queue.version_of(connection) is None
    command(place, "db", "upgrade")
    command(place, "db", "check")


def test_what_workers_died_of_goes_on_row_by_row_and_is_put_off_after_the_third(office: Office) -> None:
    office.deploy(in_seconds(5))
    ids = [office.start("in5").id for _ in range(2)]
    forget()
    with unit_of_work():
        queue.hand_over(session(), [queue.Job(kind="timer", ids=tuple(ids), at=office.now)])
    assert handing.rescue(now=office.now) == (0, [])  # nobody has begun
    for deaths in (1, 2):
        die()
        assert handing.rescue(now=office.now) == (1 if deaths == 1 else 2, [])
        assert [job[:2] for job in queued()] == [("timer", 1), ("timer", 1)]
    die()
    count, deadly = handing.rescue(now=office.now)
    assert count == 2
    assert sorted(row_id for _, row_id in deadly) == sorted(ids)
    assert queued() == []
    put_off(*deadly[0], now=office.now)
    office.look()
    row = session().get_one(Instance, deadly[0][1])
    assert (row.faults, row.next_due_at) == (1, office.now + timedelta(seconds=5))
    assert [event.kind for event, _ in log.events_of(row.id)][-1] == "timer.failed"


def test_a_call_that_a_worker_died_in_is_made_again_at_once_with_its_key(office: Office) -> None:
    with unit_of_work():
        outbox.add("email", {"to": "a@b.vn", "subject": "s", "body": "b"}, key="k", now=office.now)
    (message_id,) = outbox.due(office.now)
    outbox._take(message_id, {"email": lambda *_: None}, now=office.now, holder="worker")
    assert outbox.due(office.now) == []
    die()
    assert handing.rescue(now=office.now) == (1, [])
    assert outbox.due(office.now) == [message_id]
    sent: list[str] = []
    outbox.send(message_id, {"email": lambda key, *_: sent.append(key)}, now=office.now)
    assert sent == ["k"]
    row = session().get_one(OutboxMessage, message_id)
    assert (row.state, row.tries, row.held_by) == ("sent", 2, "")


def die() -> None:
    """All that is queued is begun by a worker that is heard of no more."""
    with unit_of_work() as current:
        current.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))


@pytest.mark.parametrize(
    ("given", "said"),
    [({"MOTCUA_JOBS": "somehow"}, "embedded, distributed or off"), ({"MOTCUA_JOBS": "distributed"}, "PostgreSQL")],
)
def test_jobs_cannot_be_distributed_without_postgresql(given: dict[str, str], said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        from_environment(given)
