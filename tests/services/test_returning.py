"""An operator returns to an earlier task: rows, log, dossier; what is refused; what is kept and forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import state
from errors import Forbidden, InvalidAnswers, NotFound, TaskNotOpen, WrongState
from services import dossiers, history, instances, log, returning, snapshots, suspension, tasks
from services.permissions import SYSTEM
from services.statuses import Status
from storage.database import session, unit_of_work
from storage.queries import incidents as lists
from storage.rows import definitions
from storage.tables import Dossier, Instance, Task, TaskAccess
from tests.engine.diagrams import catch, duration, end, fork, node, script, start, user
from tests.office import Office
from tests.services.bundles import bundle, form, procedure, text
from tests.services.test_statements import counted

WHY = "Ghi nhầm kết quả"


def task(name: str, **more: str) -> str:
    return user(name, name=name, **{"motcua__candidateGroups": "one_door", **more})


def three_steps() -> dict[str, bytes]:
    return bundle("three", start("s"), task("a"), task("b"), task("c"), end("e"), "s -> a -> b -> c -> e")


def branches() -> dict[str, bytes]:
    return bundle(
        "branches", start("s"), fork("f"), task("a1"), task("a2"), task("b1"), task("b2"), fork("j"), end("e"),
        "s -> f -> a1 -> a2 -> j -> e", "f -> b1 -> b2 -> j",
    )  # fmt: skip


def legal() -> dict[str, bytes]:
    """A procedure that goes through the statuses 1, 2, 4, 9, 10."""
    return procedure(
        "legal", start("s", motcua__nationalStatus="1"), task("accept"), task("accepted", motcua__nationalStatus="2"),
        task("work"), task("ready", motcua__nationalStatus="9"), end("e", motcua__nationalStatus="10"),
        "s -> accept -> accepted -> work -> ready -> e",
    )  # fmt: skip


def office_instance(instance_id: str) -> Instance:
    found = session().get(Instance, instance_id)
    assert found is not None
    return found


def do(office: Office, of: Instance | Dossier, element: str, **answers: object) -> str:
    """Complete an open step and give the task's id."""
    task_id = office.open(of)[element].id
    tasks.submit(SYSTEM, task_id, answers, now=office.later(hours=1))
    return task_id


def back(office: Office, of: Instance | Dossier, task_id: str, **more: bool) -> Instance:
    instance_id = of.instance_id if isinstance(of, Dossier) else of.id
    return returning.return_to(SYSTEM, instance_id, task_id, WHY, now=office.later(hours=1), **more)


def test_a_completed_task_opens_again_and_the_next_one_is_cancelled(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three", {"n": 1})
    first = do(office, instance, "a", n=2)
    second = office.open(instance)["b"].id
    back(office, instance, first)
    open_ = office.open(instance)
    assert list(open_) == ["a"]
    assert open_["a"].id not in (first, second)
    assert open_["a"].returned_because == WHY
    session().expire_all()
    states = {task.id: task.state for task in office.every_task(instance)}
    assert states == {first: "completed", second: "cancelled", open_["a"].id: "open"}
    assert session().scalar(select(func.count()).select_from(TaskAccess).where(TaskAccess.task_id == second)) == 0
    assert instances.variables(SYSTEM, instance.id)["n"] == 2


def test_the_log_tells_it_and_history_has_each_activation_once(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three")
    first = do(office, instance, "a")
    back(office, instance, first)
    for element in ("a", "b", "c"):
        do(office, instance, element)
    office.look()
    event = next(data for row, data in log.events_of(instance.id) if row.kind == "instance.returned")
    assert (event["reason"], event["element"], event["earlier"]) == (WHY, "a", first)
    passed = [(p.element_id, p.state) for p in history.passages(office_instance(instance.id))]
    assert passed == [
        ("s", "completed"), ("a", "completed"), ("b", "cancelled"), ("a", "completed"), ("b", "completed"),
        ("c", "completed"), ("e", "completed"),
    ]  # fmt: skip
    ids = [p.id for p in history.passages(office_instance(instance.id))]
    assert len(ids) == len(set(ids))
    sheet = history.control_sheet(office_instance(instance.id), now=office.now)
    assert [(line.element_id, line.verdict) for line in sheet] == [
        ("a", "none"), ("b", "cancelled"), ("a", "none"), ("b", "none"), ("c", "none"),
    ]  # fmt: skip
    assert not log.verify().breaks


def test_data_of_the_time_on_request_takes_every_branch_back(office: Office) -> None:
    office.deploy(branches())
    instance = office.start("branches", {"n": 0})
    a1 = do(office, instance, "a1", a=1)
    do(office, instance, "b1", b=1)
    back(office, instance, a1)
    assert sorted(office.open(instance)) == ["a1", "b2"]
    a1 = do(office, instance, "a1", a=2)
    do(office, instance, "b2")
    back(office, instance, a1, with_data_of_the_time=True)
    assert sorted(office.open(instance)) == ["a1", "b2"]
    assert instances.variables(SYSTEM, instance.id) == {"n": 0, "a": 1, "b": 1}


def test_a_preview_says_what_ends_begins_and_stays_and_changes_nothing(office: Office) -> None:
    office.deploy(branches())
    instance = office.start("branches")
    a1 = do(office, instance, "a1")
    do(office, instance, "b1")
    before = office_instance(instance.id).revision
    seen = returning.preview(SYSTEM, instance.id, a1, now=office.now)
    assert [wait.element_id for wait in seen.ends] == ["a2"]
    assert [wait.element_id for wait in seen.begins] == ["a1"]
    assert [wait.element_id for wait in seen.stays] == ["b2"]
    whole = returning.preview(SYSTEM, instance.id, a1, now=office.now, with_data_of_the_time=True)
    assert sorted(wait.element_id for wait in whole.begins) == ["a1", "b1"]
    office.look()
    assert office_instance(instance.id).revision == before


def held_up() -> dict[str, bytes]:
    """After `a` a script fails, a program is waited for and a timer runs; `other` lies beside all of it."""
    return bundle(
        "held", start("s"), fork("f"), task("a"), task("other"), fork("g"), script("x", "y = 1 / n"),
        node("serviceTask", "w", motcua__topic="pay"), catch("later", duration("P1D")), end("e"), "s -> f -> a -> g",
        "f -> other -> e", "g -> x -> e", "g -> w -> e", "g -> later -> e",
    )  # fmt: skip


def test_a_preview_names_incidents_programs_and_timers_that_end_or_stay(office: Office) -> None:
    office.deploy(held_up())
    instance = office.start("held", {"n": 0})
    a, before = do(office, instance, "a"), office.now
    seen = returning.preview(SYSTEM, instance.id, a, now=office.now)
    assert {(one.kind, one.element_id, one.name) for one in seen.ends} == {
        ("incident", "x", "expression_failed"),
        ("external_task", "w", "pay"),
        ("timer", "later", ""),
    }
    assert [one.due_at for one in seen.ends if one.kind == "timer"] == [before + timedelta(days=1)]
    assert [(one.kind, one.element_id) for one in seen.stays] == [("task", "other")]
    back(office, instance, a)
    assert lists.open_of([instance.id])[instance.id] == ()
    do(office, instance, "a")
    seen = returning.preview(SYSTEM, instance.id, do(office, instance, "other"), now=office.now)
    assert ("incident", "x") in {(one.kind, one.element_id) for one in seen.stays}


def test_the_officer_whose_task_is_taken_away_is_told_that_it_is_not_open(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three")
    first = do(office, instance, "a")
    second = office.open(instance)["b"].id
    back(office, instance, first)
    with pytest.raises(TaskNotOpen):
        tasks.submit(SYSTEM, second, {}, now=office.now)


def test_a_reason_a_permission_and_a_task_of_this_instance_are_needed(office: Office) -> None:
    office.deploy(three_steps())
    instance, other = office.start("three"), office.start("three")
    first, others = do(office, instance, "a"), do(office, other, "a")
    with pytest.raises(InvalidAnswers):
        returning.return_to(SYSTEM, instance.id, first, " ", now=office.now)
    with pytest.raises(Forbidden):
        returning.return_to(office.viewer("motcua"), instance.id, first, WHY, now=office.now)
    with pytest.raises(Forbidden):
        returning.earlier(office.viewer("motcua"), instance.id)
    for wrong in (others, "nothing"):
        with pytest.raises(NotFound):
            returning.return_to(SYSTEM, instance.id, wrong, WHY, now=office.now)
    with pytest.raises(WrongState):
        returning.return_to(SYSTEM, instance.id, office.open(instance)["b"].id, WHY, now=office.now)


def test_what_one_can_return_to_is_listed_and_forgotten_when_the_instance_ends(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three")
    done = [do(office, instance, element) for element in ("a", "b")]
    assert [task.id for task in returning.earlier(SYSTEM, instance.id)] == done[::-1]
    do(office, instance, "c")
    assert returning.earlier(SYSTEM, instance.id) == ()
    assert session().scalar(select(func.count()).where(Task.snapshot.is_not(None))) == 0
    with pytest.raises(WrongState):
        back(office, instance, done[0])


def test_an_instance_that_is_cancelled_forgets_them_too(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three")
    do(office, instance, "a")
    instances.cancel(SYSTEM, instance.id, WHY, now=office.now)
    assert session().scalar(select(func.count()).where(Task.snapshot.is_not(None))) == 0


def test_a_state_that_is_too_large_is_not_kept_and_that_is_said(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three", {"x": "y" * (snapshots.MOST_BYTES + 1)})
    first = do(office, instance, "a")
    assert returning.earlier(SYSTEM, instance.id) == ()
    with pytest.raises(WrongState) as refused:
        back(office, instance, first)
    assert refused.value.text == returning.NOT_KEPT


@pytest.mark.parametrize("size", [0, 10, 1_000, 100_000])
def test_what_is_kept_of_a_state_is_given_back(size: int) -> None:
    whole = b'{"f":1,"s":"' + b"a" * size + b'"}'
    kept = snapshots.taken(whole)
    assert kept is not None
    assert len(kept) <= len(whole)
    assert snapshots.opened(kept) == whole
    marked = b"$abc0" + whole
    assert snapshots.opened(snapshots.taken(marked) or b"") == marked


def test_a_submit_keeps_the_snapshot_without_a_statement_of_its_own(office: Office) -> None:
    office.deploy(three_steps())
    counts = []
    for size in (1, 1, snapshots.MOST_BYTES + 1):  # the first one fills the caches of definitions
        task_id = office.open(office.start("three", {"x": "y" * size}))["a"].id
        with counted() as sent:
            tasks.submit(SYSTEM, task_id, {}, now=office.now)
        counts.append(len(sent))
    assert counts[1] == counts[2], sent


@pytest.mark.parametrize(
    ("to", "done", "status", "after"),
    [
        ("work", ("accept", "accepted", "work"), Status.PROCESSED, Status.IN_PROCESS),
        ("accept", ("accept", "accepted", "work"), Status.PROCESSED, Status.SUBMITTED),
        ("accept", ("accept",), Status.ACCEPTED, Status.SUBMITTED),
    ],
)
def test_a_dossier_goes_back_in_its_status_and_can_go_all_the_way_again(
    office: Office, to: str, done: tuple[str, ...], status: Status, after: Status
) -> None:
    office.deploy(legal())
    dossier = office.file_in("legal")
    ids = {element: do(office, dossier, element) for element in done}
    dossier = office.again(dossier)
    accepted_at, due_at = dossier.accepted_at, dossier.due_at
    assert dossier.status == status
    assert returning.preview(SYSTEM, dossier.instance_id, ids[to], now=office.now).status == (status, after)
    back(office, dossier, ids[to])
    dossier = office.again(dossier)
    assert (dossier.status, dossier.finished_at) == (after, None)
    assert (dossier.accepted_at, dossier.due_at) == (accepted_at, due_at)
    for element in ("accept", "accepted", "work", "ready"):
        if element in office.open(dossier):
            do(office, dossier, element)
    dossier = office.again(dossier)
    assert dossier.status == Status.RESULT_RETURNED
    assert (dossier.accepted_at, dossier.due_at) == (accepted_at, due_at)
    assert dossier.finished_at is not None
    assert accepted_at is not None
    assert dossier.finished_at > accepted_at
    assert not log.verify().breaks


def test_while_the_applicant_wants_the_dossier_back_nobody_returns(office: Office) -> None:
    office.deploy(legal())
    dossier = office.file_in("legal")
    first = do(office, dossier, "accept")
    dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Không cần nữa", now=office.now)
    with pytest.raises(WrongState) as refused:
        back(office, dossier, first)
    assert refused.value.text == returning.WITHDRAWING


def test_the_state_after_a_return_is_the_one_that_was_saved(office: Office) -> None:
    office.deploy(bundle("typed", start("s"), task("a", motcua__form="f"), task("b"), end("e"), "s -> a -> b -> e",
                         f__form=form("f", text("x"))))  # fmt: skip
    instance = office.start("typed", {"n": 1})
    first = do(office, instance, "a", x="một")
    back(office, instance, first, with_data_of_the_time=True)
    opened = tasks.open_task(SYSTEM, office.open(instance)["a"].id, now=office.now)
    assert opened.variables == {"n": 1}
    assert state.load_value(state.dump_value(dict(opened.variables))) == {"n": 1}


def test_a_suspended_instance_goes_back_and_stays_suspended(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three")
    first = do(office, instance, "a")
    suspension.suspend(SYSTEM, instance.id, WHY, now=office.now)
    assert back(office, instance, first).status == "suspended"
    assert [task.state for task in office.every_task(instance)] == ["completed", "cancelled", "open"]
    suspension.resume(SYSTEM, instance.id, WHY, now=office.now)
    for element in ("a", "b", "c"):
        do(office, instance, element)
    assert office_instance(instance.id).status == "completed"


def test_a_pause_ends_with_the_step_that_made_it_and_begins_anew_with_a_return_to_it(office: Office) -> None:
    office.deploy(procedure(
        "paused", start("s", motcua__nationalStatus="1"), task("accepted", motcua__nationalStatus="2"),
        task("ask", motcua__nationalStatus="5", motcua__pause="supplement"), task("work"), end("e"),
        "s -> accepted -> ask -> work -> e",
    ))  # fmt: skip
    dossier = office.file_in("paused")
    first = do(office, dossier, "accepted")
    dossier = office.again(dossier)
    assert (dossier.status, dossier.clock_state) == (Status.SUPPLEMENT_REQUESTED, "paused")
    back(office, dossier, first)
    dossier = office.again(dossier)
    assert (dossier.status, dossier.clock_state != "paused") == (Status.ACCEPTED, True)
    do(office, dossier, "accepted")
    asked = do(office, dossier, "ask")
    back(office, dossier, asked)
    dossier = office.again(dossier)
    assert (dossier.status, dossier.clock_state) == (Status.SUPPLEMENT_REQUESTED, "paused")
    assert [event["type"] for event in dossier.clock] == [
        "pause_started", "pause_ended", "pause_started", "pause_ended", "pause_started",
    ]  # fmt: skip
    assert not log.verify().breaks


def test_an_instance_that_runs_another_version_now_goes_back_where_its_elements_are_the_same(office: Office) -> None:
    office.deploy(three_steps())
    instance = office.start("three")
    first = do(office, instance, "a")

    def runs(*steps: str) -> None:
        office.deploy(bundle("three", start("s"), *steps, end("e"), "s -> a -> b -> c -> e"))
        with unit_of_work() as current:
            row, newest = current.get(Instance, instance.id), definitions.published("process", "three")
            assert row is not None
            assert newest is not None
            row.definition_id = newest.id

    runs(script("a", "x = 1"), task("b"), task("c"))
    with pytest.raises(WrongState) as refused:
        back(office, instance, first)
    assert [(detail.code, detail.element_id) for detail in refused.value.details] == [("other_element", "a")]
    runs(task("a"), task("b", motcua__priority="7"), task("c"))
    back(office, instance, first)
    assert list(office.open(instance)) == ["a"]
