"""Duties kept apart: who did one step may not do another; who has an interest does none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from errors import Forbidden, InvalidAnswers, InvalidBundle
from services import delegation, duties, interests, log, substitutions, tasks
from services.permissions import SYSTEM, Viewer, scope_of
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from storage.tables import Instance, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import bundle

GROUP = {"motcua__candidateGroups": "one_door"}


def signed(key: str = "signed", **sign: str) -> dict[str, bytes]:
    """Give a process in which who appraised may not sign."""
    sign = {**GROUP, "motcua__notBy": "appraise", **sign}
    return bundle(
        key, start("s"), user("appraise", name="Thẩm định", **GROUP), user("sign", name="Ký", **sign), end("e"),
        "s -> appraise -> sign -> e",
    )  # fmt: skip


@pytest.fixture
def one(office: Office) -> Viewer:
    return office.hire("one", "officer", groups=["one_door"])


@pytest.fixture
def two(office: Office) -> Viewer:
    return office.hire("two", "officer", groups=["one_door"])


@pytest.fixture
def head(office: Office) -> Viewer:
    return office.hire("chief", "head", groups=["one_door"])


@pytest.fixture
def appraised(office: Office, one: Viewer) -> Instance:
    """An instance that `one` has appraised and that waits for the signature."""
    office.deploy(signed())
    instance = office.start("signed")
    tasks.submit(one, open_task(office, instance, "appraise").id, {}, now=office.now)
    return instance


def open_task(office: Office, instance: Instance, element: str) -> Task:
    office.look()
    return office.open(instance)[element]


def test_who_appraised_neither_claims_nor_completes_nor_is_given_the_signature(
    office: Office, appraised: Instance, one: Viewer, two: Viewer, head: Viewer
) -> None:
    task_id = open_task(office, appraised, "sign").id
    with pytest.raises(Forbidden, match="Thẩm định"):
        tasks.claim(one, task_id, now=office.now)
    with pytest.raises(Forbidden):
        tasks.submit(one, task_id, {}, now=office.now)
    for give in (tasks.assign, delegation.delegate):
        with pytest.raises(InvalidAnswers) as refused:
            give(head, task_id, "one", now=office.now)
        assert [(d.field, d.code) for d in refused.value.details] == [("assignee", "duties")]
    opened = tasks.open_task(one, task_id, now=office.now)
    assert (opened.can_claim, opened.can_submit, opened.barred is not None) == (False, False, True)
    tasks.claim(two, task_id, now=office.now)
    assert tasks.submit(two, task_id, {}, now=office.now).instance.status == "completed"


def test_it_holds_for_administrators_and_for_those_in_whose_name_it_was_done(
    office: Office, one: Viewer, two: Viewer
) -> None:
    office.deploy(signed())
    admin = office.hire("boss", "admin")
    for who in (admin, one):
        instance = office.start("signed")
        task_id = open_task(office, instance, "appraise").id
        if who is one:  # a substitute does it for its holder
            tasks.claim(one, task_id, now=office.now)
            end = office.now + timedelta(days=1)
            substitutions.appoint(SYSTEM, "one", "two", starts_at=office.now, ends_at=end, now=office.now)
            two = replace(two, stands_for=substitutions.standing("two", now=office.now))
        tasks.submit(two if who is one else admin, task_id, {}, now=office.now)
        for barred in (one, two) if who is one else (admin,):
            with pytest.raises(Forbidden):
                tasks.submit(barred, open_task(office, instance, "sign").id, {}, now=office.now)


def test_a_diagram_that_assigns_it_to_who_did_the_other_leaves_it_to_the_candidates(
    office: Office, one: Viewer
) -> None:
    office.deploy(signed(motcua__assignee="one"))
    instance = office.start("signed")
    tasks.submit(one, open_task(office, instance, "appraise").id, {}, now=office.now)
    assert open_task(office, instance, "sign").assignee is None
    office.deploy(signed("named", motcua__assignee="one", motcua__candidateGroups=""))
    instance = office.start("named")
    done = tasks.submit(one, open_task(office, instance, "appraise").id, {}, now=office.now)
    assert done.instance.incidents == 1
    assert open_task(office, instance, "sign").assignee is None


def test_the_inbox_says_which_ones_are_not_for_this_person(
    office: Office, appraised: Instance, one: Viewer, two: Viewer
) -> None:
    office.start("signed")
    rows = lists.inbox(scope_of(one), Filter(), now=office.now).rows
    sign = open_task(office, appraised, "sign").id
    assert len(rows) == 2
    assert duties.barred_rows("one", rows) == {sign}
    assert duties.barred_rows("two", rows) == frozenset()


def test_who_declares_an_interest_gives_back_what_they_hold_and_does_nothing_of_it(
    office: Office, one: Viewer, two: Viewer, head: Viewer
) -> None:
    office.deploy(signed())
    instance = office.start("signed")
    task_id = open_task(office, instance, "appraise").id
    tasks.claim(one, task_id, now=office.now)
    with pytest.raises(InvalidAnswers):
        interests.declare(one, task_id, " ", now=office.now)
    interests.declare(one, task_id, "Người nộp là em tôi", now=office.now)
    interests.declare(one, task_id, "Người nộp là em tôi", now=office.now)
    assert open_task(office, instance, "appraise").assignee is None
    with pytest.raises(Forbidden):
        tasks.claim(one, task_id, now=office.now)
    with pytest.raises(Forbidden):
        tasks.submit(one, task_id, {}, now=office.now)
    with pytest.raises(InvalidAnswers):
        tasks.assign(head, task_id, "one", now=office.now)
    rows = lists.inbox(scope_of(one), Filter(), now=office.now).rows
    assert duties.barred_rows("one", rows) == {task_id}
    told = [(row.kind, data) for row, data in log.events_of(instance.id)][2:]
    assert told == [
        ("interest.declared", {"who": "one"}),
        ("task.released", {"task": task_id, "element": "appraise", "from": "one", "to": None}),
    ]
    assert [each.reason for each in interests.of_instance(head, instance.id)] == ["Người nộp là em tôi"]
    assert interests.of_instance(two, instance.id) == []


def test_a_head_lifts_a_declaration_but_nobody_their_own(office: Office, one: Viewer, head: Viewer) -> None:
    office.deploy(signed())
    instance = office.start("signed")
    task_id = open_task(office, instance, "appraise").id
    interests.declare(one, task_id, "Nhầm", now=office.now)
    with pytest.raises(Forbidden):
        interests.lift(one, instance.id, "one", "Khai nhầm", now=office.now)
    with pytest.raises(InvalidAnswers):
        interests.lift(head, instance.id, "two", "Khai nhầm", now=office.now)
    interests.lift(head, instance.id, "one", "Khai nhầm", now=office.now)
    interests.lift(head, instance.id, "one", "Khai nhầm", now=office.now)
    assert tasks.claim(one, task_id, now=office.now).assignee == "one"
    interests.declare(head, task_id, "Quen biết", now=office.now)
    with pytest.raises(Forbidden):
        interests.lift(head, instance.id, "chief", "Không sao", now=office.now)


@pytest.mark.parametrize("named", ["sign", "nobody", "s"])
def test_what_can_never_hold_is_refused_at_upload(office: Office, named: str) -> None:
    with pytest.raises(InvalidBundle) as refused:
        office.deploy(signed(motcua__notBy=named))
    rule = "not-by-itself" if named == "sign" else "not-by-unknown"
    assert {finding.rule for finding in refused.value.findings} == {rule}
