"""A colleague works on a task for its holder, who stays responsible for it."""

from __future__ import annotations

import pytest

from errors import Forbidden, InvalidAnswers, TaskTaken, WrongState
from services import delegation, drafts, history, instances, interests, log, tasks, transfers
from services.permissions import SYSTEM, Viewer, scope_of
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from storage.tables import Instance, Task
from tests.office import Office
from tests.services.bundles import beside, one_task


@pytest.fixture
def instance(office: Office) -> Instance:
    office.deploy(one_task())
    return office.start("one")


@pytest.fixture
def holder(office: Office) -> Viewer:
    return office.hire("holder", "officer", groups=["one_door"])


@pytest.fixture
def colleague(office: Office) -> Viewer:
    return office.hire("colleague", "officer", groups=["one_door"])


def task_of(office: Office, instance: Instance) -> Task:
    office.look()
    return office.open(instance)["do"]


def test_a_delegated_task_is_completed_by_nobody_until_it_is_given_back(
    office: Office, instance: Instance, holder: Viewer, colleague: Viewer
) -> None:
    head, third = (
        office.hire("chief", "head", groups=["one_door"]),
        office.hire("third", "officer", groups=["one_door"]),
    )
    task_id = task_of(office, instance).id
    tasks.claim(holder, task_id, now=office.now)
    delegation.delegate(holder, task_id, "colleague", now=office.now)
    task = task_of(office, instance)
    assert (task.assignee, task.owner, task.delegation) == ("colleague", "holder", "pending")
    for who in (colleague, SYSTEM):
        with pytest.raises(WrongState, match="give it back"):
            tasks.submit(who, task_id, {}, now=office.now)
    with pytest.raises(WrongState, match="give it back"):
        tasks.check(colleague, task_id, {}, now=office.now)
    for who in (holder, third, head):
        with pytest.raises(TaskTaken):
            tasks.submit(who, task_id, {}, now=office.now)
        with pytest.raises(TaskTaken):
            tasks.claim(who, task_id, now=office.now)
    with pytest.raises(WrongState, match="for somebody"):
        tasks.unclaim(colleague, task_id, now=office.now)
    with pytest.raises(WrongState, match="for somebody"):
        transfers.transfer(colleague, task_id, "device", "Nhầm", now=office.now)
    drafts.save_task(colleague, task_id, {}, seen_version=0, reason="Đã tính", now=office.now)
    delegation.resolve(colleague, task_id, now=office.now)
    with pytest.raises(TaskTaken):
        tasks.submit(colleague, task_id, {}, now=office.now)
    draft = drafts.of_task(holder, task_of(office, instance))
    assert draft is not None
    assert draft.reason == "Đã tính"
    tasks.submit(holder, task_id, {"a": 1}, now=office.now)
    told = [(row.kind, row.actor, data.get("to"), data.get("for")) for row, data in log.events_of(instance.id)]
    assert told[-3:] == [
        ("task.delegated", "holder", "colleague", None),
        ("task.resolved", "colleague", "holder", None),
        ("task.completed", "holder", None, None),
    ]
    office.look()
    assert [line.holder for line in history.control_sheet(instances.readable(SYSTEM, instance.id), now=office.now)] == [
        "holder"
    ]


def test_the_owner_sees_it_and_takes_it_back_and_a_head_gives_it_to_somebody(office: Office) -> None:
    office.deploy(one_task(motcua__assignee="holder", motcua__candidateGroups=""))
    holder, colleague = (office.hire(name, "officer", unit="prevention") for name in ("holder", "colleague"))
    instance = office.start("one")
    task_id = task_of(office, instance).id
    delegation.delegate(holder, task_id, "colleague", now=office.now)
    assert tasks.open_task(holder, task_id, now=office.now).is_pending
    shown = lists.inbox(scope_of(holder), Filter(view="mine"), now=office.now)
    assert shown.rows == ()
    delegation.resolve(holder, task_id, now=office.now)
    assert task_of(office, instance).assignee == "holder"
    assert not tasks.may_see(colleague, task_of(office, instance))
    delegation.delegate(holder, task_id, "colleague", now=office.now)
    tasks.assign(SYSTEM, task_id, "colleague", now=office.now)
    task = task_of(office, instance)
    assert (task.assignee, task.owner, task.delegation) == ("colleague", None, None)
    assert not tasks.may_see(holder, task)
    tasks.submit(colleague, task_id, {}, now=office.now)


def test_who_declares_an_interest_gives_a_delegated_task_back_to_its_owner(office: Office) -> None:
    office.deploy(beside("beside", 1))
    office.hire("giup", "officer", groups=["specialist_prevention"])
    dossier, owner = office.file_in("beside"), office.viewer("chuyenvien")
    task_id = office.open(dossier)["t1"].id
    delegation.delegate(owner, task_id, "giup", now=office.now)
    interests.declare(office.viewer("giup"), task_id, "Người nhà", now=office.now)
    office.look()
    task = office.open(dossier)["t1"]
    assert (task.assignee, task.owner, task.delegation) == ("chuyenvien", None, None)


def test_it_goes_back_to_its_owner_and_through_other_hands_keeps_the_first_one(
    office: Office, instance: Instance, holder: Viewer, colleague: Viewer
) -> None:
    office.hire("third", "officer", groups=["one_door"])
    task_id = task_of(office, instance).id
    delegation.delegate(holder, task_id, "colleague", now=office.now)  # nobody held it: whoever delegates does
    delegation.delegate(colleague, task_id, "third", now=office.now)
    assert task_of(office, instance).owner == "holder"
    with pytest.raises(Forbidden):
        delegation.resolve(colleague, task_id, now=office.now)
    delegation.resolve(office.viewer("third"), task_id, now=office.now)
    task = task_of(office, instance)
    assert (task.assignee, task.owner) == ("holder", None)
    with pytest.raises(WrongState):
        delegation.resolve(holder, task_id, now=office.now)
    delegation.delegate(holder, task_id, "colleague", now=office.now)
    tasks.unclaim(office.hire("chief", "head", groups=["one_door"]), task_id, now=office.now)
    task = task_of(office, instance)
    assert (task.assignee, task.owner) == (None, None)


def test_only_its_holder_delegates_and_only_to_a_colleague(
    office: Office, instance: Instance, holder: Viewer, colleague: Viewer
) -> None:
    office.hire("stranger", "officer")
    task_id = task_of(office, instance).id
    tasks.claim(holder, task_id, now=office.now)
    with pytest.raises(Forbidden):
        delegation.delegate(colleague, task_id, "stranger", now=office.now)
    for name in ("stranger", "nobody", "holder", "x" * 100):
        with pytest.raises(InvalidAnswers) as refused:
            delegation.delegate(holder, task_id, name, now=office.now)
        assert [detail.field for detail in refused.value.details] == ["assignee"]
    assert task_of(office, instance).assignee == "holder"
