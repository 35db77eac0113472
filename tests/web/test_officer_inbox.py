"""/inbox: views, counts, filters, pages, claiming and taking the next task."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import drafts
from storage.queries import tasks as queries
from tests.office import Office
from tests.services.bundles import one_task
from tests.services.test_statements import counted
from tests.web.officers import at_desk, rows, task_of, words
from tests.web.visitor import Visitor
from web.officer import inbox, places


@pytest.fixture
def office(demo_app: Flask, tries: None) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=40))


@pytest.fixture
def desk(demo_app: Flask, office: Office) -> Visitor:
    return at_desk(demo_app, "motcua")


def test_the_inbox_lists_the_tasks_of_ones_groups_soonest_due_first(office: Office, desk: Visitor):
    first = office.file()
    office.later(days=39)
    second = office.file("nguoinop2")
    page = desk.get("/inbox").text
    listed = rows(page)
    assert len(listed) == 2
    assert first.code[-11:] in listed[0]
    assert "Người nộp hồ sơ (demo)" in listed[0]
    assert "an toàn sinh học cấp III" in listed[0]
    assert "Kiểm tra hồ sơ" in listed[0]
    assert "Quá" in listed[0]
    assert second.code[-11:] in listed[1]
    assert "Người nộp hồ sơ thứ hai (demo)" in listed[1]
    assert 'aria-sort="ascending"' in page
    assert "data-rows" in page
    assert 'data-key="n"' in page
    english = words(desk.get("/inbox?lang=en").text)
    assert "Completeness check" in english
    assert "Soonest due on top." in english
    assert "Việc" not in english.replace("Tiếng Việt", "").replace("(demo)", "")


def test_a_task_with_a_draft_is_marked_with_who_and_when_at_one_statement(office: Office, desk: Visitor):
    office.file("nguoinop2")
    desk.get("/inbox")
    with counted() as before:
        desk.get("/inbox")
    for number in range(3):
        check = task_of(office, office.file(), "check").rpartition("/")[2]
        viewer, why = office.viewer("motcua"), f"Chờ {number}"
        saved = drafts.save_task(viewer, check, {}, reason=why, seen_version=0, now=office.now)
    with counted() as after:
        listed = rows(desk.get("/inbox").text)
    assert sum("Có bản nháp Cán bộ Một cửa (demo), " in row for row in listed) == 3
    assert len(after) <= len(before) + 1
    drafts.drop(office.viewer("motcua"), saved.id, now=office.now)
    assert sum("Có bản nháp" in row for row in rows(desk.get("/inbox").text)) == 2
    assert "Draft" in words(desk.get("/inbox?lang=en").text)


def test_views_show_what_they_say_with_their_counts(office: Office, desk: Visitor):
    late, other = office.file(), office.file("nguoinop2")
    desk.get("/inbox")
    desk.post(f"{task_of(office, late, 'check')}/claim", {"from": "inbox"})
    views = {name: rows(desk.get(f"/inbox?view={name}").text) for name in ("mine", "all", "unassigned", "breached")}
    assert [len(views[name]) for name in ("mine", "all", "unassigned", "breached")] == [1, 2, 1, 2]
    assert late.code[-11:] in views["mine"][0]
    assert "Cán bộ Một cửa (demo)" in views["mine"][0]
    assert other.code[-11:] in views["unassigned"][0]
    rail = words(desk.page[desk.page.index('class="mc-rail"') : desk.page.index("</nav>", desk.page.index("mc-rail"))])
    assert "Của tôi 1 Tôi và nhóm tôi 2 Chưa ai nhận 1 Quá hạn 2 Sắp đến hạn 0 Đang tạm dừng 0" in rail
    assert "Tôi đã làm xong 0" in rail
    assert "Cần can thiệp" not in rail  # a head's


def test_claiming_in_the_list_comes_back_to_the_same_place(office: Office, desk: Visitor):
    dossier = office.file()
    page = desk.get("/inbox?view=unassigned&q=sao%20mai").text
    claim = f"{task_of(office, dossier, 'check')}/claim?view=unassigned&amp;q=sao+mai"
    assert claim in page
    answer = desk.post(claim.replace("&amp;", "&"), {"from": "inbox"})
    assert answer.status_code == 303
    assert answer.location == "/inbox?view=unassigned&q=sao+mai"
    assert f"Đã nhận việc: Kiểm tra hồ sơ, {dossier.code}." in words(desk.get(answer.location).text)
    office.look()
    assert office.open(dossier)["check"].assignee == "motcua"


def test_who_claims_second_is_told_who_was_first(demo_app: Flask, office: Office, desk: Visitor):
    dossier = office.file()
    office.hire("banthuhai", "officer", groups=["one_door"], unit="office")
    task = task_of(office, dossier, "check")
    desk.get("/inbox")
    from services import tasks

    tasks.claim(office.viewer("banthuhai"), task.removeprefix("/tasks/"), now=office.now)
    answer = desk.post(f"{task}/claim", {"from": "inbox"})
    assert answer.status_code == 303
    assert "Banthuhai đã nhận việc này trước." in words(desk.get(answer.location).text)


def test_the_next_task_is_the_most_urgent_one_and_is_claimed(office: Office, desk: Visitor):
    urgent = office.file()
    office.later(days=30)
    office.file("nguoinop2")
    desk.get("/inbox")
    answer = desk.post("/inbox/next?view=mine")
    assert answer.status_code == 303
    assert answer.location == f"{task_of(office, urgent, 'check')}?view=mine"
    office.look()
    assert office.open(urgent)["check"].assignee == "motcua"
    assert desk.client.get("/inbox/next").status_code == 405  # taking changes something


def test_taking_the_next_task_when_all_is_done_says_so(office: Office, desk: Visitor):
    desk.get("/inbox")
    answer = desk.post("/inbox/next")
    assert answer.location == "/inbox"
    page = words(desk.get("/inbox").text)
    assert "Hết việc rồi: không còn việc nào của bạn hoặc chưa ai nhận." in page
    assert "Việc mới của bạn và nhóm bạn sẽ hiện ở đây." in page


def test_the_list_is_searched_without_marks_and_says_when_nothing_is_found(office: Office, desk: Visitor):
    office.file(organization_name="Bệnh viện Đa khoa Tâm Phúc")
    office.file("nguoinop2", organization_name="Viện Vi sinh")
    assert len(rows(desk.get("/inbox?q=benh vien tam phuc").text)) == 1
    assert len(rows(desk.get("/inbox?procedure=biosafety-level-3").text)) == 2
    empty = desk.get("/inbox?q=<b>khong co</b>&view=unassigned").text
    assert "Không có việc nào khớp “&lt;b&gt;khong co&lt;/b&gt;”" in empty
    assert '<a class="btn btn-primary" href="/inbox?view=unassigned">Xoá bộ lọc</a>' in empty
    assert "Không có việc nào của thủ tục này" in desk.get("/inbox?procedure=imported-cosmetics").text


def test_pages_follow_each_other_by_a_cursor(office: Office, desk: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    codes = []
    for _day in range(3):
        codes.append(office.file().code[-11:])
        office.later(days=1)
    first = desk.get("/inbox").text
    assert [code for code in codes if code in first] == codes[:2]
    address = first[first.index('href="/inbox?after=') + 6 :].partition('"')[0].replace("&amp;", "&")
    second = desk.get(address).text
    assert [code for code in codes if code in second] == codes[2:]
    assert "3–3" in words(second)
    assert "Về đầu danh sách" in second
    task = f"{task_of(office, office.file('nguoinop2'), 'check')}"
    assert "after=" in second[second.index("/tasks/") : second.index("/tasks/") + 200]
    assert task not in second
    for broken in ("x", "2026-01-01_", "_1", "2026-01-01T00:00:00_a", "9" * 300):
        assert codes[0] in desk.get(f"/inbox?after={broken}&before=zz").text


def test_a_task_without_dossier_stands_under_the_name_of_its_process(office: Office, desk: Visitor):
    office.deploy(one_task("errand", motcua__publicNameEn="Errand"))
    office.start("errand", business_key="PO-17")
    listed = rows(desk.get("/inbox").text)
    assert listed[0].startswith("Làm")
    assert "Nhận việc" in listed[0]
    assert len(rows(desk.get("/inbox?q=lam").text)) == 1


def test_heads_see_their_unit_and_what_needs_them(demo_app: Flask, office: Office):
    dossier = office.accepted()
    head = at_desk(demo_app, "truongphong")
    assert "Tôi phụ trách" in head.get("/inbox").text
    unit = rows(head.get("/inbox?view=unit").text)
    assert len(unit) == 1
    assert "Phân công chuyên viên" in unit[0]
    office.step(dossier, "truongphong", "assign", "assign")
    appraisal = rows(head.get("/inbox?view=escalated").text)
    assert "Thẩm định hồ sơ" in appraisal[0]
    assert "Chưa ai nhận" in appraisal[0]  # a head may assign it, but is no candidate
    stranger = at_desk(demo_app, "truongphongduoc")
    assert rows(stranger.get("/inbox?view=unit").text) == []
    officer = at_desk(demo_app, "chuyenvienduoc")
    assert "Tôi và nhóm tôi" in officer.get("/inbox?view=unit").text  # no view of an officer's: the default one


def test_only_officers_have_an_inbox(demo_app: Flask, office: Office):
    nobody = Visitor(demo_app)
    assert nobody.get("/inbox?view=mine").location == "/sign-in?next=%2Finbox%3Fview%3Dmine"
    assert at_desk(demo_app, "nguoinop").get("/inbox").status_code == 403
    assert at_desk(demo_app, "quanly").get("/inbox").status_code == 403


def test_counts_are_written_as_far_as_they_were_counted():
    most = queries.MOST_COUNTED
    few = inbox.counts_of({"all": 5, "mine": 0, "breached": 2, "done": 7})
    assert few == {"all": "5", "mine": "0", "breached": "2", "done": "7"}
    many = inbox.counts_of({"all": most, "mine": 3, "soon": 0, "done": most, "unit": most, "escalated": 4})
    assert many == {"all": "499+", "mine": "3+", "soon": "0", "done": "499+", "unit": "499+", "escalated": "4+"}


def test_a_place_is_carried_without_what_is_empty():
    assert places.Place().at("/inbox") == "/inbox"
    narrowed = places.Place(view="mine", text="sao mai", after="x_1", before=50)
    assert narrowed.at("/tasks/1", tab="history") == "/tasks/1?view=mine&q=sao+mai&after=x_1&before=50&tab=history"
    assert narrowed.first == "/inbox?view=mine&q=sao+mai"
    assert narrowed.unfiltered == "/inbox?view=mine"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_view_says_something_where_it_is_empty(demo_app: Flask, office: Office, lang: str):
    head = at_desk(demo_app, "truongphong")
    for view in (*places.OWN, *places.SUPERVISED):
        answer = head.get(f"/inbox?view={view.name}&lang={lang}")
        assert answer.status_code == 200
        assert 'class="mc-empty"' in answer.text
