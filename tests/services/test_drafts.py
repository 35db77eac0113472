"""Drafts: kept as typed, shared by those who work on a task, never overwritten unseen, gone when they are sent."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from errors import (
    DraftChanged,
    Forbidden,
    Invalid,
    InvalidAnswers,
    NotFound,
    TaskNotOpen,
    TaskTaken,
    TooLarge,
    WrongState,
)
from services import cleaning, documents, draft_conflicts, draft_rows, drafts, instances, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import Document, Draft, Task
from tests.engine.diagrams import end, start, user
from tests.office import PROCEDURE, Office
from tests.services.bundles import beside, bundle, form, number, text

ASK = form("ask", text("a"), text("b"), number("n"))


def asked(office: Office, key: str = "asked") -> str:
    """Start a process whose only task has a form, for everybody at the desk; give the task."""
    parts = (start("s"), user("do", name="Làm", motcua__candidateGroups="one_door", motcua__form="ask"), end("e"))
    office.deploy(bundle(key, *parts, "s -> do -> e", ask__form=ASK))
    return office.open(office.start(key))["do"].id


def flagged(task_id: str) -> bool:
    session().rollback()
    return bool(session().scalar(select(Task.has_draft).where(Task.id == task_id)))


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Draft)) or 0


def seen(office: Office, username: str, task_id: str) -> Draft | None:
    opened = tasks.open_task(office.viewer(username), task_id, now=office.now)
    return drafts.of_task(office.viewer(username), opened.task)


def test_a_draft_keeps_what_was_typed_however_wrong_and_nothing_else(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    typed = {"a": "x", "n": "12 hay 13", "csrf_token": "s", "answers-do": "refresh"}
    draft = drafts.save_task(
        officer, task_id, typed, seen_version=0, reason="vì", device="Chrome, Android", now=office.now
    )
    assert draft.answers == {"a": "x", "n": "12 hay 13"}
    found = seen(office, "motcua", task_id)
    assert found is not None
    assert (found.version, found.reason, found.saved_by, found.device) == (1, "vì", "motcua", "Chrome, Android")
    assert drafts.answers_of(found) == {"a": "x", "n": "12 hay 13"}


def test_saving_the_same_again_changes_nothing(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    first = drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.now)
    again = drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.later(minutes=1))
    assert (again.version, again.saved_at) == (1, first.saved_at)


def test_who_saves_on_something_unseen_is_told_who_and_when(office: Office) -> None:
    task_id, officer, colleague = (
        asked(office),
        office.viewer("motcua"),
        office.hire("an", "officer", groups=["one_door"]),
    )
    drafts.save_task(officer, task_id, {"a": "mine"}, seen_version=0, device="Firefox, Windows", now=office.now)
    saved_at = office.now
    for version in (0, 2):
        with pytest.raises(DraftChanged) as changed:
            drafts.save_task(colleague, task_id, {"a": "theirs"}, seen_version=version, now=office.later(minutes=1))
        told = changed.value
        assert (told.saved_by, told.saved_at, told.device, told.version) == ("motcua", saved_at, "Firefox, Windows", 1)
    assert drafts.save_task(colleague, task_id, {"a": "both"}, seen_version=1, now=office.now).version == 2
    with pytest.raises(DraftChanged):
        drafts.save_task(officer, task_id, {"a": "mine still"}, seen_version=1, now=office.now)


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_whatever_is_chosen_the_other_can_be_taken_back(office: Office, keep: str) -> None:
    task_id, officer, colleague = (
        asked(office),
        office.viewer("motcua"),
        office.hire("an", "officer", groups=["one_door"]),
    )
    draft = drafts.save_task(colleague, task_id, {"a": "theirs"}, seen_version=0, now=office.now)
    with pytest.raises(DraftChanged):
        draft_conflicts.settle(officer, draft.id, {"a": "mine"}, keep="mine", seen_version=7, now=office.now)
    settled = draft_conflicts.settle(officer, draft.id, {"a": "mine"}, keep=keep, seen_version=1, now=office.now)  # type: ignore[arg-type]
    other = "theirs" if keep == "mine" else "mine"
    aside = draft_conflicts.set_aside(settled)
    assert aside is not None
    assert (settled.answers, aside.content.answers) == ({"a": keep}, {"a": other})
    assert aside.saved_by == ("an" if keep == "mine" else "motcua")
    back = draft_conflicts.swap(officer, draft.id, seen_version=settled.version, now=office.later(minutes=1))
    aside = draft_conflicts.set_aside(back)
    assert aside is not None
    assert (back.answers, aside.content.answers) == ({"a": other}, {"a": keep})
    with pytest.raises(DraftChanged):
        draft_conflicts.swap(officer, draft.id, seen_version=1, now=office.now)


def test_nothing_set_aside_nothing_to_take_back(office: Office) -> None:
    draft = drafts.save_task(office.viewer("motcua"), asked(office), {"a": "x"}, seen_version=0, now=office.now)
    with pytest.raises(WrongState):
        draft_conflicts.swap(office.viewer("motcua"), draft.id, seen_version=1, now=office.now)


def test_only_who_may_work_on_the_task_sees_and_saves_its_draft(office: Office) -> None:
    task_id = asked(office)
    draft = drafts.save_task(office.viewer("motcua"), task_id, {"a": "x"}, seen_version=0, now=office.now)
    for stranger in ("nguoinop", "chuyenvien", "thietke"):
        with pytest.raises(NotFound):
            drafts.save_task(office.viewer(stranger), task_id, {}, seen_version=1, now=office.now)
        with pytest.raises(NotFound):
            drafts.drop(office.viewer(stranger), draft.id, now=office.now)
    with pytest.raises(Forbidden):
        drafts.save_task(office.viewer("quanly"), task_id, {}, seen_version=1, now=office.now)
    assert seen(office, "quanly", task_id) is None
    colleague = office.hire("an", "officer", groups=["one_door"])
    tasks.claim(colleague, task_id, now=office.now)
    with pytest.raises(TaskTaken):
        drafts.save_task(office.viewer("motcua"), task_id, {"a": "y"}, seen_version=1, now=office.now)
    found = seen(office, "an", task_id)
    assert found is not None
    assert found.answers == {"a": "x"}
    with pytest.raises(NotFound):
        drafts.own(office.viewer("motcua"), draft.id)


def test_sending_a_task_deletes_its_draft_in_the_same_transaction(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.now)
    with pytest.raises(InvalidAnswers):
        tasks.submit(officer, task_id, {"n": "12 hay 13"}, now=office.now)
    assert (count(), flagged(task_id)) == (1, True)
    tasks.submit(officer, task_id, {"a": "x"}, now=office.now)
    assert (count(), flagged(task_id)) == (0, False)
    with pytest.raises(TaskNotOpen):
        drafts.save_task(officer, task_id, {"a": "late"}, seen_version=1, now=office.now)


def test_what_was_typed_is_not_lost_when_the_instance_ends_otherwise(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    draft = drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.now)
    instances.cancel(SYSTEM, tasks.open_task(SYSTEM, task_id, now=office.now).instance.id, "Hết", now=office.now)
    office.look()
    found = seen(office, "motcua", task_id)
    assert found is not None
    assert found.id == draft.id
    assert seen(office, "quantri", task_id) is None


def test_a_dropped_draft_can_be_taken_back_for_a_day(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    draft_id = drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.now).id
    drafts.drop(officer, draft_id, now=office.now)
    assert seen(office, "motcua", task_id) is None
    drafts.restore(officer, draft_id, now=office.now)
    assert seen(office, "motcua", task_id) is not None
    drafts.drop(officer, draft_id, now=office.now)
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(hours=23))
    assert count() == 1
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(hours=2))
    assert (count(), flagged(task_id)) == (0, False)
    with pytest.raises(NotFound):
        drafts.restore(officer, draft_id, now=office.now)


def test_typing_on_after_dropping_begins_anew(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    draft = drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.now)
    drafts.drop(officer, draft.id, now=office.now)
    drafts.save_task(officer, task_id, {"a": "y"}, seen_version=0, now=office.now)
    found = seen(office, "motcua", task_id)
    assert found is not None
    assert (found.answers, count()) == ({"a": "y"}, 1)


def test_old_drafts_are_forgotten_and_the_task_goes_on(office: Office) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    drafts.save_task(officer, task_id, {"a": "x"}, seen_version=0, now=office.now)
    drafts.begin(office.viewer("nguoinop"), PROCEDURE, {}, now=office.later(days=30))
    cleaning.clean(idle_hours=12, draft_days=60, now=office.later(days=31))
    assert count() == 1
    assert seen(office, "motcua", task_id) is None
    tasks.submit(officer, task_id, {"a": "x"}, now=office.now)


def test_drafts_are_bounded_in_size_and_number(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    task_id, officer = asked(office), office.viewer("motcua")
    with pytest.raises(TooLarge):
        drafts.save_task(officer, task_id, {"a": "ạ" * draft_rows.LARGEST}, seen_version=0, now=office.now)
    with pytest.raises(TooLarge):
        drafts.save_task(officer, task_id, {}, reason="x" * draft_rows.LARGEST, seen_version=0, now=office.now)
    assert (count(), flagged(task_id)) == (0, False)
    monkeypatch.setattr(draft_rows, "MOST", 2)
    applicant = office.viewer("nguoinop")
    begun = [drafts.begin(applicant, PROCEDURE, {}, now=office.later(minutes=1)) for _ in range(2)]
    with pytest.raises(Invalid):
        drafts.begin(applicant, PROCEDURE, {}, now=office.now)
    drafts.drop(applicant, begun[0].id, now=office.now)
    drafts.begin(applicant, PROCEDURE, {}, now=office.now)
    assert count() == 2


def test_uploads_live_as_long_as_the_draft_that_keeps_them(office: Office) -> None:
    applicant = office.viewer("nguoinop")
    mine, other = office.paper("nguoinop", "floor_plan"), office.paper("nguoinop2", "floor_plan", b"%PDF-1.4 other")
    draft = drafts.begin(applicant, PROCEDURE, {}, document_ids=[mine, other, "unknown"], now=office.now)
    assert [document.id for document in drafts.documents_of(draft)] == [mine]
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(days=30))
    office.look()
    assert [document.id for document in documents.staged(applicant, [mine])] == [mine]
    assert session().get(Document, other) is None
    drafts.save(applicant, draft.id, {}, seen_version=1, document_ids=[], now=office.now)
    assert drafts.documents_of(draft) == []
    cleaning.clean(idle_hours=12, draft_days=90, now=office.now)
    assert not documents.staged(applicant, [mine])


def test_uploads_of_a_draft_that_is_gone_are_forgotten(office: Office) -> None:
    applicant, paper = office.viewer("nguoinop"), office.paper("nguoinop", "floor_plan")
    draft = drafts.begin(applicant, PROCEDURE, {}, document_ids=[paper], now=office.now)
    drafts.drop(applicant, draft.id, now=office.later(days=5))
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(hours=1))
    assert documents.staged(applicant, [paper])
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(days=2))
    assert not documents.staged(applicant, [paper])


def test_a_colleague_goes_on_with_the_files_of_a_shared_draft(office: Office) -> None:
    office.deploy(beside("beside", 1))
    dossier = office.file_in("beside")
    task = office.open(dossier)["t1"]
    paper = office.paper("chuyenvien", "")
    colleague = office.hire("an", "officer", groups=["specialist_prevention"])
    first = drafts.save_task(
        office.viewer("chuyenvien"), task.id, {}, reason="dở", seen_version=0, document_ids=[paper], now=office.now
    )
    assert drafts.save_task(colleague, task.id, {}, seen_version=1, document_ids=[paper], now=office.now).id == first.id
    documents.download(colleague, paper, office.parts.blobs)
    with pytest.raises(NotFound):
        documents.download(office.viewer("quanly"), paper, office.parts.blobs)
    tasks.submit(colleague, task.id, {}, now=office.now, document_ids=[paper])
    office.look()
    (document,) = documents.of_dossier(office.viewer("nguoinop"), dossier)
    assert (document.id, document.created_by, document.task_id) == (paper, "chuyenvien", task.id)
