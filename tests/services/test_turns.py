"""First in, first out by filing time within priority and skill; who takes another one says why, and it is counted."""

from __future__ import annotations

from datetime import datetime

import pytest

from errors import Forbidden, InvalidAnswers
from services import log, planning, suspension, tasks, turns
from services.permissions import SYSTEM, Viewer, scope_of
from storage.queries import tasks as lists
from storage.queries import turns as queries
from storage.queries.tasks import Filter
from storage.tables import Dossier, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


def plain(key: str = "plain", **more: str) -> dict[str, bytes]:
    return procedure(
        key,
        start("s", motcua__nationalStatus="1"),
        user("work", name="Việc", **{**SKILLED, **more}),
        user("other", name="Khác", **SKILLED),
        end("e"),
        "s -> work -> other -> e",
    )


@pytest.fixture
def officer(office: Office) -> Viewer:
    return office.viewer("chuyenvien")


@pytest.fixture
def filed(office: Office) -> list[Dossier]:
    """Three dossiers, the first one filed first."""
    office.deploy(plain())
    found = []
    for _ in range(3):
        found.append(office.file_in("plain"))
        office.later(minutes=1)
    return found


def task(office: Office, dossier: Dossier, element: str = "work") -> Task:
    office.look()
    return office.open(dossier)[element]


def taken(office: Office, viewer: Viewer) -> str | None:
    found = tasks.take_next(viewer, now=office.now)
    office.look()
    return found.business_key if found else None


def test_the_next_one_is_the_first_filed_and_one_finishes_what_one_holds_first(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    assert [taken(office, officer) for _ in range(2)] == [filed[0].code] * 2
    tasks.submit(officer, task(office, filed[0]).id, {}, now=office.now)
    assert taken(office, officer) == filed[0].code  # its other step, whose dossier was filed first
    tasks.submit(officer, task(office, filed[0], "other").id, {}, now=office.now)
    assert taken(office, officer) == filed[1].code


def test_urgent_ones_go_first_in_the_queue_and_among_those_due_at_the_same_moment(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    planning.prioritise(office.viewer("truongphong"), task(office, filed[2]).id, 80, now=office.now, reason="Khẩn")
    listed = lists.inbox(scope_of(officer), Filter(), now=office.now).rows
    assert [row.code for row in listed] == [filed[2].code, filed[0].code, filed[1].code]
    assert taken(office, officer) == filed[2].code


def test_taking_another_one_asks_for_a_reason_which_is_counted(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        tasks.claim(officer, task(office, filed[1]).id, now=office.now)
    (detail,) = refused.value.details
    assert (detail.field, detail.code, filed[0].code in detail.message.vi) == ("reason", "out_of_turn", True)
    tasks.claim(officer, task(office, filed[1]).id, now=office.now, reason="Cùng doanh nghiệp với hồ sơ khác")
    assert turns.exceptions_of(officer, datetime.min.replace(tzinfo=office.now.tzinfo)) == 1
    (exception,) = queries.exceptions_in(filed[1].instance_id)
    assert exception.ahead == task(office, filed[0]).id
    *_, (row, data) = log.events_of(filed[1].instance_id)
    assert (row.kind, data["reason"], data["ahead"]) == (
        "task.claimed",
        "Cùng doanh nghiệp với hồ sơ khác",
        filed[0].code,
    )
    tasks.claim(officer, task(office, filed[0]).id, now=office.now)
    tasks.claim(officer, task(office, filed[2]).id, now=office.now)
    assert turns.exceptions_of(officer, exception.at) == 1


def test_what_waits_for_others_or_cannot_be_done_holds_nobody_up(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    suspension.suspend(SYSTEM, filed[0].instance_id, "Chờ", now=office.now)
    tasks.assign(SYSTEM, task(office, filed[1]).id, "chuyenvien", now=office.now)
    tasks.claim(officer, task(office, filed[2]).id, now=office.now)
    assert taken(office, officer) == filed[1].code
    with pytest.raises(Forbidden):
        tasks.take_next(office.viewer("nguoinop"), now=office.now)


def test_a_queue_skips_what_the_viewers_duties_bar(office: Office, officer: Viewer) -> None:
    office.deploy(
        procedure(
            "apart",
            start("s", motcua__nationalStatus="1"),
            user("work", **SKILLED),
            user("sign", motcua__notBy="work", **SKILLED),
            end("e"),
            "s -> work -> sign -> e",
        )
    )
    first = office.file_in("apart")
    tasks.submit(officer, task(office, first).id, {}, now=office.now)
    assert taken(office, officer) is None
    second = office.file_in("apart")
    assert taken(office, officer) == second.code


def test_only_heads_and_leaders_set_a_priority_within_its_range(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    head, task_id = office.viewer("truongphong"), task(office, filed[0]).id
    with pytest.raises(Forbidden):
        planning.prioritise(officer, task_id, 80, now=office.now)
    with pytest.raises(InvalidAnswers) as refused:
        planning.prioritise(head, task_id, 101, now=office.now, reason="x" * 5000)
    assert [detail.field for detail in refused.value.details] == ["priority", "reason"]
    for _ in range(2):
        planning.prioritise(head, task_id, 60, now=office.now)
    assert [row.kind for row, _ in log.events_of(filed[0].instance_id)].count("task.priority") == 1


def test_a_follow_up_date_lies_ahead_and_is_the_holders(office: Office, officer: Viewer, filed: list[Dossier]) -> None:
    task_id = task(office, filed[0]).id
    with pytest.raises(InvalidAnswers):
        planning.follow_up(officer, task_id, office.now, now=office.now)
    at = office.now.replace(year=office.now.year + 1)
    planning.follow_up(officer, task_id, at, now=office.now)
    planning.follow_up(officer, task_id, at, now=office.now)
    assert task(office, filed[0]).follow_up_at == at
    planning.follow_up(officer, task_id, None, now=office.now)
    assert [row.kind for row, _ in log.events_of(filed[0].instance_id)].count("task.follow_up") == 2
    tasks.claim(officer, task_id, now=office.now)
    other = office.hire("other", "officer", groups=["specialist_prevention"])
    with pytest.raises(Forbidden):
        planning.follow_up(other, task_id, at, now=office.now)


def test_who_completes_what_nobody_has_claimed_keeps_to_the_turn_too(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    last = task(office, filed[2])
    with pytest.raises(InvalidAnswers) as refused:
        tasks.submit(officer, last.id, {}, now=office.now)
    (detail,) = refused.value.details
    assert (detail.field, detail.code) == ("turn_reason", "out_of_turn")
    assert str(filed[0].code) in detail.message.en
    assert turns.exceptions_of(officer, office.now) == 0
    tasks.submit(officer, last.id, {}, now=office.now, turn_reason="Cấp cứu")
    (exception,) = queries.exceptions_in(filed[2].instance_id)
    assert (exception.username, exception.reason) == ("chuyenvien", "Cấp cứu")
    said = [data for row, data in log.events_of(filed[2].instance_id) if row.kind == "task.completed"]
    assert (said[0]["ahead"], said[0]["turn_reason"]) == (filed[0].code, "Cấp cứu")
    tasks.submit(officer, task(office, filed[0]).id, {}, now=office.now)  # its turn
    tasks.claim(officer, task(office, filed[1]).id, now=office.now)
    held = office.file_in("plain")
    tasks.claim(officer, task(office, held).id, now=office.now)
    tasks.submit(officer, task(office, held).id, {}, now=office.now)  # nobody waits: the one before is held
    tasks.submit(SYSTEM, task(office, filed[1]).id, {}, now=office.now)
    assert turns.exceptions_of(officer, filed[0].filed_at) == 1
