"""The page of a supplement request without a browser: buttons, drafts, refusals; and what a task's page costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from services import supplements, tasks
from services.asking import Item
from services.supplements import Content
from storage.tables import Dossier
from tests.office import Office, course
from tests.services.test_statements import counted
from tests.web.officers import at_desk, posted, quick_app, task_of, words
from tests.web.visitor import Visitor

CHECKED = dict.fromkeys(("facilities_check", "equipment_check", "staff_check", "practice_check"), "pass")
POINT = {
    "supplement_items.0.component": "floor_plan",
    "supplement_items.0.problem": "unclear",
    "supplement_items.0.basis": "103/2016/NĐ-CP",
    "supplement_items.0.todo": "Thể hiện <b>vùng đệm</b>.",
}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))


@pytest.fixture
def desk(app: Flask, office: Office) -> Visitor:
    """An officer at their desk."""
    return at_desk(app, "chuyenvien")


@pytest.fixture
def dossier(office: Office) -> Dossier:
    """A dossier that is being appraised by nobody yet."""
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    return office.again(dossier)


def test_a_letter_is_composed_sent_for_approval_and_returned(
    app: Flask, office: Office, desk: Visitor, dossier: Dossier
) -> None:
    url = task_of(office, dossier, "appraise")
    desk.get(url)
    answers = {**CHECKED, "appraisal_comment": "Thiếu vùng đệm"}
    hidden = [(name, value) for name, value in desk.hidden() if not name.startswith("answers.")]
    begun = desk.post(f"{url}/submit", [*hidden, *posted(answers), ("act", "supplement")])
    assert begun.location == f"{url}/supplement"
    page = desk.get(begun.location).text
    assert "Lần 1, tối đa 2 lần" in words(page)
    assert '<option value="103/2016/NĐ-CP"' in page
    added = desk.post(f"{url}/supplement", {**POINT, "do": "add", "draft_version": "0"})
    assert added.location.endswith("#supplement_items.1.component")
    version = {"draft_version": "1"}
    empty = {f"supplement_items.1.{part}": "" for part in ("component", "problem", "basis", "todo")}
    wrong = desk.post(f"{url}/supplement", {**POINT, **empty, **version, "do": "send"})
    assert wrong.status_code == 422
    assert "Còn 4 chỗ cần sửa" in words(wrong.text)
    assert "Thể hiện &lt;b&gt;vùng đệm&lt;/b&gt;." in wrong.text
    assert desk.post(f"{url}/supplement", {**POINT, **empty, **version, "do": "remove 1"}).status_code == 303
    sent = desk.post(f"{url}/supplement", {**POINT, "draft_version": "2", "do": "send"})
    assert sent.status_code == 303
    assert "Phiếu yêu cầu bổ sung đang chờ duyệt." in words(desk.get(url).text)
    assert desk.post(f"{url}/supplement/approve", {}).status_code == 303  # nobody approves their own
    office.look()
    assert office.again(dossier).status == 4
    head = at_desk(app, "truongphong")
    assert "Thể hiện &lt;b&gt;vùng đệm&lt;/b&gt;." in head.get(f"{url}/supplement").text
    assert head.post(f"{url}/supplement/return", {"comment": ""}).status_code == 422
    assert head.post(f"{url}/supplement/return", {"comment": "Nêu tỉ lệ"}).status_code == 303
    assert "Nêu tỉ lệ" in desk.get(url).text
    assert desk.post(f"{url}/supplement", {**POINT, "draft_version": "2", "do": "send"}).status_code == 303
    assert head.post(f"{url}/supplement/approve", {}).status_code == 303
    assert office.again(dossier).status == 5


def test_a_draft_of_a_letter_is_kept_by_the_script_and_hostile_content_is_bounded(
    office: Office, desk: Visitor, dossier: Dossier
) -> None:
    url = task_of(office, dossier, "appraise")
    desk.get(f"{url}/supplement")
    script = {"X-Draft": "1"}
    saved = desk.post(f"{url}/supplement/draft", {**POINT, "draft_version": "0"}, headers=script)
    assert saved.get_json()["version"] == 1
    stale = desk.post(f"{url}/supplement/draft", {**POINT, "reason": "x", "draft_version": "0"}, headers=script)
    assert stale.status_code == 409
    many: dict[str, Any] = {f"supplement_items.{n}.component": "x" * 9000 for n in range(200)}
    assert desk.post(f"{url}/supplement", {**many, "draft_version": "1", "do": "send"}).status_code == 422
    assert desk.get(f"{url}/supplement").status_code == 200
    assert desk.post(f"{url}/presence", {"typing": "1"}).get_json() == {"others": [], "changed": ""}


def test_a_tasks_page_costs_the_same_however_much_was_done_before(
    app: Flask, office: Office, desk: Visitor, dossier: Dossier
) -> None:
    costs: dict[str, tuple[int, ...]] = dict.fromkeys(("", "?tab=dossier", "?tab=history", "?tab=documents"), ())
    for _ in range(2):
        url = task_of(office, dossier, "appraise")
        for tab in costs:
            desk.get(url + tab)
            with counted() as sent:
                assert desk.get(url + tab).status_code == 200
            costs[tab] = (*costs[tab], len(sent))
        _one_round(office, dossier)
    assert all(after <= before for before, after in costs.values()), costs
    assert max(costs[""]) <= 40, costs


def _one_round(office: Office, dossier: Dossier) -> None:
    task_id = office.open(dossier)["appraise"].id
    officer = office.viewer("chuyenvien")
    point = Item(component="floor_plan", problem="unclear", basis="103/2016/NĐ-CP", todo="Vẽ lại.")
    tasks.claim(officer, task_id, now=office.now)
    answers = {**CHECKED, "appraisal_comment": "x"}
    supplements.send(officer, task_id, Content(items=[point], note="x"), answers=answers, now=office.now)
    supplements.approve(office.viewer("truongphong"), task_id, now=office.now)
    reply = {**course("supplement_then_granted")["steps"][4]["answers"], "supplement_items": [{"reply": "Đã vẽ"}]}
    office.step(dossier, "nguoinop", "answer_supplement", "answer", answers=reply)
    office.look()
