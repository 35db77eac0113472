"""Supplement requests: composed of points in force, approved by the head, sent in the officer's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from errors import Forbidden, InvalidAnswers, NotApproved, WrongState
from services import asking, history, rounds, substitutions, supplements, tasks, undoing
from services.asking import Item
from services.permissions import SYSTEM
from services.supplements import Content
from storage.queries import steps
from storage.queries.supplements import pending
from storage.rows import supplements as rows
from storage.tables import Dossier, Task
from tests.office import Office, course

CHECKED = dict.fromkeys(("facilities_check", "equipment_check", "staff_check", "practice_check"), "pass") | {
    "appraisal_comment": "Thiếu giấy tờ"
}
PLAN = Item(component="floor_plan", problem="unclear", basis="103/2016/NĐ-CP", todo="Thể hiện vùng đệm.")
AREA = Item(component="field:laboratory_name", problem="differs", basis="155/2018/NĐ-CP", todo="Nêu đúng tên.")
LETTER = Content(items=[PLAN, AREA])


@pytest.fixture
def dossier(office: Office) -> Dossier:
    """A dossier that is being appraised."""
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    tasks.claim(office.viewer("chuyenvien"), office.open(dossier)["appraise"].id, now=office.now)
    return office.again(dossier)


def appraisal(office: Office, dossier: Dossier) -> Task:
    office.look()
    return office.open(dossier)["appraise"]


def propose(office: Office, dossier: Dossier, content: Content = LETTER, **more: Any) -> str:
    task_id = appraisal(office, dossier).id
    supplements.send(office.viewer("chuyenvien"), task_id, content, answers=CHECKED, now=office.now, **more)
    return task_id


def details(refused: pytest.ExceptionInfo[InvalidAnswers]) -> set[tuple[str, str]]:
    return {(detail.field, detail.code) for detail in refused.value.details}


def test_a_letter_waits_for_the_head_and_goes_out_in_the_officers_name(office: Office, dossier: Dossier) -> None:
    due = office.again(dossier).due_at
    task_id = propose(office, dossier)
    task = appraisal(office, dossier)
    assert (task.proposed_by, task.assignee, task.candidate_groups) == ("chuyenvien", None, ["head_prevention"])
    for username, listed in (("chuyenvien", []), ("truongphong", [task_id])):
        letter = pending(username, listed)[task_id]
        assert (letter.is_waiting, letter.groups, letter.code) == (True, ("head_prevention",), dossier.code)
    assert pending("truongphong", []) == {}
    waiting = office.again(dossier)
    assert (waiting.status, waiting.due_at) == (4, due)  # nothing went out: the clock runs
    with pytest.raises(WrongState):
        tasks.submit(office.viewer("truongphong"), task_id, CHECKED, act="pass", now=office.now)
    with pytest.raises(Forbidden):
        supplements.approve(office.viewer("chuyenvien"), task_id, now=office.now)
    assert tasks.open_task(office.viewer("chuyenvien"), task_id, now=office.now).can_submit is False
    office.later(hours=1)
    supplements.approve(office.viewer("truongphong"), task_id, now=office.now)
    sent = office.again(dossier)
    assert (sent.status, sent.clock_state) == (5, "paused")
    events = {kind: (actor, data) for _, kind, actor, data in history.acts(office.instance(dossier))[::-1]}
    assert events["supplement.proposed"][0] == "chuyenvien"
    assert events["supplement.approved"][0] == "truongphong"
    actor, data = events["task.completed"]
    assert (actor, data["approved_by"], data["act"]) == ("chuyenvien", "truongphong", "supplement")
    done = next(step for step in steps.done_steps(sent.instance_id) if step.id == task_id)
    assert done.done_by == "chuyenvien"
    assert office.open(sent)["answer_supplement"].assignee == "nguoinop"


def test_a_letter_that_is_returned_is_the_officers_again_and_can_be_sent_anew(office: Office, dossier: Dossier) -> None:
    task_id, head = propose(office, dossier), office.viewer("truongphong")
    with pytest.raises(InvalidAnswers):
        supplements.return_(head, task_id, " ", now=office.now)
    supplements.return_(head, task_id, "Gộp hai điểm làm một.", now=office.now)
    task = appraisal(office, dossier)
    assert (task.proposed_by, task.assignee, task.candidate_groups) == (None, "chuyenvien", ["specialist_prevention"])
    row = rows.of_task(task_id)
    assert row is not None
    assert (row.state, row.comment) == ("returned", "Gộp hai điểm làm một.")
    with pytest.raises(WrongState):
        supplements.approve(head, task_id, now=office.now)
    propose(office, dossier, Content(items=[PLAN]))
    supplements.recall(office.viewer("chuyenvien"), task_id, now=office.now)
    assert appraisal(office, dossier).assignee == "chuyenvien"


def test_everything_that_is_wrong_is_said_at_once(office: Office, dossier: Dossier) -> None:
    wrong = [Item(component="diploma", problem="?", basis="1/1990/NĐ-CP", todo=" "), Item()]
    with pytest.raises(InvalidAnswers) as refused:
        supplements.send(
            office.viewer("chuyenvien"), appraisal(office, dossier).id,
            Content(items=wrong, reply_by="2020-01-01"), answers={}, now=office.now,
        )  # fmt: skip
    found = details(refused)
    assert {
        ("supplement_items.0.component", "unknown"),
        ("supplement_items.0.problem", "required"),
        ("supplement_items.0.basis", "not_in_force"),
        ("supplement_items.0.todo", "required"),
        ("supplement_items.1.component", "required"),
        ("supplement_reply_by", "date"),
    } <= found
    assert any(field == "facilities_check" for field, _ in found)  # the form's own, too
    assert appraisal(office, dossier).proposed_by is None


def test_an_act_that_needs_an_approval_is_not_done_without_it(office: Office, dossier: Dossier) -> None:
    answers = {**CHECKED, **LETTER.answers}
    with pytest.raises(NotApproved):
        tasks.submit(
            office.viewer("chuyenvien"), appraisal(office, dossier).id, answers, act="supplement", now=office.now
        )


def test_requests_are_counted_and_a_later_one_says_why_it_was_not_made_before(office: Office, dossier: Dossier) -> None:
    head, reply = office.viewer("truongphong"), course("supplement_then_granted")["steps"][4]["answers"]
    supplements.approve(head, propose(office, dossier), now=office.now)
    office.step(dossier, "nguoinop", "answer_supplement", "answer", answers=reply)
    with pytest.raises(InvalidAnswers) as refused:
        propose(office, dossier)
    assert details(refused) == {("reason", "required")}
    supplements.approve(
        head, propose(office, dossier, Content(items=[PLAN], note="Sơ đồ mới mâu thuẫn.")), now=office.now
    )
    office.step(
        dossier, "nguoinop", "answer_supplement", "answer",
        answers={**reply, "supplement_items": [{"reply": "Đã sửa."}]},
    )  # fmt: skip
    with pytest.raises(InvalidAnswers) as refused:
        propose(office, dossier, Content(items=[PLAN], note="Lần ba"))
    assert details(refused) == {("supplement_items", "rounds")}  # the procedure allows two
    told = rounds.rounds(steps.done_steps(office.again(dossier).instance_id))
    assert [(one.number, len(one.points), one.note) for one in told] == [(1, 2, ""), (2, 1, "Sơ đồ mới mâu thuẫn.")]
    first = told[0]
    assert first.points[0].reply == "Đã vẽ lại sơ đồ, có vùng đệm và hướng luồng khí."
    assert first.points[1].component == "field:laboratory_name"
    assert told[1].points[0].reply == "Đã sửa."


def test_what_a_text_that_holds_no_more_asks_for_is_not_offered(office: Office, dossier: Dossier) -> None:
    opened = tasks.open_task(office.viewer("chuyenvien"), appraisal(office, dossier).id, now=office.now)
    terms = supplements.terms_of(opened, dossier, now=office.now)
    assert [basis.number for basis in terms.bases] == ["103/2016/NĐ-CP", "155/2018/NĐ-CP", "118/2025/NĐ-CP"]
    basis = terms.bases[0]
    assert basis.holds_on("2026-08-20")
    assert not basis.holds_on("2016-06-30")
    assert terms.reply_by == (office.now + timedelta(days=30)).date()
    assert "field:laboratory_name" in terms.components
    assert asking.PROBLEMS["missing"].vi == "Thiếu"


def test_a_letter_that_went_out_cannot_be_undone(office: Office, dossier: Dossier) -> None:
    task_id = propose(office, dossier)
    supplements.approve(office.viewer("truongphong"), task_id, now=office.now)
    with pytest.raises(WrongState, match="issued"):
        undoing.undo(office.viewer("chuyenvien"), task_id, now=office.now)


def test_a_letter_is_kept_as_it_is_typed_and_nobody_elses_is_overwritten(office: Office, dossier: Dossier) -> None:
    officer, task_id = office.viewer("chuyenvien"), appraisal(office, dossier).id
    draft = Content(items=[Item(component="floor_plan")], note="Dở dang")
    row = supplements.save(officer, task_id, draft, seen_version=0, now=office.now)
    assert (row.version, supplements.content_of(row)) == (1, draft)
    assert supplements.save(officer, task_id, draft, seen_version=0, now=office.now).version == 1  # the same again
    with pytest.raises(Exception, match="saved meanwhile"):
        supplements.save(officer, task_id, LETTER, seen_version=0, now=office.now)


def test_a_substitutes_letter_is_the_absent_ones(office: Office, dossier: Dossier) -> None:
    end = office.now + timedelta(days=1)
    substitutions.appoint(SYSTEM, "chuyenvien", "chuyenvientb", starts_at=office.now, ends_at=end, now=office.now)
    standing = substitutions.standing("chuyenvientb", now=office.now)
    who, head = replace(office.viewer("chuyenvientb"), stands_for=standing), office.viewer("truongphong")
    task_id = appraisal(office, dossier).id
    supplements.send(who, task_id, LETTER, answers=CHECKED, now=office.now)
    supplements.return_(head, task_id, "Gộp lại", now=office.now)
    task = appraisal(office, dossier)
    assert (task.assignee, task.owner, task.delegation) == ("chuyenvientb", "chuyenvien", "standing")
    supplements.send(who, task_id, Content(items=[PLAN]), answers=CHECKED, now=office.now)
    office.later(days=2)  # nobody stands in any more
    supplements.return_(head, task_id, "Nêu rõ hơn", now=office.now)
    task = appraisal(office, dossier)
    assert (task.assignee, task.owner, task.delegation) == ("chuyenvien", None, None)
    told = {kind: data.get("for") for _, kind, _, data in history.acts(office.instance(dossier))}
    assert (told["supplement.proposed"], told["supplement.returned"]) == ("chuyenvien", None)
