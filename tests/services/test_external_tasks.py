"""External tasks: fetched by one worker at a time, locked, reported on, tried again; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from errors import Forbidden, NotFound, NotLocked, TaskNotOpen
from services import cleaning, external_tasks, history, instances, log, tasks, timers
from services.permissions import SYSTEM, Viewer
from storage.database import session
from storage.tables import ExternalTask
from tests.engine.diagrams import boundary, duration, each, end, error, fork, service, start, user
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.together import at_once, done, kinds
from tests.services.works import MINUTE, fetch, incidents_of, one_work, row, status, try_again


@pytest.fixture
def worker(office: Office) -> Viewer:
    return office.hire("robot", "worker")


def test_work_is_fetched_with_what_it_sees_and_completed(office: Office, worker: Viewer) -> None:
    office.deploy(one_work(motcua__priority="70"))
    instance = office.start("work", {"amount": 5}, business_key="No 1")
    ((task, variables),) = [(each_.task, each_.variables) for each_ in fetch(office, worker)]
    assert variables == {"amount": 5}
    assert (task.topic, task.instance_id, task.element_id, task.key) == ("pay", instance.id, "w", "work")
    assert (task.worker, task.lock_expires_at, task.priority) == ("w1", office.now + MINUTE, 70)
    assert (task.business_key, task.retries, task.state) == ("No 1", 3, "open")
    assert fetch(office, worker, name="w2") == ()
    after = external_tasks.complete(worker, task.id, "w1", {"receipt": "A"}, now=office.now)
    assert (after.id, after.status) == (instance.id, "running")
    assert list(office.open(instance)) == ["after"]
    assert instances.variables(SYSTEM, instance.id) == {"amount": 5, "receipt": "A"}
    assert row(office, task.id).state == "completed"
    (event,) = [data for each_, data in log.events_of(instance.id) if each_.kind == "work.completed"]
    assert (event["task"], event["worker"], event["topic"]) == (task.id, "w1", "pay")
    assert log.verify().breaks == ()
    (passage,) = [each_ for each_ in history.passages(after) if each_.element_id == "w"]
    assert (passage.state, passage.actor, passage.task_id) == ("completed", "robot", None)


def test_work_is_no_task_of_anybody(office: Office) -> None:
    office.deploy(one_work())
    instance = office.start("work")
    (wait,) = instances.waiting_for(SYSTEM, instance.id)
    assert (wait.kind, wait.name) == ("external_task", "pay")
    assert office.open(instance) == {}
    with pytest.raises(NotFound):
        tasks.submit(SYSTEM, wait.id, {}, now=office.now)
    with pytest.raises(NotFound):
        tasks.claim(SYSTEM, wait.id, now=office.now)


def test_only_workers_and_administrators_may(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    office.start("work")
    officer, operator = office.hire("officer1", "officer"), office.hire("operator1", "operator")
    (found,) = fetch(office, worker)
    for viewer in (officer, operator):
        with pytest.raises(Forbidden):
            fetch(office, viewer)
        with pytest.raises(Forbidden):
            external_tasks.complete(viewer, found.task.id, "w1", {}, now=office.now)
    with pytest.raises(Forbidden):
        external_tasks.require_list(officer)
    external_tasks.require_list(operator)
    assert fetch(office, SYSTEM, "other") == ()
    external_tasks.complete(SYSTEM, found.task.id, "w1", {}, now=office.now)


def test_whoever_reports_twice_is_told_that_it_is_over(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    office.start("work")
    (found,) = fetch(office, worker)
    report = partial(external_tasks.complete, worker, found.task.id, "w1", {})
    report(now=office.now)
    with pytest.raises(TaskNotOpen):
        report(now=office.now)
    for late in (
        partial(external_tasks.fail, worker, found.task.id, "w1", "no"),
        partial(external_tasks.extend_lock, worker, found.task.id, "w1", MINUTE),
        partial(external_tasks.unlock, worker, found.task.id, "w1"),
    ):
        with pytest.raises(TaskNotOpen):
            late(now=office.now)
    with pytest.raises(NotFound):
        external_tasks.complete(worker, "nothing.1", "w1", {}, now=office.now)
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(hours=25))
    with pytest.raises(NotFound):
        report(now=office.now)


def test_a_lock_that_ended_gives_the_work_to_another(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    instance = office.start("work")
    (found,) = fetch(office, worker)
    office.later(seconds=59)
    assert fetch(office, worker, name="w2") == ()
    office.later(seconds=1)
    (again,) = fetch(office, worker, name="w2")
    assert again.task.id == found.task.id
    for late in (
        partial(external_tasks.complete, worker, found.task.id, "w1", {}),
        partial(external_tasks.fail, worker, found.task.id, "w1", "no"),
        partial(external_tasks.bpmn_error, worker, found.task.id, "w1", "NO", "", {}),
        partial(external_tasks.extend_lock, worker, found.task.id, "w1", MINUTE),
        partial(external_tasks.unlock, worker, found.task.id, "w1"),
    ):
        with pytest.raises(NotLocked):
            late(now=office.now)
    external_tasks.complete(worker, found.task.id, "w2", {}, now=office.now)
    assert list(office.open(instance)) == ["after"]


def test_a_lock_that_ended_and_that_nobody_took_still_counts(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    office.start("work")
    (found,) = fetch(office, worker)
    office.later(hours=1)
    assert external_tasks.complete(worker, found.task.id, "w1", {}, now=office.now).status == "running"


def test_a_lock_can_be_extended_and_given_back(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    office.start("work")
    (found,) = fetch(office, worker)
    external_tasks.extend_lock(worker, found.task.id, "w1", 10 * MINUTE, now=office.now)
    office.later(minutes=9)
    assert fetch(office, worker, name="w2") == ()
    external_tasks.unlock(worker, found.task.id, "w1", now=office.now)
    (again,) = fetch(office, worker, name="w2")
    with pytest.raises(Forbidden):
        external_tasks.unlock(worker, again.task.id, None, now=office.now)
    external_tasks.unlock(office.viewer("vanhanh"), again.task.id, None, now=office.now)
    assert row(office, again.task.id).worker is None
    assert len(fetch(office, worker, name="w3")) == 1


def test_failed_work_is_tried_again_as_the_diagram_says_then_it_is_failed(office: Office, worker: Viewer) -> None:
    office.deploy(one_work(motcua__retries="R3/PT5M"))
    instance = office.start("work")
    for left in (2, 1):
        (found,) = fetch(office, worker)
        task = external_tasks.fail(worker, found.task.id, "w1", "down", details="trace", now=office.now)
        assert (task.retries, task.worker, task.state) == (left, None, "open")
        assert (task.error_message, task.error_details) == ("down", "trace")
        assert task.available_at == office.now + 5 * MINUTE
        assert fetch(office, worker) == ()
        office.later(minutes=5)
    (found,) = fetch(office, worker)
    task = external_tasks.fail(worker, found.task.id, "w1", "down", now=office.now)
    assert (task.retries, task.state) == (0, "failed")
    office.later(hours=1)
    assert fetch(office, worker) == ()
    with pytest.raises(TaskNotOpen):
        external_tasks.complete(worker, task.id, "w1", {}, now=office.now)
    kinds_ = [event.kind for event, _ in log.events_of(instance.id)]
    assert kinds_.count("work.failed") == 3
    (incident,) = incidents_of(office, instance)
    assert (incident.id, incident.element_id, incident.kind, incident.reason) == (task.id, "w", "work_failed", "down")
    try_again(office, instance, incident.id)
    assert incidents_of(office, instance) == ()
    (found,) = fetch(office, worker)
    external_tasks.complete(worker, found.task.id, "w1", {}, now=office.now)
    assert list(office.open(instance)) == ["after"]


def test_a_worker_may_say_how_often_and_when_it_is_tried_again(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    office.start("work")
    (found,) = fetch(office, worker)
    task = external_tasks.fail(worker, found.task.id, "w1", "", retries=7, pause=timedelta(0), now=office.now)
    assert (task.retries, task.available_at) == (7, office.now)
    (found,) = fetch(office, worker)
    task = external_tasks.fail(worker, found.task.id, "w1", "", retries=0, now=office.now)
    assert task.state == "failed"


def test_a_modelled_error_goes_where_the_diagram_says(office: Office, worker: Viewer) -> None:
    mend = (boundary("no", "w", error("NO")), user("mend"), "no -> mend -> e")
    office.deploy(one_work("work", "pay", *mend))
    caught, uncaught = office.start("work"), office.start("work")
    first, second = sorted(fetch(office, worker), key=lambda found: found.task.instance_id != caught.id)
    external_tasks.bpmn_error(worker, first.task.id, "w1", "NO", "no money", {"why": "x"}, now=office.now)
    assert list(office.open(caught)) == ["mend"]
    assert instances.variables(SYSTEM, caught.id) == {"why": "x"}
    external_tasks.bpmn_error(worker, second.task.id, "w1", "OTHER", "", {}, now=office.now)
    assert status(office, uncaught) == "failed"
    assert {row(office, found.task.id).state for found in (first, second)} == {"cancelled"}


def test_what_the_diagram_takes_away_is_over(office: Office, worker: Viewer) -> None:
    late = (boundary("late", "w", duration("PT1H")), "late -> e")
    office.deploy(one_work("work", "pay", *late))
    instance = office.start("work")
    (found,) = fetch(office, worker)
    office.tick(hours=2)
    assert status(office, instance) == "completed"
    with pytest.raises(TaskNotOpen):
        external_tasks.complete(worker, found.task.id, "w1", {}, now=office.now)


def test_an_instance_that_is_cancelled_leaves_no_work(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    instance = office.start("work")
    instances.cancel(office.viewer("vanhanh"), instance.id, "enough", now=office.now)
    assert fetch(office, worker) == ()
    assert [each_.state for each_ in session().scalars(select(ExternalTask))] == ["cancelled"]


def test_the_most_urgent_then_the_oldest_work_comes_first(office: Office, worker: Viewer) -> None:
    for key, priority in (("low", "10"), ("high", "90"), ("usual", "50")):
        office.deploy(one_work(key, f"topic-{key}" if key == "usual" else "pay", motcua__priority=priority))
    for key in ("low", "usual", "high", "low", "usual"):
        office.later(seconds=1)
        office.start(key)
    found = fetch(office, worker, "pay", "topic-usual", most=4)
    assert [each_.task.key for each_ in found] == ["high", "usual", "usual", "low"]
    assert found[1].task.created_at < found[2].task.created_at
    assert [each_.task.key for each_ in fetch(office, worker, "pay", "topic-usual", most=4)] == ["low"]


def test_a_worker_may_want_some_variables_and_some_instances_only(office: Office, worker: Viewer) -> None:
    office.deploy(one_work())
    office.deploy(one_work("other"))
    office.start("work", {"a": 1, "b": 2}, business_key="x")
    office.start("other", business_key="x")
    assert fetch(office, worker, business_key="y") == ()
    (found,) = fetch(office, worker, business_key="x", key="work", variables=("a", "c"))
    assert (found.task.key, found.variables) == ("work", {"a": 1})
    assert [each_.task.key for each_ in fetch(office, worker)] == ["other"]


def test_work_for_each_item_sees_its_own_item(office: Office, worker: Viewer) -> None:
    office.deploy(
        bundle("each", start("s"), service("w", each("names", item="name"), motcua__topic="t"), end("e"), "s -> w -> e")
    )
    instance = office.start("each", {"names": ["an", "binh", "chi"]})
    found = fetch(office, worker, "t")
    assert [each_.variables["name"] for each_ in found] == ["an", "binh", "chi"]
    for each_ in found:
        external_tasks.complete(worker, each_.task.id, "w1", {}, now=office.now)
    assert status(office, instance) == "completed"


def test_variables_are_as_they_are_when_the_work_is_fetched(office: Office, worker: Viewer) -> None:
    parts = (
        start("s"),
        fork("f"),
        service("w", motcua__topic="t"),
        user("u"),
        end("e"),
        "s -> f -> w -> e",
        "f -> u -> e",
    )
    office.deploy(bundle("beside", *parts))
    instance = office.start("beside", {"n": 1})
    tasks.submit(SYSTEM, office.open(instance)["u"].id, {"n": 2}, now=office.now)
    (found,) = fetch(office, worker, "t")
    assert found.variables == {"n": 2}


def test_many_workers_at_once_never_get_the_same_work(office: Office, demo_app: Flask, worker: Viewer) -> None:
    office.deploy(one_work())
    started = {office.start("work").id for _ in range(30)}

    def drain(name: str) -> list[str]:
        got: list[str] = []
        while found := fetch(office, worker, name=name, most=3):
            for each_ in found:
                got.append(each_.task.instance_id)
                external_tasks.complete(worker, each_.task.id, name, {name: True}, now=office.now)
        return got

    got = done(at_once(demo_app, [partial(drain, f"w{number}") for number in range(6)]))
    everything = [instance_id for each_ in got for instance_id in each_]
    assert sorted(everything) == sorted(started)
    office.look()
    assert {each_.state for each_ in session().scalars(select(ExternalTask))} == {"completed"}
    assert log.verify().breaks == ()


def test_of_two_who_report_at_once_one_succeeds(office: Office, demo_app: Flask, worker: Viewer) -> None:
    office.deploy(one_work())
    instance = office.start("work")
    (found,) = fetch(office, worker)
    report = partial(external_tasks.complete, worker, found.task.id, "w1", {}, now=office.now)
    answers = at_once(demo_app, [report] * 4)
    assert kinds(answers) == ["TaskNotOpen"] * 3
    assert list(office.open(instance)) == ["after"]


def test_reports_timers_and_cancels_at_once_leave_no_work_open(office: Office, demo_app: Flask, worker: Viewer) -> None:
    late = (boundary("late", "w", duration("PT1M")), "late -> e")
    office.deploy(one_work("work", "pay", *late))
    started = [office.start("work") for _ in range(12)]
    held = {found.task.instance_id: found.task.id for found in fetch(office, worker, most=20)}
    office.later(seconds=61)
    works: list[Callable[[], object]] = []
    for number, instance in enumerate(started):
        works.append(partial(external_tasks.complete, worker, held[instance.id], "w1", {}, now=office.now))
        if number % 3 != 1:
            works.append(partial(timers.fire, instance.id, now=office.now))
        if number % 3 != 2:
            works.append(partial(instances.cancel, SYSTEM, instance.id, "enough", now=office.now))
    works.append(partial(fetch, office, worker, name="w2", most=5))
    assert set(kinds(at_once(demo_app, works))) <= {"TaskNotOpen", "NotLocked", "WrongState"}
    for instance in started:
        now = status(office, instance)
        waits = {wait.id for wait in instances.waiting_for(SYSTEM, instance.id) if wait.kind == "external_task"}
        assert waits == set() or now == "running"
        assert (row(office, held[instance.id]).state == "open") == (held[instance.id] in waits)
    assert log.verify().breaks == ()
