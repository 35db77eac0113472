"""What batches can do to each of their instances, and which parameters are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from errors import Invalid
from services import batches, instances, tasks
from services.batch_kinds import KINDS
from services.permissions import SYSTEM, Permission
from storage.database import session
from storage.queries import batches as lists
from tests.engine.diagrams import end, script, start, user
from tests.office import Office
from tests.services.bundles import bundle, one_task

TWO = bundle("two", start("s"), user("a"), user("b"), end("e"), "s -> a -> b -> e")
FAULTY = bundle("faulty", start("s"), script("x", "y = 1 / zero"), user("do"), end("e"), "s -> x -> do -> e")


def work_off(office: Office, kind: str, ids: list[str], **parameters: Any) -> tuple[int, int]:
    batch = batches.create(SYSTEM, kind, ids, "vì thế", now=office.now, parameters=parameters)
    office.tick(seconds=1)
    session().rollback()
    row = lists.one(batch.id)
    assert row is not None
    return row.done, row.failed


def open_steps(office: Office, instance_id: str) -> set[str]:
    session().rollback()
    session().expire_all()
    return set(office.open(instances.readable(SYSTEM, instance_id)))


def test_steps_are_moved_in_many_instances(office: Office) -> None:
    office.deploy(TWO)
    ids = [office.start("two").id for _ in range(3)]
    tasks.submit(SYSTEM, office.open(instances.readable(SYSTEM, ids[2]))["a"].id, {}, now=office.now)
    move = {"kind": "move", "element_id": "a", "to_element_id": "b"}
    assert work_off(office, "modify", ids, instructions=[move]) == (2, 1)
    assert [open_steps(office, each) for each in ids] == [{"b"}] * 3


def test_variables_are_set_in_many_instances(office: Office) -> None:
    office.deploy(TWO)
    ids = [office.start("two", {"a": 1}).id for _ in range(2)]
    assert work_off(office, "set_variables", ids, variables={"b": [1]}) == (2, 0)
    assert instances.variables(SYSTEM, ids[0]) == {"a": 1, "b": [1]}


def test_many_instances_return_to_the_last_task_of_an_element(office: Office) -> None:
    office.deploy(TWO)
    ids = [office.start("two").id for _ in range(2)]
    tasks.submit(SYSTEM, office.open(instances.readable(SYSTEM, ids[0]))["a"].id, {}, now=office.now)
    assert work_off(office, "return", ids, element_id="a") == (1, 1)
    assert open_steps(office, ids[0]) == {"a"}


def test_many_instances_go_over_to_another_version_and_those_that_cannot_stay(office: Office) -> None:
    office.deploy(TWO)
    ids = [office.start("two").id for _ in range(3)]
    tasks.submit(SYSTEM, office.open(instances.readable(SYSTEM, ids[2]))["a"].id, {}, now=office.now)
    new = office.deploy(bundle("two", start("s"), user("c"), end("e"), "s -> c -> e")).definitions[0].id
    assert work_off(office, "migrate", ids, definition=new, mapping={"a": "c"}) == (2, 1)
    assert [open_steps(office, each) for each in ids] == [{"c"}, {"c"}, {"b"}]


def test_incidents_of_many_instances_are_skipped(office: Office) -> None:
    office.deploy(FAULTY)
    ids = [office.start("faulty", {"zero": 0}).id for _ in range(2)]
    assert work_off(office, "skip_incidents", ids) == (2, 0)
    assert [open_steps(office, each) for each in ids] == [{"do"}] * 2


@pytest.mark.parametrize(
    ("kind", "parameters", "fields"),
    [
        ("modify", {}, ["instructions"]),
        ("modify", {"instructions": []}, ["instructions"]),
        ("modify", {"instructions": [7]}, ["instructions.0"]),
        ("modify", {"instructions": [{"kind": "jump"}]}, ["instructions.0.kind", "instructions.0.element_id"]),
        (
            "modify",
            {"instructions": [{"kind": "cancel", "element_id": "a", "activation_id": "x"}]},
            ["instructions.0.activation_id"],
        ),
        ("set_variables", {"variables": 1}, ["variables"]),
        ("set_variables", {"variables": {}, "more": 1}, ["more"]),
        ("return", {"element_id": "", "variables_of_the_time": 1}, ["variables_of_the_time"]),
        ("migrate", {}, ["definition"]),
        ("migrate", {"definition": "d", "mapping": {"a": 1}}, ["mapping.a"]),
        ("cancel", {"a": 1}, ["a"]),
    ],
)
def test_parameters_are_refused_by_name(office: Office, kind: str, parameters: Any, fields: list[str]) -> None:
    office.deploy(one_task())
    with pytest.raises(Invalid) as refused:
        batches.create(SYSTEM, kind, [office.start("one").id], "vì thế", now=office.now, parameters=parameters)
    assert [detail.field for detail in refused.value.details] == [f"parameters.{name}" for name in fields]


def test_each_kind_asks_for_the_permission_of_its_verb() -> None:
    asked = {name: kind.permission for name, kind in KINDS.items()}
    assert asked["return"] is Permission.RETURN_INSTANCES
    assert asked["set_variables"] is Permission.SET_VARIABLES
    assert {asked["modify"], asked["skip_incidents"]} == {Permission.MODIFY_INSTANCES}
