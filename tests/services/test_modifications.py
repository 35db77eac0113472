"""Modifications: an operator moves tokens; what closed, opened and was sent is in rows; a preview changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from errors import Conflict, Forbidden, Invalid, InvalidAnswers, NotFound, WrongState
from services import dossiers, external_tasks, history, instances, log, messages, modifications, suspension, tasks
from services.modifications import Instruction, Kind
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import incidents as lists
from storage.tables import Instance, OutboxMessage
from tests.engine.diagrams import (
    boundary,
    catch,
    duration,
    end,
    fork,
    message,
    script,
    service,
    start,
    throw,
    user,
)  # fmt: skip
from tests.office import Office
from tests.services.bundles import beside, bundle, procedure
from tests.services.together import at_once

WHY = "đi nhầm bước"
TWO = bundle(
    "two", start("s"), fork("f"), user("a", name="A"), user("b"), fork("j"), user("c"), end("e"),
    "s -> f -> a -> j -> c -> e", "f -> b -> j",
)  # fmt: skip
MANY = bundle(
    "many", start("s"), user("a"), boundary("late", "a", duration("PT1H")), throw("t", message("told")),
    service("w", motcua__topic="press"), script("x", "y = 1 / n"), catch("m", message("back")), user("z"), end("e"),
    "s -> a -> t -> w -> x -> m -> z -> e", "late -> z",
)  # fmt: skip


def does(kind: str, element_id: str, to: str | None = None, **more) -> Instruction:
    return Instruction(kind=Kind(kind), element_id=element_id, to_element_id=to, **more)


def test_tasks_close_and_open_and_the_log_says_who_and_why(office: Office) -> None:
    office.deploy(TWO)
    instance = office.start("two")
    operator = office.hire("van", "operator")
    before = office.open(instance)
    modifications.modify(operator, instance.id, [does("move", "a", "c")], WHY, now=office.now)
    assert sorted(office.open(instance)) == ["b", "c"]
    states = {task.element_id: task.state for task in office.every_task(instance)}
    assert states == {"a": "cancelled", "b": "open", "c": "open"}
    assert office.open(instance)["b"].id == before["b"].id
    *_, (row, data) = log.events_of(instance.id)
    assert (row.kind, row.actor, data["reason"]) == ("instance.modified", "van", WHY)
    assert data["instructions"] == [{"kind": "move", "element": "a", "to": "c"}]
    passed = {(p.element_id, p.state) for p in history.passages(instance)}
    assert {("a", "cancelled"), ("c", "active")} <= passed
    assert log.verify().breaks == ()
    tasks.submit(SYSTEM, office.open(instance)["c"].id, {}, now=office.now)
    modifications.modify(operator, instance.id, [does("cancel", "b")], WHY, now=office.now)
    assert instances.readable(SYSTEM, instance.id).status == "cancelled"
    with pytest.raises(WrongState):
        modifications.modify(operator, instance.id, [does("start_before", "b")], WHY, now=office.now)


def test_all_that_is_wrong_is_told_and_nothing_changes(office: Office) -> None:
    office.deploy(TWO)
    instance = office.start("two")
    revision = instance.revision
    wrong = [does("cancel", "c"), does("move", "a", "nothing"), does("cancel", "b")]
    with pytest.raises(Invalid) as refused:
        modifications.modify(SYSTEM, instance.id, wrong, WHY, now=office.now)
    assert [detail.field for detail in refused.value.details] == [
        "instructions.0.element_id",
        "instructions.1.to_element_id",
    ]
    with pytest.raises(InvalidAnswers):
        modifications.modify(SYSTEM, instance.id, [does("cancel", "b")], " ", now=office.now)
    with pytest.raises(Invalid):
        modifications.modify(SYSTEM, instance.id, [], WHY, now=office.now)
    with pytest.raises(NotFound):
        modifications.modify(SYSTEM, "nothing", [does("cancel", "b")], WHY, now=office.now)
    with pytest.raises(Forbidden):
        modifications.modify(office.viewer("thietke"), instance.id, [does("cancel", "b")], WHY, now=office.now)
    with pytest.raises(Forbidden):
        modifications.preview(office.viewer("thietke"), instance.id, [does("cancel", "b")], now=office.now)
    office.look()
    assert instances.readable(SYSTEM, instance.id).revision == revision
    assert sorted(office.open(instance)) == ["a", "b"]


def sent_out() -> int:
    return session().query(OutboxMessage).count()


def test_a_preview_says_what_would_come_and_nothing_leaves(office: Office) -> None:
    office.deploy(MANY)
    instance = office.start("many", {"n": 0})
    before, outbox = log.verify().events, sent_out()
    seen = modifications.preview(SYSTEM, instance.id, [does("move", "a", "t")], now=office.now)
    assert (seen.status, [line.element_id for line in seen.cancelled]) == ("running", ["a"])
    assert {(line.kind, line.element_id) for line in seen.lost} == {("task", "a"), ("timer", "late")}
    assert [(line.kind, line.name) for line in seen.sent] == [("message", "told"), ("external_task", "press")]
    assert [line.element_id for line in seen.started] == ["w"]
    assert [line.element_id for line in seen.passed] == ["t"]
    seen = modifications.preview(SYSTEM, instance.id, [does("start_before", "x")], now=office.now)
    assert [(line.element_id, line.name) for line in seen.incidents] == [("x", "expression_failed")]
    given = [does("move", "a", "x", variables={"n": 2})]
    seen = modifications.preview(SYSTEM, instance.id, given, now=office.now)
    assert (seen.variables, [line.kind for line in seen.awaited]) == (("n", "y"), ["message"])
    assert modifications.preview(SYSTEM, instance.id, [does("cancel", "a")], now=office.now).status == "cancelled"
    assert modifications.preview(SYSTEM, instance.id, [does("move", "a", "e")], now=office.now).status == "completed"
    office.look()
    assert (log.verify().events, sent_out()) == (before, outbox)
    assert list(office.open(instance)) == ["a"]


def test_what_is_sent_awaited_and_due_is_kept_as_rows(office: Office) -> None:
    office.deploy(MANY)
    instance = office.start("many", {"n": 1})
    assert instance.next_due_at == office.now + timedelta(hours=1)
    outbox = sent_out()
    modifications.modify(SYSTEM, instance.id, [does("move", "a", "t")], WHY, now=office.now)
    office.look()
    assert sent_out() == outbox + 1
    assert instances.readable(SYSTEM, instance.id).next_due_at is None
    worker = office.hire("may", "worker")
    wanted = [external_tasks.Wanted(topic="press", lock=timedelta(minutes=1))]
    (work,) = external_tasks.fetch_and_lock(worker, "w", wanted, most=1, now=office.now)
    modifications.modify(SYSTEM, instance.id, [does("move", "w", "m")], WHY, now=office.now)
    with pytest.raises(Conflict):
        external_tasks.complete(worker, work.task.id, "w", {}, now=office.now)
    messages.send(SYSTEM, "back", {}, now=office.now)
    assert list(office.open(instance)) == ["z"]


def test_an_incident_of_a_token_that_is_taken_away_is_resolved(office: Office) -> None:
    office.deploy(MANY)
    instance = office.start("many", {"n": 0})
    modifications.modify(SYSTEM, instance.id, [does("move", "a", "x")], WHY, now=office.now)
    office.look()
    assert len(lists.open_of([instance.id])[instance.id]) == 1
    modifications.modify(SYSTEM, instance.id, [does("move", "x", "z")], WHY, now=office.now)
    office.look()
    assert lists.open_of([instance.id])[instance.id] == ()
    assert instances.readable(SYSTEM, instance.id).incidents == 0


def test_a_suspended_instance_is_changed_and_stays_suspended(office: Office) -> None:
    office.deploy(TWO)
    instance = office.start("two")
    suspension.suspend(SYSTEM, instance.id, WHY, now=office.now)
    assert modifications.preview(SYSTEM, instance.id, [does("move", "a", "j")], now=office.now).status == "suspended"
    changed = modifications.modify(SYSTEM, instance.id, [does("move", "a", "j")], WHY, now=office.now)
    assert changed.status == "suspended"
    suspension.resume(SYSTEM, instance.id, WHY, now=office.now)
    tasks.submit(SYSTEM, office.open(instance)["b"].id, {}, now=office.now)
    assert list(office.open(instance)) == ["c"]


def test_a_dossier_is_moved_but_not_left_undone(office: Office) -> None:
    office.deploy(beside("desk", 2))
    dossier = office.file_in("desk")
    instance = office.instance(dossier)
    given = [does("cancel", "t1"), does("cancel", "t2")]
    for call in (
        lambda: modifications.modify(SYSTEM, instance.id, given, WHY, now=office.now),
        lambda: modifications.preview(SYSTEM, instance.id, given, now=office.now),
    ):
        with pytest.raises(Conflict) as refused:
            call()
        assert "dossier" in refused.value.text.en
    modifications.modify(SYSTEM, instance.id, [does("move", "t1", "join")], WHY, now=office.now)
    office.step(dossier, "chuyenvien", "t2", answers={})
    assert office.instance(dossier).status == "completed"
    assert office.again(dossier).ended_at is not None


def test_a_dossiers_status_follows_or_the_change_is_refused(office: Office) -> None:
    accept, flows = user("a", motcua__nationalStatus="2"), "s -> o -> a -> b -> c -> e"
    given = (user("b", motcua__nationalStatus="4"), user("c", motcua__nationalStatus="9", motcua__document="result"))
    office.deploy(
        procedure(
            "papers",
            start("s", motcua__nationalStatus="1"),
            user("o"),
            accept,
            *given,
            end("e"),
            flows,
        )
    )
    dossier = office.file_in("papers")
    instance = office.instance(dossier)
    leap = [does("move", "o", "c")]
    for call in (
        lambda: modifications.preview(SYSTEM, instance.id, leap, now=office.now),
        lambda: modifications.modify(SYSTEM, instance.id, leap, WHY, now=office.now),
    ):
        with pytest.raises(Invalid) as refused:
            call()
        assert [(detail.element_id, detail.code) for detail in refused.value.details] == [("c", "status")]
    modifications.modify(SYSTEM, instance.id, [does("move", "o", "a")], WHY, now=office.now)
    seen = modifications.preview(SYSTEM, instance.id, [does("move", "a", "c")], now=office.now)
    assert ([(line.kind, line.name) for line in seen.sent], seen.statuses) == ([("paper", "result")], (4, 9))
    assert office.again(dossier).status == 2
    modifications.modify(SYSTEM, instance.id, [does("move", "a", "c")], WHY, now=office.now)
    assert office.again(dossier).status == 9


def test_a_dossier_that_its_applicant_wants_back_is_left_alone(office: Office) -> None:
    dossier = office.accepted()
    dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "đổi ý", now=office.now)
    with pytest.raises(WrongState):
        modifications.preview(SYSTEM, dossier.instance_id, [does("start_before", "appraise")], now=office.now)


def test_two_who_change_the_same_instance_do_not_both_move_its_token(office: Office, demo_app: Flask) -> None:
    office.deploy(TWO)
    instance = office.start("two")
    given = [does("move", "a", "c")]
    outcomes = at_once(demo_app, [lambda: modifications.modify(SYSTEM, instance.id, given, WHY, now=office.now)] * 3)
    assert sorted(isinstance(outcome, Instance) for outcome in outcomes) == [False, False, True]
    office.look()
    assert sorted(office.open(instance)) == ["b", "c"]


def test_what_is_active_is_told_under_the_instances_own_id(office: Office) -> None:
    office.deploy(TWO)
    instance = office.start("two")
    whole, *inside = modifications.activations(SYSTEM, instance.id)
    assert (whole.id, whole.parent_id) == (instance.id, None)
    assert {one.parent_id for one in inside} == {instance.id}
    assert {one.id for one in inside} == {task.id for task in office.open(instance).values()}
    given = [does("start_before", "c", ancestor_id=instance.id)]
    modifications.modify(SYSTEM, instance.id, given, WHY, now=office.now)
    assert sorted(office.open(instance)) == ["a", "b", "c"]
