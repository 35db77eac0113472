"""/inbox/bulk: ticked tasks are done together; each result is listed, refusals with their reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import bulk, tasks
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import acts, form, procedure, text
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}
OPINION = text("opinion", required=True)


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))
        decide = acts("agree", "refuse", reason="refuse").replace('id="refuse"', 'id="refuse" kind="refuse"')
        office.deploy(
            procedure(
                "plain", start("s", motcua__nationalStatus="1"),
                user("work", name="Việc", camunda__formKey="opinion", **SKILLED),
                user("decide", decide, name="Duyệt", **SKILLED), end("e"), "s -> work -> decide -> e",
                opinion__form=form("opinion", OPINION),
            )
        )  # fmt: skip
        yield office


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(app, "chuyenvien")


@pytest.fixture
def filed(office: Office) -> list[Dossier]:
    found = []
    for _ in range(3):
        found.append(office.file_in("plain"))
        office.later(minutes=1)
    return found


def ids(office: Office, dossiers: list[Dossier]) -> list[str]:
    office.look()
    return [next(iter(office.open(dossier).values())).id for dossier in dossiers]


def worked_off(office: Office) -> None:
    """Let the server do what pages have begun by the clock on the wall."""
    office.look()
    office.now = datetime.now(UTC)
    office.tick(seconds=1)


def begun(desk: Visitor, do: str, task_ids: list[str], **more: str) -> str:
    """Tick, press, fill in and start; give where the results are."""
    desk.get("/inbox")
    desk.post("/inbox/bulk", [("do", do), *(("task", task_id) for task_id in task_ids)])
    answer = desk.post("/inbox/bulk", [*desk.hidden(), *more.items()])
    assert answer.status_code == 303, words(answer.text)
    return str(answer.location).partition("?")[0]


def test_ticked_tasks_are_claimed_and_each_result_is_listed(office: Office, desk: Visitor, filed: list[Dossier]):
    other = office.hire("binh", "officer", groups=["specialist_prevention"], unit="prevention")
    every = ids(office, filed)
    tasks.claim(other, every[0], now=office.now)
    desk.post("/inbox/bulk?view=unassigned", [("do", "claim"), *(("task", one) for one in every)])
    page = words(desk.page)
    assert "Nhận việc: 3 việc" in page
    assert "1 việc người khác đang giữ." in page
    url = begun(desk, "claim", every)
    shown = desk.get(url).text
    assert "0 trên 3" in words(shown)
    assert 'hx-trigger="every 2s"' in shown
    worked_off(office)
    shown = desk.get(url).text
    assert "hx-trigger" not in shown
    assert "3 trên 3" in words(shown)
    refused, *done = rows(shown)
    assert "Không làm được" in refused
    assert "Việc này đã có người khác nhận." in refused
    assert f'href="/tasks/{every[0]}"' in shown
    assert all("Đã làm" in line for line in done)
    assert len(rows(desk.get(f"{url}?state=failed").text)) == 1
    assert "Nhận việc" in rows(desk.get("/inbox/bulk").text)[0]


def test_the_whole_list_is_chosen_with_one_box(office: Office, desk: Visitor, filed: list[Dossier]):
    desk.post("/inbox/bulk?view=unassigned", {"do": "claim", "all": "yes"})
    assert "Nhận việc: 3 việc" in words(desk.page)
    desk.post("/inbox/bulk?view=mine", {"do": "claim", "all": "yes"})
    assert "Chưa chọn việc nào." in words(desk.get("/inbox").text)


def test_one_form_completes_many_and_what_is_wrong_is_said_before(office: Office, desk: Visitor, filed: list[Dossier]):
    every = ids(office, filed)
    desk.post("/inbox/bulk", [("do", "complete"), *(("task", one) for one in every)])
    assert 'name="answers.opinion"' in desk.page
    hidden = desk.hidden()
    refused = desk.post("/inbox/bulk", [*hidden, ("answers.opinion", "")])
    assert refused.status_code == 422
    assert 'href="#answers-opinion"' in refused.text or "Còn 1 chỗ cần sửa" in words(refused.text)
    answer = desk.post("/inbox/bulk", [*desk.hidden(), ("answers.opinion", "Đạt")])
    assert answer.status_code == 303
    worked_off(office)
    assert words(desk.get(answer.location).text).count("Đã làm") >= 3
    assert {next(iter(office.open(office.again(each)))) for each in filed} == {"decide"}


def test_tasks_of_several_steps_are_refused_by_groups_and_done_group_by_group(
    office: Office, desk: Visitor, filed: list[Dossier]
):
    tasks.submit(office.viewer("chuyenvien"), ids(office, filed)[0], {"opinion": "Đạt"}, now=office.now)
    every = ids(office, filed)
    desk.post("/inbox/bulk", [("do", "complete"), *(("task", one) for one in every)])
    shown = words(desk.page)
    assert "Các việc đã chọn thuộc 2 nhóm bước" in shown
    assert shown.count("Chỉ làm nhóm này") == 2
    assert 'name="answers.opinion"' not in desk.page
    group = desk.page.partition('name="only" value="')[2].partition('"')[0]
    desk.post("/inbox/bulk", [*desk.hidden(), ("only", group)])
    assert "Chỉ làm nhóm này" not in words(desk.page)


def test_a_grave_act_is_shown_once_more_before_it_begins(office: Office, desk: Visitor, filed: list[Dossier]):
    for task_id in ids(office, filed):
        tasks.submit(office.viewer("chuyenvien"), task_id, {"opinion": "Đạt"}, now=office.now, turn_reason="x")
    every = ids(office, filed)
    desk.post("/inbox/bulk", [("do", "complete"), *(("task", one) for one in every)])
    refused = desk.post("/inbox/bulk", [*desk.hidden(), ("act", "refuse")])
    assert "Cần nêu lý do." in words(refused.text)
    last = desk.post("/inbox/bulk", [*desk.hidden(), ("act", "refuse"), ("reason", "Thiếu căn cứ")])
    assert last.status_code == 200
    assert "refuse: 3 hồ sơ. Không hoàn tác được cả loạt." in words(last.text)
    answer = desk.post("/inbox/bulk", [*desk.hidden(), ("sure", "refuse"), ("reason", "Thiếu căn cứ")])
    assert answer.status_code == 303
    worked_off(office)
    assert words(desk.get(answer.location).text).count("Đã làm") >= 3


def test_a_head_assigns_and_transfers_many_and_an_officer_is_not_offered_it(
    app: Flask, office: Office, desk: Visitor, filed: list[Dossier]
):
    every = ids(office, filed)
    head = at_desk(app, "truongphong")
    head.post("/inbox/bulk", [("do", "assign"), *(("task", one) for one in every)])
    assert 'name="assignee" value="chuyenvien"' in head.page
    refused = head.post("/inbox/bulk", [*head.hidden(), ("assignee", "motcua")])
    assert refused.status_code == 422
    url = begun(head, "assign", every, assignee="chuyenvien")
    worked_off(office)
    assert "Giao cho Chuyên viên" in words(head.get(url).text)
    assert words(head.page).count("Đã làm") >= 3
    refused = head.post("/inbox/bulk", [("do", "transfer"), ("step", "start"), *(("task", one) for one in every)])
    assert refused.status_code == 422
    assert words(refused.text).count("Chọn đơn vị nhận.") == 2
    assert desk.post("/inbox/bulk", [("do", "assign"), ("task", every[0])]).status_code == 403
    assert desk.get(url).status_code == 404


def test_an_act_is_stopped_tried_again_and_begun_once(office: Office, desk: Visitor, filed: list[Dossier]):
    every = ids(office, filed)
    desk.post("/inbox/bulk", [("do", "claim"), ("task", every[2])])
    hidden = desk.hidden()
    first, again = (desk.post("/inbox/bulk", hidden).location for _ in range(2))
    assert first == again
    worked_off(office)
    assert "nộp trước đang chờ ở cùng bước" in rows(desk.get(first).text)[0]
    desk.post(f"{first}/again", {"reason": "Hồ sơ cấp cứu"})
    worked_off(office)
    assert "Đã làm" in rows(desk.get(first).text)[0]
    url = begun(desk, "claim", every[:2])
    desk.post(f"{url}/stop")
    assert "2 việc không được làm vì đã dừng." in words(desk.get(url).text)
    desk.post(f"{url}/stop")
    office.look()
    assert bulk.readable(office.viewer("chuyenvien"), url.rpartition("/")[2]).state == "cancelled"


def test_hostile_words_make_no_act(desk: Visitor, filed: list[Dossier], office: Office):
    one = ids(office, filed)[0]
    for sent in (
        [("do", "nothing"), ("task", one)], [("do", "claim"), ("task", one), ("batch", "<x>"), ("seen", "x,y")],
        [("do", "claim"), ("task", one), ("step", "start"), ("batch", "../.."), ("seen", "-1")],
        [("do", "complete"), ("task", one), ("only", "a|b"), ("act", "x"), ("answers.x[9999].y", "1")],
    ):  # fmt: skip
        assert desk.post("/inbox/bulk", sent).status_code in (200, 303, 422)
    assert desk.post("/inbox/bulk", [("task", f"t{number}") for number in range(900)]).status_code == 303
    for path in ("/inbox/bulk/none", "/inbox/bulk/" + "0" * 32):
        assert desk.get(path).status_code == 404


def test_the_page_of_a_task_asks_why_it_is_done_before_its_turn(office: Office, desk: Visitor, filed: list[Dossier]):
    first, *_, last = ids(office, filed)
    assert 'name="turn_reason"' not in desk.get(f"/tasks/{first}").text
    assert f"Hồ sơ {filed[0].code} nộp trước đang chờ" in words(desk.get(f"/tasks/{last}").text)
    typed = [*desk.hidden(), ("answers.opinion", "Đạt")]
    refused = desk.post(f"/tasks/{last}/submit", typed)
    assert refused.status_code == 422
    assert 'id="turn_reason-error"' in refused.text
    assert 'href="#turn_reason"' in refused.text
    assert desk.post(f"/tasks/{last}/submit", [*typed, ("turn_reason", "Cấp cứu")]).status_code == 303
