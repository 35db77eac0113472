"""/board and the lists behind it as pages: links, periods, CSV, who sees what."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from services import dossiers
from services.clocks import LOCAL
from tests.office import Office
from tests.services.bundles import one_task
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor

LINK = re.compile(r'<a href="(/board/list\?[^"]+)"[^>]*>\s*([\d.,%]+)\s*</a>')
TILE = re.compile(r'<a class="mc-kpi[^"]*" href="(/board/list\?[^"]+)">')
TOTAL = re.compile(r"<h1>[^<]*: ([\d.]+) hồ sơ</h1>")


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """An office where one dossier awaits acceptance, one is overdue, one refused, one stopped, one resolved at once."""
    for app in quick_app("module"):
        with app.app_context():
            office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=50))
            office.accepted()
            refused = office.file()
            office.step(refused, "motcua", "check", "refuse", reason="Thiếu giấy tờ")
            stopped = office.accepted("nguoinop2")
            dossiers.stop(office.viewer("truongphong"), stopped.id, "Theo đề nghị", now=office.now)
            office.now = datetime.now(UTC)
            office.file("nguoinop2")
        yield app


@pytest.fixture
def manager(app: Flask, tries: None) -> Visitor:
    return at_desk(app, "quanly")


def year() -> str:
    """Give the parameters of a period that holds everything."""
    today = datetime.now(UTC).astimezone(LOCAL).date()
    return f"from={today - timedelta(days=80)}&to={today}"


def test_every_number_on_the_page_opens_a_list_of_that_length(manager: Visitor):
    page = manager.get(f"/board?{year()}").text
    links = [(html.unescape(url), int(number.replace(".", ""))) for url, number in LINK.findall(page)]
    assert {parse_qs(urlsplit(url).query)["what"][0] for url, _ in links} >= {
        "received", "in_time", "breached", "stopped", "not_accepted",
    }  # fmt: skip
    for url, number in links:
        listed = manager.get(url).text
        assert TOTAL.findall(listed) == [str(number)], url
        assert len(rows(listed)) == number
    for url in TILE.findall(page):
        assert manager.get(html.unescape(url)).status_code == 200


def test_a_unit_behind_is_bold_and_underlined_and_says_so_in_words(manager: Visitor):
    page = manager.get(f"/board?{year()}").text
    assert '<span class="mc-behind">Cục Phòng bệnh</span>' in page
    shown = words(page)
    assert "Chậm 1 hồ sơ" in shown
    assert "Đậm và gạch chân là đơn vị đang có hồ sơ quá hạn" in shown


def test_each_number_says_what_it_counts(manager: Visitor):
    shown = words(manager.get("/board").text)
    assert "Nộp trong kỳ, trừ hồ sơ không được tiếp nhận." in shown
    assert "Chưa xử lý xong và đã qua thời điểm hẹn trả." in shown
    listed = words(manager.get(f"/board/list?what=breached&{year()}").text)
    assert "Chưa xử lý xong và đã qua thời điểm hẹn trả." in listed


def test_the_list_names_the_step_and_its_holder_and_leads_to_the_dossier(manager: Visitor):
    page = manager.get(f"/board/list?what=breached&{year()}").text
    (row,) = rows(page)
    assert "Phân công chuyên viên" in row
    assert "Chưa ai nhận" in row
    assert "Quá " in row
    dossier = re.search(r'href="(/dossiers/[0-9a-f]+)"', page)
    assert dossier is not None
    assert manager.get(dossier[1]).status_code == 200


def test_the_list_is_given_as_csv_that_no_spreadsheet_takes_for_formulas(app: Flask, manager: Visitor):
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC))
        office.viewers["nguoinop"] = replace(office.viewer("nguoinop"), name="=1+1")
        office.file()
    answer = manager.get(f"/board/list.csv?what=received&{year()}", buffered=True)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    total = TOTAL.findall(manager.get(f"/board/list?what=received&{year()}").text)
    assert [str(len(lines) - 1)] == total
    assert lines[0][0] == "Mã hồ sơ"
    assert "'=1+1" in {line[3] for line in lines}
    english = manager.get(f"/board/list.csv?what=received&{year()}&lang=en", buffered=True).text
    assert english.splitlines()[0].endswith("In the period")
    manager.get("/board?lang=vi")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=nonsense", "Ngày phải có dạng 30/09/2026."),
        ("from=0001-01-01&to=9999-12-31", "Ngày phải có dạng 30/09/2026."),
        ("from=2026-09-10&to=2026-09-01", "Ngày cuối phải từ ngày đầu trở đi."),
    ],
)
def test_a_period_that_cannot_be_is_said_and_stays_typed(manager: Visitor, asked: str, said: str):
    answer = manager.get(f"/board?{asked}")
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert f'value="{parse_qs(asked)["from"][0]}"' in answer.text
    assert "<title>Lỗi:" in answer.text
    assert manager.get(f"/board/list?what=received&{asked}").status_code == 422


def test_a_day_may_be_typed_as_people_write_it(manager: Visitor):
    shown = words(manager.get("/board?from=1/9/2026&to=30/09/2026").text)
    assert "Kỳ từ 01/09/2026 đến hết 30/09/2026." in shown


def test_a_period_without_dossiers_says_what_to_do(manager: Visitor):
    shown = words(manager.get("/board?from=2001-01-01&to=2001-12-31").text)
    assert "Không có hồ sơ nào trong kỳ này" in shown


def test_what_is_no_number_of_the_board_is_not_found(manager: Visitor):
    assert manager.get("/board/list?what=nonsense").status_code == 404
    assert manager.get("/board/list").status_code == 404
    for evil in ("%00", "'", "x" * 3000, "%ed%a0%80"):
        path = f"/board/list?what=received&unit={evil}&key={evil}&after={evil}&before={evil}"
        assert manager.get(path).status_code in (200, 400)


def test_a_head_sees_the_own_unit_and_officers_see_no_board(app: Flask, tries: None):
    head = at_desk(app, "truongphongduoc")
    page = head.get(f"/board?{year()}").text
    assert "Không có hồ sơ nào trong kỳ này" in words(page)
    assert rows(head.get(f"/board/list?what=received&unit=prevention&{year()}").text) == []
    assert at_desk(app, "truongphong").get(f"/board?{year()}").text.count("Cục Phòng bệnh") >= 1
    assert at_desk(app, "motcua").get("/board").status_code == 403
    assert Visitor(app).get("/board").location == "/sign-in?next=%2Fboard"


def test_the_board_speaks_english(manager: Visitor):
    shown = words(manager.get(f"/board?{year()}&lang=en").text)
    assert "Department of Disease Prevention" in shown
    assert "1 dossier overdue" in shown
    assert "Each number opens the list of its dossiers." in shown
    manager.get("/board?lang=vi")


def test_a_second_page_goes_on_where_the_first_ended(app: Flask, manager: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.manager.lists.PAGE", 2)
    seen: list[str] = []
    url = f"/board/list?what=received&{year()}"
    while url:
        page = manager.get(url).text
        seen += re.findall(r"/dossiers/([0-9a-f]+)", page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = html.unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) > 2


def test_an_instance_without_dossier_is_on_no_board(app: Flask, manager: Visitor):
    before = LINK.findall(manager.get(f"/board?{year()}").text)
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC))
        office.deploy(one_task("aside"))
        office.start("aside")
    assert LINK.findall(manager.get(f"/board?{year()}").text) == before
