"""/inbox/views: saved views are made of what the inbox shows, changed, shared, copied and deleted at a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import views
from tests.office import Office
from tests.web.officers import at_desk, rows, words
from tests.web.visitor import Visitor


@pytest.fixture
def office(demo_app: Flask, tries: None) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=40))


@pytest.fixture
def desk(demo_app: Flask, office: Office) -> Visitor:
    return at_desk(demo_app, "motcua")


def saved(desk: Visitor, name: str, *conditions: tuple[str, str], **more: str) -> str:
    """Make a view, and give its address in the inbox."""
    desk.get("/inbox/views/new")
    given = [
        ("name", name),
        *((part, text) for pair in conditions for part, text in zip(("ask", "value"), pair, strict=True)),
    ]
    answer = desk.post("/inbox/views/new", [*given, *more.items()])
    assert answer.status_code == 303, words(answer.text)
    return str(answer.location)


def test_what_the_inbox_shows_becomes_a_view_with_a_count(office: Office, desk: Visitor) -> None:
    first, other = office.file(organization_name="Bệnh viện Tâm Phúc"), office.file("nguoinop2")
    page = desk.get("/inbox/views/new?view=unassigned&q=tâm phúc&procedure=biosafety-level-3").text
    assert '<option value="assignee:is" selected>' in page
    assert '<option value="text:holds" selected>' in page
    assert re.search(r'name="value" value="Chưa ai nhận"', page)
    assert re.search(r'name="value" value="Cấp[^"]*cấp III"', page)
    typed = (("assignee:is", "chua ai nhan; tôi"), ("text:holds", "tam phuc"), ("breached:yes", ""))
    shown = saved(desk, "Tâm Phúc trễ", *typed, column="code", order="filed")
    listed = desk.get(shown).text
    assert [first.code[-11:] in row for row in rows(listed)] == [True]
    assert other.code[-11:] not in listed
    assert "Thủ tục" not in re.findall(r"<thead.*?</thead>", listed, re.DOTALL)[0]
    rail = words(listed[listed.index('class="mc-rail"') :])
    assert "Tâm Phúc trễ 1" in rail
    task = re.search(r'href="(/tasks/[^"]+)"', listed)
    assert task is not None
    assert "view=v." in task[1]
    assert "Tâm Phúc trễ" in desk.get(task[1].replace("&amp;", "&")).text  # the list beside the task is that view
    english = words(desk.get(f"{shown}&lang=en").text)
    assert "Saved views" in english


def test_all_that_is_wrong_is_said_at_once_and_stays_typed(office: Office, desk: Visitor) -> None:
    desk.get("/inbox/views/new")
    given = [
        ("name", " "),
        ("ask", "filed:before"),
        ("value", "hôm qua"),
        ("ask", "x:y"),
        ("value", "1"),
        ("order", "z"),
    ]
    answer = desk.post("/inbox/views/new", given)
    assert answer.status_code == 422
    page = answer.text
    assert all(f'href="#{name}"' in page for name in ("name", "order", "value-0", "ask-1"))
    assert 'value="hôm qua"' in page
    assert desk.post("/inbox/views/new", [("do", "more"), ("name", "nửa chừng")]).status_code == 200
    assert 'value="nửa chừng"' in desk.page
    saved(desk, "một")
    desk.get("/inbox/views/new")
    again = desk.post("/inbox/views/new", [("name", "một"), ("ask", "draft:yes"), ("value", "")])
    assert again.status_code == 409
    assert "Bạn đã có chế độ xem tên này." in words(again.text)


def test_a_view_is_shared_copied_changed_and_deleted(demo_app: Flask, office: Office, desk: Visitor) -> None:
    office.file()
    shown = saved(desk, "Chung", ("procedure:is", "biosafety-level-3"))
    view = shown.rpartition("v.")[2]
    office.hire("banthuhai", "officer", groups=["one_door"], unit="office")
    mate, stranger = at_desk(demo_app, "banthuhai"), at_desk(demo_app, "chuyenvienduoc")
    assert "Góc nhìn này không còn." in words(mate.get(shown).text)
    desk.get("/inbox/views")
    assert desk.post(f"/inbox/views/{view}/share", {"shared_with": "g:specialist_drug"}).status_code == 303
    assert "Chỉ chia sẻ được" in words(desk.get("/inbox/views").text)
    desk.post(f"/inbox/views/{view}/share", {"shared_with": "g:one_door"})
    assert len(rows(mate.get(shown).text)) == 1
    assert "Cán bộ Một cửa (demo) chia sẻ" in words(mate.get("/inbox/views").text)
    assert stranger.get(f"/inbox/views/{view}").status_code == 404
    copied = mate.get(f"/inbox/views/{view}").text
    assert 'action="/inbox/views/new"' in copied
    assert mate.post(f"/inbox/views/{view}", {"name": "của tôi"}).status_code == 403
    assert mate.post(f"/inbox/views/{view}/drop").status_code == 403
    desk.get(f"/inbox/views/{view}")
    assert desk.post(f"/inbox/views/{view}", {"name": "Khác", "seen_version": "1"}).location == f"/inbox?view=v.{view}"
    assert desk.post(f"/inbox/views/{view}", {"name": "Cũ", "seen_version": "1"}).status_code == 409
    assert desk.post(f"/inbox/views/{view}/drop").status_code == 303
    assert views.of(office.viewer("banthuhai")) == ()
    assert "Chưa có góc nhìn nào" in words(desk.get("/inbox/views").text)


def test_columns_of_a_built_in_view_are_remembered_by_the_browser(office: Office, desk: Visitor) -> None:
    office.file()
    desk.get("/inbox?view=mine")
    answer = desk.post("/inbox/columns?view=unassigned", [("column", "code"), ("column", "filed"), ("column", "<x>")])
    assert answer.location == "/inbox?view=unassigned"
    heads = re.findall(r"<thead.*?</thead>", desk.get("/inbox?view=unassigned").text, re.DOTALL)[0]
    assert words(heads) == "Mã hồ sơ Nộp lúc"
    assert "Thủ tục" in re.findall(r"<thead.*?</thead>", desk.get("/inbox").text, re.DOTALL)[0]
    desk.post("/inbox/columns?view=unassigned", {})
    assert "Thủ tục" in re.findall(r"<thead.*?</thead>", desk.get("/inbox?view=unassigned").text, re.DOTALL)[0]
    everything = [
        ("column", name) for name in ("unit", "case", "channel", "status", "clock", "dossier_due", "opened", "priority")
    ]
    desk.post("/inbox/columns", everything)
    assert "Trực tuyến" in rows(desk.get("/inbox").text)[0]
