"""/tasks/<id>: the form with its acts, what a refusal keeps, conflicts, a last look, the tabs, assignment."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from services import dossiers, tasks
from services.deadlines import raise_task
from services.statuses import Status
from tests.engine.diagrams import end, script, start, user
from tests.office import Office, scenario
from tests.services.bundles import bundle, form, one_task, procedure, text
from tests.web.officers import at_desk, posted, quick_app, rows, task_of, words
from tests.web.visitor import Visitor, pdf

APPRAISAL = scenario()["answers"]["sound"]
REFUSAL = scenario()["answers"]["not_eligible"]


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(app, "chuyenvien")


@pytest.fixture
def appraisal(office: Office) -> str:
    """The address of an appraisal that nobody has claimed."""
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    return task_of(office, dossier, "appraise")


def sent(desk: Visitor, answers: dict[str, Any], **more: str) -> list[tuple[str, Any]]:
    """Give what the open form would send with these answers."""
    hidden = [(name, value) for name, value in desk.hidden() if not name.startswith("answers.")]
    return [*hidden, *posted(answers), *more.items()]


def test_a_task_shows_its_form_its_acts_the_clock_and_the_dossier(desk: Visitor, appraisal: str):
    page = desk.get(appraisal).text
    assert "<h1>Thẩm định hồ sơ</h1>" in page
    assert 'name="act" value="pass" data-key="Ctrl+Enter"' in page
    assert "Hồ sơ đạt, chuyển thẩm định tại cơ sở" in page
    assert '<button class="btn btn-grave" type="submit" name="act" value="propose_refusal">' in page
    shown = words(page)
    assert "Bắt buộc khi chọn: Đề nghị không cấp." in shown
    assert "Hẹn trả" in shown
    assert "Cách tính" in shown
    assert "Người nộp hồ sơ (demo)" in shown
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in shown
    assert "Chưa ai nhận" in shown
    assert f'action="{appraisal}/claim"' in page
    assert "Giao cho…" not in shown  # a head's
    assert page.index('name="answers-do" value="refresh"') < page.index('value="pass"')  # Enter decides nothing


def test_a_decision_is_sent_and_the_next_task_of_the_view_opens(office: Office, desk: Visitor, appraisal: str):
    office.now -= timedelta(days=14)  # due before the first dossier's next step, whatever day it is
    other = office.accepted("nguoinop2")
    office.step(other, "truongphong", "assign", "assign")
    office.now += timedelta(days=14)
    desk.get(f"{appraisal}?view=unassigned")
    answer = desk.post(f"{appraisal}/submit?view=unassigned", sent(desk, APPRAISAL, act="pass", turn_reason="Gấp"))
    assert answer.status_code == 303
    office.look()
    done = appraisal.rpartition("/")[2]
    assert answer.location == f"{task_of(office, other, 'appraise')}?view=unassigned&done={done}"
    flash = words(desk.get(answer.location).text)
    assert "Hồ sơ đạt, chuyển thẩm định tại cơ sở. Bước tiếp: Thẩm định tại cơ sở." in flash
    done = words(desk.get(appraisal).text)
    assert "Chuyên viên phòng bệnh (demo) đã làm xong lúc" in done
    assert "Hồ sơ đáp ứng điều kiện cấp III" in done
    assert "/submit" not in desk.page


def test_what_is_wrong_is_said_at_once_and_all_that_was_typed_stays(office: Office, desk: Visitor, appraisal: str):
    desk.get(appraisal)
    typed = {"facilities_check": "fail", "appraisal_comment": "Cần xem <script>alert(1)</script>", "unknown": "x"}
    answer = desk.post(f"{appraisal}/submit", sent(desk, typed, act="propose_refusal"))
    assert answer.status_code == 422
    page = answer.text
    assert "<title>Lỗi: Thẩm định hồ sơ" in page
    summary = words(page[page.index('id="error-summary"') : page.index("</ul>", page.index('id="error-summary"'))])
    assert "Chọn “Trang thiết bị”" in summary
    assert summary.endswith("Cần nêu lý do.")
    assert 'href="#reason"' in page
    assert "Cần xem &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'name="answers.facilities_check" value="fail" checked' in page
    kept = desk.post(f"{appraisal}/submit", sent(desk, typed, act="propose_refusal", reason="Thiếu sơ đồ"))
    assert "Thiếu sơ đồ</textarea>" in kept.text
    office.look()
    assert office.open(office.file())  # the office goes on
    assert tasks.open_task(office.viewer("chuyenvien"), appraisal.removeprefix("/tasks/"), now=office.now).can_submit


def test_a_button_that_only_changes_the_form_completes_nothing(office: Office, desk: Visitor):
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    office.step(dossier, "chuyenvien", "appraise", "pass")
    inspection = task_of(office, dossier, "inspect")
    desk.get(inspection)
    more = [*sent(desk, {"site_facilities": "fail"}), ("answers-do", "add answers.inspection_team")]
    added = desk.post(f"{inspection}/submit", more)
    assert (added.status_code, "answers.inspection_team[0].name" in added.text) == (200, True)


def test_a_refusal_is_looked_at_once_more_before_it_is_sent(office: Office, desk: Visitor, appraisal: str):
    desk.get(appraisal)
    values = sent(desk, REFUSAL, act="propose_refusal", reason="Không có áp suất âm")
    look = desk.post(f"{appraisal}/submit", values)
    assert look.status_code == 200
    assert "Kiểm tra lần cuối: Đề nghị không cấp" in words(look.text)
    assert "Không có áp suất âm" in look.text
    assert "chỉ có tủ an toàn sinh học cấp I" in words(look.text)
    office.look()
    task_id = appraisal.removeprefix("/tasks/")
    assert tasks.open_task(office.viewer("chuyenvien"), task_id, now=office.now).task.state == "open"
    hidden = desk.hidden()
    back = desk.post(f"{appraisal}/submit", [*hidden, ("answers-do", "edit")])
    assert back.status_code == 200
    assert "Không có áp suất âm</textarea>" in back.text
    gone = desk.post(f"{appraisal}/submit", [*hidden, ("act", "propose_refusal")])
    assert gone.status_code == 303
    office.look()
    done = tasks.open_task(office.viewer("chuyenvien"), task_id, now=office.now).task
    assert (done.state, done.act, done.reason) == ("completed", "propose_refusal", "Không có áp suất âm")


def test_a_refusal_that_is_wrong_is_not_looked_at_but_said(desk: Visitor, appraisal: str):
    desk.get(appraisal)
    answer = desk.post(f"{appraisal}/submit", sent(desk, REFUSAL, act="propose_refusal"))
    assert answer.status_code == 422
    assert "Cần nêu lý do." in answer.text
    assert desk.post(f"{appraisal}/submit", sent(desk, REFUSAL, act="no-such-act")).status_code == 422


def test_answers_sent_after_a_change_are_kept_and_the_change_is_shown(office: Office, desk: Visitor):
    office.deploy(
        procedure(
            "two-desks",
            start("s", motcua__nationalStatus="1"),
            user("a", name="Bước A", motcua__form="one.form", motcua__candidateGroups="specialist_prevention"),
            user("b", name="Bước B", motcua__candidateGroups="specialist_prevention"),
            end("e"), end("f"), "s -> a -> e", "s -> b -> f",
            one__form=form("one", text("note")),
        )
    )  # fmt: skip
    dossier = office.file_in("two-desks")
    mine, other = task_of(office, dossier, "a"), office.open(dossier)["b"].id
    desk.get(mine)
    stale = sent(desk, {"note": "Đã gõ rồi"})
    tasks.submit(office.viewer("chuyenvien"), other, {}, now=office.now)
    answer = desk.post(f"{mine}/submit", stale)
    assert answer.status_code == 409
    assert "Câu trả lời của bạn vẫn còn" in answer.text
    assert "Làm xong: Bước B – Chuyên viên phòng bệnh (demo)" in words(answer.text)
    assert 'value="Đã gõ rồi"' in answer.text
    assert desk.post(f"{mine}/submit", sent(desk, {"note": "Đã gõ rồi"})).status_code == 303


def test_a_deadline_raised_meanwhile_disturbs_nobody(office: Office, desk: Visitor):
    office.now -= timedelta(days=60)
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    task = office.open(dossier)["appraise"]
    desk.get(f"/tasks/{task.id}")
    before = sent(desk, APPRAISAL, act="pass")
    raise_task(task.id, task.instance_id, now=datetime.now(UTC))
    assert desk.post(f"/tasks/{task.id}/submit", before).status_code == 303


def test_who_comes_second_sees_who_was_first_and_keeps_what_was_typed(office: Office, desk: Visitor, appraisal: str):
    office.hire("thuhai", "officer", groups=["specialist_prevention"], unit="prevention")
    desk.get(appraisal)
    typed = sent(desk, {**APPRAISAL, "appraisal_comment": "Nhận xét của tôi"}, act="pass")
    task_id = appraisal.removeprefix("/tasks/")
    tasks.claim(office.viewer("thuhai"), task_id, now=office.now)
    taken = desk.post(f"{appraisal}/submit", typed)
    assert taken.status_code == 409
    assert "Thuhai đang giữ việc này." in words(taken.text)
    assert "Nhận xét của tôi" in taken.text
    tasks.submit(office.viewer("thuhai"), task_id, APPRAISAL, now=office.now, act="pass")
    late = desk.post(f"{appraisal}/submit", typed)
    assert late.status_code == 409
    assert "Thuhai đã làm xong lúc" in words(late.text)
    of_the_first, unsent = late.text.split("Điều bạn đã gõ, chưa được gửi")
    assert "Hồ sơ đáp ứng điều kiện cấp III" in of_the_first
    assert "Nhận xét của tôi" not in of_the_first
    assert "Nhận xét thẩm định Nhận xét của tôi" in words(unsent)
    assert "/submit" not in late.text


def test_files_are_kept_whatever_else_is_wrong_and_belong_to_the_dossier_in_the_end(office: Office, desk: Visitor):
    picker = {"type": "filepicker", "key": "scan", "label": "Bản quét", "multiple": True, "accept": ".pdf"}
    office.deploy(
        procedure(
            "scanning",
            start("s", motcua__nationalStatus="1"),
            user("scan", motcua__form="scan.form", motcua__candidateGroups="specialist_prevention"),
            end("e"), "s -> scan -> e",
            scan__form=form("scan", picker, text("title", required=True)),
        )
    )  # fmt: skip
    dossier = office.file_in("scanning")
    task = task_of(office, dossier, "scan")
    desk.get(task)
    wrong = desk.post(
        f"{task}/submit",
        [*sent(desk, {}), ("answers.scan", pdf("bien-ban.pdf")), ("answers.scan", pdf("x.exe", b"MZ\x90\x00 binary"))],
    )
    assert wrong.status_code == 422
    assert "bien-ban.pdf" in wrong.text
    assert re.search("“x.exe”:? không thuộc loại được nhận", words(wrong.text))
    kept = wrong.text[wrong.text.index('name="answers.scan" value="', wrong.text.index("bien-ban")) :]
    document = kept.removeprefix('name="answers.scan" value="').partition('"')[0]
    foreign = desk.post(f"{task}/submit", sent(desk, {"title": "Quét", "scan": ["0" * 32]}))
    assert foreign.status_code == 422
    assert "Tệp không còn, hãy tải lên lại." in foreign.text
    done = desk.post(f"{task}/submit", sent(desk, {"title": "Quét", "scan": [document]}))
    assert done.status_code == 303
    office.look()
    papers = [row for row in rows(desk.get(f"/dossiers/{dossier.id}?tab=documents").text) if "bien-ban.pdf" in row]
    assert len(papers) == 1
    assert "bien-ban.pdf" in words(desk.get(task).text)  # the finished task names its file


def test_only_those_who_may_see_a_task_open_it(app: Flask, office: Office, desk: Visitor, appraisal: str):
    stranger = at_desk(app, "chuyenvienduoc")
    for path in (appraisal, f"{appraisal}?tab=history", f"{appraisal}/assign"):
        assert stranger.get(path).status_code in (403, 404)
    stranger.get("/inbox")
    assert stranger.post(f"{appraisal}/submit", {"act": "pass"}).status_code == 404
    assert stranger.post(f"{appraisal}/claim").status_code == 404
    assert at_desk(app, "nguoinop").get(appraisal).status_code == 403
    assert Visitor(app).get(appraisal).status_code == 302
    assert desk.get("/tasks/no-such-task").status_code == 404
    forged = desk.client.post(f"{appraisal}/submit", data={"act": "pass", "csrf_token": "old"})
    assert forged.status_code == 400
    assert "mã an toàn đã hết hạn" in forged.text


def test_a_head_reads_and_assigns_what_a_specialist_does(app: Flask, office: Office, appraisal: str):
    head = at_desk(app, "truongphong")
    page = head.get(appraisal).text
    assert "Việc này dành cho: Chuyên viên Cục Phòng bệnh." in words(page)
    assert "/submit" not in page
    assert 'data-key="a"' in page
    chosen = head.get(f"{appraisal}/assign").text
    assert "Chuyên viên phòng bệnh (demo)" in words(chosen)
    assert "đang không giữ việc nào" in words(chosen)
    assert not [one for one in ("Chuyên viên dược", "Người nộp hồ sơ (demo)") if one in words(chosen)]
    nobody = head.post(f"{appraisal}/assign")
    assert nobody.status_code == 422
    assert "Chọn người nhận việc." in nobody.text
    assert head.post(f"{appraisal}/assign", {"assignee": "chuyenvienduoc"}).status_code == 422
    given = head.post(f"{appraisal}/assign", {"assignee": "chuyenvien"})
    assert given.location == appraisal
    assert "Đã giao cho Chuyên viên phòng bệnh (demo): Thẩm định hồ sơ" in words(head.get(appraisal).text)
    assert "Chuyên viên phòng bệnh (demo) đang giữ việc này." in words(head.page)
    assert "đang giữ 1 việc" in words(head.get(f"{appraisal}/assign").text)
    assert at_desk(app, "chuyenvien").get(f"{appraisal}/assign").status_code == 403


def test_a_task_is_given_back_to_its_group(office: Office, desk: Visitor, appraisal: str):
    desk.get(appraisal)
    desk.post(f"{appraisal}/claim")
    assert "Trả lại nhóm" in desk.get(appraisal).text
    assert desk.post(f"{appraisal}/unclaim").location == appraisal
    assert "Đã trả lại nhóm: Thẩm định hồ sơ" in words(desk.get(appraisal).text)
    assert "Chưa ai nhận" in words(desk.page)


def test_the_tabs_show_dossier_history_diagram_and_documents(office: Office, desk: Visitor, appraisal: str):
    dossier = words(desk.get(f"{appraisal}?tab=dossier").text)
    assert "Phòng xét nghiệm Sao Mai, cơ sở 2" in dossier
    assert "Phân công chuyên viên : Giao thẩm định" in dossier
    history = desk.get(f"{appraisal}?tab=history").text
    assert "Kiểm tra hồ sơ: Tiếp nhận hồ sơ" in words(history)
    assert "Trạng thái: Được tiếp nhận → Đang xử lý" in words(history)
    assert "/control-sheet" in history
    held = rows(history)
    assert "Kiểm tra hồ sơ Cán bộ Một cửa (demo)" in held[0]
    assert "Thẩm định hồ sơ Chuyên viên Cục Phòng bệnh" in held[2]
    assert "chưa nhận đang giữ" in held[2]
    documents = rows(desk.get(f"{appraisal}?tab=documents").text)
    assert any("Giấy tiếp nhận hồ sơ và hẹn trả kết quả Ban hành" in row for row in documents)
    assert len(documents) == 5
    english = words(desk.get(f"{appraisal}?tab=history&lang=en").text)
    assert "Completeness check: Accept the dossier" in english
    assert "Who held the dossier, for how long" in english


def test_the_diagram_is_marked_and_the_same_stands_in_a_table(app: Flask, office: Office, desk: Visitor):
    dossier = office.file()
    task = task_of(office, dossier, "check")
    door = at_desk(app, "motcua")
    answer = door.get(f"{task}?tab=diagram")
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert 'data-current="reception_call" data-done="filing"' in answer.text
    assert 'data-current="check"' in answer.text  # the called process is drawn too
    assert "đang ở Kiểm tra hồ sơ" in html.unescape(answer.text)
    here = [row for row in rows(answer.text) if "Đang ở đây" in row]
    assert len(here) == 2
    assert "Kiểm tra hồ sơ Việc của người Bộ phận Một cửa" in here[1]
    assert "unsafe-inline" not in door.get(task).headers["Content-Security-Policy"]


def test_a_diagram_is_given_byte_for_byte_to_staff_only(app: Flask, office: Office, desk: Visitor):
    files = one_task("plain", motcua__form="f.form") | {"f.form": b'{"type":"default","components":[]}'}
    deployed = office.deploy(files)
    process = next(item for item in deployed.definitions if item.kind == "process")
    schema = next(item for item in deployed.definitions if item.kind == "form")
    given = desk.get(f"/diagrams/{process.id}.bpmn")
    assert given.data == files["plain.bpmn"]
    assert given.mimetype == "application/xml"
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert desk.get(f"/diagrams/{schema.id}.bpmn").status_code == 404
    assert desk.get("/diagrams/none.bpmn").status_code == 404
    assert at_desk(app, "nguoinop").get(f"/diagrams/{process.id}.bpmn").status_code == 403
    assert Visitor(app).get(f"/diagrams/{process.id}.bpmn").status_code == 302


def test_a_task_without_dossier_shows_the_data_of_its_instance(app: Flask, office: Office):
    office.deploy(one_task("errand"))
    instance = office.start("errand", {"what": "<b>giấy</b>"})
    door = at_desk(app, "motcua")
    task = f"/tasks/{office.open(instance)['do'].id}"
    page = door.get(task).text
    assert "Bước này không có biểu mẫu" in page
    assert "Hoàn thành bước này" in page
    assert "?tab=documents" not in page
    assert "&lt;b&gt;giấy&lt;/b&gt;" in door.get(f"{task}?tab=dossier").text
    for tab in ("history", "diagram"):
        assert door.get(f"{task}?tab={tab}").status_code == 200
    door.get(task)
    assert door.post(f"{task}/submit", door.hidden()).status_code == 303


def test_a_task_that_an_answer_led_to_says_so(office: Office, desk: Visitor, appraisal: str):
    task = tasks.open_task(office.viewer("chuyenvien"), appraisal.removeprefix("/tasks/"), now=office.now).task
    assert task.dossier_id is not None
    dossier = dossiers.readable(office.viewer("chuyenvien"), task.dossier_id)
    assert "Người nộp đã trả lời" not in desk.get(appraisal).text
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Thiếu sơ đồ")
    office.later(hours=3)
    office.step(dossier, "nguoinop", "answer_supplement", "answer")
    office.look()
    page = desk.get(task_of(office, dossier, "appraise")).text
    assert "Người nộp đã trả lời lúc" in page
    assert "Xem câu trả lời" in page


def test_a_fault_of_the_diagram_is_told_calmly_and_what_was_sent_is_kept(app: Flask, office: Office):
    one = user("do", motcua__form="one.form", motcua__candidateGroups="one_door")
    files = bundle(
        "faulty", start("s"), one, script("count", "total = amount + 1"), end("e"), "s -> do -> count -> e",
        one__form=form("one", text("note")),
    )  # fmt: skip
    office.deploy(files)
    task = f"/tasks/{office.open(office.start('faulty'))['do'].id}"
    door = at_desk(app, "motcua")
    door.get(task)
    answer = door.post(f"{task}/submit", sent(door, {"note": "Đã gõ rồi"}))
    page = door.get(answer.headers["Location"]).text
    assert "Điều bạn gửi đã được ghi nhận. Bước tự động tiếp theo gặp sự cố, người vận hành đã được báo." in page
    assert "amount" not in page


def test_a_dossier_that_its_applicant_wants_back_waits_for_that(office: Office, desk: Visitor, appraisal: str):
    desk.get(appraisal)
    values = sent(desk, APPRAISAL, act="pass")
    task = tasks.open_task(office.viewer("chuyenvien"), appraisal.removeprefix("/tasks/"), now=office.now).task
    assert task.dossier_id is not None
    dossiers.withdraw(office.viewer("nguoinop"), task.dossier_id, "Nộp nhầm", now=office.now)
    answer = desk.post(f"{appraisal}/submit", values)
    assert answer.status_code == 409
    assert "Hồ sơ đáp ứng điều kiện cấp III" in answer.text  # kept
    assert 'name="act"' not in answer.text
    assert f'href="/dossiers/{task.dossier_id}"' in answer.text
    office.look()
    assert dossiers.readable(office.viewer("chuyenvien"), task.dossier_id).status == Status.WITHDRAWAL_REQUESTED
