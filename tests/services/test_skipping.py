"""Skipped incidents: the step counts as done with a reason, the rest of the instance is left alone."""

from __future__ import annotations

import pytest

from errors import Forbidden, IncidentNotOpen, Invalid, InvalidAnswers, NotFound
from services import external_tasks, history, incidents, instances, log, suspension
from services.permissions import SYSTEM
from storage.queries import incidents as lists
from tests.engine.diagrams import end, fork, script, service, start, user, xor
from tests.office import Office
from tests.services.bundles import bundle

WHY = "đã làm bằng tay"
FAULTY = bundle(
    "faulty", start("s"), fork("f"), script("x", "y = 1 / n", ), user("do"), user("other"), end("e"),
    "s -> f -> x -> do -> e", "f -> other -> e",
)  # fmt: skip


def open_of(office: Office, instance) -> tuple[lists.IncidentRow, ...]:
    office.look()
    return lists.open_of([instance.id])[instance.id]


def test_a_script_that_fails_is_passed_with_what_stands_for_it(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(office, instance)
    other = office.open(instance)["other"].id
    operator = office.hire("van", "operator")
    incidents.skip(operator, incident.id, WHY, now=office.now, variables={"y": 7})
    assert open_of(office, instance) == ()
    assert (sorted(office.open(instance)), office.open(instance)["other"].id) == (["do", "other"], other)
    assert instances.variables(SYSTEM, instance.id) == {"n": 0, "y": 7}
    (_, _, (row, data), (last, _)) = log.events_of(instance.id)
    assert (row.kind, row.actor, data["reason"], data["variables"]) == ("incident.skipped", "van", WHY, ["y"])
    assert (last.kind, data["element"]) == ("incident.resolved", "x")
    assert ("x", "completed") in {(p.element_id, p.state) for p in history.passages(instance)}
    with pytest.raises(IncidentNotOpen):
        incidents.skip(operator, incident.id, WHY, now=office.now)
    assert log.verify().breaks == ()


def test_a_reason_and_the_permission_are_needed(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(office, instance)
    with pytest.raises(InvalidAnswers):
        incidents.skip(SYSTEM, incident.id, "", now=office.now)
    with pytest.raises(Forbidden):
        incidents.skip(office.viewer("thietke"), incident.id, WHY, now=office.now)
    with pytest.raises(NotFound):
        incidents.skip(SYSTEM, "nothing", WHY, now=office.now)
    with pytest.raises(Invalid):
        incidents.skip(SYSTEM, incident.id, WHY, now=office.now, variables={"y": "\0"})
    assert [each.id for each in open_of(office, instance)] == [incident.id]


def test_out_of_a_gateway_a_flow_is_named(office: Office) -> None:
    diagram = bundle(
        "ways", start("s"), xor("g"), user("a", name="Bước A"), user("b"), end("e"), "s -> g -> a if n > 1",
        "g -> b if n > 2", "a -> e", "b -> e",
    )  # fmt: skip
    office.deploy(diagram)
    instance = office.start("ways", {"n": 0})
    (incident,) = open_of(office, instance)
    with pytest.raises(Invalid) as refused:
        incidents.skip(SYSTEM, incident.id, WHY, now=office.now)
    assert [(detail.field, detail.code) for detail in refused.value.details] == [("flow_id", "required")]
    ways = incidents.flows(SYSTEM, incident.id)
    assert [(way.target_id, way.target_name, way.condition) for way in ways] == [
        ("a", "Bước A", "n > 1"),
        ("b", "", "n > 2"),
    ]
    incidents.skip(SYSTEM, incident.id, WHY, now=office.now, flow_id=ways[1].flow_id)
    assert list(office.open(instance)) == ["b"]
    assert incidents.flows(SYSTEM, incident.id) == ()


def test_work_that_failed_too_often_is_no_work_any_more(office: Office) -> None:
    office.deploy(
        bundle("press", start("s"), service("w", motcua__topic="press"), user("u"), end("e"), "s -> w -> u -> e")
    )
    instance = office.start("press")
    worker = office.hire("may", "worker")
    wanted = [external_tasks.Wanted(topic="press", lock=office.now - office.now.replace(hour=0))]
    (held,) = external_tasks.fetch_and_lock(worker, "w", wanted, most=1, now=office.now)
    external_tasks.fail(worker, held.task.id, "w", "hết giấy", now=office.now, retries=0)
    (incident,) = open_of(office, instance)
    incidents.skip(SYSTEM, incident.id, WHY, now=office.now)
    assert (list(office.open(instance)), open_of(office, instance)) == (["u"], ())
    assert external_tasks.fetch_and_lock(worker, "w", wanted, most=1, now=office.later(days=2)) == ()


def test_a_task_that_nobody_was_found_for_is_done_by_the_operator(office: Office) -> None:
    lost = user("a", motcua__assignee="${who}", name="A")
    office.deploy(bundle("lost", start("s"), lost, user("b"), end("e"), "s -> a -> b -> e"))
    instance = office.start("lost")
    (incident,) = open_of(office, instance)
    assert incident.kind == "nobody_chosen"
    incidents.skip(SYSTEM, incident.id, WHY, now=office.now)
    rows = {task.element_id: task for task in office.every_task(instance)}
    assert (rows["a"].state, rows["a"].completed_by, rows["a"].reason) == ("completed", "system", WHY)
    assert rows["b"].state == "open"


def test_a_suspended_instance_may_be_mended_so_too(office: Office) -> None:
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    (incident,) = open_of(office, instance)
    suspension.suspend(SYSTEM, instance.id, WHY, now=office.now)
    assert incidents.skip(SYSTEM, incident.id, WHY, now=office.now).status == "suspended"
    assert sorted(office.open(instance)) == ["do", "other"]
