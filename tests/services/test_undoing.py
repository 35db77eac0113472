"""One takes back what one has just completed, where nothing has left the house."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import Forbidden, NotFound, TaskNotOpen, WrongState
from services import (
    attachments,
    comments,
    documents,
    drafts,
    history,
    instances,
    log,
    notes,
    outbox,
    planning,
    tasks,
    undoing,
)
from services.permissions import SYSTEM, Viewer, scope_of
from services.statuses import Status
from storage.database import session, unit_of_work
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from storage.rows import jobs
from storage.tables import Dossier, Instance, OutboxMessage, Task
from tests.engine.diagrams import end, fork, node, start, user
from tests.office import Office
from tests.services.bundles import beside, bundle, form, procedure, text
from tests.services.works import fetch

GROUP = {"motcua__candidateGroups": "one_door"}


def two_steps(**first: str) -> dict[str, bytes]:
    return bundle(
        "two",
        start("s"),
        user("a", name="A", motcua__form="a.form", motcua__limit="2 working_days", **GROUP, **first),
        user("b", name="B", **GROUP),
        end("e"),
        "s -> a -> b -> e",
        a__form=form("a", text("note")),
    )


@pytest.fixture
def one(office: Office) -> Viewer:
    return office.hire("one", "officer", groups=["one_door"])


@pytest.fixture
def two(office: Office) -> Viewer:
    return office.hire("two", "officer", groups=["one_door"])


def task_of(office: Office, of: Instance | Dossier, element: str) -> Task:
    office.look()
    return office.open(of)[element]


def done(office: Office, who: Viewer, of: Instance | Dossier, element: str, **answers: object) -> str:
    """Complete an open step and give the task's id."""
    task_id = task_of(office, of, element).id
    tasks.submit(who, task_id, answers, now=office.now)
    return task_id


def test_what_was_completed_is_open_again_with_what_was_typed_its_holder_and_its_due_moment(
    office: Office, one: Viewer
) -> None:
    office.deploy(two_steps())
    instance = office.start("two", {"n": 1})
    first = task_of(office, instance, "a")
    tasks.claim(one, first.id, now=office.now)
    due, begun = first.due_at, first.created_at
    office.later(hours=5)
    done(office, one, instance, "a", note="nhầm")
    assert undoing.is_offered(one, first.id, now=office.now)
    office.later(seconds=50)
    again = undoing.undo(one, first.id, now=office.now)
    office.look()
    assert list(office.open(instance)) == ["a"]
    assert again.id != first.id
    assert (again.assignee, again.due_at, again.created_at) == ("one", due, begun)
    assert instances.variables(SYSTEM, instance.id) == {"n": 1}
    draft = drafts.of_task(one, again)
    assert draft is not None
    assert draft.answers == {"note": "nhầm"}
    assert lists.inbox(scope_of(one), Filter(view="done"), now=office.now).rows == ()
    done(office, one, instance, "a", note="đúng")
    assert instances.variables(SYSTEM, instance.id)["note"] == "đúng"
    kinds = [row.kind for row, _ in log.events_of(instance.id)]
    assert kinds == ["instance.started", "task.claimed", "task.completed", "task.undone", "task.completed"]
    sheet = history.control_sheet(instances.readable(SYSTEM, instance.id), now=office.now)
    assert [(line.element_id, line.handed_over_at == begun) for line in sheet if line.verdict != "cancelled"] == [
        ("a", True),
        ("b", False),
    ]
    assert log.verify().breaks == ()


def test_undoing_twice_is_undoing_once(office: Office, one: Viewer) -> None:
    office.deploy(two_steps())
    instance = office.start("two")
    task_id = done(office, one, instance, "a")
    again = undoing.undo(one, task_id, now=office.now).id
    assert undoing.undo(one, task_id, now=office.now).id == again
    done(office, one, instance, "a")
    with pytest.raises(WrongState):
        undoing.undo(one, task_id, now=office.now)


def test_only_within_a_minute_and_only_ones_own(office: Office, one: Viewer, two: Viewer) -> None:
    office.deploy(two_steps())
    instance = office.start("two")
    task_id = done(office, one, instance, "a")
    with pytest.raises(Forbidden):
        undoing.undo(two, task_id, now=office.now)
    with pytest.raises(NotFound):
        undoing.undo(office.hire("other", "officer"), task_id, now=office.now)
    with pytest.raises(WrongState):
        undoing.undo(one, task_of(office, instance, "b").id, now=office.now)
    assert not undoing.is_offered(two, task_id, now=office.now)
    office.later(seconds=61)
    assert not undoing.is_offered(one, task_id, now=office.now)
    with pytest.raises(WrongState, match="minute"):
        undoing.undo(one, task_id, now=office.now)


def test_not_once_somebody_has_taken_the_next_step_but_across_ones_own_claim(
    office: Office, one: Viewer, two: Viewer
) -> None:
    office.deploy(two_steps())
    for who, is_undone in ((two, False), (one, True)):
        instance = office.start("two")
        task_id = done(office, one, instance, "a")
        tasks.claim(who, task_of(office, instance, "b").id, now=office.now)
        if is_undone:
            undoing.undo(one, task_id, now=office.now)
        else:
            with pytest.raises(WrongState, match="next step"):
                undoing.undo(one, task_id, now=office.now)
            tasks.submit(two, task_of(office, instance, "b").id, {}, now=office.now)


def test_not_while_a_colleague_types_into_the_next_step(office: Office, one: Viewer, two: Viewer) -> None:
    office.deploy(two_steps())
    instance = office.start("two")
    task_id = done(office, one, instance, "a")
    drafts.save_task(two, task_of(office, instance, "b").id, {}, seen_version=0, reason="Đang viết", now=office.now)
    with pytest.raises(WrongState, match="next step"):
        undoing.undo(one, task_id, now=office.now)
    assert list(office.open(instance)) == ["b"]


def test_not_once_the_instance_has_ended(office: Office, one: Viewer) -> None:
    office.deploy(two_steps())
    instance = office.start("two")
    done(office, one, instance, "a")
    task_id = done(office, one, instance, "b")
    assert not undoing.is_offered(one, task_id, now=office.now)
    with pytest.raises(WrongState, match="ended"):
        undoing.undo(one, task_id, now=office.now)
    with pytest.raises(TaskNotOpen):
        tasks.submit(one, task_id, {}, now=office.now)


def test_not_once_a_paper_was_issued(office: Office) -> None:
    dossier = office.file()
    office.step(dossier, "motcua", "check", "accept")
    task_id = next(task.id for task in office.every_task(dossier) if task.element_id == "check")
    with pytest.raises(WrongState, match="paper"):
        undoing.undo(office.viewer("motcua"), task_id, now=office.now)


def test_a_status_goes_back_with_it(office: Office, one: Viewer) -> None:
    office.deploy(
        procedure(
            "legal",
            start("s", motcua__nationalStatus="1"),
            user("a", **GROUP),
            user("b", motcua__nationalStatus="2", **GROUP),
            user("c", motcua__nationalStatus="9", **GROUP),
            end("e", motcua__nationalStatus="10"),
            "s -> a -> b -> c -> e",
        )
    )
    dossier = office.file_in("legal")
    done(office, one, dossier, "a")
    due = office.again(dossier).due_at
    undoing.undo(one, done(office, one, dossier, "b"), now=office.now)
    after = office.again(dossier)
    assert (after.status, after.finished_at, after.due_at) == (Status.ACCEPTED, None, due)


def test_calls_that_nobody_made_yet_are_not_made_and_one_that_was_made_stays(office: Office, one: Viewer) -> None:
    office.deploy(two_steps())
    for state, is_undone in (("waiting", True), ("kept", True), ("sent", False), ("dead", False)):
        instance = office.start("two")
        with unit_of_work():
            outbox.add("email", {}, key=f"before-{state}", now=office.now, instance_id=instance.id)
        office.later(seconds=1)
        task_id = done(office, one, instance, "a")
        with unit_of_work():
            outbox.add("email", {}, key=f"after-{state}", now=office.now, instance_id=instance.id)
            (call,) = jobs.of_instance(instance.id, office.now)
            call.state, call.tries = state, 0 if state == "waiting" else 1
        if is_undone:
            undoing.undo(one, task_id, now=office.now)
        else:
            with pytest.raises(WrongState, match="left the house"):
                undoing.undo(one, task_id, now=office.now)
        office.look()
        left = {call.idempotency_key for call in session().query(OutboxMessage).filter_by(instance_id=instance.id)}
        assert left == {f"before-{state}"} | (set() if is_undone else {f"after-{state}"})


def test_work_for_a_program_is_taken_back_unless_it_was_fetched(office: Office, one: Viewer) -> None:
    office.deploy(
        bundle(
            "works",
            start("s"),
            user("a", **GROUP),
            node("serviceTask", "w", motcua__topic="t"),
            end("e"),
            "s -> a -> w -> e",
        )
    )
    for is_fetched in (False, True):
        instance = office.start("works")
        task_id = done(office, one, instance, "a")
        if is_fetched:
            assert fetch(office, SYSTEM, "t")
            with pytest.raises(WrongState, match="left the house"):
                undoing.undo(one, task_id, now=office.now)
        else:
            undoing.undo(one, task_id, now=office.now)
            assert list(office.open(instance)) == ["a"]


def test_a_parallel_branch_stays_as_it_is(office: Office, one: Viewer, two: Viewer) -> None:
    office.deploy(
        bundle(
            "both",
            start("s"),
            fork("f"),
            user("a", **GROUP),
            user("b", **GROUP),
            fork("j"),
            end("e"),
            "s -> f -> a -> j -> e",
            "f -> b -> j",
        )
    )
    instance = office.start("both")
    other = task_of(office, instance, "b").id
    tasks.claim(two, other, now=office.now)
    undoing.undo(one, done(office, one, instance, "a"), now=office.now)
    open_ = office.open(instance)
    assert (set(open_), open_["b"].id, open_["b"].assignee) == ({"a", "b"}, other, "two")


def test_what_stands_beside_it_comes_back_with_it(office: Office) -> None:
    office.deploy(beside("beside", 2))
    dossier, officer = office.file_in("beside"), office.viewer("chuyenvien")
    task_id = task_of(office, dossier, "t1").id
    comments.add(officer, task_id, "Xem lại phí", now=office.now)
    notes.save(officer, task_id, "Riêng tôi", now=office.now)
    attachments.add(officer, task_id, [office.paper("chuyenvien", "internal")], now=office.now)
    planning.follow_up(officer, task_id, office.now + timedelta(days=1), now=office.now)
    handed = office.paper("chuyenvien", "opinion")
    tasks.submit(officer, task_id, {}, document_ids=[handed], now=office.now)
    assert [one.id for one in documents.of_dossier(officer, dossier)] == [handed]
    again = undoing.undo(officer, task_id, now=office.now)
    office.look()
    assert [one.task_id for one in comments.of_task(officer, again)] == [again.id]
    assert [one.task_id for one in attachments.of_dossier(officer, dossier)] == [again.id]
    note, draft = notes.of_task(officer, again), drafts.of_task(officer, again)
    assert note is not None
    assert (note.text, again.follow_up_at) == ("Riêng tôi", office.now + timedelta(days=1))
    assert draft is not None
    assert [one.id for one in drafts.documents_of(draft)] == [handed]
    assert documents.of_dossier(officer, dossier) == []
    tasks.submit(officer, again.id, {}, document_ids=[handed], now=office.now)
    assert [one.id for one in documents.of_dossier(officer, dossier)] == [handed]
