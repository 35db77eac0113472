"""Migrations: an instance goes over to another version, its rows follow, and people notice no more than a new name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from errors import Forbidden, InvalidAnswers, NotFound, NotMigratable, WrongState
from services import (
    definitions,
    external_tasks,
    history,
    incidents,
    instances,
    loading,
    log,
    messages,
    migrations,
    suspension,
    tasks,
)
from services.permissions import SYSTEM
from storage.database import session
from storage.rows import incidents as incident_rows
from storage.rows import messages as message_rows
from storage.tables import Instance
from tests.engine.diagrams import boundary, catch, duration, end, fork, message, process, script, service, start, user
from tests.office import Office
from tests.services.bundles import bundle, form, text
from tests.services.test_statements import counted
from tests.services.works import fetch

DO = (end("e"), "s -> do -> e")


def version(office: Office, *parts: str, key: str = "one", **files: Any) -> str:
    """Publish a version of a process; give its id."""
    found = office.deploy(bundle(key, start("s"), *parts, **files))
    return next(row.id for row in found.definitions if row.kind == "process")


def people(element: str = "do", name: str = "Làm", group: str = "one_door", **more: str) -> str:
    return user(element, name=name, motcua__candidateGroups=group, **more)


def migrate(office: Office, instance: Instance, target: str, mapping=None, reason: str = "bản mới") -> Instance:
    return migrations.migrate(SYSTEM, instance.id, target, mapping or {}, reason, now=office.now)


def now(instance: Instance) -> Instance:
    session().rollback()
    session().expire_all()
    return instances.readable(SYSTEM, instance.id)


def refused(office: Office, instance: Instance, target: str, mapping=None) -> list[tuple[str, str]]:
    before = now(instance).log_seq
    with pytest.raises(NotMigratable) as problem:
        migrate(office, instance, target, mapping)
    assert now(instance).log_seq == before
    return [(detail.element_id or detail.field, detail.code) for detail in problem.value.details]


def test_an_open_task_stays_with_whoever_has_it(office: Office) -> None:
    version(office, people(), *DO)
    instance = office.start("one", {"fee": Decimal("12.50"), "day": office.now.date()})
    task = office.open(instance)["do"]
    officer = office.viewer("motcua")
    tasks.claim(officer, task.id, now=office.now)
    files: dict[str, Any] = {"sign.form": form("sign", text("note"))}
    signing = people("sign", "Ký", motcua__form="sign")
    new = version(office, signing, end("e"), "s -> sign -> e", **files)
    office.later(hours=1)
    migrate(office, instance, new, {"do": "sign"})
    after = now(instance)
    assert (after.definition_id, after.version, after.status) == (new, 2, "running")
    assert instances.variables(SYSTEM, instance.id) == {"fee": Decimal("12.50"), "day": office.now.date()}
    moved = office.open(after)["sign"]
    assert (moved.id, moved.assignee, moved.name, moved.created_at) == (task.id, "motcua", "Ký", task.created_at)
    assert loading.form_key(moved.form) == "sign"
    tasks.submit(officer, task.id, {"note": "x"}, now=office.now)
    assert now(instance).status == "completed"


def test_the_log_says_from_where_to_where_and_why(office: Office) -> None:
    old = version(office, people(), *DO)
    instance = office.start("one")
    task = office.open(instance)["do"].id
    new = version(office, people("sign", "Ký"), end("e"), "s -> sign -> e")
    migrate(office, instance, new, {"do": "sign"}, "sửa sơ đồ")
    row, data = list(log.events_of(instance.id))[-1]
    assert row.kind == "instance.migrated"
    assert data["reason"] == "sửa sơ đồ"
    assert data["before"] == {"definition": old, "key": "one", "version": 1}
    assert data["after"] == {"definition": new, "key": "one", "version": 2}
    assert (data["mapping"], data["moved"], data["elements"]) == ({"do": "sign"}, [[task, "sign", "one"]], [])
    assert not log.verify().breaks


def test_the_history_names_what_came_before_as_it_was_called_then(office: Office) -> None:
    version(office, people("first", "Nhận"), people(), end("e"), "s -> first -> do -> e")
    instance = office.start("one")
    tasks.submit(SYSTEM, office.open(instance)["first"].id, {}, now=office.now)
    open_id = office.open(instance)["do"].id
    new = version(office, people("sign", "Ký"), end("e"), "s -> sign -> e")
    migrate(office, instance, new, {"do": "sign"})
    passages = {p.element_id: p for p in history.passages(now(instance))}
    assert (passages["first"].element_name, passages["first"].element_type) == ("Nhận", "userTask")
    assert (passages["sign"].id, passages["sign"].element_name, passages["sign"].state) == (open_id, "Ký", "active")
    assert [line.name for line in history.control_sheet(now(instance), now=office.now)] == ["Nhận", "Ký"]
    assert history.told(now(instance))[0].kind == "instance.migrated"
    tasks.submit(SYSTEM, open_id, {}, now=office.now)
    assert [p.state for p in history.passages(now(instance))] == ["completed"] * 4


def test_who_may_take_a_task_is_asked_anew_only_where_the_diagram_says_otherwise(office: Office) -> None:
    version(office, people(), *DO)
    same, other = office.start("one"), office.start("one")
    unchanged = version(office, people(name="Làm lại"), *DO)
    changed = version(office, people(group="clerk"), *DO)
    migrate(office, same, unchanged)
    migrate(office, other, changed)
    assert office.open(same)["do"].candidate_groups == ["one_door"]
    assert office.open(other)["do"].candidate_groups == ["clerk"]
    assert tasks.may_see(office.viewer("motcua"), office.open(same)["do"])
    assert not tasks.may_see(office.viewer("motcua"), office.open(other)["do"])


def test_everything_in_the_way_is_named_and_nothing_is_changed(office: Office) -> None:
    version(office, fork("f"), people("a"), people("b"), end("e"), "s -> f -> a -> e", "f -> b -> e")
    instance = office.start("one")
    new = version(office, people("c"), end("e"), "s -> c -> e")
    assert refused(office, instance, new) == [("a", "no_target"), ("b", "no_target")]
    assert refused(office, instance, new, {"a": "nothing", "b": "c"}) == [("a", "unknown_target")]
    assert now(instance).version == 1


def test_a_permission_and_a_reason_are_needed_and_a_published_version(office: Office) -> None:
    old = version(office, people(), *DO)
    instance = office.start("one")
    new = version(office, people(name="Khác"), *DO)
    with pytest.raises(Forbidden):
        migrations.migrate(office.viewer("motcua"), instance.id, new, {}, "x", now=office.now)
    with pytest.raises(Forbidden):
        migrations.preview(office.viewer("motcua"), instance.id, new, {}, now=office.now)
    with pytest.raises(InvalidAnswers):
        migrate(office, instance, new, reason=" ")
    with pytest.raises(NotFound):
        migrate(office, instance, "nothing")
    with pytest.raises(WrongState):
        migrate(office, instance, old)
    draft = office.deploy(bundle("one", start("s"), people(name="Thử"), *DO), publish=False).definitions[0].id
    with pytest.raises(WrongState):
        migrate(office, instance, draft)
    definitions.retire(SYSTEM, new, now=office.now)
    with pytest.raises(WrongState):
        migrate(office, instance, new)
    instances.cancel(SYSTEM, instance.id, "x", now=office.now)
    third = version(office, people(name="Ba"), *DO)
    with pytest.raises(WrongState):
        migrate(office, instance, third)


def test_a_superseded_version_will_do_and_a_key_means_the_one_in_force(office: Office) -> None:
    first = version(office, people(), *DO)
    instance = office.start("one")
    version(office, people(name="Hai"), *DO)
    assert migrate(office, instance, "one").version == 2
    assert migrate(office, instance, first).version == 1


def test_a_timer_keeps_its_moment_in_the_index_of_what_is_due(office: Office) -> None:
    version(office, catch("t", duration("PT2H")), end("e"), "s -> t -> e")
    instance = office.start("one")
    due = instance.next_due_at
    office.later(hours=1)
    new = version(office, catch("t", duration("P1D")), end("e"), "s -> t -> e")
    assert migrate(office, instance, new).next_due_at == due
    assert office.tick(hours=1).timers == 1
    assert now(instance).status == "completed"


def test_a_suspended_instance_goes_over_and_stays_suspended(office: Office) -> None:
    version(office, catch("t", duration("PT1H")), end("e"), "s -> t -> e")
    instance = office.start("one")
    suspension.suspend(SYSTEM, instance.id, "x", now=office.now)
    new = version(office, catch("t", duration("PT1H")), people(), end("e"), "s -> t -> do -> e")
    after = migrate(office, instance, new)
    assert (after.status, after.next_due_at) == ("suspended", None)
    suspension.resume(SYSTEM, instance.id, "x", now=office.now)
    assert office.tick(hours=1).timers == 1
    assert list(office.open(now(instance))) == ["do"]


def test_a_message_finds_the_instance_by_what_the_new_version_waits_for(office: Office) -> None:
    version(office, catch("c", message("old")), end("e"), "s -> c -> e")
    instance = office.start("one")
    since = message_rows.subscriptions(instance.id)
    office.later(hours=1)
    new = version(office, catch("c", message("new")), end("e"), "s -> c -> e")
    migrate(office, instance, new)
    [kept] = message_rows.subscriptions(instance.id).values()
    assert (kept["name"], kept["definition_id"]) == ("new", new)
    assert [row["since"] for row in since.values()] == [kept["since"]]
    assert messages.send(SYSTEM, "old", {}, now=office.now).result == "buffered"
    assert messages.send(SYSTEM, "new", {}, now=office.now).result == "delivered"


def test_a_message_that_came_early_is_for_the_version_that_waits_for_it(office: Office) -> None:
    version(office, people(), *DO)
    instance = office.start("one")
    messages.send(SYSTEM, "stop", {"why": "early"}, now=office.now, time_to_live=timedelta(hours=1))
    new = version(office, people(), boundary("b", "do", message("stop")), *DO, "b -> e")
    assert migrate(office, instance, new).status == "completed"
    assert instances.variables(SYSTEM, instance.id) == {"why": "early"}


def test_what_is_not_awaited_any_more_is_not_in_the_index(office: Office) -> None:
    version(office, people(), boundary("b", "do", message("stop")), *DO, "b -> e")
    instance = office.start("one")
    assert message_rows.subscriptions(instance.id)
    migrate(office, instance, version(office, people(), *DO))
    assert not message_rows.subscriptions(instance.id)


def test_work_in_a_programs_hands_stays_there_and_other_work_is_found_by_its_new_topic(office: Office) -> None:
    def outside(topic: str) -> str:
        return version(office, service("w", name="Trả", motcua__topic=topic), end("e"), "s -> w -> e")

    outside("pay")
    instance, other = office.start("one"), office.start("one")
    worker = office.hire("program", "worker")
    [held] = fetch(office, worker, most=1)
    new = outside("bank")
    mine, its = (instance, other) if held.task.instance_id == instance.id else (other, instance)
    for each in (mine, its):
        migrate(office, each, new)
    external_tasks.complete(worker, held.task.id, "w1", {}, now=office.now)
    assert now(mine).status == "completed"
    [found] = fetch(office, worker, "bank")
    assert (found.task.instance_id, found.task.definition_id) == (its.id, new)


def test_an_incident_goes_over_and_is_the_same_one(office: Office) -> None:
    version(office, script("x", "y = lost"), end("e"), "s -> x -> e")
    instance = office.start("one")
    [before] = incident_rows.open_of(instance.id).values()
    tries, incident_id = before.tries, before.id
    new = version(office, script("z", "y = 1"), end("e"), "s -> z -> e")
    migrate(office, instance, new, {"x": "z"})
    session().expire_all()
    [after] = incident_rows.open_of(instance.id).values()
    assert (after.id, after.tries, after.element_id, after.definition_id) == (incident_id, tries, "z", new)
    incidents.retry(SYSTEM, incident_id, now=office.now)
    assert now(instance).status == "completed"


def test_a_preview_says_what_would_happen_and_changes_nothing(office: Office) -> None:
    version(office, people(), boundary("b", "do", message("stop")), *DO, "b -> e")
    instance = office.start("one")
    new = version(office, people("sign", "Ký"), boundary("t", "sign", duration("PT1H")), end("e"),
                  "s -> sign -> e", "t -> e")  # fmt: skip
    state = instance.state
    said = migrations.preview(SYSTEM, instance.id, new, {"do": "sign"}, now=office.now)
    assert [(m.before.element_id, m.after.element_id) for m in said.moved] == [("do", "sign")]
    assert [one.element_id for one in said.armed] == ["t"]
    assert [one.element_id for one in said.gone] == ["b"]
    assert (said.problems, said.happens, said.is_over) == ((), (), False)
    assert [d.code for d in migrations.preview(SYSTEM, instance.id, new, {}, now=office.now).problems] == ["no_target"]
    assert (now(instance).state, instance.version) == (state, 1)


def test_a_plan_suggests_by_names_and_checks_what_is_given(office: Office) -> None:
    old = version(office, people("a", "Nhận"), people("b", "Ký"), end("e"), "s -> a -> b -> e")
    new = version(office, people("c", "Nhận"), people("b", "Ký"), end("e"), "s -> c -> b -> e")
    plan = migrations.plan(SYSTEM, old, new)
    assert (plan.mapping, plan.problems) == ({"a": "c"}, ())
    assert {line.element_id: line.target_id for line in plan.lines} == {"s": "s", "a": "c", "b": "b", "e": "e"}
    wrong = migrations.plan(SYSTEM, old, new, {"a": "e"})
    assert [(d.element_id, d.code) for d in wrong.problems] == [("a", "other_kind")]
    with pytest.raises(Forbidden):
        migrations.plan(office.viewer("motcua"), old, new)


def test_another_process_altogether_will_do(office: Office) -> None:
    version(office, people(), *DO)
    instance = office.start("one", business_key="k")
    other = version(office, people("sign", "Ký"), end("e"), "s -> sign -> e", key="two")
    after = migrate(office, instance, other, {"do": "sign"})
    assert (after.key, after.version, office.open(after)["sign"].process_key) == ("two", 1, "two")
    tasks.submit(SYSTEM, office.open(after)["sign"].id, {}, now=office.now)
    assert {p.is_own for p in history.passages(now(instance))} == {True}


def test_a_called_process_goes_over_with_what_calls_it(office: Office) -> None:
    def both(inner: str) -> str:
        whole = process("one", start("s"), '<callActivity id="c" calledElement="sub"/>', end("e"), "s -> c -> e")
        called = process("sub", start("s2"), people(inner), end("e2"), f"s2 -> {inner} -> e2")
        found = office.deploy({"one.bpmn": whole, "sub.bpmn": called})
        return next(row.id for row in found.definitions if row.key == "one")

    both("a")
    instance = office.start("one")
    new = both("b")
    assert refused(office, instance, new) == [("sub:a", "no_target")]
    migrate(office, instance, new, {"sub:a": "b"})
    task = office.open(instance)["b"]
    assert (task.process_key, task.key) == ("sub", "one")
    tasks.submit(SYSTEM, task.id, {}, now=office.now)
    assert now(instance).status == "completed"


def test_what_a_call_chose_stays_in_its_version_until_the_call_is_bound_otherwise(office: Office) -> None:
    def inner(element: str) -> str:
        return version(office, people(element), end("e2"), f"s -> {element} -> e2", key="sub")

    def whole(binding: str, name: str) -> str:
        call = f'<callActivity id="c" name="{name}" calledElement="sub" camunda:calledElementBinding="{binding}"/>'
        return version(office, call, end("e"), "s -> c -> e")

    first = inner("a")
    whole("latest", "1")
    stays, goes = office.start("one"), office.start("one")
    inner("b")
    latest, deployed = whole("latest", "2"), whole("deployment", "3")
    migrate(office, stays, latest)
    assert office.open(stays)["a"].process_key == f"sub@{first}"
    assert refused(office, goes, deployed) == [("sub:a", "no_target")]
    migrate(office, goes, deployed, {"sub:a": "b"})
    assert office.open(goes)["b"].process_key == "sub"
    migrate(office, goes, latest)
    assert office.open(goes)["b"].process_key.startswith("sub@")
    for each in (stays, goes):
        [task] = office.open(each).values()
        tasks.submit(SYSTEM, task.id, {}, now=office.now)
        assert now(each).status == "completed"


def test_one_instance_costs_few_statements_however_many_tasks_it_has(office: Office) -> None:
    counts = []
    for number in (2, 6):
        names = [f"t{n}" for n in range(number)]
        flows = [f"f -> {name} -> e" for name in names]
        version(office, fork("f"), *map(people, names), end("e"), "s -> f", *flows, key=f"wide{number}")
        instance = office.start(f"wide{number}")
        new = version(office, fork("f"), *(people(n, "Mới") for n in names), end("e"), "s -> f", *flows,
                      key=f"wide{number}")  # fmt: skip
        migrations.plan(SYSTEM, instance.definition_id, new)  # fills the cache of definitions
        with counted() as sent:
            migrate(office, instance, new)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 10, (counts, sent)
