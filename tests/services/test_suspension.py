"""Suspended: nothing happens by itself, people are told so, and nothing is lost when it goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import DefinitionSuspended, Forbidden, IncidentNotOpen, InstanceSuspended, InvalidAnswers, WrongState
from services import dossiers, external_tasks, health, incidents, instances, log, messages, suspension, tasks
from services.external_tasks import Wanted
from services.permissions import SYSTEM
from storage.database import session
from storage.queries.incidents import open_of
from storage.rows import definitions as definition_rows
from storage.tables import Instance
from tests.engine.diagrams import catch, cycle, duration, end, message, script, service, signal, start
from tests.office import Office
from tests.services.bundles import beside, bundle, one_task

WAIT = bundle("wait", start("s"), catch("t", duration("PT1H")), end("e"), "s -> t -> e")
PAID = bundle("paid", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e")
FAULTY = bundle("faulty", start("s"), script("x", "y = 1 / zero"), end("e"), "s -> x -> e")


def now(instance: Instance) -> Instance:
    session().rollback()
    session().expire_all()
    return instances.readable(SYSTEM, instance.id)


def suspend(office: Office, instance: Instance) -> Instance:
    return suspension.suspend(SYSTEM, instance.id, "kiểm tra", now=office.now)


def resume(office: Office, instance: Instance) -> Instance:
    return suspension.resume(SYSTEM, instance.id, "xong", now=office.now)


def test_nobody_works_on_the_tasks_of_a_suspended_instance(office: Office) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    task_id = office.open(instance)["do"].id
    officer = office.viewer("motcua")
    suspend(office, instance)
    for act in (
        lambda: tasks.claim(officer, task_id, now=office.now),
        lambda: tasks.submit(officer, task_id, {}, now=office.now),
        lambda: tasks.assign(SYSTEM, task_id, "motcua", now=office.now),
        lambda: tasks.check(officer, task_id, {}, now=office.now),
    ):
        with pytest.raises(InstanceSuspended):
            act()
    opened = tasks.open_task(officer, task_id, now=office.now)
    assert (opened.is_suspended, opened.can_claim, opened.can_submit) == (True, False, False)
    resume(office, instance)
    tasks.submit(officer, task_id, {}, now=office.now)
    assert now(instance).status == "completed"
    kinds = [row.kind for row, _ in log.events_of(instance.id)]
    assert kinds == ["instance.started", "instance.suspended", "instance.resumed", "task.completed"]


def test_a_timer_waits_and_what_is_overdue_fires_on_resuming(office: Office) -> None:
    office.deploy(WAIT)
    instance, other = office.start("wait"), office.start("wait")
    assert suspend(office, instance).next_due_at is None
    suspend(office, other)
    assert resume(office, other).next_due_at == office.now + timedelta(hours=1)  # its moment is kept
    assert office.tick(hours=2).timers == 1
    assert now(instance).status == "suspended"
    resume(office, instance)
    assert office.tick(seconds=1).timers == 1
    assert now(instance).status == "completed"


def test_suspending_and_resuming_twice_changes_nothing(office: Office) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    assert resume(office, instance).log_seq == 1
    suspend(office, instance)
    assert suspend(office, instance).log_seq == 2
    assert (instance.status, resume(office, instance).status) == ("suspended", "running")


def test_what_has_ended_is_not_suspended_and_a_reason_is_needed(office: Office) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    with pytest.raises(InvalidAnswers):
        suspension.suspend(SYSTEM, instance.id, " ", now=office.now)
    with pytest.raises(Forbidden):
        suspension.suspend(office.viewer("motcua"), instance.id, "vì", now=office.now)
    suspend(office, instance)
    assert instances.cancel(SYSTEM, instance.id, "thôi", now=office.now).status == "cancelled"
    for act in (suspend, resume):
        with pytest.raises(WrongState):
            act(office, instance)


def test_incidents_are_not_tried_again_by_themselves_meanwhile(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"zero": 0})
    (before,) = open_of([instance.id])[instance.id]
    suspend(office, instance)
    assert office.tick(days=1).incidents == 0
    (held,) = open_of([instance.id])[instance.id]
    assert held.next_try_at is None
    with pytest.raises(InstanceSuspended):
        incidents.retry(SYSTEM, held.id, now=office.now, variables={"zero": 1})
    resume(office, instance)
    (again,) = open_of([instance.id])[instance.id]
    assert again.next_try_at == before.next_try_at
    assert office.tick(seconds=1).incidents == 1
    suspend(office, instance)
    instances.cancel(SYSTEM, instance.id, "thôi", now=office.now)
    with pytest.raises(IncidentNotOpen):
        incidents.retry(SYSTEM, held.id, now=office.now)


def test_work_outside_is_not_fetched_and_a_report_is_refused(office: Office) -> None:
    office.deploy(bundle("work", start("s"), service("w", motcua__topic="pay"), end("e"), "s -> w -> e"))
    wanted = [Wanted(topic="pay", lock=timedelta(hours=1))]
    held = office.start("work")
    (one,) = external_tasks.fetch_and_lock(SYSTEM, "w", wanted, most=1, now=office.now)
    instance = office.start("work")
    suspend(office, held)
    suspend(office, instance)
    assert external_tasks.fetch_and_lock(SYSTEM, "w", wanted, most=9, now=office.now) == ()
    with pytest.raises(InstanceSuspended):
        external_tasks.complete(SYSTEM, one.task.id, "w", {}, now=office.now)
    with pytest.raises(InstanceSuspended):
        external_tasks.extend_lock(SYSTEM, one.task.id, "w", timedelta(hours=2), now=office.now)
    resume(office, held)
    resume(office, instance)
    (two,) = external_tasks.fetch_and_lock(SYSTEM, "v", wanted, most=9, now=office.now)
    assert two.task.instance_id == instance.id
    external_tasks.complete(SYSTEM, one.task.id, "w", {}, now=office.now)  # its lock is still good
    assert now(held).status == "completed"


def test_connectors_do_nothing_meanwhile_and_hold_up_nobody(office: Office) -> None:
    mail = service("w", motcua__connector="mail")
    office.deploy(bundle("send", start("s"), mail, end("e"), "s -> w -> e"))
    for number in range(25):  # more than one look takes
        suspend(office, office.start("send", {"to": f"a{number}@example.org", "subject": "x", "body": ""}))
    office.start("send", {"to": "b@example.org", "subject": "x", "body": ""})
    assert office.tick(seconds=1).worked == 1


def test_a_message_is_kept_for_the_suspended_instance_that_it_means(office: Office) -> None:
    office.deploy(PAID)
    instance = office.start("paid", business_key="A")
    other = office.start("paid", business_key="B")
    suspend(office, instance)
    sent = messages.send(SYSTEM, "paid", {"sum": 1}, now=office.now, business_key="A")
    assert sent.result == "buffered"
    assert now(other).status == "running"
    office.later(days=3)
    assert resume(office, instance).status == "completed"


def test_a_message_that_goes_by_its_name_goes_to_one_that_runs(office: Office) -> None:
    office.deploy(PAID)
    instance, other = office.start("paid"), office.start("paid")
    suspend(office, instance)
    assert messages.send(SYSTEM, "paid", {}, now=office.now).instances == (other.id,)
    assert messages.send(SYSTEM, "paid", {}, now=office.now, time_to_live=timedelta(days=1)).result == "buffered"
    office.later(hours=2)
    assert resume(office, instance).status == "completed"


def test_a_time_to_live_that_the_sender_gave_ends_also_for_a_suspended_instance(office: Office) -> None:
    office.deploy(PAID)
    instance = office.start("paid", business_key="A")
    suspend(office, instance)
    messages.send(SYSTEM, "paid", {}, now=office.now, business_key="A", time_to_live=timedelta(minutes=5))
    office.later(hours=1)
    assert resume(office, instance).status == "running"


def test_a_signal_passes_a_suspended_instance_by(office: Office) -> None:
    office.deploy(bundle("hears", start("s"), catch("c", signal("go")), end("e"), "s -> c -> e"))
    instance, other = office.start("hears"), office.start("hears")
    suspend(office, instance)
    assert messages.signal(SYSTEM, "go", {}, now=office.now) == (other.id,)
    assert resume(office, instance).status == "running"


def test_the_legal_clock_goes_on_and_officers_may_still_stop_the_dossier(office: Office) -> None:
    dossier = office.accepted()
    due = dossier.due_at
    suspension.suspend(SYSTEM, dossier.instance_id, "kiểm tra", now=office.now)
    office.tick(days=60)
    assert office.again(dossier).breached_at is not None
    assert office.again(dossier).due_at == due
    dossiers.stop(office.viewer("motcua"), dossier.id, "thôi", now=office.now)
    assert office.instance(dossier).status == "cancelled"


def test_nothing_new_begins_with_a_suspended_definition(office: Office) -> None:
    office.deploy(one_task())
    office.deploy(bundle("began", start("s", message("begin")), end("e"), "s -> e"))
    running = office.start("one")
    for key in ("one", "began"):
        suspension.suspend_definition(SYSTEM, id_of(key), "lỗi", now=office.now)
    with pytest.raises(DefinitionSuspended):
        office.start("one")
    assert messages.send(SYSTEM, "begin", {}, now=office.now).result == "buffered"
    tasks.submit(SYSTEM, office.open(running)["do"].id, {}, now=office.now)
    assert now(running).status == "completed"
    for key in ("one", "began"):
        suspension.resume_definition(SYSTEM, id_of(key), "xong", now=office.now)
    assert office.start("one").status == "running"
    assert messages.send(SYSTEM, "begin", {}, now=office.now).result == "started"


def test_a_suspended_procedure_takes_no_filings(office: Office) -> None:
    office.deploy(beside("both", 2))
    suspension.suspend_definition(SYSTEM, id_of("both"), "lỗi trong sơ đồ", now=office.now)
    with pytest.raises(DefinitionSuspended) as refused:
        office.file_in("both")
    assert "lỗi trong sơ đồ" not in refused.value.text.vi
    suspension.resume_definition(SYSTEM, id_of("both"), "xong", now=office.now)
    office.file_in("both")


def test_a_start_timer_waits_and_begins_once_for_all_that_it_missed(office: Office) -> None:
    office.deploy(bundle("daily", start("s", cycle("R/P1D")), end("e"), "s -> e"))
    definition_id = id_of("daily")
    assert office.tick(days=1, minutes=1).timers == 1
    suspension.suspend_definition(SYSTEM, definition_id, "lỗi", now=office.now)
    assert office.tick(days=5).timers == 0
    suspension.resume_definition(SYSTEM, definition_id, "xong", now=office.now)
    assert office.tick(seconds=1).timers == 1
    assert office.tick(days=1).timers == 1


def test_suspended_instances_are_counted_for_monitors(office: Office) -> None:
    office.deploy(one_task())
    suspend(office, office.start("one"))
    assert health.figures(now=office.now)["motcua_suspended_instances"] == 1


def id_of(key: str) -> str:
    row = definition_rows.published("process", key)
    assert row is not None
    return row.id
