"""One's own dossiers: where they stand, what to do, papers, withdrawal; and the public page behind the two codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from services import clocks, dossiers
from storage.rows import dossiers as rows
from storage.tables import Dossier
from tests.office import Office
from tests.web.visitor import Visitor, pdf
from web.i18n.formats import day, long_day, short_day


def ten_days_ago(app: Flask) -> Office:
    """Give the office as it was ten days ago: pages read the clock on the wall."""
    return Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=10))


@pytest.fixture
def office(shared_app: Flask) -> Iterator[Office]:
    with shared_app.app_context():
        yield ten_days_ago(shared_app)


@pytest.fixture
def visitor(shared_app: Flask, tries: None) -> Visitor:
    visitor = Visitor(shared_app)
    visitor.sign_in("nguoinop")
    return visitor


def to_supplement(office: Office) -> Dossier:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    office.later(days=1)
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Thiếu <b>sơ đồ</b>")
    return office.again(dossier)


def task_of(office: Office, dossier: Dossier) -> str:
    return office.open(dossier)["answer_supplement"].id


def test_a_new_dossier_says_when_acceptance_is_due_and_what_comes(office: Office, visitor: Visitor):
    dossier = office.file()
    page = visitor.get(f"/my/dossiers/{dossier.code}").text
    assert "Mới đăng ký" in page
    assert "Trả lời tiếp nhận chậm nhất" in page
    assert long_day(dossier.acceptance_due_at) in page
    assert "Bạn không phải làm gì lúc này." in page
    assert "Thẩm định tại cơ sở" in page  # still to come
    assert 'aria-current="step"' in page


def test_an_accepted_dossier_shows_the_appointment_the_clock_and_why(office: Office, visitor: Visitor):
    dossier = office.accepted()
    told = clocks.tell(dossier, asked_at=office.now)
    assert told is not None
    page = visitor.get(f"/my/dossiers/{dossier.code}").text
    assert "Hẹn trả kết quả" in page
    assert long_day(told.result_at) in page
    assert "Đang tính thời hạn “Thẩm định hồ sơ”" in page
    assert 'class="mc-clock"' in page
    assert f"Vì sao là ngày {short_day(told.result_at)}?" in page
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in page
    assert "Cơ quan đang xử lý" in page  # the present step is not public
    assert "Phân công chuyên viên" not in page
    assert "Căn cứ: 103/2016/NĐ-CP." in page
    english = visitor.get(f"/my/dossiers/{dossier.code}?lang=en").text
    with force_locale("en"):
        assert long_day(told.result_at) in english
        assert f"Why {short_day(told.result_at)}?" in english
    visitor.get("/my/dossiers?lang=vi")


def test_nobody_elses_dossier_is_shown(shared_app: Flask, office: Office, visitor: Visitor):
    code = office.file("nguoinop2").code
    officer = Visitor(shared_app)
    officer.sign_in("motcua")
    for path in ("", "/receipt", "/withdraw", "/tasks/1"):
        assert visitor.get(f"/my/dossiers/{code}{path}").status_code == 404, path
        assert officer.get(f"/my/dossiers/{code}{path}").status_code == 404, path
    assert visitor.post(f"/my/dossiers/{code}/withdraw", {"reason": "x"}).status_code == 404
    assert visitor.post(f"/my/dossiers/{code}/keep").status_code == 404
    assert code not in visitor.get("/my/dossiers").text


@pytest.mark.parametrize("path", ["", "/receipt", "/withdraw", "/tasks/abc"])
def test_an_unknown_dossier_is_not_found_and_nobody_signs_in_first(shared_app: Flask, visitor: Visitor, path: str):
    assert visitor.get(f"/my/dossiers/000.00.00.G18-000000-0000{path}").status_code == 404
    assert Visitor(shared_app).get(f"/my/dossiers/000.00.00.G18-000000-0000{path}").status_code == 302


def test_the_list_leads_on_from_the_latest_to_the_first(demo_app: Flask, tries: None):
    visitor = Visitor(demo_app)
    visitor.sign_in("nguoinop")
    assert "Bạn chưa nộp hồ sơ nào" in visitor.get("/my/dossiers").text
    with demo_app.app_context():
        office = ten_days_ago(demo_app)
        codes = []
        for _ in range(22):
            office.later(minutes=1)
            codes.append(office.file().code)
    first = visitor.get("/my/dossiers").text
    found = re.findall(r'href="/my/dossiers/(000[^"]+)"', first)
    following = re.search(r'href="(/my/dossiers\?after=[^"]+)"', first)
    assert following is not None
    found += re.findall(r'href="/my/dossiers/(000[^"]+)"', visitor.get(following[1]).text)
    assert found == codes[::-1]
    for cursor in ("nonsense", "2026-01-01_x", "_", "2026-01-01T00:00:00+00:00_%00"):
        assert visitor.get(f"/my/dossiers?after={cursor}").status_code in (200, 400), cursor


def test_the_list_says_what_waits_for_the_applicant(office: Office, visitor: Visitor):
    to_supplement(office)
    page = visitor.get("/my/dossiers").text
    assert "Yêu cầu bổ sung giấy tờ" in page
    assert "Chờ bạn bổ sung" in page
    assert "Tạm dừng" in page


def test_a_supplement_is_asked_for_first_and_answered_with_papers(demo_app: Flask, tries: None):
    visitor = Visitor(demo_app)
    visitor.sign_in("nguoinop")
    with demo_app.app_context():
        office = ten_days_ago(demo_app)
        dossier = to_supplement(office)
        code, task = dossier.code, task_of(office, dossier)
        url = f"/my/dossiers/{code}/tasks/{task}"
        page = visitor.get(f"/my/dossiers/{code}").text
        assert "Bạn cần làm: Người nộp bổ sung hồ sơ" in page
        assert "Đồng hồ đang tạm dừng" in page
        assert page.index(f'href="{url}"') < page.index("Đồng hồ đang tạm dừng")
        form = visitor.get(url).text
        assert "Thiếu &lt;b&gt;sơ đồ&lt;/b&gt;" in form
        wrong = visitor.post(url, [("act", "answer"), ("answers.supplement_files", pdf("moi.pdf"))])
        assert wrong.status_code == 422
        assert "Trả lời của bạn" in wrong.text
        kept = re.findall(r'name="answers.supplement_files" value="([0-9a-f]{32})"', wrong.text)
        assert len(kept) == 1
        assert "moi.pdf" in wrong.text
        sent = visitor.post(
            url,
            [
                ("act", "answer"),
                ("answers.supplement_files", kept[0]),
                ("answers.supplement_items[0].reply", "Đã sửa"),
                ("answers.supplement_items[1].reply", "Đã bổ sung"),
                ("answers.supplement_commitment", "true"),
            ],
        )
        assert sent.status_code == 303
        assert sent.headers["Location"] == f"/my/dossiers/{code}"
        after = visitor.get(f"/my/dossiers/{code}").text
        assert "Đã gửi. Cơ quan xử lý tiếp, đồng hồ chạy lại." in after
        assert "moi.pdf" in after
        assert "is-done is-paused" in after
        done = visitor.get(url)
        assert done.status_code == 200
        assert "Bạn đã trả lời lúc" in done.text
        assert "Đã sửa" in done.text
        again = visitor.post(url, {"act": "answer", "answers.supplement_items[0].reply": "x"})
        assert again.status_code == 409
        assert "appraise" in office.open(office.again(dossier))


def test_a_task_of_another_dossier_or_person_is_not_found(office: Office, visitor: Visitor):
    dossier, other = to_supplement(office), office.file()
    task = task_of(office, dossier)
    assert visitor.get(f"/my/dossiers/{other.code}/tasks/{task}").status_code == 404
    check = office.open(other)["check"].id
    assert visitor.get(f"/my/dossiers/{other.code}/tasks/{check}").status_code == 404
    assert visitor.post(f"/my/dossiers/{other.code}/tasks/{check}", {"act": "accept"}).status_code == 404


def test_a_file_that_one_does_not_own_cannot_be_named_in_an_answer(office: Office, visitor: Visitor):
    dossier = to_supplement(office)
    foreign = office.paper("nguoinop2", "floor_plan")
    url = f"/my/dossiers/{dossier.code}/tasks/{task_of(office, dossier)}"
    visitor.get(url)
    answer = visitor.post(
        url,
        [
            ("act", "answer"),
            ("answers.supplement_files", foreign),
            ("answers.supplement_items[0].reply", "x"),
            ("answers.supplement_items[1].reply", "x"),
            ("answers.supplement_commitment", "true"),
        ],
    )
    assert answer.status_code == 422
    assert "Tệp không còn" in answer.text


def test_a_withdrawal_needs_a_reason_and_can_be_taken_back(office: Office, visitor: Visitor):
    code = office.accepted().code
    assert "Rút rồi thì không khôi phục được." in visitor.get(f"/my/dossiers/{code}/withdraw").text
    empty = visitor.post(f"/my/dossiers/{code}/withdraw", {"reason": "  "})
    assert empty.status_code == 422
    assert "Cần nêu lý do." in empty.text
    assert visitor.post(f"/my/dossiers/{code}/withdraw", {"reason": "Đổi ý <i>rồi</i>"}).status_code == 303
    page = visitor.get(f"/my/dossiers/{code}").text
    assert "Công dân yêu cầu rút hồ sơ" in page
    assert "Lý do: Đổi ý &lt;i&gt;rồi&lt;/i&gt;" in page
    assert visitor.post(f"/my/dossiers/{code}/withdraw", {"reason": "again"}).status_code == 409
    assert visitor.get(f"/my/dossiers/{code}/withdraw").status_code == 302
    visitor.get(f"/my/dossiers/{code}")
    assert visitor.post(f"/my/dossiers/{code}/keep").status_code == 303
    page = visitor.get(f"/my/dossiers/{code}").text
    assert "Được tiếp nhận" in page or "Đang xử lý" in page
    assert "không được chấp nhận" not in page
    assert visitor.post(f"/my/dossiers/{code}/keep").status_code == 409


def test_a_declined_withdrawal_and_a_stop_give_their_reasons(office: Office, visitor: Visitor):
    declined, stopped, confirmed = office.accepted(), office.accepted(), office.accepted()
    applicant, head = office.viewer("nguoinop"), office.viewer("truongphong")
    dossiers.withdraw(applicant, declined.id, "Đổi ý", now=office.now)
    dossiers.decline_withdrawal(head, declined.id, "Đã ký rồi", now=office.now)
    dossiers.stop(head, stopped.id, "Trùng hồ sơ", now=office.now)
    dossiers.withdraw(applicant, confirmed.id, "Thôi", now=office.now)
    dossiers.confirm_withdrawal(head, confirmed.id, now=office.now)
    page = visitor.get(f"/my/dossiers/{declined.code}").text
    assert "Yêu cầu rút hồ sơ không được chấp nhận." in page
    assert "Đã ký rồi" in page
    page = visitor.get(f"/my/dossiers/{stopped.code}").text
    assert "Hồ sơ đã dừng xử lý" in page
    assert "Lý do: Trùng hồ sơ" in page
    assert "Rút hồ sơ" not in page
    assert "Hồ sơ đã dừng theo yêu cầu rút của bạn." in visitor.get(f"/my/dossiers/{confirmed.code}").text


def test_a_refusal_at_the_door_gives_the_slip(office: Office, visitor: Visitor):
    dossier = office.file()
    office.step(dossier, "motcua", "check", "refuse", reason="Thiếu giấy tờ")
    page = visitor.get(f"/my/dossiers/{dossier.code}").text
    assert "Hồ sơ không được tiếp nhận" in page
    assert "Phiếu từ chối tiếp nhận" in page
    assert "Thẩm định tại cơ sở" not in page  # nothing comes any more


def test_a_finished_dossier_shows_its_result_and_every_step(office: Office, visitor: Visitor):
    dossier = office.accepted()
    for who, element, act in (
        ("truongphong", "assign", "assign"),
        ("chuyenvien", "appraise", "pass"),
        ("chuyenvien", "inspect", "pass"),
        ("chuyenvien", "draft_certificate", "submit"),
        ("truongphong", "review", "granted"),
        ("lanhdao", "sign", "sign"),
        ("vanthu", "number_and_seal", "issue"),
        ("motcua", "hand_over", "returned"),
    ):
        office.later(hours=2)
        office.step(dossier, who, element, act)
    page = visitor.get(f"/my/dossiers/{dossier.code}").text
    for words in ("Đã trả kết quả", "Trước hạn", "Có kết quả ngày", "Kết quả giải quyết", "Hồ sơ đã kết thúc."):
        assert words in page, words
    assert "is-todo" not in page


def test_papers_are_downloaded_as_what_they_are(office: Office, visitor: Visitor):
    dossier = office.accepted()
    page = visitor.get(f"/my/dossiers/{dossier.code}").text
    issued = re.search(r'<a href="(/documents/[0-9a-f]+)">Giấy tiếp nhận', page)
    uploaded = re.search(r'<a href="(/documents/[0-9a-f]+)" class="text-break">', page)
    assert issued is not None
    assert uploaded is not None
    for url in (issued[1], uploaded[1]):
        answer = visitor.get(url)
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_download_is_for_those_who_may_read_the_dossier(shared_app: Flask, office: Office):
    dossier = office.accepted()
    document = next(d for d in rows.documents_of(dossier.id) if d.origin == "upload").id
    for username, status in (("nguoinop2", 404), ("chuyenvienduoc", 404), ("motcua", 200), ("nguoinop", 200)):
        somebody = Visitor(shared_app)
        somebody.sign_in(username)
        assert somebody.get(f"/documents/{document}").status_code == status, username
    assert Visitor(shared_app).get(f"/documents/{document}").status_code == 302
    somebody = Visitor(shared_app)
    somebody.sign_in("nguoinop")
    for odd in ("nope", "%2e%2e%2fmotcua.sqlite", "0" * 32):
        assert somebody.get(f"/documents/{odd}").status_code == 404, odd


def test_a_name_without_a_kind_is_saved_as_what_it_is(office: Office, visitor: Visitor):
    document = office.paper("nguoinop", "floor_plan", name="trang <web>")
    answer = visitor.get(f"/documents/{document}")
    assert answer.headers["Content-Disposition"].rstrip('"').endswith(".pdf")


def test_the_public_page_shows_the_state_and_no_person(shared_app: Flask, office: Office, tries: None):
    dossier = to_supplement(office)
    nobody = Visitor(shared_app)
    page = nobody.get(f"/track?code={dossier.code}&check={dossier.check_code}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("Yêu cầu bổ sung giấy tờ", "Người nộp bổ sung hồ sơ", "Đồng hồ đang tạm dừng", day(dossier.filed_at)):
        assert words in page.text, words
    answers = [str(value) for value in dossier.answers.values() if isinstance(value, str) and len(value) > 3]
    hidden = [dossier.applicant_name, dossier.applicant, "sơ đồ", "/documents/", "chuyenvien", *answers]
    for words in hidden:
        assert words not in page.text, words


@pytest.mark.parametrize("lower", [False, True])
def test_codes_are_taken_as_people_type_them(shared_app: Flask, office: Office, tries: None, lower: bool):
    dossier = office.file()
    code, check = dossier.code, f" {dossier.check_code[:4]}-{dossier.check_code[4:]} "
    query = {"code": code.lower() if lower else code, "check": check.lower() if lower else check}
    assert Visitor(shared_app).get("/track", query_string=query).status_code == 200


def test_a_wrong_pair_is_one_clear_sentence(shared_app: Flask, office: Office, tries: None):
    dossier = office.file()
    nobody = Visitor(shared_app)
    assert nobody.get("/track").status_code == 200
    for code, check in (
        (dossier.code, "AAAAAAAA"),
        (dossier.code, ""),
        ("nope", dossier.check_code),
        ("<b>", "\u00e9"),
    ):
        answer = nobody.get("/track", query_string={"code": code, "check": check})
        assert answer.status_code == 404, (code, check)
        assert "Không có hồ sơ nào với mã và mã tra cứu này." in answer.text
        assert '<b>"' not in answer.text


def test_guessing_check_codes_is_slowed_down(shared_app: Flask, tries: None):
    nobody = Visitor(shared_app)
    answers = [nobody.get("/track?code=000.00.00.G18-260820-0001&check=AAAAAAAA").status_code for _ in range(32)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert nobody.get("/track").status_code == 200


def test_a_late_dossier_says_so_on_both_pages(shared_app: Flask, office: Office, visitor: Visitor):
    office.now -= timedelta(days=50)
    dossier = office.accepted()
    for page in (
        visitor.get(f"/my/dossiers/{dossier.code}").text,
        Visitor(shared_app).get(f"/track?code={dossier.code}&check={dossier.check_code}").text,
    ):
        assert "Thời hạn này đã quá" in page
        assert "c-over" in page
