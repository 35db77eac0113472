"""The bell, the page of notices and how one is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import notices
from services.notice_settings import KINDS
from services.notices import News
from storage.database import session, unit_of_work
from storage.rows import people
from tests.office import Office
from tests.web.officers import at_desk, quick_app, rows, words
from texts import Text
from web.account import notices as pages


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(hours=3))


def tell(office: Office, count: int = 1, kind: str = "mention") -> None:
    with unit_of_work():
        person = people.load("chuyenvien")
        assert person is not None
        for number in range(count):
            text = Text(f"<i>Lan</i> nhắc bạn {number}", f"<i>Lan</i> mentioned you {number}")
            news = News(key=f"{kind}:{number}", kind=kind, text=text, url="/inbox?view=mine")
            notices.tell([person], news, now=office.later(minutes=1))


def test_the_bell_counts_what_is_unread_and_leads_to_the_list(app: Flask, office: Office):
    desk = at_desk(app, "chuyenvien")
    assert 'aria-label="Thông báo"' in desk.get("/inbox").text
    tell(office, 2)
    assert 'aria-label="Thông báo, 2 chưa đọc"' in desk.get("/inbox").text
    assert 'aria-label="Thông báo, 2 chưa đọc"' in desk.get("/dossiers").text
    first, second = rows(desk.get("/notices").text)
    assert ("<i>Lan</i> nhắc bạn 1 Mới" in first, "<i>Lan</i> nhắc bạn 0 Mới" in second) == (True, True)
    link = re.search(r'href="(/notices/[0-9a-f]{32})"', desk.page)
    assert link is not None
    assert at_desk(app, "truongphong").get(link[1]).status_code == 404  # somebody else's
    answer = desk.get(link[1])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/inbox?view=mine")
    assert len(rows(desk.get("/notices?only=unread").text)) == 1
    assert len(rows(desk.get("/notices").text)) == 2
    assert "1 chưa đọc" in desk.page


def test_one_or_all_are_marked_as_read(app: Flask, office: Office):
    tell(office, 3)
    desk = at_desk(app, "chuyenvien")
    one = re.search(r'name="notice" value="([0-9a-f]{32})"', desk.get("/notices").text)
    assert one is not None
    assert desk.post("/notices/read", {"notice": one[1]}).status_code == 303
    assert "2 chưa đọc" in desk.get("/notices").text
    desk.post("/notices/read")
    assert "Đã đọc 2 thông báo." in words(desk.get("/notices").text)
    assert "Bạn đã đọc hết" in words(desk.get("/notices?only=unread").text)
    session().rollback()


def test_long_lists_have_pages(app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    tell(office, 3)
    desk = at_desk(app, "chuyenvien")
    next_ = re.search(r'href="(/notices\?after=[^"]+)"', desk.get("/notices").text)
    assert next_ is not None
    assert len(rows(desk.get(next_[1].replace("&amp;", "&")).text)) == 1
    assert "Về đầu danh sách" in desk.page
    assert len(rows(desk.get("/notices?after=broken").text)) == 2


def test_how_one_is_told_is_kept_and_what_is_wrong_stays_on_the_page(app: Flask, office: Office):
    desk = at_desk(app, "chuyenvien")
    usual = re.findall(r'name="way\.(\w+)" value="(\w+)"[^>]* checked', desk.get("/notices/settings").text)
    assert dict(usual) == {kind: it.usual.value for kind, it in KINDS.items()}
    ways = {f"way.{kind}": "page" for kind in KINDS}
    wrong = desk.post("/notices/settings", {**ways, "way.mention": "loudly", "morning": "25:00"})
    assert wrong.status_code == 422
    assert 'value="25:00"' in wrong.text
    assert "Chọn một trong các cách báo." in wrong.text
    desk.get("/notices/settings")
    assert desk.post("/notices/settings", {**ways, "way.mention": "nothing", "morning": "6h45"}).status_code == 303
    kept = dict(re.findall(r'name="way\.(\w+)" value="(\w+)"[^>]* checked', desk.get("/notices/settings").text))
    assert kept == {**dict.fromkeys(KINDS, "page"), "mention": "nothing"}
    assert 'value="06:45"' in desk.page
    tell(office)
    assert 'aria-label="Thông báo"' in desk.get("/inbox").text
    assert at_desk(app, "nguoinop").get("/notices").status_code == 403
