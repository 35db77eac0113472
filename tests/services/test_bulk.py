"""Bulk acts: one thing done with many tasks, each by itself, with the rights and rules of the single one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from errors import Forbidden, Invalid, InvalidAnswers, Malformed, NotFound, WrongState
from services import batches, bulk, delegation, drafts, duties, interests, log, people, planning, tasks
from services.permissions import SYSTEM, Viewer
from storage.database import session
from storage.queries import bulk as lists
from storage.queries import turns
from storage.queries.bulk import TaskItem
from storage.tables import Dossier, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import form, number, procedure, text
from tests.services.test_statements import counted

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}
FORM = form("opinion", text("opinion", required=True), number("score", max=10), text("note"))


def bundle(key: str = "plain", **files: Any) -> dict[str, bytes]:
    return procedure(
        key,
        start("s", motcua__nationalStatus="1"),
        user("work", name="Việc", camunda__formKey="opinion", **SKILLED),
        user("other", name="Khác", **SKILLED),
        end("e"),
        "s -> work -> other -> e",
        opinion__form=files.get("opinion__form", FORM),
    )


@pytest.fixture
def officer(office: Office) -> Viewer:
    return office.viewer("chuyenvien")


@pytest.fixture
def head(office: Office) -> Viewer:
    return office.viewer("truongphong")


@pytest.fixture
def filed(office: Office) -> list[Dossier]:
    """Four dossiers, the first one filed first."""
    office.deploy(bundle())
    return [file(office) for _ in range(4)]


def file(office: Office, key: str = "plain") -> Dossier:
    office.later(minutes=1)
    return office.file_in(key)


def task(office: Office, dossier: Dossier, element: str = "work") -> Task:
    office.look()
    return next(each for each in office.every_task(dossier) if each.element_id == element)


def ids(office: Office, dossiers: Sequence[Dossier], element: str = "work") -> list[str]:
    return [task(office, dossier, element).id for dossier in dossiers]


def act(office: Office, viewer: Viewer, kind: str, task_ids: Sequence[str], **more: Any) -> str:
    """Begin an act and let it be worked off; give its id."""
    batch_id = str(more.pop("batch_id", uuid4().hex))
    bulk.create(viewer, kind, task_ids, batch_id=batch_id, now=office.now, **more)
    office.tick(seconds=1)
    office.look()
    return batch_id


def results(batch_id: str) -> list[tuple[str, str | None]]:
    session().rollback()
    return [(item.state, item.code) for item in lists.items(batch_id, limit=500)]


def refusals(batch_id: str) -> list[TaskItem]:
    session().rollback()
    return [item for item in lists.items(batch_id, limit=500) if item.state == "failed"]


def test_many_are_claimed_each_by_itself_and_what_is_refused_says_why(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    other = office.hire("binh", "officer", groups=["specialist_prevention"], unit="prevention")
    tasks.claim(other, task(office, filed[0]).id, now=office.now)
    batch_id = act(office, officer, "claim_tasks", ids(office, filed))
    assert results(batch_id) == [("failed", "task_taken"), ("done", None), ("done", None), ("done", None)]
    assert [task(office, dossier).assignee for dossier in filed] == ["binh", *["chuyenvien"] * 3]
    (refused,) = refusals(batch_id)
    assert refused.dossier_code == filed[0].code
    assert "Somebody else holds" in str(refused.message_en)
    events = [row.kind for dossier in filed for row, _ in log.events_of(dossier.instance_id)]
    assert events.count("task.claimed") == 4
    assert bulk.readable(officer, batch_id).failed == 1
    assert log.verify().breaks == ()


def test_what_is_chosen_is_claimed_in_turn_so_only_what_skips_a_dossier_needs_a_reason(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    batch_id = act(office, officer, "claim_tasks", ids(office, [filed[3], filed[1], filed[0]]))
    assert results(batch_id) == [("done", None), ("done", None), ("failed", "invalid_answers")]
    assert str(filed[2].code) in str(refusals(batch_id)[0].message_vi)
    batches.retry(officer, batch_id, now=office.now, reason="Hồ sơ cấp cứu")
    office.tick(seconds=1)
    assert [state for state, _ in results(batch_id)] == ["done"] * 3
    (exception,) = turns.exceptions_in(filed[3].instance_id)
    assert (exception.username, exception.reason) == ("chuyenvien", "Hồ sơ cấp cứu")


def test_many_are_released_assigned_and_transferred(
    office: Office, officer: Viewer, head: Viewer, filed: list[Dossier]
) -> None:
    every = ids(office, filed)
    office.hire("binh", "officer", groups=["specialist_prevention"], unit="prevention")
    given = act(office, head, "assign_tasks", every, parameters={"assignee": "binh"})
    assert results(given) == [("done", None)] * 4
    assert [task(office, dossier).assignee for dossier in filed] == ["binh"] * 4
    released = act(office, head, "release_tasks", every[:2])
    assert results(released) == [("done", None)] * 2
    assert task(office, filed[0]).assignee is None
    with pytest.raises(InvalidAnswers):
        act(office, head, "transfer_tasks", every, parameters={"unit": "leaders"})
    unknown = act(office, head, "transfer_tasks", every[:1], parameters={"unit": "nowhere"}, reason="Thẩm quyền khác")
    assert results(unknown) == [("failed", "invalid_answers")]
    nobody = act(office, head, "assign_tasks", every[:1], parameters={"assignee": "motcua"})
    assert results(nobody) == [("failed", "invalid_answers")]
    capped = act(office, head, "assign_tasks", every[2:], parameters={"assignee": "chuyenvien", "most": 1})
    assert results(capped) == [("done", None)] * 2
    capped = act(office, head, "assign_tasks", every[2:], parameters={"assignee": "binh", "most": 1})
    assert results(capped) == [("failed", "wrong_state")] * 2


def test_one_form_completes_many(office: Office, officer: Viewer, filed: list[Dossier]) -> None:
    answers = {"opinion": "Đạt", "score": 8, "note": ""}
    batch_id = act(office, officer, "complete_tasks", ids(office, filed), parameters={"answers": answers})
    assert results(batch_id) == [("done", None)] * 4
    for dossier in filed:
        done = task(office, dossier)
        assert (done.state, done.completed_by) == ("completed", "chuyenvien")
        assert (done.answers or {})["opinion"] == "Đạt"
        assert task(office, dossier, "other").state == "open"


def test_one_form_is_refused_for_several_steps_versions_or_forms_naming_the_groups(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    tasks.submit(officer, task(office, filed[0]).id, {"opinion": "Đạt"}, now=office.now)
    office.deploy(bundle(opinion__form=form("opinion", text("opinion"))))
    newer = file(office)
    every = [task(office, filed[0], "other").id, *ids(office, [filed[1], newer])]
    with pytest.raises(Invalid) as refused:
        act(office, officer, "complete_tasks", every, parameters={"answers": {"opinion": "Đạt"}})
    (detail,) = refused.value.details
    assert detail.code == "several_steps"
    assert "Khác" in detail.message.vi
    assert detail.message.vi.count("Việc") == 2
    assert "version 1): 1" in detail.message.en
    assert "version 2): 1" in detail.message.en


def test_a_form_with_files_completes_one_at_a_time(office: Office, officer: Viewer) -> None:
    files = form("opinion", {"type": "filepicker", "key": "paper", "label": "Tệp"})
    office.deploy(bundle("filed", opinion__form=files))
    with pytest.raises(Invalid) as refused:
        act(office, officer, "complete_tasks", ids(office, [file(office, "filed")]))
    assert refused.value.details[0].code == "files"


def test_wrong_answers_are_said_before_anything_begins_and_by_the_name_of_their_field(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    every = bulk.chosen(officer, ids(office, filed))
    with pytest.raises(InvalidAnswers) as refused:
        bulk.check_answers(officer, every, {"score": 11}, now=office.now, act=None, reason="")
    assert {detail.field for detail in refused.value.details} == {"opinion", "score"}
    bulk.check_answers(officer, every, {"opinion": "Đạt"}, now=office.now, act=None, reason="")
    batch_id = act(office, officer, "complete_tasks", ids(office, filed[:1]), parameters={"answers": {"score": 11}})
    (item,) = refusals(batch_id)
    assert "opinion:" in str(item.message_vi)
    assert "score:" in str(item.message_en)


def test_nothing_is_completed_of_which_something_else_was_seen_nor_over_what_is_typed(
    office: Office, officer: Viewer, head: Viewer, filed: list[Dossier]
) -> None:
    every = ids(office, filed)
    seen = {each.task.id: each.log_seq for each in bulk.chosen(officer, every)}
    tasks.assign(head, every[0], "chuyenvien", now=office.now)  # by somebody else: it matters
    planning.prioritise(head, every[1], 80, now=office.now)  # it does not
    tasks.claim(officer, every[2], now=office.now, reason="gấp")  # one's own does not
    drafts.save_task(officer, every[3], {"opinion": "n"}, seen_version=0, now=office.now)
    batch_id = act(office, officer, "complete_tasks", every, seen=seen, reason="",
                   parameters={"answers": {"opinion": "Đạt"}, "turn_reason": "gấp"})  # fmt: skip
    found = {item.task_id: item.code for item in lists.items(batch_id)}
    assert found[every[0]] == "stale_version"
    assert [found[task_id] for task_id in every[1:3]] == [None, None]
    assert found[every[3]] == "conflict"
    assert drafts.of_task(officer, task(office, filed[3])) is not None


def test_duties_interests_and_rights_lost_meanwhile_hold(office: Office, officer: Viewer, filed: list[Dossier]) -> None:
    every = ids(office, filed)
    interests.declare(officer, every[1], "Người nhà nộp", now=office.now)
    batch_id = act(office, officer, "claim_tasks", every)
    assert [state for state, _ in results(batch_id)] == ["done", "failed", "done", "done"]
    assert duties.INTERESTED.en in str(refusals(batch_id)[0].message_en)
    late = uuid4().hex
    bulk.create(officer, "release_tasks", every[:1], batch_id=late, now=office.now)
    people.set_active(SYSTEM, "chuyenvien", active=False, now=office.now, even_so=True)
    office.tick(seconds=1)
    assert results(late) == [("failed", "forbidden")]


def test_what_a_colleague_works_on_for_its_owner_is_left_and_says_why(
    office: Office, officer: Viewer, filed: list[Dossier]
) -> None:
    every, answers = ids(office, filed), {"opinion": "Đạt"}
    office.hire("binh", "officer", groups=["specialist_prevention"], unit="prevention")
    act(office, officer, "claim_tasks", every)
    delegation.delegate(officer, every[0], "binh", now=office.now)
    own = act(office, officer, "complete_tasks", every, parameters={"answers": answers})
    assert results(own) == [("failed", "task_taken"), ("done", None), ("done", None), ("done", None)]
    for kind, parameters in (("complete_tasks", {"answers": answers}), ("release_tasks", {})):
        asked = act(office, office.viewer("binh"), kind, every[:1], parameters=parameters)
        assert results(asked) == [("failed", "wrong_state")]
        assert "give" in str(refusals(asked)[0].message_en)


def test_an_act_sent_twice_is_made_once_and_another_may_not_use_its_id(
    office: Office, officer: Viewer, head: Viewer, filed: list[Dossier]
) -> None:
    batch_id, every = uuid4().hex, ids(office, filed)
    first = bulk.create(officer, "claim_tasks", every[:2], batch_id=batch_id, now=office.now)
    again = bulk.create(officer, "claim_tasks", every, batch_id=batch_id, now=office.now)
    assert (again.id, again.total) == (first.id, 2)
    for viewer, kind in ((head, "claim_tasks"), (officer, "release_tasks")):
        with pytest.raises(Malformed):
            bulk.create(viewer, kind, every, batch_id=batch_id, now=office.now)
    with pytest.raises(Malformed):
        bulk.create(officer, "claim_tasks", every, batch_id="nothing", now=office.now)
    with pytest.raises(NotFound):
        bulk.readable(head, batch_id)
    assert bulk.readable(office.viewer("vanhanh"), batch_id).total == 2


def test_who_made_an_act_stops_it_and_what_is_done_stays_done(
    office: Office, officer: Viewer, head: Viewer, filed: list[Dossier]
) -> None:
    batch_id, every = uuid4().hex, ids(office, filed)
    bulk.create(officer, "claim_tasks", every, batch_id=batch_id, now=office.now)
    batches.advance(batch_id, now=office.now, portion=2)
    with pytest.raises(Forbidden):
        batches.cancel(head, batch_id, "thôi", now=office.now)
    batches.cancel(officer, batch_id, "thôi", now=office.now)
    office.tick(seconds=1)
    assert results(batch_id) == [("done", None)] * 2 + [("waiting", None)] * 2
    with pytest.raises(WrongState):
        batches.retry(officer, batch_id, now=office.now)


def test_what_makes_no_act_is_refused(office: Office, officer: Viewer, filed: list[Dossier]) -> None:
    every = ids(office, filed)
    for kind, chosen, code in (
        ("nothing", every, "unknown"),
        ("claim_tasks", [], "required"),
        ("claim_tasks", ["none"], "required"),
        ("claim_tasks", [uuid4().hex for _ in range(bulk.MOST + 1)], "many"),
        ("transfer_tasks", every, "required"),
    ):
        with pytest.raises(Invalid) as refused:
            bulk.create(officer, kind, chosen, batch_id=uuid4().hex, now=office.now)
        assert [detail.code for detail in refused.value.details] == [code], kind
    with pytest.raises(Forbidden):
        bulk.create(
            officer, "assign_tasks", every, batch_id=uuid4().hex, now=office.now, parameters={"assignee": "chuyenvien"}
        )
    with pytest.raises(Forbidden):
        bulk.create(office.viewer("nguoinop"), "claim_tasks", every, batch_id=uuid4().hex, now=office.now)


def test_tasks_that_one_does_not_see_are_left_out(office: Office, filed: list[Dossier]) -> None:
    stranger = office.hire("la", "officer", groups=["one_door"], unit="prevention")
    assert bulk.chosen(stranger, ids(office, filed)) == ()


def test_each_task_costs_a_few_statements_however_many_there_are(office: Office, officer: Viewer) -> None:
    office.deploy(bundle())
    costs = []
    for count in (5, 5, 20):  # the first fills caches
        every = ids(office, [file(office) for _ in range(count)])
        with counted() as sent:
            batch = bulk.create(officer, "claim_tasks", every, batch_id=uuid4().hex, now=office.now)
        assert len(sent) <= 9, sent
        with counted() as sent:
            while batches.advance(batch.id, now=office.now, portion=20):
                pass
        costs.append(len(sent) / count)
    assert costs[2] <= costs[1], costs
    assert costs[2] <= 16, costs


def test_completing_costs_little_more_than_the_submit_itself(office: Office, officer: Viewer) -> None:
    office.deploy(bundle())
    costs = []
    for _ in range(2):
        dossiers = [file(office) for _ in range(20)]
        every = ids(office, dossiers)
        batch = bulk.create(
            officer, "complete_tasks", every, batch_id=uuid4().hex, now=office.now,
            parameters={"answers": {"opinion": "Đạt"}},
        )  # fmt: skip
        with counted() as sent:
            while batches.advance(batch.id, now=office.now, portion=20):
                pass
        assert [state for state, _ in results(batch.id)] == ["done"] * 20
        costs.append(len(sent) / 20)
    assert costs[1] <= 24, costs
