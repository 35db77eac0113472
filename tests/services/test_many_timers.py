"""Many timers due together: some dozens a transaction, and none of them holds up another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import update

from errors import ConcurrentUpdate
from services import instances, log, timers
from services.permissions import SYSTEM
from storage.database import session, unit_of_work
from storage.rows import instances as rows
from storage.tables import Instance
from tests.engine.diagrams import boundary, catch, duration, end, start, user
from tests.office import Office
from tests.services.bundles import bundle, procedure
from tests.services.test_statements import counted
from tests.services.together import at_once, done

WAIT = bundle("wait", start("s"), catch("t", duration("PT1H")), end("e"), "s -> t -> e")
LATE = (
    start("s"),
    user("do", motcua__candidateGroups="one_door"),
    boundary("b", "do", duration("PT1H")),
    user("chase", motcua__candidateGroups="one_door"),
    end("e"),
    end("chased"),
    "s -> do -> e",
    "b -> chase -> chased",
)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not end a turn of these tests."""
    monkeypatch.setattr(timers, "LONGEST_TURN", 60.0)


def now(instance: Instance) -> Instance:
    session().rollback()
    session().expire_all()
    return instances.readable(SYSTEM, instance.id)


def statuses(of: Iterable[Instance]) -> set[str]:
    return {now(instance).status for instance in of}


def test_a_portion_costs_few_statements_and_one_commit(office: Office) -> None:
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(30)]
    moment, ids = office.later(hours=1), [instance.id for instance in waiting]
    timers.fire_many(ids[:1], now=moment)
    with counted() as sent:
        assert timers.fire_many(ids, now=moment) == 29
    assert len(sent) <= 3, sent  # held, moved on, logged
    assert statuses(waiting) == {"completed"}
    assert log.verify().breaks == ()


def test_each_instance_of_a_portion_gets_its_tasks_and_its_log(office: Office) -> None:
    office.deploy(bundle("late", *LATE))
    office.deploy(procedure("late-dossier", *LATE))
    started = [office.start("late") for _ in range(5)]
    filed = [office.file_in("late-dossier") for _ in range(3)]
    ids = [*(instance.id for instance in started), *(dossier.instance_id for dossier in filed)]
    assert timers.fire_many(ids, now=office.later(hours=1)) == 8
    assert timers.fire_many(ids, now=office.now) == 0
    for instance in started:
        assert set(office.open(instance)) == {"chase"}
    for dossier in filed:
        assert {task.element_id: task.dossier_id for task in office.open(dossier).values()} == {"chase": dossier.id}
    assert log.verify().breaks == ()


@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_poisoned_one_holds_up_nobody_of_its_portion(office: Office, place: int) -> None:
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(6)]
    broken = now(waiting.pop(place))
    broken.state = b"{ nothing that we ever wrote"
    session().commit()
    assert office.tick(hours=1).timers == 5
    assert statuses(waiting) == {"completed"}
    put_off = now(broken)
    assert (put_off.status, put_off.faults) == ("running", 1)
    assert put_off.next_due_at == office.now + timedelta(seconds=5)
    assert log.verify().breaks == ()


def test_an_instance_that_moved_on_meanwhile_is_not_fired_over(office: Office) -> None:
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(3)]
    with unit_of_work() as current:
        held = rows.lock_due([instance.id for instance in waiting], office.later(hours=1))
        assert len(held) == 3
        moved_on = update(Instance).where(Instance.id == held[1].id).values(revision=Instance.revision + 1)
        current.execute(moved_on, execution_options={"synchronize_session": False})
        for instance in held:
            instance.faults = 7
        with pytest.raises(ConcurrentUpdate):
            rows.save_together(held)
        current.rollback()
    assert {now(instance).faults for instance in waiting} == {0}


def test_several_who_fire_the_same_portion_fire_each_timer_once(office: Office, demo_app: Flask) -> None:
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(12)]
    moment, ids = office.later(hours=1), [instance.id for instance in waiting]
    fired = done(at_once(demo_app, [partial(timers.fire_many, ids, now=moment) for _ in range(4)]))
    assert sum(fired) == 12
    assert statuses(waiting) == {"completed"}
    for instance in waiting:
        assert [row.kind for row, _ in log.events_of(instance.id)] == ["instance.started", "timer.fired"]


def test_one_that_another_writer_holds_is_left_for_later(office: Office, demo_app: Flask, database: str) -> None:
    if database == "sqlite":
        pytest.skip("one writer at a time: nobody is skipped")
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(4)]
    moment, is_held, may_go = office.later(hours=1), Event(), Event()

    def hold() -> None:
        with demo_app.app_context(), unit_of_work():
            rows.lock(waiting[0].id)
            is_held.set()
            may_go.wait(20)

    thread = Thread(target=hold)
    thread.start()
    assert is_held.wait(20)
    assert office.tick().timers == 3
    may_go.set()
    thread.join()
    assert timers.due(moment) == [waiting[0].id]
    assert office.tick().timers == 1


def test_a_crowd_that_cannot_be_fired_now_keeps_nobody_from_the_ones_behind_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(9)]
    monkeypatch.setattr(timers, "TOGETHER", 3)
    stuck = timers.due(office.later(hours=1), 4)
    really = timers.fire_many

    def skipping(ids: list[str], *, now: object) -> int:
        return really([each for each in ids if each not in stuck], now=office.now)

    monkeypatch.setattr(timers, "fire_many", skipping)
    assert office.tick().timers == 5
    assert sum(now(instance).status == "completed" for instance in waiting) == 5


def test_a_turn_ends_in_time_and_the_rest_comes_next(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deploy(WAIT)
    waiting = [office.start("wait") for _ in range(3)]
    monkeypatch.setattr(timers, "LONGEST_TURN", 0.0)
    ids, moment = [instance.id for instance in waiting], office.later(hours=1)
    assert [timers.fire_many(ids, now=moment) for _ in range(4)] == [1, 1, 1, 0]


def test_one_tick_fires_all_that_is_due_however_short_its_turns(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(WAIT)
    for _ in range(3):
        office.start("wait")
    monkeypatch.setattr(timers, "LONGEST_TURN", 0.0)
    assert office.tick(hours=1).timers == 3
    assert office.tick().timers == 0
