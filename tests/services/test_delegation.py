"""A colleague works on a task for its holder, who stays responsible for it."""

from __future__ import annotations

import pytest

from errors import Forbidden, InvalidAnswers, TaskTaken, WrongState
from services import delegation, history, instances, log, tasks
from services.permissions import SYSTEM, Viewer
from storage.tables import Instance, Task
from tests.office import Office
from tests.services.bundles import one_task


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


def test_a_delegated_task_is_done_by_the_colleague_for_its_owner(
    office: Office, instance: Instance, holder: Viewer, colleague: Viewer
) -> None:
    task_id = task_of(office, instance).id
    tasks.claim(holder, task_id, now=office.now)
    delegation.delegate(holder, task_id, "colleague", now=office.now)
    task = task_of(office, instance)
    assert (task.assignee, task.owner) == ("colleague", "holder")
    with pytest.raises(TaskTaken):
        tasks.submit(holder, task_id, {}, now=office.now)
    tasks.submit(colleague, task_id, {"a": 1}, now=office.now)
    told = [(row.kind, row.actor, data.get("to"), data.get("for")) for row, data in log.events_of(instance.id)]
    assert told[-2:] == [
        ("task.delegated", "holder", "colleague", None),
        ("task.completed", "colleague", None, "holder"),
    ]
    office.look()
    assert [line.holder for line in history.control_sheet(instances.readable(SYSTEM, instance.id), now=office.now)] == [
        "colleague"
    ]


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
    tasks.unclaim(colleague, task_id, now=office.now)
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
