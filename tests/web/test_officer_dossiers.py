"""/dossiers: search, one dossier, stopping it, its withdrawal, its control sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import dossiers, history
from services.statuses import Status
from storage.tables import Dossier
from tests.office import Office
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor
from web.officer import dossiers as pages


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=3))


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(app, "chuyenvien")


@pytest.fixture
def dossier(office: Office) -> Dossier:
    """A dossier in appraisal."""
    found = office.accepted()
    office.later(hours=1)
    office.step(found, "truongphong", "assign", "assign")
    return office.again(found)


def status(office: Office, dossier: Dossier) -> Status:
    return Status(office.again(dossier).status)


def test_dossiers_are_found_by_words_status_clock_and_procedure(office: Office, desk: Visitor, dossier: Dossier):
    new = office.file("nguoinop2", organization_name="Bệnh viện Đa khoa Tâm Phúc")
    everything = rows(desk.get("/dossiers").text)
    assert [new.code[-11:] in everything[0], dossier.code[-11:] in everything[1]] == [True, True]
    assert "Mới đăng ký" in everything[0]
    assert "Đang xử lý" in everything[1]
    assert "hẹn" in everything[1]
    for query in ("q=benh+vien+tam+phuc", f"q={new.code}", "q=thu+hai+tam", "q=nguoinop2", "status=1"):
        assert [new.code[-11:] in row for row in rows(desk.get(f"/dossiers?{query}").text)] == [True], query
    for query in ("status=4&q=sao+mai", "clock=running", "status=4&procedure=biosafety-level-3"):
        assert [dossier.code[-11:] in row for row in rows(desk.get(f"/dossiers?{query}").text)] == [True], query
    nothing = desk.get("/dossiers?q=<i>khong&status=9").text
    assert "Không có hồ sơ nào khớp “&lt;i&gt;khong”" in nothing
    assert "Không có hồ sơ nào khớp bộ lọc" in desk.get("/dossiers?clock=paused").text
    for broken in ("status=99", "status=x", "clock=x", "after=x_y", "before=-1"):
        assert len(rows(desk.get(f"/dossiers?{broken}").text)) == 2


def test_pages_of_dossiers_follow_each_other(office: Office, desk: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "PAGE", 1)
    old = office.file()
    office.later(days=1)
    new = office.file()
    first = desk.get("/dossiers?q=sao+mai").text
    assert [new.code[-11:] in row for row in rows(first)] == [True]
    address = first[first.index('href="/dossiers?q=sao+mai&amp;after=') + 6 :].partition('"')[0].replace("&amp;", "&")
    assert [old.code[-11:] in row for row in rows(desk.get(address).text)] == [True]
    assert "Về đầu danh sách" in desk.page


def test_a_dossier_shows_its_open_steps_what_was_filed_and_what_was_answered(desk: Visitor, dossier: Dossier):
    page = desk.get(f"/dossiers/{dossier.id}").text
    shown = words(page)
    assert "Thẩm định hồ sơ Chưa ai nhận" in rows(page)[0]
    assert 'href="/tasks/' in page
    assert "Phòng xét nghiệm Sao Mai, cơ sở 2" in shown
    assert "Kiểm tra hồ sơ : Tiếp nhận hồ sơ Cán bộ Một cửa (demo)" in shown
    assert "Ưu tiên theo thứ tự ngày nộp" in shown
    assert "Hẹn trả" in shown
    assert "Bổ sung chưa lần nào" in shown
    for tab in ("history", "diagram", "documents"):
        assert desk.get(f"/dossiers/{dossier.id}?tab={tab}").status_code == 200
    assert "Giấy tiếp nhận hồ sơ" in words(desk.page)
    english = words(desk.get(f"/dossiers/{dossier.id}?lang=en").text)
    assert "What the applicant declared" in english
    assert "Dossier appraisal Unclaimed" in english


def test_whose_dossier_it_is_goes_to_the_applicants_page_and_strangers_find_nothing(
    app: Flask, office: Office, dossier: Dossier
):
    applicant = at_desk(app, "nguoinop")
    assert applicant.get(f"/dossiers/{dossier.id}").location == f"/my/dossiers/{dossier.code}"
    assert applicant.get("/dossiers").status_code == 403
    assert applicant.get(f"/dossiers/{dossier.id}/control-sheet").status_code == 403
    assert at_desk(app, "nguoinop2").get(f"/dossiers/{dossier.id}").status_code == 404
    stranger = at_desk(app, "chuyenvienduoc")
    for end in ("", "?tab=history", "/control-sheet", "/stop"):
        assert stranger.get(f"/dossiers/{dossier.id}{end}").status_code == 404
    stranger.get("/dossiers")
    assert stranger.post(f"/dossiers/{dossier.id}/stop", {"reason": "x"}).status_code == 404
    manager = at_desk(app, "quanly")
    page = manager.get(f"/dossiers/{dossier.id}").text
    assert "Dừng xử lý…" not in page
    assert 'href="/tasks/' in page  # sees all
    assert manager.get(f"/dossiers/{dossier.id}/stop").status_code == 403


def test_a_dossier_is_stopped_in_two_steps_with_a_reason(office: Office, desk: Visitor, dossier: Dossier):
    page = desk.get(f"/dossiers/{dossier.id}").text
    assert f'href="/dossiers/{dossier.id}/stop"' in page
    asked = words(desk.get(f"/dossiers/{dossier.id}/stop").text)
    assert "Đồng hồ dừng hẳn, mọi bước đang mở đóng lại" in asked
    refused = desk.post(f"/dossiers/{dossier.id}/stop", {"reason": "  "})
    assert refused.status_code == 422
    assert "Cần nêu lý do." in refused.text
    assert status(office, dossier) is Status.IN_PROCESS
    done = desk.post(f"/dossiers/{dossier.id}/stop", {"reason": "Cơ sở đã giải thể"})
    assert (done.status_code, done.location) == (303, f"/dossiers/{dossier.id}")
    ended = words(desk.get(done.location).text)
    assert "Lý do: Cơ sở đã giải thể" in ended
    assert "Không còn bước nào mở." in ended
    assert status(office, dossier) is Status.STOPPED
    assert desk.get(f"/dossiers/{dossier.id}/stop").location == f"/dossiers/{dossier.id}"
    assert desk.post(f"/dossiers/{dossier.id}/stop", {"reason": "Lần nữa"}).status_code == 409


def test_a_withdrawal_is_confirmed(office: Office, desk: Visitor, dossier: Dossier):
    dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Nộp <b>nhầm</b>", now=office.now)
    page = desk.get(f"/dossiers/{dossier.id}").text
    assert "Người nộp yêu cầu rút hồ sơ này." in page
    assert "Nộp &lt;b&gt;nhầm&lt;/b&gt;" in page
    assert f"/dossiers/{dossier.id}/stop" not in page
    assert "Nộp &lt;b&gt;nhầm" in desk.get(f"/dossiers/{dossier.id}/confirm-withdrawal").text
    desk.post(f"/dossiers/{dossier.id}/confirm-withdrawal")
    assert status(office, dossier) is Status.STOPPED
    assert "Người nộp đã rút hồ sơ, xác nhận lúc" in words(desk.get(f"/dossiers/{dossier.id}").text)


def test_a_withdrawal_is_declined_with_a_reason(office: Office, desk: Visitor, dossier: Dossier):
    address = f"/dossiers/{dossier.id}/decline-withdrawal"
    assert desk.get(address).location == f"/dossiers/{dossier.id}"  # nothing to decline yet
    dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Nộp nhầm", now=office.now)
    desk.get(address)
    assert desk.post(address).status_code == 422
    assert desk.post(address, {"reason": "Người nộp đổi ý qua điện thoại"}).status_code == 303
    assert status(office, dossier) is Status.IN_PROCESS
    said = history.last_said(dossier.instance_id)
    assert said is not None
    assert (said.kind, said.reason) == ("withdrawal_declined", "Người nộp đổi ý qua điện thoại")


def test_the_control_sheet_says_who_held_it_from_when_to_when(office: Office, desk: Visitor, dossier: Dossier):
    office.later(hours=2)
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Thiếu sơ đồ mặt bằng")
    sheet = desk.get(f"/dossiers/{dossier.id}/control-sheet").text
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH" in sheet
    assert dossier.code in sheet
    lines = rows(sheet)
    assert "Cán bộ Một cửa (demo) Bộ phận Một cửa Kiểm tra hồ sơ" in lines[0]
    assert lines[0].endswith("Tiếp nhận hồ sơ")
    assert "Chuyên viên Cục Phòng bệnh Thẩm định hồ sơ" in lines[2]
    assert lines[2].endswith("Yêu cầu bổ sung. Thiếu sơ đồ mặt bằng")
    assert "Tạm dừng, không tính" in lines[3]
    assert desk.get(f"/dossiers/{dossier.id}?lang=en").status_code == 200
    assert 'class="mc-slip" lang="vi"' in desk.get(f"/dossiers/{dossier.id}/control-sheet?lang=en").text
    paused = words(desk.get(f"/dossiers/{dossier.id}?lang=vi").text)
    assert "Yêu cầu bổ sung giấy tờ" in paused
    assert "Bổ sung 1 lần" in paused
