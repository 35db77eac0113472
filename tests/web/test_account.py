"""Signing in and out, opening an account, one's own account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from config import Settings
from services.passwords import DEMO_PASSWORD
from services.wiring import Parts
from tests.web.visitor import Visitor
from web.account.sign_in import local_path

NEW = "một câu dài dễ nhớ"
PERSON = {
    "username": "ngo.quynh",
    "name": "Ngô Thị Thuý Quỳnh",
    "email": "quynh@example.vn",
    "phone": "0900 000 117",
    "organisation": "Phòng xét nghiệm Sao Mai",
    "password": NEW,
    "again": NEW,
}


@pytest.fixture
def visitor(shared_app: Flask, tries: None) -> Visitor:
    return Visitor(shared_app)


def with_settings(app: Flask, **changes: object) -> Parts:
    """Give an application other settings; give what it had."""
    before: Parts = app.extensions["motcua"]
    values = {name: getattr(before.settings, name) for name in Settings.__dataclass_fields__}
    app.extensions["motcua"] = replace(before, settings=Settings(**{**values, **changes}))
    return before


def test_people_sign_in_and_land_where_they_work(shared_app: Flask, tries: None):
    for username, path in (("nguoinop", "/my/dossiers"), ("motcua", "/inbox"), ("thietke", "/designer")):
        answer = Visitor(shared_app).sign_in(username)
        assert answer.status_code == 303, username
        assert answer.headers["Location"] == path


@pytest.mark.parametrize(
    ("username", "password"), [("nguoinop", "wrong"), ("nobody", DEMO_PASSWORD), ("", ""), ("<b>", "x" * 300)]
)
def test_a_wrong_name_and_a_wrong_password_read_the_same(visitor: Visitor, username: str, password: str):
    answer = visitor.sign_in(username, password)
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert 'href="/sign-in?lang=en"' in answer.text
    assert 'value="<b>"' not in answer.text
    assert password not in answer.text or not password or password == DEMO_PASSWORD
    assert visitor.get("/account").status_code == 302


def test_names_are_taken_without_case_and_spaces(visitor: Visitor):
    assert visitor.sign_in(" NguoiNop ").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/my/dossiers?after=1", "/my/dossiers?after=1"),
        ("//evil.example", ""),
        ("https://evil.example/", ""),
        ("/\\evil.example", ""),
        ("/a\\b", ""),
        ("javascript:alert(1)", ""),
        ("/\t/evil.example", ""),
        ("/\n/evil.example", ""),
        ("evil", ""),
        ("", ""),
    ],
)
def test_one_goes_on_to_a_path_of_ours_only(wanted: str, goes: str):
    assert local_path(wanted) == goes


def test_signing_in_leads_back_to_what_was_asked_for(visitor: Visitor):
    asked = visitor.get("/my/dossiers")
    assert asked.headers["Location"] == "/sign-in?next=%2Fmy%2Fdossiers"
    visitor.get(asked.headers["Location"])
    assert dict(visitor.hidden())["next"] == "/my/dossiers"
    answer = visitor.post("/sign-in", {"username": "motcua", "password": DEMO_PASSWORD, "next": "/my/dossiers"})
    assert answer.headers["Location"] == "/my/dossiers"
    assert visitor.get("/sign-in?next=/track").headers["Location"] == "/track"


def test_the_session_changes_at_sign_in_and_ends_at_sign_out(visitor: Visitor):
    visitor.get("/sign-in")
    before = visitor.client.get_cookie("motcua")
    visitor.sign_in("nguoinop")
    after = visitor.client.get_cookie("motcua")
    assert after is not None
    assert before is None or before.value != after.value
    assert visitor.get("/account").status_code == 200
    assert visitor.client.get("/sign-out").status_code == 405
    assert visitor.post("/sign-out").status_code == 303
    assert visitor.get("/account").status_code == 302
    visitor.client.set_cookie("motcua", after.value)  # a copied cookie is of no use any more
    assert visitor.get("/account").status_code == 302


def test_too_many_tries_have_to_wait(demo_app: Flask, tries: None):
    with_settings(demo_app, sign_in_limit="3 per minute")
    visitor = Visitor(demo_app)
    answers = [visitor.sign_in("nguoinop", "wrong").status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]
    assert visitor.get("/sign-in").status_code == 200
    assert "Retry-After" in visitor.sign_in("nguoinop").headers


def test_demo_people_are_offered_but_never_in_production(shared_app: Flask, visitor: Visitor):
    page = visitor.get("/sign-in").text
    assert "Bản dùng thử" in page
    assert DEMO_PASSWORD in page
    before = with_settings(shared_app, env="production")
    try:
        page = visitor.get("/sign-in").text
        assert "Bản dùng thử" not in page
        assert DEMO_PASSWORD not in page
        assert visitor.sign_in("quantri").status_code == 422
        visitor.get("/register")
        answer = visitor.post("/register", {**PERSON, "password": DEMO_PASSWORD, "again": DEMO_PASSWORD})
        assert answer.status_code == 422
        assert "Không dùng mật khẩu minh hoạ." in answer.text
    finally:
        shared_app.extensions["motcua"] = before


def test_an_account_is_opened_and_its_owner_can_file(demo_app: Flask, tries: None):
    visitor = Visitor(demo_app)
    visitor.get("/register?next=/procedures/biosafety-level-3/file")
    answer = visitor.post("/register", {**PERSON, **dict(visitor.hidden())})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/procedures/biosafety-level-3/file"
    assert visitor.get(answer.headers["Location"]).status_code == 200
    account = visitor.get("/account").text
    for words in ("Ngô Thị Thuý Quỳnh", "quynh@example.vn", "Phòng xét nghiệm Sao Mai", "Người nộp hồ sơ"):
        assert words in account, words
    other = Visitor(demo_app)
    other.get("/register")
    taken = other.post("/register", {**PERSON, "username": "NGO.QUYNH"})
    assert taken.status_code == 422
    assert "Tên này đã có." in taken.text


def test_everything_wrong_with_an_account_is_said_at_once(visitor: Visitor):
    visitor.get("/register")
    wrong = {
        "username": "Có Dấu",
        "name": " ",
        "email": "không phải",
        "phone": "abc",
        "organisation": "x" * 300,
        "password": "ngắn",
        "again": "khác",
    }
    answer = visitor.post("/register", wrong)
    assert answer.status_code == 422
    assert "Còn 7 chỗ cần sửa" in answer.text
    for field in wrong:
        assert f'href="#{field}"' in answer.text, field
        assert f'id="{field}-error"' in answer.text, field
    assert 'value="không phải"' in answer.text
    assert 'value="ngắn"' not in answer.text  # a password is never sent back
    assert visitor.post("/register", {}).status_code == 422


def test_only_a_plain_applicant_is_made_whatever_is_sent(demo_app: Flask, tries: None):
    visitor = Visitor(demo_app)
    visitor.get("/register")
    visitor.post("/register", {**PERSON, "roles": "admin", "groups": "leader", "is_demo": "1"})
    assert visitor.get("/my/dossiers").status_code == 200
    page = visitor.get("/account").text
    assert "Quản trị" not in page


def test_the_password_is_changed_with_the_old_one_and_others_are_signed_out(demo_app: Flask, tries: None):
    here, there = Visitor(demo_app), Visitor(demo_app)
    here.sign_in("nguoinop")
    there.sign_in("nguoinop")
    here.get("/account")
    wrong = here.post("/account/password", {"old": "wrong", "new": "short", "again": "short"})
    assert wrong.status_code == 422
    assert "Mật khẩu hiện tại không đúng." in wrong.text
    assert 'href="#new"' in wrong.text
    differs = here.post("/account/password", {"old": DEMO_PASSWORD, "new": NEW, "again": NEW + "x"})
    assert 'href="#again"' in differs.text
    assert there.get("/account").status_code == 200  # nothing has changed yet
    assert here.post("/account/password", {"old": DEMO_PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert "Đã đổi mật khẩu." in here.get("/account").text
    assert there.get("/account").status_code == 302
    assert there.sign_in("nguoinop").status_code == 422
    assert there.sign_in("nguoinop", NEW).status_code == 303


def test_signed_in_devices_are_listed_and_ended(demo_app: Flask, tries: None):
    browser = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64) Gecko/20100101 Firefox/140.0"}
    here, there, third = (Visitor(demo_app) for _ in range(3))
    here.sign_in("nguoinop")
    there.get("/sign-in")
    there.post("/sign-in", {"username": "nguoinop", "password": DEMO_PASSWORD}, headers=browser)
    third.sign_in("nguoinop")
    page = here.get("/account").text
    assert "Firefox, Windows" in page
    assert page.count("Thiết bị này") == 1
    devices = [value for name, value in here.hidden() if name == "device"]
    assert len(devices) == 2
    foreign = Visitor(demo_app)
    foreign.sign_in("nguoinop2")
    foreign.get("/account")
    assert foreign.post("/account/devices/end", {"device": devices[0]}).status_code == 404
    assert here.post("/account/devices/end", {"device": "nope"}).status_code == 404
    here.get("/account")
    assert here.post("/account/devices/end", {"device": devices[0]}).status_code == 303
    assert [there.get("/account").status_code, third.get("/account").status_code].count(200) == 1
    here.get("/account")
    assert here.post("/account/devices/end").status_code == 303
    assert [v.get("/account").status_code for v in (here, there, third)] == [200, 302, 302]


@pytest.mark.parametrize("path", ["/account", "/my/dossiers"])
def test_a_page_of_ones_own_asks_for_a_sign_in(visitor: Visitor, path: str):
    assert visitor.get(path).status_code == 302


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/account", "/my/dossiers", "/track", "/procedures"])
def test_every_page_speaks_english(visitor: Visitor, path: str):
    visitor.sign_in("nguoinop") if path in ("/account", "/my/dossiers") else None
    page = visitor.get(f"{path}?lang=en").text
    assert '<html lang="en">' in page
    head = page[page.index("<h1") : page.index("</h1>")]
    assert not set(head) & set("ạảãàáâậầấẩẫăắằặẳẵđêếềệểễìíịỉĩòóọỏõôốồộổỗơớờợởỡùúụủũưứừựửữỳýỵỷỹ"), head
