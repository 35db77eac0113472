"""Variables set by an operator: kinds kept, conditions asked at once, the log proves values without telling them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine import runner
from errors import Forbidden, Invalid, InvalidAnswers, WrongState
from services import instances, loading, log, modifications, suspension, variables
from services.permissions import SYSTEM
from tests.engine.diagrams import catch, condition, each, end, fork, start, user
from tests.office import Office
from tests.services.bundles import bundle

WHY = "nhập sai"
WATCH = bundle(
    "watch", start("s"), fork("f"), user("a", each("rows", item="row")), catch("w", condition("n > 3")),
    user("z"), end("e"), "s -> f -> a -> e", "f -> w -> z -> e",
)  # fmt: skip


def seen(instance, task_id=None):
    instance = instances.readable(SYSTEM, instance.id)
    known = loading.load(instance.definition_id).definition
    return runner.task_variables(known, instance.state, task_id) if task_id else runner.variables(known, instance.state)


def test_variables_are_changed_and_the_rest_stays(office: Office) -> None:
    office.deploy(WATCH)
    instance = office.start("watch", {"n": 0, "rows": [1], "keep": "x"})
    operator = office.hire("van", "operator")
    given = {"n": 1, "day": {"$date": "2026-08-20"}, "fee": {"$decimal": "1.20"}, "gone": None, "deep": {"a": [1]}}
    variables.set_variables(operator, instance.id, given, WHY, now=office.now)
    assert seen(instance) == {
        "n": 1, "rows": [1], "keep": "x", "day": date(2026, 8, 20), "fee": Decimal("1.20"), "gone": None,
        "deep": {"a": [1]},
    }  # fmt: skip
    assert variables.editable(operator, instance.id)["day"] == {"$date": "2026-08-20"}
    *_, (row, data) = log.events_of(instance.id)
    assert (row.kind, row.actor, data["reason"]) == ("variables.set", "van", WHY)
    assert sorted(data["set"]) == sorted(given)
    before, after = data["set"]["n"]
    assert before != after
    assert data["set"]["day"][0] is None
    assert "2026-08-20" not in row.data
    assert log.verify().breaks == ()


def test_a_condition_that_holds_now_happens_at_once(office: Office) -> None:
    office.deploy(WATCH)
    instance = office.start("watch", {"n": 0, "rows": [1]})
    variables.set_variables(SYSTEM, instance.id, {"n": 4}, WHY, now=office.now)
    assert sorted(office.open(instance)) == ["a", "z"]


def test_one_activation_gets_its_own(office: Office) -> None:
    office.deploy(WATCH)
    instance = office.start("watch", {"n": 0, "rows": [1, 2]})
    inside = [one for one in modifications.activations(SYSTEM, instance.id) if (one.local or {}).get("row")]
    variables.set_variables(SYSTEM, instance.id, {"row": 9}, WHY, now=office.now, activation_id=inside[0].id)
    assert [seen(instance, one.id)["row"] for one in inside] == [9, 2]
    assert "row" not in seen(instance)
    variables.set_variables(SYSTEM, instance.id, {"row": 7}, WHY, now=office.now, activation_id=instance.id)
    assert seen(instance)["row"] == 7
    with pytest.raises(Invalid) as refused:
        variables.set_variables(SYSTEM, instance.id, {"row": 9}, WHY, now=office.now, activation_id="nothing")
    assert [detail.field for detail in refused.value.details] == ["activation_id"]


def test_what_cannot_be_kept_is_refused(office: Office) -> None:
    office.deploy(WATCH)
    instance = office.start("watch", {"n": 0, "rows": [1]})
    for wrong in ({}, {"n": "\0"}, {"n": {"$date": "soon"}}, {"": 1}):
        with pytest.raises(Invalid):
            variables.set_variables(SYSTEM, instance.id, wrong, WHY, now=office.now)
    with pytest.raises(InvalidAnswers):
        variables.set_variables(SYSTEM, instance.id, {"n": 1}, "", now=office.now)
    with pytest.raises(Forbidden):
        variables.set_variables(office.viewer("thietke"), instance.id, {"n": 1}, WHY, now=office.now)
    assert seen(instance) == {"n": 0, "rows": [1]}


def test_a_suspended_instance_takes_them_and_an_ended_one_does_not(office: Office) -> None:
    office.deploy(WATCH)
    instance = office.start("watch", {"n": 0, "rows": [1]})
    suspension.suspend(SYSTEM, instance.id, WHY, now=office.now)
    assert variables.set_variables(SYSTEM, instance.id, {"n": 1}, WHY, now=office.now).status == "suspended"
    instances.cancel(SYSTEM, instance.id, WHY, now=office.now)
    with pytest.raises(WrongState):
        variables.set_variables(SYSTEM, instance.id, {"n": 1}, WHY, now=office.now)
