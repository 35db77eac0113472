"""The embedded driver: due work is done within seconds, by one process at a time, and nothing slow holds it up."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from jobs.embedded import DUE, OUTBOX, WORK, is_gone, start_jobs
from services import connecting, instances, log, outbox
from services.cleaning import hold_lease
from services.permissions import SYSTEM
from storage.database import session, unit_of_work
from storage.tables import Instance, Lease, OutboxMessage
from tests.engine.diagrams import catch, duration, end, send, start
from tests.fakes import FakeMailer, SlowMailer
from tests.office import Office
from tests.services.bundles import bundle

WAIT = bundle("wait", start("s"), catch("t", duration("PT1S")), end("e"), "s -> t -> e")


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC))


@contextmanager
def running(app: Flask, count: int = 1) -> Iterator[None]:
    schedulers = [start_jobs(app) for _ in range(count)]
    try:
        yield
    finally:
        for scheduler in schedulers:
            scheduler.shutdown()


def until(found: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come to that"
        session().rollback()
        session().expire_all()
        time.sleep(0.05)


def lateness(office: Office, instance_id: str) -> timedelta:
    """How long after its one second an instance was ended."""
    until(lambda: instances.readable(SYSTEM, instance_id).status == "completed")
    ended = instances.readable(SYSTEM, instance_id).ended_at
    assert ended is not None
    return ended - (office.now + timedelta(seconds=1))


def test_a_timer_fires_within_two_seconds_also_after_the_server_was_killed(office: Office, demo_app: Flask) -> None:
    office.deploy(WAIT)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = os.uname().nodename
    with unit_of_work() as current:  # as a server leaves it that was killed a moment ago
        current.add(Lease(name=DUE, holder=f"{host}:{gone.pid}:abcd", until=office.now + timedelta(hours=1)))
    with running(demo_app):
        instance = office.start("wait")
        assert lateness(office, instance.id) < timedelta(seconds=2)


def test_a_slow_mail_server_delays_no_timer(office: Office, demo_app: Flask) -> None:
    mailer = SlowMailer()
    demo_app.extensions["motcua"] = replace(office.parts, mailer=mailer)
    office.deploy(WAIT)
    office.accepted()
    with running(demo_app):
        assert mailer.called.wait(20)
        office.now = datetime.now(UTC)
        instance = office.start("wait")
        assert lateness(office, instance.id) < timedelta(seconds=2)
        mailer.release.set()


def test_a_poisoned_instance_is_put_off_and_holds_up_nobody(office: Office, demo_app: Flask) -> None:
    office.deploy(WAIT)
    bad, *good = (office.start("wait") for _ in range(4))
    with unit_of_work() as current:
        current.execute(update(Instance).where(Instance.id == bad.id).values(state=b"no state at all"))
    with running(demo_app):
        until(lambda: all(instances.readable(SYSTEM, each.id).status == "completed" for each in good))
        until(lambda: session().get_one(Instance, bad.id).faults > 0)
    row = session().get_one(Instance, bad.id)
    assert row.status == "running"
    assert row.next_due_at is not None
    assert row.next_due_at > office.now + timedelta(seconds=4)


def test_two_processes_of_one_server_fire_each_timer_once(office: Office, demo_app: Flask) -> None:
    office.deploy(WAIT)
    with running(demo_app, count=2):
        started = [office.start("wait") for _ in range(10)]
        until(lambda: all(instances.readable(SYSTEM, each.id).status == "completed" for each in started))
    for each in started:
        kinds = [event.kind for event, _ in log.events_of(each.id)]
        assert kinds.count("timer.fired") == 1


def test_one_process_at_a_time_holds_a_lease(office: Office) -> None:
    now = office.now
    assert hold_lease("x", "a", now=now, seconds=10)
    assert hold_lease("x", "a", now=now + timedelta(seconds=5), seconds=10)
    assert not hold_lease("x", "b", now=now + timedelta(seconds=14), seconds=10)
    assert hold_lease("y", "b", now=now, seconds=10)
    assert hold_lease("x", "b", now=now + timedelta(seconds=16), seconds=10)
    assert not hold_lease("x", "a", now=now + timedelta(seconds=17), seconds=10)
    assert hold_lease("x", "a", now=now + timedelta(seconds=17), seconds=10, is_gone=lambda holder: holder == "b")


def test_only_a_process_of_this_machine_is_known_to_be_gone() -> None:
    host = os.uname().nodename
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert is_gone(f"{host}:{ended.pid}:abcd")
    assert not is_gone(f"{host}:{os.getppid()}:abcd")
    assert not is_gone(f"elsewhere:{ended.pid}:abcd")
    assert not is_gone("somebody")


def test_what_a_killed_process_was_calling_is_called_again_at_once(office: Office, demo_app: Flask) -> None:
    inputs = "".join(f'<motcua:input target="{name}" source="\'a@b.vn\'"/>' for name in ("to", "subject", "body"))
    tell = send("tell", f"<extensionElements>{inputs}</extensionElements>", motcua__connector="mail")
    office.deploy(bundle("tells", start("s"), tell, end("e"), "s -> tell -> e"))
    instance = office.start("tells")
    (task_id,) = connecting.due(office.now)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with unit_of_work() as current:
        connecting._take(task_id, now=office.now)
        holder = f"{os.uname().nodename}:{gone.pid}:abcd"
        current.add(Lease(name=WORK, holder=holder, until=office.now + timedelta(hours=1)))
    assert connecting.due(datetime.now(UTC)) == []
    with running(demo_app):
        until(lambda: instances.readable(SYSTEM, instance.id).status == "completed")


def test_a_letter_that_a_killed_process_was_sending_is_sent_at_once_and_that_of_a_live_one_is_left(
    office: Office, demo_app: Flask
) -> None:
    mailer = FakeMailer()
    demo_app.extensions["motcua"] = replace(office.parts, mailer=mailer)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host, handlers = os.uname().nodename, {"email": lambda *_: None}
    dead, alive = f"{host}:{gone.pid}:abcd", f"{host}:{os.getppid()}:abcd"
    with unit_of_work() as current:
        letter = {"to": "a@b.vn", "subject": "s", "body": "b"}
        for key in (dead, alive):
            outbox.add("email", letter, key=key, now=office.now)
        current.add(Lease(name=OUTBOX, holder=dead, until=office.now + timedelta(hours=1)))
    held = {
        row.idempotency_key: row.id
        for row in session().scalars(select(OutboxMessage))
        if row.idempotency_key in (dead, alive)
    }
    for key, message_id in held.items():
        outbox._take(message_id, handlers, now=office.now, holder=key)
    assert outbox.due(datetime.now(UTC)) == []
    with running(demo_app):
        until(lambda: [letter.key for letter in mailer.letters] == [dead])
        until(lambda: session().get_one(OutboxMessage, held[dead]).state == "sent")
    other = session().get_one(OutboxMessage, held[alive])
    assert (other.state, other.tries, other.held_by) == ("waiting", 1, alive)
    assert other.due_at == office.now + outbox.LEASE
