"""The apology page: written by who holds the dossier, sent by the head, read by the applicant; the list that waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from jobs.tick import foresee
from services.clocks import LOCAL
from storage.rows import apologies
from storage.tables import Apology, Dossier
from tests.office import Office
from tests.services.test_risk import HEAD, OFFICER, at, claimed, deployed, filed, history
from tests.services.test_risk import kinds as kinds_of
from tests.web.officers import at_desk, quick_app, rows, words


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=30))


@pytest.fixture
def dossier(office: Office) -> Dossier:
    """A dossier that is overdue, in the hands of an officer."""
    deployed(office)
    found = filed(office)
    claimed(office, found)
    at(office, found.due_soon_at)
    office.now = datetime.now(UTC)
    office.tick()
    return office.again(found)


def kept(office: Office, dossier: Dossier) -> Apology:
    office.look()
    found = apologies.of(dossier.id)
    assert found is not None
    return found


def kinds(office: Office, dossier: Dossier) -> list[str]:
    office.look()
    return kinds_of(dossier)


def test_the_officer_writes_it_and_the_head_sends_it_after_a_look(app: Flask, office: Office, dossier: Dossier):
    url = f"/dossiers/{dossier.id}/apology"
    officer, head = at_desk(app, OFFICER), at_desk(app, HEAD)
    assert f'href="{url}"' in officer.get(f"/dossiers/{dossier.id}").text
    assert "Duyệt và gửi" not in officer.get(url).text
    refused = officer.post(url, {"days": "99", "reason": " ", "do": "save"})
    assert refused.status_code == 422
    assert {"#days", "#reason"} <= {part.split('"')[0] for part in refused.text.split('href="')}
    officer.get(url)
    assert officer.post(url, {"days": "3", "reason": "Chờ <b>ý kiến</b> Bộ", "do": "save"}).status_code == 303
    assert (kept(office, dossier).reason, kept(office, dossier).state) == ("Chờ <b>ý kiến</b> Bộ", "drafted")
    officer.get(url)
    assert officer.post(url, {"days": "3", "reason": "x", "do": "send"}).status_code == 403

    (row,) = rows(head.get("/dossiers/apologies").text)
    assert "Chờ <b>ý kiến</b> Bộ" in row
    assert "3 ngày làm việc" in row
    assert "Chờ &lt;b&gt;" in head.get(url).text
    first = datetime.now(LOCAL)
    look = head.post(url, {"days": "4", "reason": "Chờ ý kiến Bộ", "do": "look"})
    assert look.status_code == 200
    days = {f"ngày {each.day:02d} tháng {each.month} năm {each.year}" for each in (first, datetime.now(LOCAL))}
    assert any(day in words(look.text) for day in days)
    assert "PHIẾU XIN LỖI VÀ HẸN LẠI" in words(look.text)
    assert kinds(office, dossier).count("dossier.reappointed") == 0  # a look sends nothing
    again = head.post(url, {"days": "4", "reason": "Chờ ý kiến Bộ", "do": "edit"})
    assert 'value="4"' in again.text
    assert head.post(url, {"days": "4", "reason": "Chờ ý kiến Bộ", "do": "send"}).status_code == 303
    assert kinds(office, dossier).count("dossier.reappointed") == 1
    shown = words(head.get(url).text)
    assert "Đã gửi phiếu xin lỗi" in shown
    assert "Tải phiếu đã gửi" in shown
    head.post(url, {"days": "4", "reason": "Chờ nữa", "do": "send"})
    assert "đã được hẹn lại một lần" in words(head.get(url).text)
    assert kinds(office, dossier).count("dossier.reappointed") == 1
    assert "Không có phiếu nào chờ duyệt" in head.get("/dossiers/apologies").text
    own = words(at_desk(app, "nguoinop").get(f"/my/dossiers/{dossier.code}").text)
    assert "Hẹn lại:" in own
    assert "Phiếu xin lỗi và hẹn lại ngày trả kết quả" in own
    public = words(at_desk(app, HEAD).get(f"/track?code={dossier.code}&check={dossier.check_code}").text)
    assert "Hẹn lại:" in public
    assert "Chờ ý kiến Bộ" not in public


def test_the_head_has_it_written_again_drops_it_and_takes_it_up(app: Flask, office: Office, dossier: Dossier):
    url = f"/dossiers/{dossier.id}/apology"
    head = at_desk(app, HEAD)
    head.get(url)
    assert head.post(url, {"note": "", "do": "back"}).status_code == 422
    assert 'id="note-error"' in head.page
    head.get(url)
    assert head.post(url, {"note": "Nêu rõ cơ quan", "do": "back"}).status_code == 303
    assert kept(office, dossier).state == "drafted"
    head.get(url)
    assert head.post(url, {"note": "Xong hôm nay", "do": "drop"}).status_code == 303
    assert "Xong hôm nay" in words(head.get(url).text)
    assert head.post(url, {"days": "2", "reason": "Chưa xong", "do": "save"}).status_code == 303
    assert kept(office, dossier).state == "drafted"
    told = kinds(office, dossier)
    assert told[-3:] == ["dossier.apology_sent_back", "dossier.apology_dropped", "dossier.apology_edited"]
    timeline = words(head.get(f"/dossiers/{dossier.id}?tab=history").text)
    for title in ("Nhờ soạn lại phiếu xin lỗi", "Không cần phiếu xin lỗi", "Soạn phiếu xin lỗi và hẹn lại"):
        assert title in timeline
    assert head.post(url, {"do": "burn"}).status_code == 422


def test_the_forecast_stands_on_the_pages_in_words(app: Flask, office: Office):
    deployed(office, limit="30 working_days")
    office.now -= timedelta(days=60)
    history(office, 6, days=20)
    deployed(office, limit="5 working_days")
    found = filed(office)
    task = claimed(office, found)
    foresee(now=office.now)
    desk = at_desk(app, OFFICER)
    for url in (f"/dossiers/{found.id}", f"/tasks/{task.id}"):
        shown = words(desk.get(url).text)
        assert "6 hồ sơ gần nhất đã qua bước “Thẩm định”" in shown
        assert "Đây là ước lượng từ quá khứ, không phải lời hứa" in shown
    office.look()
    assert office.again(found).likely_late_at is not None


def test_others_do_not_see_it(app: Flask, office: Office, dossier: Dossier):
    url = f"/dossiers/{dossier.id}/apology"
    assert at_desk(app, "chuyenvienduoc").get(url).status_code in (403, 404)
    assert at_desk(app, "nguoinop").get(url).status_code in (403, 404)
    assert at_desk(app, OFFICER).get("/dossiers/apologies").status_code == 403
    assert at_desk(app, HEAD).get(f"/dossiers/{filed(office).id}/apology").status_code == 404
    assert "1 phiếu xin lỗi và hẹn lại đang chờ duyệt" in words(at_desk(app, HEAD).get("/board").text)
    assert len(rows(at_desk(app, "quanly").get("/dossiers/apologies").text)) == 1
