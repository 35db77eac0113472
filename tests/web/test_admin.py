"""The administrator's pages: people, units, groups, the calendar; and who may see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from errors import Invalid
from services import log, people
from services.clocks import LOCAL
from services.passwords import DEMO_PASSWORD
from services.permissions import SYSTEM
from storage.queries import people as queries
from storage.queries.people import STAFF, Wanted
from tests.office import Office
from tests.web.visitor import Visitor

PATHS = ("/admin/people", "/admin/units", "/admin/groups", "/admin/calendar")
GOOD = "một mật khẩu dài"
LAN = {"username": "lan", "name": "Ngô Thị Thuý Lan", "email": "lan@bo.example", "unit": "drug", "roles": "officer"}
MADE = re.compile(r'user-select-all">([^<]+)<')


@pytest.fixture
def visitor(demo_app: Flask) -> Visitor:
    visitor = Visitor(demo_app)
    visitor.sign_in("quantri")
    return visitor


@pytest.fixture
def context(demo_app: Flask) -> Iterator[None]:
    with demo_app.app_context():
        yield


def create(visitor: Visitor, **changes: str):
    visitor.get("/admin/people/new")
    return visitor.post("/admin/people/new", [*(LAN | {"how": "typed", "password": GOOD} | changes).items()])


def kinds(chain: str) -> list[str]:
    return [row.kind for row, _ in log.events_of(chain)]


def test_only_administrators_see_these_pages(shared_app: Flask):
    for username in ("nguoinop", "motcua", "truongphong", "quanly", "thietke", "vanhanh"):
        visitor = Visitor(shared_app)
        visitor.sign_in(username)
        assert {visitor.get(path).status_code for path in (*PATHS, "/admin", "/admin/people/motcua")} == {403}, username
        for path in ("people/new", "people/motcua", "people/motcua/password", "people/motcua/deactivate", "units/new",
                     "groups/one_door", "calendar/new", "calendar/2026-09-30/remove", "calendar/import",
                     "calendar/changes/x/apply", "calendar/changes/x/undo"):  # fmt: skip
            assert visitor.post(f"/admin/{path}", LAN).status_code == 403, (username, path)
    assert Visitor(shared_app).get("/admin").headers["Location"].startswith("/sign-in")


def test_every_page_answers_in_both_languages_whatever_is_asked(visitor: Visitor):
    more = ("people/new", "people/motcua", "people/quantri", "people/motcua/deactivate", "units/new", "units/drug")
    for path in (*PATHS, *(f"/admin/{each}" for each in (*more, "groups/new", "groups/one_door", "calendar/new"))):
        assert {visitor.get(f"{path}?lang={lang}").status_code for lang in ("vi", "en")} == {200}, path
    for path in ("people?q=%25_'\\&role=x&active=maybe&unit=zz&group=zz&after=zz&before=x", "calendar?year=9999",
                 "calendar/new?day=x"):  # fmt: skip
        assert visitor.get(f"/admin/{path}").status_code == 200, path
    for path in ("people/nobody", "people/%00", "units/zz", "groups/zz", "calendar/2026-02-30", "calendar/2026-09-30"):
        assert visitor.get(f"/admin/{path}").status_code in (400, 404), path


def test_people_are_found_without_marks_and_narrowed_by_role_group_unit_and_state(visitor: Visitor):
    assert "chuyenvienduoc" in visitor.get("/admin/people?q=CHUYEN+vien+duoc").text
    assert "lanhdao" not in visitor.page
    assert "nguoinop2" not in visitor.get("/admin/people?role=staff").text
    assert "nguoinop2" in visitor.get("/admin/people?role=applicant").text
    assert "vanthu" in visitor.get("/admin/people?group=clerk").text
    assert "motcua<" not in visitor.page
    assert "truongphongduoc" in visitor.get("/admin/people?unit=drug&role=head").text
    assert "Không có ai khớp “zzz”" in visitor.get("/admin/people?q=zzz").text
    assert "Không có ai khớp bộ lọc" in visitor.get("/admin/people?active=no").text


def test_pages_of_people_follow_each_other_without_gap_or_double(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.admin.people.PAGE", 4)
    seen: list[str] = []
    path = "/admin/people?role=staff"
    while path:
        page = visitor.get(path).text
        seen += re.findall(r'<a href="/admin/people/(\w+)">', page)
        path = (
            page.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&") if 'rel="next"' in page else ""
        )
    assert len(seen) == len(set(seen)) == 13


@pytest.mark.usefixtures("context")
def test_a_person_is_hired_signs_in_and_is_changed_by_the_pages_alone(visitor: Visitor, demo_app: Flask):
    answer = create(visitor, groups="specialist_drug")
    assert answer.headers["Location"] == "/admin/people/lan"
    hired = Visitor(demo_app)
    assert hired.sign_in("lan", GOOD).headers["Location"] == "/inbox"
    visitor.get("/admin/people/lan")
    changed = {"name": "Ngô Lan", "email": "", "unit": "office", "roles": "head"}
    assert visitor.post("/admin/people/lan", changed).status_code == 303
    page = visitor.get("/admin/people/lan").text
    assert "Đã lưu thay đổi." in page
    assert 'value="Ngô Lan"' in page
    found = queries.one("lan")
    assert found is not None
    assert (found.roles, found.groups, found.unit_code) == (("head",), (), "office")
    assert [row.username for row in queries.listed(Wanted(text="ngo lan", role=STAFF))[0]] == ["lan"]
    assert kinds("people")[-2:] == ["person.created", "person.changed"]


def test_everything_wrong_is_said_at_once_beside_its_field_and_what_was_typed_stays(visitor: Visitor):
    wrong = {
        "username": "Tên Sai",
        "name": " ",
        "email": "nowhere",
        "unit": "mars",
        "roles": "king",
        "password": "short",
    }
    page = create(visitor, **wrong, groups="nobody")
    assert page.status_code == 422
    assert "<title>Lỗi:" in page.text
    for field in ("username", "name", "email", "unit", "roles", "groups", "password"):
        assert f'<a href="#{field}">' in page.text, field
        assert f'id="{field}-error"' in page.text, field
    assert 'value="tên sai"' in page.text
    assert 'value="nowhere"' in page.text
    assert "short" not in page.text  # a password is never sent back
    for how in ("typed", "generated"):
        taken = create(visitor, username="motcua", how=how)
        assert taken.status_code == 422
        assert "Tên này đã có." in taken.text
    assert create(visitor, name="a\x00b").status_code in (400, 422)


def test_a_password_that_is_made_is_shown_once_and_works(visitor: Visitor, demo_app: Flask):
    answer = create(visitor, how="generated", password="")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    first = MADE.findall(answer.text)[0]
    assert first not in visitor.get("/admin/people/lan").text
    hired = Visitor(demo_app)
    assert hired.sign_in("lan", first).status_code == 303
    reset = visitor.post("/admin/people/lan/password", {"how": "generated"})
    second = MADE.findall(reset.text)[0]
    assert second != first
    assert hired.get("/inbox").status_code == 302  # signed out everywhere
    assert hired.sign_in("lan", first).status_code == 422
    assert hired.sign_in("lan", second).status_code == 303
    visitor.get("/admin/people/lan")
    refused = visitor.post("/admin/people/lan/password", {"how": "typed", "password": "short"})
    assert refused.status_code == 422
    assert "ít nhất 10 ký tự" in refused.text
    assert visitor.post("/admin/people/lan/password", {"how": "typed", "password": GOOD}).status_code == 303
    assert hired.sign_in("lan", GOOD).status_code == 303


def test_an_account_for_programs_has_no_password(visitor: Visitor):
    assert create(visitor, how="none", password="").status_code == 303
    assert "không có mật khẩu, chỉ chương trình" in visitor.get("/admin/people/lan").text


@pytest.mark.usefixtures("context")
def test_deactivating_asks_first_and_can_be_undone(visitor: Visitor, demo_app: Flask):
    officer = Visitor(demo_app)
    officer.sign_in("motcua")
    assert "/deactivate" in visitor.get("/admin/people/motcua").text
    assert "bị đăng xuất ở mọi thiết bị" in visitor.get("/admin/people/motcua/deactivate").text
    assert visitor.post("/admin/people/motcua/deactivate").status_code == 303
    assert officer.get("/inbox").status_code == 302
    assert officer.sign_in("motcua").status_code == 422
    assert "motcua" in visitor.get("/admin/people?active=no").text
    visitor.get("/admin/people/motcua")
    assert visitor.post("/admin/people/motcua/activate").status_code == 303
    assert officer.sign_in("motcua").status_code == 303
    assert kinds("people")[-2:] == ["person.deactivated", "person.activated"]


def test_nobody_locks_themselves_out(visitor: Visitor):
    page = visitor.get("/admin/people/quantri").text
    assert "/deactivate" not in page
    assert 'href="/account"' in page
    assert visitor.get("/admin/people/quantri/deactivate").status_code == 302
    visitor.get("/admin/people/quantri")
    assert visitor.post("/admin/people/quantri/deactivate").status_code == 303
    assert "Không thể tự khoá tài khoản của mình." in visitor.get("/admin/people/quantri").text
    refused = visitor.post("/admin/people/quantri", {"name": "Mới", "roles": "officer"})
    assert refused.status_code == 422
    assert 'id="roles-error"' in refused.text
    assert 'value="Mới"' in refused.text
    assert visitor.post("/admin/people/quantri/password", {"how": "generated"}).headers["Location"] == "/account"
    assert visitor.get("/admin/people").status_code == 200


@pytest.mark.usefixtures("context")
def test_units_and_groups_are_added_and_changed_but_never_by_mistake(visitor: Visitor):
    for kind in ("units", "groups"):
        visitor.get(f"/admin/{kind}/new")
        wrong = visitor.post(f"/admin/{kind}/new", {"code": "Mã Sai!", "name_vi": " ", "name_en": "x" * 201})
        assert wrong.status_code == 422
        assert wrong.text.count('class="mc-error"') == 3
        assert 'value="mã sai!"' in wrong.text
        assert visitor.post(f"/admin/{kind}/new", {"code": "legal", "name_vi": "Vụ Pháp chế"}).status_code == 303
        visitor.get(f"/admin/{kind}/new")
        again = visitor.post(f"/admin/{kind}/new", {"code": "legal", "name_vi": "Khác"})
        assert again.status_code == 422
        assert "Tên này đã có." in again.text
        visitor.get(f"/admin/{kind}/legal")
        changed = {"name_vi": "Pháp chế", "name_en": "Legal", "is_agency_wide": "yes"}
        assert visitor.post(f"/admin/{kind}/legal", changed).status_code == 303
        assert visitor.post(f"/admin/{kind}/nowhere", changed).status_code == 404
        assert "Pháp chế" in visitor.get(f"/admin/{kind}").text
    group = next(group for group in queries.groups() if group.code == "legal")
    assert (group.name.en, group.is_agency_wide, group.people) == ("Legal", True, 0)
    assert kinds("people")[-4:] == ["unit.saved"] * 2 + ["group.saved"] * 2


def test_a_group_lists_its_members_and_a_new_one_says_that_it_has_none(visitor: Visitor):
    assert 'href="/admin/people/motcua"' in visitor.get("/admin/groups/one_door").text
    assert "Chưa ai thuộc nhóm này" not in visitor.page
    visitor.get("/admin/groups/new")
    visitor.post("/admin/groups/new", {"code": "empty", "name_vi": "Nhóm trống"})
    assert "Chưa ai thuộc nhóm này" in visitor.get("/admin/groups/empty").text


@pytest.mark.usefixtures("context")
def test_a_day_is_entered_changed_and_taken_back(visitor: Visitor):
    def applied(path: str, typed: dict[str, str]) -> None:
        """Send a form, look at what it moves, and apply it."""
        visitor.get(path.removesuffix("/remove"))
        planned = visitor.post(path, typed).headers["Location"]
        assert "Chưa có gì thay đổi" in visitor.get(planned).text
        assert visitor.get(f"{planned}?lang=en").status_code == 200
        assert visitor.post(f"{planned}/apply").headers["Location"] == planned
        assert "Hoàn lại" in visitor.get(f"{planned}?lang=vi").text

    assert "Quốc khánh" in visitor.get("/admin/calendar?year=2026").text
    entered = {"day": "03/09/2026", "kind": "off", "note": "Thông báo 12/TB"}
    applied("/admin/calendar/new", entered)
    page = visitor.get("/admin/calendar?year=2026").text
    assert "Thông báo 12/TB" in page
    assert "/admin/calendar/2026-09-03" in page
    visitor.get("/admin/calendar/new")
    assert "Ngày này đã được nhập" in visitor.post("/admin/calendar/new", entered).text
    applied("/admin/calendar/2026-09-03", {"kind": "hours", "hours": "08:00-11:00", "note": "Về sớm"})
    assert "08:00–11:00" in visitor.get("/admin/calendar?year=2026&lang=en").text
    assert 'value="08:00-11:00"' in visitor.get("/admin/calendar/2026-09-03?lang=vi").text
    applied("/admin/calendar/2026-09-03/remove", {})
    assert "Về sớm" not in visitor.get("/admin/calendar?year=2026").text
    assert kinds("calendar") == ["calendar.changed"] * 3


@pytest.mark.usefixtures("context")
def test_a_year_is_looked_at_imported_and_taken_back(visitor: Visitor):
    visitor.get("/admin/calendar?year=2027")
    planned = visitor.post("/admin/calendar/import", {"year": "2027"}).headers["Location"]
    assert "Nhập lịch năm 2027" in visitor.get(planned).text
    visitor.post(f"{planned}/apply")
    assert "Lịch năm này đã nhập" in visitor.get("/admin/calendar?year=2027").text
    visitor.post("/admin/calendar/import", {"year": "2027"})
    assert "Năm này đã nhập đủ" in visitor.get("/admin/calendar?year=2027").text
    visitor.get(planned)
    back = visitor.post(f"{planned}/undo").headers["Location"]
    visitor.get(back)
    assert visitor.post(f"{back}/discard").headers["Location"] == "/admin/calendar"
    visitor.get(planned)
    back = visitor.post(f"{planned}/undo").headers["Location"]
    visitor.get(back)
    visitor.post(f"{back}/apply")
    assert "Tạm tính" in visitor.get("/admin/calendar?year=2027").text
    assert "Đã hoàn lại" in visitor.get("/admin/calendar/changes").text
    for year in ("1999", "x", ""):
        assert visitor.post("/admin/calendar/import", {"year": year}).status_code == 404


def test_a_decreed_holiday_shows_which_dossiers_move_page_by_page(demo_app: Flask, visitor: Visitor):
    with demo_app.app_context():
        office = Office(parts=demo_app.extensions["motcua"])
        office.now = datetime.now(UTC)
        dossiers = {each.id: (each.code, each.due_at) for each in [office.accepted() for _ in range(3)]}
        (due,) = {due for _, due in dossiers.values()}
        assert due is not None
        day = due.astimezone(LOCAL).date()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.admin.calendar_changes.PAGE", 2)
        visitor.get("/admin/calendar/new")
        planned = visitor.post(
            "/admin/calendar/new", {"day": day.isoformat(), "kind": "off", "note": "Công điện 7"}
        ).headers["Location"]
        seen, path = list[str](), planned
        while path:
            page = visitor.get(path).text
            seen += re.findall(r'href="/dossiers/(\w+)"', page)
            rest = page.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
            path = rest if 'rel="next"' in page else ""
    assert seen == sorted(dossiers)
    sheet = visitor.get(f"{planned}/moves.csv", buffered=True).text
    assert [line.split(",")[0] for line in sheet.splitlines()[1:]] == [
        code for _, (code, _) in sorted(dossiers.items())
    ]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": "soon", "kind": "off"}, "day"),
        ({"day": "2019-01-01", "kind": "off"}, "day"),
        ({"day": "2026-09-03", "kind": "party"}, "kind"),
        ({"day": "2026-09-05", "kind": "working"}, "as_weekday"),
        ({"day": "2026-09-05", "kind": "working", "as_weekday": "6"}, "as_weekday"),
        ({"day": "2026-09-03", "kind": "off", "note": "x" * 201}, "note"),
        ({"day": "2026-09-03", "kind": "hours", "hours": "9-5"}, "hours"),
        ({"day": "2026-09-03", "last": "2026-09-01", "kind": "off"}, "last"),
        ({"day": "2026-09-03", "last": "2027-09-01", "kind": "off"}, "last"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_beside_its_field(shared_app: Flask, typed: dict[str, str], field: str):
    visitor = Visitor(shared_app)
    visitor.sign_in("quantri")
    visitor.get("/admin/calendar/new")
    answer = visitor.post("/admin/calendar/new", typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{typed["day"]}"' in answer.text


def test_production_refuses_the_demo_password_everywhere(context: None):
    with pytest.raises(Invalid) as refused:
        people.create(
            SYSTEM, username="lan", name="Lan", password=DEMO_PASSWORD, roles=["officer"], now=datetime.now(UTC),
            production=True,
        )  # fmt: skip
    assert [detail.field for detail in refused.value.details] == ["password"]
