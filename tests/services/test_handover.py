"""Everything of a colleague who leaves goes to successors after a look; the log says from whom to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from errors import Forbidden, Invalid, NotFound, WrongState
from services import delegation, handover, history, log, people, planning, substitutions, tasks, views
from services.handover import LEAVE, RELEASE, SHARE, Plan
from services.permissions import SYSTEM, Viewer
from storage.database import db, unit_of_work
from storage.queries import bulk as lists
from storage.tables import Dossier, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import one_task, procedure

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


def steps() -> dict[str, bytes]:
    return procedure(
        "plain", start("s", motcua__nationalStatus="1"), user("work", name="Việc", **SKILLED),
        user("sign", name="Ký", motcua__notBy="work", **SKILLED), end("e"), "s -> work -> sign -> e",
    )  # fmt: skip


@pytest.fixture
def head(office: Office) -> Viewer:
    return office.viewer("truongphong")


@pytest.fixture
def leaver(office: Office) -> Viewer:
    return office.hire("di", "officer", groups=["specialist_prevention"], unit="prevention")


@pytest.fixture
def others(office: Office) -> list[Viewer]:
    return [
        office.hire(name, "officer", groups=["specialist_prevention"], unit="prevention") for name in ("binh", "chi")
    ]


@pytest.fixture
def filed(office: Office, leaver: Viewer) -> list[Dossier]:
    """Six dossiers: five held by who leaves, one delegated by them."""
    office.deploy(steps())
    found = []
    for _ in range(6):
        office.later(minutes=1)
        found.append(office.file_in("plain"))
        tasks.claim(leaver, task(office, found[-1]).id, now=office.now)
    delegation.delegate(leaver, task(office, found[5]).id, "chuyenvien", now=office.now)
    planning.follow_up(leaver, task(office, found[0]).id, office.now + timedelta(days=3), now=office.now)
    return found


def test_what_is_theirs_is_found_by_one_range_of_an_index(office: Office, filed: list[Dossier]) -> None:
    assert handover.left("di") == len(filed)
    found = [str(line) for line in plans(lambda: handover.left("di"), "task_access")]
    assert found
    assert any("principal" in line for line in found), found
    assert not [line for line in found if "Seq Scan" in line or line.startswith("SCAN")], found


def plans(look: Callable[[], object], table: str) -> list[str]:
    """Give how the database would find what these statements read of a table, were it large."""
    found: list[str] = []
    postgresql = db.engine.dialect.name == "postgresql"

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT") and table in statement:
            if postgresql:
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(("EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN ") + statement, parameters)
            found.extend(str(row[-1]) for row in cursor.fetchall())

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        with unit_of_work():
            look()
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    return found


def task(office: Office, dossier: Dossier) -> Task:
    office.look()
    return next(iter(office.open(dossier).values()))


def plan(office: Office, viewer: Viewer, **more: object) -> Plan:
    office.look()
    return handover.plan(viewer, "di", now=office.now, **more)  # type: ignore[arg-type]


def given(office: Office, viewer: Viewer, successors: list[str], **choices: str) -> str:
    """Hand everything over and let it be done; give the act's id."""
    batch_id = uuid4().hex
    keys = {group.way: group.key for group in plan(office, viewer).groups}
    handover.apply(
        viewer, "di", batch_id=batch_id, reason="Nghỉ việc", now=office.now, successors=successors,
        choices={keys[way]: choice for way, choice in choices.items()},
    )  # fmt: skip
    office.tick(seconds=1)
    office.look()
    return batch_id


def test_all_that_is_left_is_seen_and_shared_among_the_colleagues(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    found = plan(office, head, successors=["binh", "chi"])
    ways = {group.way: group for group in found.groups}
    assert set(ways) == {"held", "owned"}
    assert (len(ways["held"].every), ways["held"].follow_ups) == (5, 1)
    assert sum(ways["held"].to.values()) + sum(ways["owned"].to.values()) == 6
    assert set(found.moves.values()) == {"binh", "chi"}
    assert found.weights["binh"] + found.weights["chi"] == 6
    narrowed = plan(office, head, choices={ways["held"].key: "binh", ways["owned"].key: LEAVE})
    held = next(group for group in narrowed.groups if group.way == "held")
    assert held.to == {"binh": 5}
    assert len(narrowed.moves) == 5
    nobody = plan(office, head, successors=[])
    assert nobody.moves == {}
    assert sum(group.stay for group in nobody.groups) == 6


def test_each_task_goes_over_and_the_log_says_from_whom_to_whom(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    batch_id = given(office, head, ["binh"])
    assert [item.state for item in lists.items(batch_id)] == ["done"] * 6
    assert [task(office, dossier).assignee for dossier in filed] == ["binh"] * 5 + ["chuyenvien"]
    delegated = task(office, filed[5])
    assert (delegated.owner, delegated.delegation) == ("binh", "pending")
    assert task(office, filed[0]).follow_up_at is not None
    assert {task(office, dossier).reassigned for dossier in filed[:5]} == {0}
    told = next(each for each in history.told(office.instance(filed[0])) if each.kind == "task.handed_over")
    assert (told.leaver, told.assignee, told.actor, told.reason) == ("di", "binh", "truongphong", "Nghỉ việc")
    held = history.control_sheet(office.instance(filed[5]), now=office.now)
    assert held[0].holder == "chuyenvien"  # the owner changed, not who works on it
    assert history.control_sheet(office.instance(filed[0]), now=office.now)[0].holder == "binh"
    assert handover.left("di") == 0
    assert log.verify().breaks == ()


def test_some_go_back_to_their_groups_and_what_is_left_is_left(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    given(office, head, ["binh"], held=RELEASE, owned=SHARE)
    assert [task(office, dossier).assignee for dossier in filed[:5]] == [None] * 5
    assert task(office, filed[5]).owner == "binh"


def test_duties_and_skills_hold_for_successors(
    office: Office, head: Viewer, others: list[Viewer], leaver: Viewer, filed: list[Dossier]
) -> None:
    first = task(office, filed[0])
    tasks.assign(head, first.id, "binh", now=office.now)
    tasks.submit(others[0], first.id, {}, now=office.now)
    tasks.claim(leaver, task(office, filed[0]).id, now=office.now)
    found = plan(office, head, successors=["binh"])
    assert task(office, filed[0]).id not in found.moves  # who did the work may not sign
    office.hire("khac", "officer", groups=["one_door"], unit="prevention")
    assert plan(office, head, successors=["khac"]).moves == {}


def test_a_task_offered_by_name_is_offered_to_the_successor(
    office: Office, others: list[Viewer], leaver: Viewer
) -> None:
    office.deploy(one_task(motcua__candidateGroups="", motcua__candidateUsers="di"))
    office.start("one")
    admin = office.viewer("quantri")
    given(office, admin, ["binh"])
    found = plan(office, admin)
    assert found.groups == ()
    assert tasks.take_next(others[0], now=office.now) is not None


def test_substitutions_end_and_views_that_others_use_get_an_owner(
    office: Office, head: Viewer, others: list[Viewer], leaver: Viewer, filed: list[Dossier]
) -> None:
    substitutions.appoint(
        leaver, "di", "chi", starts_at=office.now, ends_at=office.now + timedelta(days=5), now=office.now
    )
    mine = views.save(leaver, views.Content(name="Gấp"), now=office.now)
    views.share(leaver, mine.id, "g:specialist_prevention", now=office.now)
    views.save(leaver, views.Content(name="Riêng"), now=office.now)
    found = plan(office, head)
    assert (found.rest.substitutions, found.rest.shared_views, found.rest.own_views) == (1, 1, 1)
    given(office, head, ["binh"])
    rest = plan(office, head).rest
    assert (rest.substitutions, rest.shared_views, rest.own_views) == (0, 0, 1)
    assert any(known.view.id == mine.id and known.view.owner == "binh" for known in views.of(others[0]))


def test_an_account_with_tasks_is_deactivated_only_knowingly(
    office: Office, head: Viewer, others: list[Viewer], filed: list[Dossier]
) -> None:
    with pytest.raises(WrongState) as refused:
        people.set_active(SYSTEM, "di", active=False, now=office.now)
    assert "6" in refused.value.text.en
    given(office, head, ["binh"])
    people.set_active(SYSTEM, "di", active=False, now=office.now)
    people.set_active(SYSTEM, "binh", active=False, now=office.now, even_so=True)
    people.set_active(SYSTEM, "binh", active=True, now=office.now)


def test_who_may_not_hand_over_is_refused(office: Office, head: Viewer, leaver: Viewer, filed: list[Dossier]) -> None:
    for viewer, error in (
        (leaver, Forbidden), (office.viewer("quanly"), Forbidden), (office.hire("la", "head", unit="office"), NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            plan(office, viewer)
    with pytest.raises(NotFound):
        handover.plan(head, "nobody", now=office.now)
    with pytest.raises(Invalid):
        handover.apply(
            head, "di", batch_id=uuid4().hex, reason=" ", now=office.now, successors=["chuyenvien"], choices={}
        )
