"""The distributed driver, with real workers on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from app import create_app
from errors import ConcurrentUpdate
from services import batches, bulk, handing, health, log
from services.permissions import SYSTEM
from storage.database import db, session, unit_of_work
from storage.queries import bulk as lists
from storage.tables import Batch, Instance, LogEvent
from tests.conftest import _clean_place
from tests.databases import Place, command, settings_of
from tests.engine.diagrams import catch, duration, end, start
from tests.installation import Installation, Worker
from tests.lacking import missing
from tests.office import Office
from tests.postgres import Cluster, PostgresMissing
from tests.services.bundles import bundle, one_task
from tests.soak import examples

MANY = examples(40, soak=300)


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return _clean_place("postgresql", tmp_path_factory.mktemp("distributed") / "data", demo=False)


@pytest.fixture
def app(place: Place) -> Iterator[Flask]:
    application = create_app(replace(settings_of(place), jobs="distributed"))
    with application.app_context():
        yield application
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(parts=app.extensions["motcua"], now=datetime.now(UTC))


def waits(key: str, seconds: float) -> dict[str, bytes]:
    return bundle(key, start("s"), catch("t", duration(f"PT{seconds}S")), end("e"), "s -> t -> e")


def freeze(pid: int) -> None:
    """Stop a worker at a moment at which it holds no lock, on which the test would wait for ever.

    On a busy machine others hold these locks as well, for longer than it waits: then it goes on and is stopped again.
    """

    def is_free() -> bool:
        os.kill(pid, signal.SIGSTOP)
        try:
            with unit_of_work() as current:
                current.execute(text("SET LOCAL lock_timeout = '200ms'"))
                current.execute(text("LOCK TABLE procrastinate_jobs, procrastinate_workers IN ACCESS EXCLUSIVE MODE"))
        except (ConcurrentUpdate, OperationalError):
            os.kill(pid, signal.SIGCONT)
            return False
        return True

    until(is_free, 60)


def until(found: Callable[[], object], seconds: float = 30.0) -> float:
    began = time.monotonic()
    while not found():
        assert time.monotonic() < began + seconds, "it did not come to that"
        session().rollback()
        session().expire_all()
        time.sleep(0.05)
    return time.monotonic() - began


def queued() -> list[tuple[str, str, str | None]]:
    """(task, status, lock) of the queue."""
    found = session().execute(text("SELECT task_name, status::text, lock FROM procrastinate_jobs ORDER BY id")).all()
    session().rollback()
    return [(row[0], row[1], row[2]) for row in found]


def completed(key: str) -> int:
    return session().scalar(select(func.count()).where(Instance.key == key, Instance.status == "completed")) or 0


def fired(key: str) -> list[int]:
    """How often a timer fired, for each instance."""
    of_key = select(Instance.id).where(Instance.key == key).scalar_subquery()
    query = select(func.count()).where(LogEvent.kind == "timer.fired", LogEvent.chain.in_(of_key))
    return list(session().scalars(query.group_by(LogEvent.chain)))


def test_a_timer_due_soon_is_handed_over_once_under_its_instance(office: Office) -> None:
    office.deploy(waits("soon", 3))
    office.deploy(waits("late", 3000))
    soon = office.start("soon")
    office.start("late")
    assert queued() == [("timer", "todo", soon.id)]


def test_timers_fire_once_and_in_time_while_a_batch_is_worked_off(place: Place, office: Office) -> None:
    office.deploy(waits("soon", 3))
    office.deploy(waits("many", 4))
    office.deploy(waits("wait", 3600))
    ids = [office.start("wait").id for _ in range(60)]
    with Installation(place, webs=0):
        office.now = datetime.now(UTC)
        batch_id = batches.create(SYSTEM, "suspend", ids, "kiểm tra", now=office.now).id
        lone = office.start("soon")
        for _ in range(MANY):
            office.start("many")
        until(lambda: completed("soon") == 1 and completed("many") == MANY, 60)
        ended = session().scalar(select(Instance.ended_at).where(Instance.id == lone.id))
        assert ended is not None
        assert ended - office.now < timedelta(seconds=6)
        until(lambda: not [job for job in queued() if job[0] == "timer"])
        until(lambda: session().scalar(select(Batch.done).where(Batch.id == batch_id)) == 60)
    assert fired("soon") == [1]
    assert fired("many") == [1] * MANY
    kinds = select(func.count()).where(LogEvent.chain.in_(ids), LogEvent.kind == "instance.suspended")
    assert session().scalar(kinds) == 60
    assert log.verify().breaks == ()


def test_what_a_killed_worker_had_in_hand_is_taken_over_within_seconds(place: Place, office: Office) -> None:
    office.deploy(waits("soon", 1))
    with Installation(place, webs=0, workers_wanted=1) as installation:
        (worker,) = installation.workers
        assert worker.process is not None
        freeze(worker.process.pid)  # it beats no more, as if its machine had stopped
        office.start("soon")
        with unit_of_work() as current:  # as it had fetched the job just before
            current.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"))
            current.execute(
                text("UPDATE procrastinate_jobs SET worker_id = (SELECT min(id) FROM procrastinate_workers)")
            )
        installation.workers.append(Worker(installation.web, 1).start())
        took = until(lambda: completed("soon") == 1)
        os.kill(worker.process.pid, signal.SIGCONT)
    assert took < 20
    assert fired("soon") == [1]


def test_a_worker_finishes_what_it_began_when_it_is_asked_to_end(place: Place, office: Office) -> None:
    office.deploy(waits("soon", 1))
    with Installation(place, webs=0, workers_wanted=1) as installation:
        for _ in range(30):
            office.start("soon")
        until(lambda: completed("soon") > 0)
        assert installation.workers[0].stop() == 0
        assert not [job for job in queued() if job[1] == "doing"]
        assert session().scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0
        installation.workers[0].start()
        until(lambda: completed("soon") == 30)
    assert fired("soon") == [1] * 30


def test_a_poisoned_instance_is_put_off_and_holds_up_nobody(place: Place, office: Office) -> None:
    office.deploy(waits("bad", 1))
    office.deploy(waits("good", 1))
    bad = office.start("bad")
    with unit_of_work() as current:
        current.execute(update(Instance).where(Instance.id == bad.id).values(state=b"no state at all"))
    with Installation(place, webs=0, workers_wanted=1):
        for _ in range(20):
            office.start("good")
        until(lambda: completed("good") == 20)
        until(lambda: session().scalar(select(Instance.faults).where(Instance.id == bad.id)))
        figures = health.figures(now=datetime.now(UTC))
    row = session().get_one(Instance, bad.id)
    assert row.next_due_at is not None
    assert row.next_due_at > datetime.now(UTC) - timedelta(seconds=5)
    assert (figures["motcua_faulty_instances"], figures["motcua_workers"]) == (1, 1)
    until(lambda: health.figures(now=datetime.now(UTC))["motcua_workers"] == 0)  # their sessions ended with them


def test_workers_come_back_when_postgresql_was_away(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    cluster = Cluster(folder / "pg")
    folder.chmod(0o711)
    try:
        cluster.start()
    except PostgresMissing as lacking:
        missing(str(lacking))
    try:
        place = Place(tmp_path / "data", cluster.create("motcua"))
        command(place, "db", "upgrade")
        application = create_app(replace(settings_of(place), jobs="distributed"))
        with application.app_context(), Installation(place, webs=0, workers_wanted=1) as installation:
            office = Office(parts=application.extensions["motcua"], now=datetime.now(UTC))
            office.deploy(waits("soon", 1))
            office.start("soon")
            until(lambda: completed("soon") == 1)
            cluster.restart()
            office.start("soon") if tried(office) else None
            took = until(lambda: completed("soon") >= 2, 60)
            assert took < 20
            assert installation.workers[0].is_alive
            application.extensions["sqlalchemy"].engine.dispose()
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def tried(office: Office) -> bool:
    """The first verb after the restart meets a connection that is gone; the next one does not."""
    try:
        office.start("soon")
    except Exception:
        return True
    return False


def test_a_bulk_act_is_done_one_by_one_and_goes_on_where_its_worker_was_killed(place: Place, office: Office) -> None:
    office.deploy(one_task(motcua__candidateGroups="", motcua__candidateUsers="anna"))
    anna, batch_id = office.hire("anna", "officer"), uuid4().hex
    started = [office.start("one") for _ in range(20)]
    task_ids = [office.open(one)["do"].id for one in started]
    bulk.create(anna, "complete_tasks", task_ids, batch_id=batch_id, now=datetime.now(UTC))
    held = lists.items(batch_id)[10].task_id.rpartition(".")[0]
    session().rollback()
    with Installation(place, webs=0, workers_wanted=0) as installation, db.engine.connect() as other:
        other.execute(text("SELECT id FROM instance WHERE id = :id FOR UPDATE"), {"id": held})
        worker = Worker(installation.web, 0).start()
        installation.workers.append(worker)
        until(lambda: bulk.readable(anna, batch_id).done == 10)
        assert [item.state for item in lists.items(batch_id)] == ["done"] * 10 + ["waiting"] * 10
        worker.kill()  # it waits for the eleventh, which `other` holds
        other.rollback()
        with unit_of_work() as current:  # as if it had been silent for long
            current.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
        handing.rescue(now=datetime.now(UTC))
        worker.start()
        until(lambda: bulk.readable(anna, batch_id).state == "completed")
    row = bulk.readable(anna, batch_id)
    assert (row.done, row.failed, row.total) == (20, 0, 20)
    assert {item.state for item in lists.items(batch_id)} == {"done"}
    done = select(func.count()).where(LogEvent.kind == "task.completed", LogEvent.actor == "anna")
    assert session().scalar(done) == 20
    assert completed("one") == 20
