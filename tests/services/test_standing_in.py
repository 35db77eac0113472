"""The list of those whom one stands for shows what one may do for them and nothing else; afterwards nothing is left."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from errors import Conflict, Forbidden, NotFound, Refused, TaskTaken
from services import (
    attachments,
    comments,
    delegation,
    history,
    instances,
    interests,
    log,
    people,
    planning,
    substitutions,
    taskrights,
    tasks,
)
from services.permissions import SYSTEM, Viewer, scope_of
from storage.database import session, unit_of_work
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from storage.rows import notices as notice_rows
from storage.rows import people as people_rows
from storage.tables import Dossier, Notice, Substitution, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import beside, procedure
from tests.soak import SOAK, examples

DAY = timedelta(days=1)
SKILLED = {"motcua__candidateGroups": "specialist_prevention"}
PEOPLE = ("anna", "binh", "chi")
GROUPS = ("one_door", "specialist_prevention", "specialist_drug")
KEYS = {"red": "one_door", "blue": "specialist_drug"}
"""Processes, and the group that their steps are offered to."""


def standing(office: Office, username: str) -> Viewer:
    """Give a person as they are signed in now."""
    person = people_rows.load(username)
    assert person is not None
    return replace(people.viewer_of(person), stands_for=substitutions.standing(username, now=office.now))


def listed(office: Office, viewer: Viewer) -> set[str]:
    page = lists.inbox(scope_of(viewer), Filter(view="standing"), now=office.now, limit=500)
    counted = lists.counts(scope_of(viewer), now=office.now)
    assert counted.get("standing", 0) == len(page.rows)
    return {row.id for row in page.rows}


def appointed(office: Office, absent: str, substitute: str, *keys: str, days: int = 2, first: int = 0) -> Substitution:
    begins = office.now + first * DAY
    return substitutions.appoint(
        SYSTEM, absent, substitute, starts_at=begins, ends_at=begins + days * DAY, now=office.now, keys=keys
    )


def path(key: str, groups: str) -> dict[str, bytes]:
    offered = {"motcua__candidateGroups": groups}
    return procedure(
        key,
        start("s", motcua__nationalStatus="1"),
        user("a", **offered),
        user("b", motcua__notBy="a", **offered),
        end("e"),
        "s -> a -> b -> e",
    )


SOMEBODY = st.sampled_from(PEOPLE)
APPOINTED = st.lists(
    st.tuples(SOMEBODY, SOMEBODY, st.sampled_from([(), ("red",), ("blue",), ("blue", "red")]), st.integers(0, 1)),
    min_size=2,
    max_size=5,
)
ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["claim", "claim", "submit", "delegate", "unclaim"]), st.integers(0, 9), SOMEBODY, SOMEBODY
        ),
        st.tuples(st.sampled_from(["file", "wait"]), st.integers(0, 1), SOMEBODY, SOMEBODY),
    ),
    min_size=2,
    max_size=10,
)


@settings(
    max_examples=examples(15, soak=300),
    deadline=None,
    derandomize=not SOAK,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # ids are new in every run: there is nothing to shrink by
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    groups=st.permutations(GROUPS),
    appointments=APPOINTED,
    acts=ACTS,
)
def test_the_list_is_what_one_may_do_for_others(
    office: Office,
    groups: list[str],
    appointments: list[tuple[str, str, tuple[str, ...], int]],
    acts: list[tuple[str, int, str, str]],
) -> None:
    if people_rows.load("deployed") is None:
        office.hire("deployed")
        for key, group in KEYS.items():
            office.deploy(path(key, group))
    began = office.now
    with suppress(_Undone), unit_of_work():
        for name, group in zip(PEOPLE, groups, strict=True):
            office.viewers.pop(name, None)
            office.hire(name, "officer", groups=[group])
        for key in KEYS:
            office.file_in(key)
        for absent, substitute, keys, first in appointments:
            with suppress(Refused):
                appointed(office, absent, substitute, *keys, first=first)
        for act in acts:
            with suppress(Refused):
                _do(office, *act)
        _compare(office)
        raise _Undone
    office.now = began


class _Undone(Exception):
    """Every example leaves the office as it was."""


def _tasks() -> list[Task]:
    return sorted(session().scalars(select(Task)), key=lambda task: task.id)


def _do(office: Office, what: str, number: int, username: str, other: str) -> None:
    open_ones = [task for task in _tasks() if task.state == "open"]
    if what == "file":
        office.file_in(sorted(KEYS)[number])
        return
    if what == "wait":
        office.later(hours=30)
        for each in substitutions.over(office.now):
            substitutions.close(each, now=office.now)
        return
    task, who = open_ones[number % len(open_ones)], standing(office, username)
    if what == "claim":
        tasks.claim(who, task.id, now=office.now, reason="vội")
    elif what == "submit":
        tasks.submit(who, task.id, {}, now=office.now)
    elif what == "unclaim":
        tasks.unclaim(who, task.id, now=office.now)
    else:
        delegation.delegate(who, task.id, other, now=office.now)


def _compare(office: Office) -> None:
    session().flush()
    session().expire_all()
    every = _tasks()
    for name in PEOPLE:
        viewer = standing(office, name)
        bare = replace(viewer, stands_for=())
        shown = listed(office, viewer)
        assert shown == {task.id for task in every if taskrights.stands(viewer, task)}
        for task in every:
            if task.id in shown:
                assert tasks.may_see(viewer, task)
                assert taskrights.may_submit(viewer, task)
                assert not taskrights.may_submit(bare, task)
            elif task.state == "open":  # nothing may be done by a standing that its list does not show
                assert taskrights.may_submit(viewer, task) == taskrights.may_submit(bare, task)


@pytest.fixture
def dossier(office: Office) -> Dossier:
    office.deploy(beside("beside", 2))
    return office.file_in("beside")


def opened(office: Office, dossier: Dossier, element: str = "t1") -> Task:
    office.look()
    return office.open(dossier)[element]


def test_what_a_substitute_took_goes_back_when_the_date_is_past(office: Office, dossier: Dossier) -> None:
    appointed(office, "chuyenvien", "chuyenvientb", days=1)
    task_id = opened(office, dossier).id
    tasks.claim(standing(office, "chuyenvientb"), task_id, now=office.now)
    office.look()
    assert task_id in listed(office, standing(office, "chuyenvientb"))
    office.later(days=1)
    late = standing(office, "chuyenvientb")
    assert listed(office, late) == set()
    for element in ("t1", "t2"):
        with pytest.raises((TaskTaken, NotFound)):
            tasks.submit(late, opened(office, dossier, element).id, {}, now=office.now)
    office.tick()
    task = opened(office, dossier)
    assert (task.assignee, task.owner, task.delegation) == ("chuyenvien", None, None)
    assert not tasks.may_see(late, task)
    told = [(row.kind, row.actor) for row, _ in log.events_of(dossier.instance_id)]
    assert told[-1] == ("task.resolved", "system")
    office.tick()
    assert len(list(log.events_of(dossier.instance_id))) == len(told)


def test_what_another_substitution_still_holds_for_stays(office: Office, dossier: Dossier) -> None:
    appointed(office, "chuyenvien", "chuyenvientb", days=1)
    appointed(office, "chuyenvien", "chuyenvientb", "beside", days=2)
    tasks.claim(standing(office, "chuyenvientb"), opened(office, dossier).id, now=office.now)
    office.tick(days=1)
    assert opened(office, dossier).assignee == "chuyenvientb"
    office.tick(days=1)
    assert opened(office, dossier).assignee == "chuyenvien"


def test_duties_kept_apart_hold_for_both_people_to_the_last(office: Office) -> None:
    office.deploy(path("apart", "specialist_prevention"))
    appointed(office, "chuyenvien", "chuyenvientb")
    dossier = office.file_in("apart")
    tasks.submit(office.viewer("chuyenvien"), opened(office, dossier, "a").id, {}, now=office.now)
    substitute = standing(office, "chuyenvientb")
    sign = opened(office, dossier, "b").id
    page = tasks.open_task(substitute, sign, now=office.now)
    assert page.barred is not None
    assert not page.can_submit
    assert not page.can_claim
    with pytest.raises(Forbidden):
        tasks.claim(substitute, sign, now=office.now)
    with pytest.raises(Forbidden):
        tasks.check(substitute, sign, {}, now=office.now)
    dossier = office.file_in("apart")
    tasks.claim(substitute, opened(office, dossier, "a").id, now=office.now)
    interests.declare(office.viewer("chuyenvien"), opened(office, dossier, "a").id, "Người nhà", now=office.now)
    with pytest.raises(Refused):
        tasks.submit(substitute, opened(office, dossier, "a").id, {}, now=office.now)


def test_both_are_told_of_it_and_not_who_appoints(office: Office) -> None:
    one = appointed(office, "chuyenvien", "chuyenvientb")
    rows = {row.username: row for row in session().scalars(select(Notice))}
    assert set(rows) == {"chuyenvien", "chuyenvientb"}
    assert "Bạn làm thay" in rows["chuyenvientb"].text_vi
    assert "stands in for you from" in rows["chuyenvien"].text_en
    substitutions.end(office.viewer("chuyenvien"), one.id, now=office.now)
    office.look()
    assert notice_rows.told(f"substitution:{one.id}:ended", ["chuyenvien", "chuyenvientb"]) == {"chuyenvientb"}


def test_a_program_stands_for_whom_its_person_stands_for(office: Office, dossier: Dossier) -> None:
    token = people.issue_token(SYSTEM, "chuyenvientb", now=office.now)
    appointed(office, "chuyenvien", "chuyenvientb", days=1)
    program = people.viewer_of_token(token, now=office.now)
    assert program is not None
    assert tasks.may_see(program, opened(office, dossier))
    late = people.viewer_of_token(token, now=office.now + DAY)
    assert late is not None
    assert late.stands_for == ()


def test_a_delegated_task_says_how_it_stands_and_what_was_asked(office: Office, dossier: Dossier) -> None:
    holder, colleague = office.viewer("chuyenvien"), office.hire("giup", "officer", groups=["specialist_prevention"])
    task_id = opened(office, dossier).id
    tasks.claim(holder, task_id, now=office.now)
    delegation.delegate(holder, task_id, "giup", now=office.now, reason="Tính giúp phần phí")
    task = opened(office, dossier)
    assert (task.delegation, task.delegation_reason) == ("pending", "Tính giúp phần phí")
    delegation.resolve(colleague, task_id, now=office.now, reason="Phí là 0 đồng")
    task = opened(office, dossier)
    assert (task.assignee, task.delegation, task.delegation_reason) == ("chuyenvien", "resolved", "Phí là 0 đồng")
    told = [(row.kind, data.get("reason")) for row, data in log.events_of(dossier.instance_id)][-2:]
    assert told == [("task.delegated", "Tính giúp phần phí"), ("task.resolved", "Phí là 0 đồng")]
    assert {(row.username, row.kind) for row in session().scalars(select(Notice))} == {
        ("giup", "delegated"),
        ("chuyenvien", "resolved"),
    }
    with pytest.raises(Conflict):
        delegation.resolve(holder, task_id, now=office.now)
    tasks.submit(holder, task_id, {}, now=office.now)


def test_what_is_written_for_the_absent_one_says_so_in_the_log_and_beside_the_task(
    office: Office, dossier: Dossier
) -> None:
    appointed(office, "chuyenvien", "chuyenvientb")
    tasks.claim(office.viewer("chuyenvien"), opened(office, dossier).id, now=office.now)
    task_id, who = opened(office, dossier).id, standing(office, "chuyenvientb")
    comments.add(who, task_id, "Đã gọi người nộp", now=office.now)
    attachments.add(who, task_id, [office.paper("chuyenvientb", "internal")], now=office.now)
    planning.follow_up(who, task_id, office.now + DAY, now=office.now)
    office.later(minutes=1)
    comments.add(office.viewer("chuyenvien"), task_id, "Cảm ơn", now=office.now)
    office.look()
    (own, said), (file,) = comments.of_task(who, opened(office, dossier)), attachments.of_dossier(who, dossier)
    assert (said.author, said.behalf, said.behalf_name) == ("chuyenvientb", "chuyenvien", person_name("chuyenvien"))
    assert (own.behalf, own.behalf_name) == (None, "")
    assert (file.created_by, file.behalf) == ("chuyenvientb", "chuyenvien")
    attachments.remove(who, task_id, file.id, now=office.now)
    told = [(row.kind, row.actor, data.get("for")) for row, data in log.events_of(dossier.instance_id)]
    kinds = ("comment.added", "attachment.added", "task.follow_up", "attachment.removed")
    assert [each for each in told if each[1] == "chuyenvientb"] == [
        (kind, "chuyenvientb", "chuyenvien") for kind in kinds
    ]
    assert {each.behalf for each in history.told(instances.readable(SYSTEM, dossier.instance_id))} == {"", "chuyenvien"}


def person_name(username: str) -> str:
    person = people_rows.load(username)
    assert person is not None
    return person.name


def test_a_substitute_takes_back_what_the_absent_one_delegated(office: Office, dossier: Dossier) -> None:
    office.hire("giup", "officer", groups=["specialist_prevention"])
    task_id = opened(office, dossier).id
    delegation.delegate(office.viewer("chuyenvien"), task_id, "giup", now=office.now)
    with pytest.raises(NotFound):
        delegation.resolve(office.viewer("chuyenvientb"), task_id, now=office.now)
    appointed(office, "chuyenvien", "chuyenvientb")
    delegation.resolve(standing(office, "chuyenvientb"), task_id, now=office.now)
    assert opened(office, dossier).assignee == "chuyenvien"
    *_, (row, data) = log.events_of(dossier.instance_id)
    assert (row.kind, row.actor, data["for"]) == ("task.resolved", "chuyenvientb", "chuyenvien")


def test_what_a_substitute_delegates_stays_the_absent_ones(office: Office, dossier: Dossier) -> None:
    appointed(office, "chuyenvien", "chuyenvientb", days=1)
    office.hire("giup", "officer", groups=["specialist_prevention"])
    task_id = opened(office, dossier).id
    delegation.delegate(standing(office, "chuyenvientb"), task_id, "giup", now=office.now)
    assert opened(office, dossier).owner == "chuyenvien"
    office.later(days=2)
    delegation.resolve(office.viewer("giup"), task_id, now=office.now)
    assert opened(office, dossier).assignee == "chuyenvien"
