"""Forms that follow their answers, at the keyboard: questions, rows, sums and options come and go while one types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services import definitions
from services.permissions import SYSTEM
from tests.browser.people import People, settled
from tests.databases import Place, settings_of
from tests.engine.diagrams import end, start, user
from tests.files import pdf
from tests.office import Office
from tests.services.bundles import bundle, form, number, text

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.server import Server

KEY = "live_forms"


def labelled(component: dict[str, Any], label: str, english: str) -> dict[str, Any]:
    return {**component, "label": label, "properties": {"labelEn": english}}


def told(words: str, english: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "properties": {"textEn": english}}


KINDS = [
    {"value": "person", "label": "Cá nhân", "labelEn": "Person"},
    {"value": "company", "label": "Tổ chức", "labelEn": "Company"},
]
CITIES = [{"value": "hn", "label": "Hà Nội"}, {"value": "hue", "label": "Huế"}]
WARDS = '=if city = "hn" then ["Hàng Bạc", "Phúc Tân"] else if city = "hue" then ["Phú Hội"] else []'
FORM = form(
    "live",
    labelled({"type": "radio", "key": "kind", "values": KINDS}, "Người xin phép", "Applicant"),
    labelled(text("company", required=True), "Tên tổ chức", "Name of the company")
    | {"conditional": {"hide": '=kind != "company"'}},
    labelled(text("name", required=True), "Họ và tên", "Full name"),
    labelled({"type": "select", "key": "city", "values": CITIES}, "Thành phố", "City"),
    labelled({"type": "select", "key": "ward", "valuesExpression": WARDS}, "Phường", "Ward"),
    labelled(
        {
            "type": "dynamiclist",
            "path": "items",
            "components": [
                labelled(text("what"), "Thiết bị", "Device"),
                labelled(number("count"), "Số lượng", "Count"),
                labelled(number("price"), "Đơn giá", "Price"),
                labelled({"type": "filepicker", "key": "photo"}, "Ảnh", "Photo"),
            ],
        },
        "Danh mục thiết bị",
        "Devices",
    ),
    {"type": "expression", "key": "total", "expression": "=sum(for x in items return x.count * x.price)"},
    told("Tổng cộng **{{total}}** đồng.", "**{{total}}** đồng in all."),
    labelled({"type": "textarea", "key": "note"}, "Ghi chú", "Note"),
    told("Đã viết {{string length(note)}} chữ.", "{{string length(note)}} letters."),
    labelled({"type": "filepicker", "key": "papers", "multiple": True}, "Tệp kèm theo", "Files"),
)


@pytest.fixture
def task(live_server: Server, demo_sqlite: Place) -> Iterator[str]:
    """The address of a new task with the form."""
    from app import create_app

    application = create_app(settings_of(demo_sqlite))
    with application.app_context():
        office = Office(parts=application.extensions["motcua"], now=datetime.now(UTC))
        do = user("do", name="Lập danh mục", motcua__form="live.form", motcua__candidateGroups="clerk")
        files = bundle(KEY, start("s"), do, end("e"), "s -> do -> e", live__form=FORM)
        definitions.deploy(SYSTEM, files, now=office.now)
        yield f"/tasks/{office.open(office.start(KEY))['do'].id}"
        application.extensions["sqlalchemy"].engine.dispose()


def named(name: str) -> str:
    return f"[name='answers.{name}']"


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def said(page: Page) -> str:
    return page.locator("#mc-live").inner_text()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    settled(page)


class Held:
    """Requests of the form that wait until they are let go."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.routes: list[Route] = []
        self.holds = True
        page.route("**/submit*", lambda route: self.routes.append(route) if self.holds else route.continue_())

    def wait(self, count: int = 1) -> None:
        for _ in range(200):
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{len(self.routes)} requests came")

    def release(self) -> None:
        self.holds = False
        for route in self.routes:
            route.continue_()
        settled(self.page)
        self.page.unroute("**/submit*")


def test_questions_rows_sums_and_options_follow_the_keyboard(
    new_page: Callable[..., Page], task: str, axe: Callable[[Page], list[str]], sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
) -> None:  # fmt: skip
    page = People(new_page).at("vanthu")
    page.goto(task)
    refresh = page.locator(".mc-refresh button")
    assert refresh.count() == 1
    assert not refresh.is_visible()  # the script presses it
    # A question comes and goes; no error of a field that nobody has touched.
    page.focus(named("kind"))
    press(page, "ArrowDown")
    assert page.locator(named("company")).is_visible()
    assert "Có thêm câu hỏi: Tên tổ chức" in said(page)
    assert page.locator(".mc-field-bad, [aria-invalid]").count() == 0
    assert focused(page) == "answers.kind"
    press(page, "Tab")
    page.keyboard.type("Sao Mai")
    press(page, "Shift+Tab", "ArrowUp")
    assert page.locator(named("company")).count() == 0
    assert "Bớt 1 câu hỏi" in said(page)
    # Options depend on another answer.
    page.select_option(named("city"), "hn")
    settled(page)
    page.select_option(named("ward"), "Phúc Tân")
    page.select_option(named("city"), "hue")
    settled(page)
    assert page.locator(f"{named('ward')} option").all_inner_texts() == ["Chọn một mục", "Phú Hội"]
    assert page.input_value(named("ward")) == ""
    # Rows, and a sum over them.
    for row, (what, count, price) in enumerate([("Kính hiển vi", "2", "1000"), ("Tủ", "3", "50,5")]):
        if row:
            page.focus("button[value='add answers.items']")
            press(page, "Enter")
        else:
            page.focus(named("items[0].what"))
        assert focused(page) == f"answers.items[{row}].what"
        page.keyboard.type(what)
        page.keyboard.press("Tab")
        page.keyboard.type(count)
        page.keyboard.press("Tab")
        page.keyboard.type(price)
    assert "Đã thêm: Mục 2, Danh mục thiết bị" in said(page)
    settled(page)
    assert "Tổng cộng 2151.5 đồng" in page.inner_text("#answers-live")
    page.focus("button[value='remove answers.items[0]']")
    press(page, "Enter")
    assert focused(page) == "answers.items[0].what"
    assert page.input_value(named("items[0].what")) == "Tủ"
    assert page.input_value(named("items[0].price")) == "50,5"
    assert "Đã bỏ: Mục 1" in said(page)
    assert "Tổng cộng 151.5 đồng" in page.inner_text("#answers-live")
    found = axe(page)
    shot(page, "live-1366")
    page.set_viewport_size({"width": 390, "height": 844})
    shot(page, "live-390")
    assert sideways(page) == 0
    # Errors shown by a submit stay until they are mended, and no others come.
    page.locator("button.btn-primary[data-key='Ctrl+Enter']").click()
    page.wait_for_selector(".mc-errorsum")
    assert page.locator(".mc-errorsum li").count() == 1
    page.check(f"{named('kind')}[value=company]")
    settled(page)
    assert page.locator(".mc-errorsum li").all_inner_texts() == ["Nhập “Họ và tên”"]
    assert page.locator(".mc-field-bad label").all_inner_texts() == ["Họ và tên"]
    page.fill(named("name"), "Nguyễn Văn A")
    page.check(f"{named('kind')}[value=person]")
    settled(page)
    assert page.locator(".mc-errorsum, .mc-field-bad").count() == 0
    page.goto(f"{task}?lang=en")
    found += axe(page)
    shot(page, "live-390-en")
    assert found == []


def test_what_is_typed_while_the_server_is_asked_stays_and_a_failure_leaves_the_form_usable(
    new_page: Callable[..., Page], task: str, tmp_path: Path, shot: Callable[[Page, str], Path]
) -> None:
    page = People(new_page).at("vanthu")
    page.goto(task)
    held = Held(page)
    note = named("note")
    page.focus(note)
    page.keyboard.type("một hai bốn")
    held.wait()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type(" ba")  # in the middle, while the request is under way
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    scrolled = page.evaluate("scrollY")
    held.release()
    assert page.input_value(note) == "một hai ba bốn"
    assert page.evaluate("[document.activeElement.name, document.activeElement.selectionStart]") == ["answers.note", 10]
    assert page.evaluate("scrollY") == scrolled
    page.keyboard.type("!")
    settled(page)
    assert page.input_value(note) == "một hai ba! bốn"
    assert "Đã viết 15 chữ" in page.inner_text("#answers-live")
    # A row is asked for while a change is under way, and another field is typed into: nothing is lost.
    held = Held(page)
    page.check(f"{named('kind')}[value=company]")
    held.wait()
    page.focus("button[value='add answers.items']")
    page.keyboard.press("Enter")
    held.wait(2)
    page.fill(named("items[0].what"), "gõ trong lúc chờ")
    page.fill(named("name"), "Trần Thị B")
    held.release()
    page.wait_for_selector(named("items[1].what"))
    settled(page)
    assert page.input_value(named("items[0].what")) == "gõ trong lúc chờ"
    assert page.input_value(named("name")) == "Trần Thị B"
    assert page.locator(named("company")).is_visible()
    # Uploads and drafts on the same page.
    (tmp_path / "a.pdf").write_bytes(pdf(2 << 20, seed=1))
    page.set_input_files(named("papers") + "[type=file]", tmp_path / "a.pdf")
    page.check(f"{named('kind')}[value=person]")
    page.locator(".mc-file", has_text="a.pdf").wait_for()
    settled(page)
    assert page.locator(".mc-file", has_text="a.pdf").count() == 1
    assert page.locator(".mc-uploads").count() == page.locator("input[type=file]").count()
    page.check(f"{named('kind')}[value=company]")
    page.fill(named("company"), "Sao Mai")
    page.wait_for_selector("[data-draft-status]:has-text('Đã lưu nháp lúc')")
    settled(page)
    assert page.locator("#draft-choice").count() == 0
    # No answer: what is typed stays, the button is there, and all goes on once there is a way again.
    page.route("**/submit*", lambda route: route.abort())
    page.check(f"{named('kind')}[value=person]")
    settled(page)
    assert "Mất mạng" in page.inner_text("#answers-live")
    assert page.locator(".mc-refresh button").is_visible()
    assert page.input_value(named("company")) == "Sao Mai"
    shot(page, "live-failed")
    page.unroute("**/submit*")
    page.route("**/submit*", lambda route: route.fulfill(status=429, body="busy"))
    page.focus("button[value='add answers.items']")
    press(page, "Enter")
    assert "chưa cập nhật được" in page.inner_text("#answers-live")
    page.unroute("**/submit*")
    page.locator(".mc-refresh button").click()
    settled(page)
    assert page.locator(named("company")).count() == 0
    assert page.locator("form[data-live-failed]").count() == 0
    page.reload()
    page.locator(".mc-file", has_text="a.pdf").wait_for()
    assert page.input_value(named("note")) == "một hai ba! bốn"
    page.locator(".mc-file input").uncheck()  # a task without a dossier keeps no documents
    page.locator("button.btn-primary[data-key='Ctrl+Enter']").click()
    page.wait_for_url(lambda url: task not in url)


def test_the_same_form_without_script(new_page: Callable[..., Page], task: str) -> None:
    page = People(new_page).at("vanthu", javascript=False)
    page.goto(task)
    page.check(f"{named('kind')}[value=company]")
    page.fill(named("note"), "abc")
    page.click(".mc-refresh button")
    page.fill(named("company"), "Sao Mai")
    page.click("button[value='add answers.items']")
    page.fill(named("items[1].count"), "2")
    page.fill(named("items[1].price"), "3")
    page.fill(named("items[0].count"), "1")
    page.fill(named("items[0].price"), "1")
    page.click(".mc-refresh button")
    assert "Tổng cộng 7 đồng" in page.inner_text("#answers-live")
    assert "Đã viết 3 chữ" in page.inner_text("#answers-live")
    page.click("button[value='remove answers.items[0]']")
    assert page.input_value(named("company")) == "Sao Mai"
    assert "Tổng cộng 6 đồng" in page.inner_text("#answers-live")
    assert page.locator(".mc-field-bad").count() == 0
