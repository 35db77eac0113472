"""A colleague does somebody's tasks while they are away: from when to when, in which processes, and told as such."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from errors import Forbidden, InvalidAnswers, NotFound, TaskTaken
from services import delegation, documents, drafts, instances, interests, log, people, substitutions, tasks
from services.permissions import SYSTEM, Viewer
from storage.tables import Dossier, Substitution, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import beside, procedure

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}
DAY = timedelta(days=1)


@pytest.fixture
def away(office: Office) -> Viewer:
    return office.viewer("chuyenvien")


@pytest.fixture
def head(office: Office) -> Viewer:
    return office.viewer("truongphong")


@pytest.fixture
def dossier(office: Office) -> Dossier:
    office.deploy(beside("beside", 2))
    return office.file_in("beside")


def task(office: Office, dossier: Dossier, element: str = "t1") -> Task:
    office.look()
    return office.open(dossier)[element]


def appointed(office: Office, who: Viewer, **more: object) -> Substitution:
    given = {"starts_at": office.now, "ends_at": office.now + 3 * DAY, "now": office.now, **more}
    return substitutions.appoint(who, "chuyenvien", "chuyenvientb", **given)  # type: ignore[arg-type]


def stand_in(office: Office) -> Viewer:
    """Give the substitute as they are signed in now."""
    viewer = office.viewer("chuyenvientb")
    return replace(viewer, stands_for=substitutions.standing("chuyenvientb", now=office.now))


def test_the_substitute_does_what_is_given_or_offered_to_the_absent_one_and_the_log_says_for_whom(
    office: Office, away: Viewer, head: Viewer, dossier: Dossier
) -> None:
    tasks.claim(away, task(office, dossier).id, now=office.now)
    with pytest.raises(NotFound):
        tasks.open_task(stand_in(office), task(office, dossier).id, now=office.now)
    appointed(office, head)
    substitute = stand_in(office)
    for element in ("t1", "t2"):
        assert tasks.open_task(substitute, task(office, dossier, element).id, now=office.now).can_submit
    assert documents.may_read_dossier(substitute, dossier)
    assert instances.readable(substitute, dossier.instance_id).id == dossier.instance_id
    drafts.save_task(substitute, task(office, dossier).id, {}, seen_version=0, reason="Dở", now=office.now)
    tasks.submit(substitute, task(office, dossier).id, {}, now=office.now)
    tasks.claim(substitute, task(office, dossier, "t2").id, now=office.now)
    tasks.submit(substitute, task(office, dossier, "t2").id, {}, now=office.now)
    told = [(row.kind, row.actor, data.get("for")) for row, data in log.events_of(dossier.instance_id)][2:]
    assert told == [
        ("task.completed", "chuyenvientb", "chuyenvien"),
        ("task.claimed", "chuyenvientb", "chuyenvien"),
        ("task.completed", "chuyenvientb", "chuyenvien"),
    ]


def test_it_holds_from_its_first_to_its_last_moment_and_for_its_processes_only(
    office: Office, head: Viewer, dossier: Dossier
) -> None:
    office.deploy(beside("another", 1))
    other = office.file_in("another")
    appointed(office, head, starts_at=office.now + DAY, ends_at=office.now + 2 * DAY, keys=["beside"])
    assert stand_in(office).stands_for == ()
    office.later(days=1)
    substitute = stand_in(office)
    assert tasks.may_see(substitute, task(office, dossier))
    assert not tasks.may_see(substitute, task(office, other))
    with pytest.raises(NotFound):
        tasks.submit(substitute, task(office, other).id, {}, now=office.now)
    office.later(days=1)
    assert stand_in(office).stands_for == ()
    token = people._open("chuyenvientb", "", None, office.now)
    signed_in = people.viewer_of_session(token, now=office.now - DAY, idle=3 * DAY)
    assert signed_in is not None
    assert [one.username for one in signed_in.stands_for] == ["chuyenvien"]


def test_neither_what_the_absent_one_nor_what_the_substitute_may_not_do(
    office: Office, away: Viewer, head: Viewer
) -> None:
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
    appointed(office, head)
    for doer in (away, stand_in(office)):
        dossier = office.file_in("apart")
        tasks.submit(doer, task(office, dossier, "work").id, {}, now=office.now)
        for who in (away, stand_in(office)):
            with pytest.raises(Forbidden):
                tasks.submit(who, task(office, dossier, "sign").id, {}, now=office.now)
    dossier = office.file_in("apart")
    interests.declare(away, task(office, dossier, "work").id, "Người nhà", now=office.now)
    with pytest.raises(Forbidden):
        tasks.claim(stand_in(office), task(office, dossier, "work").id, now=office.now)


def test_a_substitute_passes_nothing_on_and_holds_nobody_up(
    office: Office, away: Viewer, head: Viewer, dossier: Dossier
) -> None:
    appointed(office, head)
    third = office.hire("third", "officer", groups=["specialist_device"])
    substitutions.appoint(
        office.viewer("quantri"),
        "chuyenvientb",
        "third",
        starts_at=office.now,
        ends_at=office.now + DAY,
        now=office.now,
    )
    third = replace(third, stands_for=substitutions.standing("third", now=office.now))
    assert not tasks.may_see(third, task(office, dossier))
    tasks.claim(stand_in(office), task(office, dossier).id, now=office.now)
    with pytest.raises(TaskTaken):
        tasks.claim(away, task(office, dossier).id, now=office.now)
    delegation.resolve(away, task(office, dossier).id, now=office.now)
    assert task(office, dossier).assignee == "chuyenvien"


def test_who_appoints_and_ends_and_what_is_wrong_is_said_at_once(office: Office, away: Viewer, head: Viewer) -> None:
    for who in (away, head, office.viewer("quantri")):
        assert appointed(office, who).id == appointed(office, SYSTEM).id
    for stranger in ("truongphongduoc", "chuyenvientb", "nguoinop"):
        with pytest.raises(Forbidden):
            appointed(office, office.viewer(stranger))
    with pytest.raises(NotFound):
        substitutions.appoint(
            SYSTEM, "nobody", "chuyenvien", starts_at=office.now, ends_at=office.now + DAY, now=office.now
        )
    with pytest.raises(InvalidAnswers) as refused:
        substitutions.appoint(
            away,
            "chuyenvien",
            "nguoinop",
            starts_at=office.now,
            ends_at=office.now,
            now=office.now,
            keys=[""],
            reason="x" * 3000,
        )
    assert [detail.field for detail in refused.value.details] == ["substitute", "ends_at", "keys", "reason"]
    (one,) = substitutions.of_person(head, "chuyenvien", now=office.now)
    with pytest.raises(Forbidden):
        substitutions.end(office.viewer("truongphongduoc"), one.id, now=office.now)
    for _ in range(2):
        substitutions.end(stand_in(office), one.id, now=office.now)
    assert stand_in(office).stands_for == ()
    kinds = [row.kind for row, _ in log.events_of("people") if row.kind.startswith("substitution")]
    assert kinds == ["substitution.appointed", "substitution.ended"]
