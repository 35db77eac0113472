"""The load of a unit's people is seen by its head, who moves tasks after a look at what would be."""

from __future__ import annotations

from uuid import uuid4

import pytest

from errors import Forbidden, Invalid, NotFound
from services import drafts, load, log, rebalancing, sharing, tasks
from services.permissions import SYSTEM, Viewer
from services.sharing import Move, Piece
from storage.queries import bulk as lists
from storage.tables import Dossier, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.services.test_statements import counted

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


def steps() -> dict[str, bytes]:
    return procedure(
        "plain", start("s", motcua__nationalStatus="1"),
        user("work", name="Việc", motcua__limit="3 working_days", **SKILLED),
        user("sign", name="Ký", motcua__notBy="work", **SKILLED), end("e"), "s -> work -> sign -> e",
    )  # fmt: skip


@pytest.fixture
def head(office: Office) -> Viewer:
    return office.viewer("truongphong")


@pytest.fixture
def others(office: Office) -> list[Viewer]:
    """Two more of the skill, and one of the unit without it."""
    office.hire("khac", "officer", groups=["one_door"], unit="prevention")
    return [
        office.hire(name, "officer", groups=["specialist_prevention"], unit="prevention") for name in ("binh", "chi")
    ]


@pytest.fixture
def filed(office: Office) -> list[Dossier]:
    """Nine dossiers, all held by one officer."""
    office.deploy(steps())
    found = []
    for _ in range(9):
        office.later(minutes=1)
        found.append(office.file_in("plain"))
        tasks.claim(office.viewer("chuyenvien"), task(office, found[-1]).id, now=office.now)
    return found


def task(office: Office, dossier: Dossier) -> Task:
    office.look()
    return next(iter(office.open(dossier).values()))


def loads(office: Office, head: Viewer) -> dict[str, tuple[int, int]]:
    office.look()
    return {each.person.username: (each.open, each.done) for each in load.of_unit(head, "prevention", now=office.now)}


def plan(office: Office, head: Viewer, **more: object) -> rebalancing.Plan:
    office.look()
    return rebalancing.plan(head, "prevention", now=office.now, most=int(str(more.pop("most", 5))), **more)  # type: ignore[arg-type]


def test_a_head_sees_the_load_of_the_unit_and_others_do_not(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    tasks.submit(office.viewer("chuyenvien"), task(office, filed[0]).id, {}, now=office.now)
    late = task(office, filed[8])
    tasks.assign(head, late.id, "binh", now=office.now)
    seen = loads(office, head)
    assert seen["chuyenvien"] == (7, 1)
    assert seen["binh"] == (1, 0)
    assert seen["chi"] == (0, 0)
    office.later(days=60)
    found = {each.person.username: each for each in load.of_unit(head, "prevention", now=office.now)}
    assert (found["binh"].breached, found["binh"].weight, found["chuyenvien"].done) == (1, 3, 0)
    assert next(iter(found)) == "chuyenvien"  # the heaviest first
    for viewer in (office.viewer("chuyenvien"), office.hire("la", "head", unit="office")):
        with pytest.raises(Forbidden):
            load.of_unit(viewer, "prevention", now=office.now)
    assert load.of_unit(office.viewer("quanly"), "prevention", now=office.now)
    with pytest.raises(NotFound):
        load.of_unit(office.viewer("quanly"), "nowhere", now=office.now)


def test_tasks_taken_before_their_turn_are_counted_and_their_reasons_read(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    office.file_in("plain")
    office.later(minutes=1)
    last = office.file_in("plain")
    tasks.claim(others[0], task(office, last).id, now=office.now, reason="Cấp cứu")
    found, held, exceptions = load.of_person(head, "binh", now=office.now, limit=50)
    assert (found.exceptions, len(held)) == (1, 1)
    assert [(each.code, each.reason) for each in exceptions] == [(last.code, "Cấp cứu")]
    with pytest.raises(Forbidden):
        load.of_person(others[0], "chuyenvien", now=office.now, limit=50)


def test_load_costs_the_same_statements_however_many_people_and_tasks(
    office: Office, head: Viewer, filed: list[Dossier]
) -> None:
    costs = []
    for number in range(3):
        with counted() as sent:
            load.of_unit(head, "prevention", now=office.now)
        few = len(sent)
        with counted() as sent:
            rebalancing.plan(head, "prevention", now=office.now, most=5)
        costs.append((few, len(sent)))
        for more in range(4):
            office.hire(f"p{number}{more}", "officer", groups=["specialist_prevention"], unit="prevention")
    assert costs[1] == costs[2], costs
    assert costs[2][0] <= 8, costs
    assert costs[2][1] <= 11, costs


def test_moves_are_proposed_looked_at_changed_and_done_with_an_event_each(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    proposed = plan(office, head)
    assert {line.to for line in proposed.lines} == {"binh", "chi"}
    assert proposed.counts == {"chuyenvien": 3, "binh": 3, "chi": 3, "khac": 0, "truongphong": 0}
    chosen = {line.held.task.id: line.to for line in proposed.lines}
    first = next(iter(chosen))
    changed = plan(office, head, chosen=chosen | {first: "khac"})  # has not the skill: stays
    assert next(line.to for line in changed.lines if line.held.task.id == first) == ""
    chosen[first] = ""
    batch_id = uuid4().hex
    for _ in range(2):
        rebalancing.apply(head, "prevention", chosen, batch_id=batch_id, reason="Chia đều", now=office.now, most=5)
    office.tick(seconds=1)
    assert [item.state for item in lists.items(batch_id)] == ["done"] * 5
    assert loads(office, head)["chuyenvien"] == (4, 0)
    moved = lists.items(batch_id)[0].task_id
    events = [(row.actor, data) for row, data in log.events_of(moved.partition(".")[0]) if row.kind == "task.assigned"]
    assert events[0][0] == "truongphong"
    assert (events[0][1]["because"], events[0][1]["from"], events[0][1]["reason"]) == (
        "rebalance", "chuyenvien", "Chia đều",
    )  # fmt: skip


def test_nobody_gets_what_they_may_not_do_and_nothing_is_taken_away_while_it_is_typed_in(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    officer, (binh, _) = office.viewer("chuyenvien"), others
    tasks.submit(SYSTEM, task(office, filed[0]).id, {}, now=office.now)
    tasks.assign(head, task(office, filed[1]).id, "binh", now=office.now)
    tasks.submit(binh, task(office, filed[1]).id, {}, now=office.now)
    tasks.claim(officer, task(office, filed[1]).id, now=office.now, reason="x")  # who did the work may not sign
    drafts.save_task(officer, task(office, filed[3]).id, {"a": 1}, seen_version=0, now=office.now)
    found = plan(office, head, chosen={task(office, one).id: "binh" for one in filed[1:5]}, most=5)
    to = {line.held.task.dossier_id: line.to for line in found.lines}
    assert to[filed[1].id] == ""
    assert filed[3].id not in to
    assert to[filed[4].id] == "binh"
    assert found.kept == 1
    tasks.assign(head, task(office, filed[5]).id, "binh", now=office.now)
    assert filed[5].id not in {
        line.held.task.dossier_id
        for line in plan(office, head, chosen={task(office, filed[5]).id: "chi"}, most=1).lines
    }


def test_what_changed_meanwhile_is_refused_by_itself(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    officer = office.viewer("chuyenvien")
    every = [task(office, one).id for one in filed[:3]]
    batch_id = uuid4().hex
    rebalancing.apply(
        head, "prevention", dict.fromkeys(every, "binh"), batch_id=batch_id, reason="x", now=office.now, most=5
    )
    tasks.unclaim(officer, every[0], now=office.now)
    drafts.save_task(officer, every[1], {"a": 1}, seen_version=0, now=office.now)
    office.tick(seconds=1)
    assert sorted(item.code or "" for item in lists.items(batch_id)) == ["", "conflict", "conflict"]
    for chosen, reason in (({}, "x"), ({every[2]: "binh"}, ""), ({"none": "binh"}, "x")):
        with pytest.raises(Invalid):
            rebalancing.apply(head, "prevention", chosen, batch_id=uuid4().hex, reason=reason, now=office.now, most=5)
    with pytest.raises(Forbidden):
        rebalancing.plan(office.viewer("quanly"), "prevention", now=office.now, most=5)


def test_weights_are_evened_out_and_each_move_helps() -> None:
    everybody = frozenset({"a", "b", "c"})
    pieces = [Piece(id=str(n), holder="a", weight=1, fits=everybody) for n in range(6)]
    moves = sharing.even_out({"a": 6, "b": 0, "c": 0}, pieces, most=100)
    assert sorted(move.to for move in moves) == ["b", "b", "c", "c"]
    assert sharing.even_out({"a": 6, "b": 0}, pieces, most=1) == (Move(id="0", holder="a", to="b"),)
    assert sharing.even_out({"a": 2, "b": 1}, pieces[:2], most=9) == ()
    heavy = [Piece(id="x", holder="a", weight=3, fits=everybody)]
    assert sharing.even_out({"a": 3, "b": 0}, heavy, most=9) == ()  # it would only change hands
    none = [Piece(id="x", holder="a", weight=1, fits=frozenset({"a"}))]
    assert sharing.even_out({"a": 9, "b": 0}, none, most=9) == ()
    assert sharing.hand_out({"b": 2, "c": 0}, pieces[:4]) == {"0": "c", "1": "c", "2": "b", "3": "c"}
    assert sharing.hand_out({}, pieces) == {}
