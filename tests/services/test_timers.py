"""Timers: fired once when they are due, however long the server was down; a faulty diagram holds up nobody."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from services import definitions, instances, log, tasks, timers
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import instances as lists
from storage.queries.scope import Scope
from storage.tables import Instance
from tests.engine.diagrams import boundary, catch, cycle, duration, end, script, start, user
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.together import at_once, done

ALL = Scope(username="system", principals=(), sees_all=True)
WAIT = bundle("wait", start("s"), catch("t", duration("PT1H")), end("e"), "s -> t -> e")
REMIND = bundle(
    "remind",
    start("s"),
    user("do"),
    boundary("b", "do", cycle("R3/PT1H"), interrupting=False),
    script("count", "n = n + 1"),
    end("e"),
    end("reminded"),
    "s -> do -> e",
    "b -> count -> reminded",
)
FAULTY = bundle(
    "faulty", start("s"), catch("t", duration("PT1H")), script("x", "y = 1 / zero"), end("e"), "s -> t -> x -> e"
)


def kinds(instance: Instance) -> list[str]:
    return [row.kind for row, _ in log.events_of(instance.id)]


def now(instance: Instance) -> Instance:
    session().rollback()
    session().expire_all()
    return instances.readable(SYSTEM, instance.id)


def test_a_timer_fires_when_it_is_due_and_once(office: Office) -> None:
    office.deploy(WAIT)
    instance = office.start("wait")
    assert instance.next_due_at == office.now + timedelta(hours=1)
    assert office.tick(minutes=59).timers == 0
    assert office.tick(minutes=1).timers == 1
    assert now(instance).status == "completed"
    assert office.tick(minutes=1).timers == 0
    assert not timers.fire(instance.id, now=office.now)
    assert kinds(instance) == ["instance.started", "timer.fired"]


def test_timers_that_came_due_while_the_server_was_down_fire_when_it_is_back(office: Office) -> None:
    office.deploy(WAIT)
    office.deploy(REMIND)
    waiting = [office.start("wait") for _ in range(5)]
    reminded = office.start("remind", {"n": 0})
    assert office.tick(days=3).timers >= 6
    assert {now(instance).status for instance in waiting} == {"completed"}
    assert instances.variables(SYSTEM, reminded.id)["n"] == 3
    assert now(reminded).next_due_at is None
    assert office.tick(days=3).timers == 0


def test_a_cycle_fires_at_each_of_its_moments_until_its_task_is_done(office: Office) -> None:
    office.deploy(REMIND)
    reminded, quick = office.start("remind", {"n": 0}), office.start("remind", {"n": 0})
    for number in (1, 2):
        office.tick(hours=1)
        assert instances.variables(SYSTEM, reminded.id)["n"] == number
    tasks.submit(SYSTEM, office.open(quick)["do"].id, {}, now=office.now)
    office.tick(hours=5)
    assert instances.variables(SYSTEM, reminded.id)["n"] == 3
    assert instances.variables(SYSTEM, quick.id)["n"] == 2
    assert now(quick).next_due_at is None


def test_two_who_tick_at_the_same_moment_fire_a_timer_once(office: Office, demo_app: Flask) -> None:
    office.deploy(WAIT)
    started = [office.start("wait") for _ in range(6)]
    moment = office.later(hours=2)
    works = [partial(timers.fire, instance.id, now=moment) for instance in started for _ in range(3)]
    assert Counter(done(at_once(demo_app, works))) == {True: 6, False: 12}
    for instance in started:
        assert now(instance).status == "completed"
        assert kinds(instance) == ["instance.started", "timer.fired"]


def test_a_faulty_diagram_is_an_incident_and_holds_up_nobody(office: Office) -> None:
    office.deploy(FAULTY)
    office.deploy(WAIT)
    faulty = office.start("faulty", {"zero": 0})
    office.later(seconds=1)
    sound = office.start("wait")
    office.tick(hours=1)
    assert now(sound).status == "completed"
    assert (now(faulty).status, now(faulty).next_due_at, now(faulty).incidents) == ("running", None, 1)
    assert kinds(faulty) == ["instance.started", "timer.fired", "incident.opened"]
    assert log.verify().breaks == ()


def test_a_fault_of_our_own_holds_up_nobody_either(office: Office) -> None:
    office.deploy(WAIT)
    broken = office.start("wait")
    office.later(seconds=1)
    sound = office.start("wait")
    broken = now(broken)
    broken.state = b"{ nothing that we ever wrote"
    session().commit()
    office.tick(hours=1)
    assert now(sound).status == "completed"
    due = now(broken).next_due_at
    assert due is not None
    assert due > office.now
    assert kinds(broken) == ["instance.started", "timer.failed"]


def test_a_cancelled_instance_fires_no_timer(office: Office) -> None:
    office.deploy(WAIT)
    instance = office.start("wait")
    instances.cancel(SYSTEM, instance.id, "không cần nữa", now=office.now)
    assert office.tick(hours=2).timers == 0
    assert now(instance).status == "cancelled"


def started(key: str) -> int:
    session().rollback()
    session().expire_all()
    return lists.count(ALL, lists.Wanted(key=key))


def test_a_timer_start_event_starts_its_process_each_time(office: Office) -> None:
    office.deploy(bundle("nightly", start("s", cycle("R3/PT1H")), user("do"), end("e"), "s -> do -> e"))
    counts = []
    for _ in range(5):
        office.tick(minutes=30)
        office.tick(minutes=30)
        counts.append(started("nightly"))
    assert counts == [1, 2, 3, 3, 3]


def test_start_timers_belong_to_the_version_in_force(office: Office) -> None:
    def version(priority: str) -> definitions.Deployed:
        do = user("do", motcua__priority=priority)
        return office.deploy(bundle("hourly", start("s", cycle("R/PT1H")), do, end("e"), "s -> do -> e"))

    version("1")
    second = version("2")
    office.tick(hours=1)
    assert {row.version for row in lists.listed(ALL, lists.Wanted(key="hourly")).rows} == {2}
    definitions.retire(SYSTEM, second.definitions[0].id, now=office.now)
    before = started("hourly")
    office.tick(days=1)
    assert started("hourly") == before


def test_a_start_that_meets_a_fault_has_started_and_comes_again_at_its_time(office: Office) -> None:
    office.deploy(bundle("broken", start("s", cycle("R/PT1H")), script("x", "y = 1 / zero"), end("e"), "s -> x -> e"))
    office.deploy(bundle("sound", start("s", cycle("R2/PT1H")), end("e"), "s -> e"))
    office.tick(hours=1)
    office.tick(seconds=1)
    assert (started("broken"), started("sound")) == (1, 1)
    office.tick(hours=1)
    assert (started("broken"), started("sound")) == (2, 2)


@pytest.mark.parametrize("many", [60])
def test_a_crowd_of_due_timers_fires_in_one_tick(office: Office, many: int) -> None:
    office.deploy(WAIT)
    for _ in range(many):
        office.start("wait")
    assert office.tick(hours=1).timers == many
    assert lists.count(ALL, lists.Wanted(key="wait", status="running")) == 0
