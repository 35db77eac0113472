"""Incidents: recorded with the step, tried again by themselves, then by an operator; nothing else waits for them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from errors import Forbidden, IncidentNotOpen, Invalid, NotFound
from services import incidents, instances, log, messages, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import incidents as lists
from storage.queries.scope import Scope
from storage.tables import Instance
from tests.engine.diagrams import again, catch, duration, each, end, fork, message, script, start, task, user, xor
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.together import at_once

ALL = Scope(username="system", principals=(), sees_all=True)
FAULTY = bundle("faulty", start("s"), script("x", "y = 1 / n"), user("do"), end("e"), "s -> x -> do -> e")


def kinds(instance: Instance) -> list[str]:
    return [row.kind for row, _ in log.events_of(instance.id)]


def now(instance: Instance) -> Instance:
    session().rollback()
    session().expire_all()
    return instances.readable(SYSTEM, instance.id)


def open_of(instance: Instance) -> tuple[lists.IncidentRow, ...]:
    now(instance)
    return lists.open_of([instance.id])[instance.id]


def test_a_fault_is_an_incident_of_an_instance_that_exists(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(instance)
    assert (incident.element_id, incident.kind, incident.state, incident.key) == (
        "x",
        "expression_failed",
        "open",
        "faulty",
    )
    assert (incident.tries, incident.retries_left) == (1, 2)
    assert incident.next_try_at == office.now + timedelta(seconds=5)
    assert "division by zero" in incident.reason
    assert incident.message_vi != incident.message_en
    assert (now(instance).status, now(instance).incidents) == ("running", 1)
    assert kinds(instance) == ["instance.started", "incident.opened"]
    assert log.verify().breaks == ()


def test_an_operator_mends_the_variables_and_tries_again(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(instance)
    operator = office.hire("van", "operator")
    incidents.retry(operator, incident.id, now=office.now, variables={"n": 4})
    assert open_of(instance) == ()
    assert (list(office.open(instance)), now(instance).incidents) == (["do"], 0)
    assert instances.variables(SYSTEM, instance.id) == {"n": 4, "y": 0.25}
    assert kinds(instance)[2:] == ["incident.retried", "incident.resolved"]
    (*_, (retried, data), _) = log.events_of(instance.id)
    assert (retried.actor, data["variables"], data["element"]) == ("van", ["n"], "x")
    with pytest.raises(IncidentNotOpen):
        incidents.retry(operator, incident.id, now=office.now)
    resolved = lists.one(ALL, incident.id)
    assert resolved is not None
    assert (resolved.state, resolved.next_try_at) == ("resolved", None)


def test_who_does_not_operate_may_not_try_again(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(instance)
    for role in ("officer", "designer", "manager"):
        with pytest.raises(Forbidden):
            incidents.retry(office.hire(f"x{role}", role), incident.id, now=office.now)
    with pytest.raises(NotFound):
        incidents.retry(SYSTEM, "nothing", now=office.now)
    with pytest.raises(Invalid):
        incidents.retry(SYSTEM, incident.id, now=office.now, variables={"n": 2**70})
    assert len(open_of(instance)) == 1


def test_a_fault_is_tried_again_by_itself_and_then_waits_for_an_operator(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    assert office.tick(seconds=4).incidents == 0
    for left, pause in ((1, 1), (0, 30)):
        assert office.tick(seconds=pause).incidents == 1
        (incident,) = open_of(instance)
        assert incident.retries_left == left
    assert (incident.tries, incident.next_try_at) == (3, None)
    assert office.tick(days=30).incidents == 0
    assert kinds(instance) == ["instance.started", "incident.opened", "incident.retried", "incident.retried"]
    incidents.retry(SYSTEM, incident.id, now=office.now)
    (incident,) = open_of(instance)
    assert (incident.tries, incident.retries_left, incident.next_try_at) == (4, 0, None)


def test_the_diagram_says_how_often_and_when(office: Office) -> None:
    files = bundle(
        "patient", start("s"), script("x", "y = 1 / n").replace(" id=", ' motcua:retries="R4/PT10M" id=', 1), end("e"),
        "s -> x -> e",
    )  # fmt: skip
    office.deploy(files)
    instance = office.start("patient", {"n": 0})
    (incident,) = open_of(instance)
    assert (incident.retries_left, incident.next_try_at) == (3, office.now + timedelta(minutes=10))
    for left in (2, 1, 0):
        office.tick(minutes=10)
        (incident,) = open_of(instance)
        assert incident.retries_left == left


def test_what_is_mended_meanwhile_is_resolved_by_the_next_try(office: Office) -> None:
    files = bundle(
        "heals", start("s"), fork("f"), user("fix"), script("x", "y = 1 / n"), end("e"), "s -> f -> fix -> e",
        "f -> x -> e",
    )  # fmt: skip
    office.deploy(files)
    instance = office.start("heals", {"n": 0})
    tasks.submit(SYSTEM, office.open(instance)["fix"].id, {"n": 1}, now=office.now)
    assert len(open_of(instance)) == 1
    assert office.tick(seconds=5).incidents == 1
    assert (open_of(instance), now(instance).status) == ((), "completed")


def test_an_endless_loop_waits_for_an_operator_from_the_start(office: Office) -> None:
    files = bundle(
        "endless", start("s"), xor("m"), task("a"), xor("g"), end("e"), "s -> m -> a -> g", "g -> m if n < 1",
        "g -> e else",
    )  # fmt: skip
    office.deploy(files)
    instance = office.start("endless", {"n": 0})
    (incident,) = open_of(instance)
    assert (incident.kind, incident.retries_left, incident.next_try_at) == ("step_budget", 0, None)
    incidents.retry(SYSTEM, incident.id, now=office.now, variables={"n": 2})
    assert now(instance).status == "completed"


def test_many_faults_at_once_are_bounded_rows_and_all_are_mended_in_the_end(office: Office) -> None:
    loop = each("rows", item="row")
    office.deploy(bundle("many", start("s"), script("x", "y = 1 / row", loop), end("e"), "s -> x -> e"))
    instance = office.start("many", {"rows": [0] * 150})
    assert len(open_of(instance)) == 100
    for _ in range(150):
        incidents.retry(SYSTEM, open_of(instance)[0].id, now=office.now, variables={"row": 1})
    assert (open_of(instance), now(instance).status) == ((), "completed")
    assert log.verify().breaks == ()


def test_an_instance_that_is_ended_has_no_incident_any_more(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(instance)
    instances.cancel(SYSTEM, instance.id, "Thôi", now=office.now)
    assert (open_of(instance), now(instance).incidents) == ((), 0)
    assert office.tick(days=1).incidents == 0
    with pytest.raises(IncidentNotOpen):
        incidents.retry(SYSTEM, incident.id, now=office.now)


def test_a_timer_and_a_message_that_lead_to_a_fault_have_happened(office: Office) -> None:
    waits = [catch("t", duration("PT1H")), catch("m", message("go"))]
    office.deploy(bundle("after", start("s"), *waits, script("x", "y = 1 / n"), end("e"), "s -> t -> m -> x -> e"))
    instance = office.start("after", {"n": 0})
    assert office.tick(hours=1).timers == 1
    assert messages.send(SYSTEM, "go", {}, now=office.now).result == "delivered"
    assert kinds(instance) == ["instance.started", "timer.fired", "message.delivered", "incident.opened"]
    assert now(instance).next_due_at is None
    incidents.retry(SYSTEM, open_of(instance)[0].id, now=office.now, variables={"n": 1})
    assert now(instance).status == "completed"


def test_a_condition_that_fails_is_resolved_by_the_step_that_mends_it(office: Office) -> None:
    files = bundle("loops", start("s"), user("do", again("1 / n > 1")), end("e"), "s -> do -> e")
    office.deploy(files)
    instance = office.start("loops", {"n": 0})
    tasks.submit(SYSTEM, office.open(instance)["do"].id, {}, now=office.now)
    assert [incident.element_id for incident in open_of(instance)] == ["do"]
    assert list(office.open(instance)) == []
    incidents.retry(SYSTEM, open_of(instance)[0].id, now=office.now, variables={"n": 5})
    assert now(instance).status == "completed"


def test_two_operators_try_the_same_incident_once(office: Office, demo_app: Flask) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(instance)
    retry = partial(incidents.retry, SYSTEM, incident.id, now=office.now, variables={"n": 1})
    results = at_once(demo_app, [retry] * 4)
    assert sum(isinstance(result, IncidentNotOpen) for result in results) == 3
    assert now(instance).incidents == 0
    assert kinds(instance).count("incident.retried") == 1


def test_incidents_are_listed_by_what_is_wanted(office: Office) -> None:
    office.deploy(FAULTY)
    first, second = office.start("faulty", {"n": 0}), office.start("faulty", {"n": 0})
    rows, next_ = lists.listed(ALL, lists.Wanted(key="faulty", state="open"), limit=1)
    assert ([row.instance_id for row in rows], next_ is not None) in (([second.id], True), ([first.id], True))
    rows, next_ = lists.listed(ALL, lists.Wanted(instance_id=first.id))
    assert ([row.instance_id for row in rows], next_) == ([first.id], None)
    assert lists.listed(ALL, lists.Wanted(kind="step_budget", instance_id=first.id))[0] == ()
    nobody = Scope(username="nobody", principals=(), sees_all=False)
    assert lists.listed(nobody, lists.Wanted())[0] == ()


def test_a_task_for_which_nobody_can_be_told_is_open_for_whoever_may_do_any_and_an_incident(office: Office) -> None:
    files = bundle("whose", start("s"), user("do", motcua__assignee="${clerk}"), end("e"), "s -> do -> e")
    office.deploy(files)
    instance = office.start("whose")
    (incident,) = open_of(instance)
    assert (incident.element_id, incident.kind) == ("do", "nobody_chosen")
    assert "clerk" in incident.reason
    task = office.open(instance)["do"]
    assert (task.assignee, task.candidate_groups) == (None, [])
    incidents.retry(SYSTEM, incident.id, now=office.now)
    assert [row.tries for row in open_of(instance)] == [2]
    incidents.retry(SYSTEM, incident.id, now=office.now, variables={"clerk": "motcua"})
    assert open_of(instance) == ()
    assert office.open(instance)["do"].assignee == "motcua"
    assert tasks.may_see(office.viewer("motcua"), office.open(instance)["do"])
    other = office.start("whose")
    tasks.submit(SYSTEM, office.open(other)["do"].id, {}, now=office.now)
    assert (open_of(other), now(other).status) == ((), "completed")
