"""A task goes to another unit or back to an earlier step, with a reason; changes of hands are counted and capped."""

from __future__ import annotations

import pytest

from errors import Forbidden, InvalidAnswers, NotFound, TaskNotOpen, WrongState
from services import (
    delegation,
    dossiers,
    history,
    instances,
    log,
    outbox,
    people,
    sending_back,
    tasks,
    transfers,
    undoing,
)
from services.permissions import SYSTEM, Viewer, scope_of
from storage.database import unit_of_work
from storage.queries import notices
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from storage.tables import Dossier, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import acts, procedure

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}
WHY = "Thuộc thẩm quyền của đơn vị khác"


@pytest.fixture
def officer(office: Office) -> Viewer:
    return office.viewer("chuyenvien")


@pytest.fixture
def head(office: Office) -> Viewer:
    return office.viewer("truongphong")


@pytest.fixture
def dossier(office: Office) -> Dossier:
    office.deploy(steps())
    return office.file_in("steps")


def steps(key: str = "steps", inside: str = "", **last: str) -> dict[str, bytes]:
    return procedure(
        key,
        start("s", motcua__nationalStatus="1"),
        user("a", name="A", **SKILLED),
        user("b", name="B", **SKILLED),
        user("c", inside, name="C", **{**SKILLED, **last}),
        end("e"),
        "s -> a -> b -> c -> e",
    )


def task(office: Office, dossier: Dossier, element: str = "a") -> Task:
    office.look()
    return office.open(dossier)[element]


def done(office: Office, who: Viewer, dossier: Dossier, element: str) -> str:
    task_id = task(office, dossier, element).id
    tasks.submit(who, task_id, {}, now=office.later(minutes=5))
    return task_id


def test_the_other_units_head_gets_it_and_gives_it_to_one_of_their_people(
    office: Office, officer: Viewer, dossier: Dossier
) -> None:
    task_id = task(office, dossier).id
    tasks.claim(officer, task_id, now=office.now)
    transfers.transfer(officer, task_id, "drug", WHY, now=office.now)
    other = office.viewer("truongphongduoc")
    assert [row.id for row in lists.inbox(scope_of(other), Filter(view="unit"), now=office.now).rows] == [task_id]
    assert lists.inbox(scope_of(officer), Filter(), now=office.now).rows == ()
    (told,) = notices.listed("truongphongduoc", limit=10)[0]
    assert (told.kind, told.url) == ("transfer", f"/tasks/{task_id}")
    assert dossiers.readable(other, dossier.id).unit_code == "prevention"
    with pytest.raises(InvalidAnswers):
        tasks.assign(other, task_id, "chuyenvien", now=office.now)
    tasks.assign(other, task_id, "chuyenvienduoc", now=office.now)
    tasks.submit(office.viewer("chuyenvienduoc"), task_id, {}, now=office.now)
    assert task(office, dossier, "b").candidate_groups == ["specialist_prevention"]
    (data,) = [data for row, data in log.events_of(dossier.instance_id) if row.kind == "task.transferred"]
    assert (data["from_unit"], data["unit"], data["reason"], data["from"]) == ("prevention", "drug", WHY, "chuyenvien")


def test_all_that_is_wrong_with_a_transfer_is_said_at_once(
    office: Office, officer: Viewer, head: Viewer, dossier: Dossier
) -> None:
    people.save_unit(SYSTEM, code="empty", name_vi="Trống", name_en="Empty", now=office.now)
    task_id = task(office, dossier).id
    with pytest.raises(Forbidden):  # it is in the group's hands, not in theirs
        transfers.transfer(officer, task_id, "drug", WHY, now=office.now)
    for unit, reason, codes in (
        ("nowhere", " ", ["unknown", "required"]),
        ("prevention", "x" * 5000, ["same", "length"]),
        ("empty", WHY, ["no_head"]),
    ):
        with pytest.raises(InvalidAnswers) as refused:
            transfers.transfer(head, task_id, unit, reason, now=office.now)
        assert [detail.code for detail in refused.value.details] == codes


def test_changes_of_hands_are_counted_and_capped(
    office: Office, officer: Viewer, head: Viewer, dossier: Dossier
) -> None:
    office.hire("other", "officer", groups=["specialist_prevention"])
    task_id = task(office, dossier).id
    tasks.claim(officer, task_id, now=office.now)
    tasks.assign(head, task_id, "other", now=office.now, most=2)
    tasks.assign(head, task_id, "other", now=office.now, most=2)
    delegation.delegate(office.viewer("other"), task_id, "chuyenvien", now=office.now, most=2)
    delegation.resolve(officer, task_id, now=office.now)
    assert task(office, dossier).reassigned == 2
    for give in (tasks.assign, delegation.delegate):
        with pytest.raises(WrongState, match="changed hands 2 times"):
            give(head, task_id, "chuyenvien", now=office.now, most=2)
    with pytest.raises(WrongState):
        transfers.transfer(head, task_id, "drug", WHY, now=office.now, most=2)
    tasks.unclaim(office.viewer("other"), task_id, now=office.now)
    tasks.claim(officer, task_id, now=office.now)
    tasks.assign(SYSTEM, task_id, "other", now=office.now, most=2)
    assert tasks.assign(head, task_id, "chuyenvien", now=office.now, most=0).reassigned == 5


def test_an_earlier_step_is_done_again_by_who_did_it_with_the_reason(
    office: Office, officer: Viewer, head: Viewer, dossier: Dossier
) -> None:
    first = done(office, officer, dossier, "a")
    done(office, officer, dossier, "b")
    office.hire("third", "officer", groups=["specialist_prevention"])
    third = office.viewer("third")
    last = task(office, dossier, "c")
    assert {row.element_id for row in sending_back.earlier(third, last)} == {"a", "b"}
    with pytest.raises(InvalidAnswers):
        sending_back.send_back(third, last.id, first, "", now=office.now)
    with pytest.raises(NotFound):
        sending_back.send_back(third, last.id, "nothing", WHY, now=office.now)
    again = sending_back.send_back(third, last.id, first, "Thiếu nội dung", now=office.now)
    assert (again.element_id, again.assignee, again.returned_because) == ("a", "chuyenvien", "Thiếu nội dung")
    office.look()
    assert list(office.open(dossier)) == ["a"]
    with pytest.raises(TaskNotOpen):
        sending_back.send_back(third, last.id, first, WHY, now=office.now)
    (told,) = notices.listed("chuyenvien", limit=10)[0]
    assert (told.kind, told.url) == ("sent_back", f"/tasks/{again.id}")
    *_, (row, data) = log.events_of(dossier.instance_id)
    assert (row.kind, row.actor, data["reason"]) == ("task.sent_back", "third", "Thiếu nội dung")
    instance = instances.readable(SYSTEM, dossier.instance_id)
    assert history.told(instance)[0].reason == "Thiếu nội dung"
    assert log.verify().breaks == ()


def test_not_where_the_diagram_has_its_own_way_back(office: Office, officer: Viewer) -> None:
    back = acts("ok", "return").replace('id="return"', 'id="return" kind="return"')
    office.deploy(steps("drawn", back))
    dossier = office.file_in("drawn")
    first = done(office, officer, dossier, "a")
    done(office, officer, dossier, "b")
    with pytest.raises(WrongState, match="“return”"):
        sending_back.send_back(officer, task(office, dossier, "c").id, first, WHY, now=office.now)


def test_not_where_something_has_left_the_house_since(office: Office, officer: Viewer, dossier: Dossier) -> None:
    first = done(office, officer, dossier, "a")
    second = done(office, officer, dossier, "b")
    with unit_of_work():
        outbox.add("email", {}, key="told", now=office.now, instance_id=dossier.instance_id)
    outbox.send(outbox.due(office.now)[0], {"email": lambda *_: None}, now=office.now)
    for earlier in (first, second):
        with pytest.raises(WrongState, match="left the house"):
            sending_back.send_back(officer, task(office, dossier, "c").id, earlier, WHY, now=office.now)
    with pytest.raises(WrongState):
        undoing.undo(officer, second, now=office.now)


def test_only_who_may_do_the_task_sends_back(office: Office, officer: Viewer, head: Viewer, dossier: Dossier) -> None:
    first = done(office, officer, dossier, "a")
    with pytest.raises(Forbidden):
        sending_back.send_back(head, task(office, dossier, "b").id, first, WHY, now=office.now)
    assert sending_back.earlier(head, task(office, dossier, "b")) == ()
