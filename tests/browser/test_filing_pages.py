"""A filing of several pages: interrupted, resumed on another device, finished; by keyboard, on two screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.people import People, fill, go_on
from tests.office import PAPER, PROCEDURE, course

if TYPE_CHECKING:
    from playwright.sync_api import Page

ANSWERS = course("granted_at_once")["answers"]
START = f"/procedures/{PROCEDURE}/file"
WORDS = "document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"
TABS = 80
"""Presses of the Tab key within which a control must be reached."""


def press(page: Page, words: str) -> None:
    """Go to a link or button by the Tab key, and press Enter on it."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"w => {WORDS}.startsWith(w)", words):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{words} is not reached by the Tab key on {page.url}")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_filing_is_interrupted_resumed_on_another_device_and_finished(
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
    tmp_path: Path,
    javascript: bool,
) -> None:
    paper = tmp_path / "giay.pdf"
    paper.write_bytes(PAPER)
    found: list[str] = []

    def look(page: Page, name: str) -> None:
        if javascript:
            shot(page, f"filing-{page.viewport_size['width'] if page.viewport_size else 0}-{name}")
            found.extend(axe(page))
        assert sideways(page) <= 1, name

    office = People(new_page).at("nguoinop2", javascript=javascript)
    office.goto(START)
    look(office, "start")
    press(office, "Bắt đầu")
    draft = office.url
    look(office, "list-new")
    press(office, "Bắt đầu điền")
    look(office, "page-empty")
    press(office, "Lưu và tiếp tục")
    assert office.locator(".mc-errorsum").count() == 1
    look(office, "page-errors")
    for _ in range(2):
        fill(office, ANSWERS)
        go_on(office)
    half = {key: value for key, value in ANSWERS.items() if key != "officer_degree"}
    fill(office, half)
    press(office, "Lưu và làm sau")
    look(office, "list-half")
    office.context.close()  # the office closes

    phone = People(new_page).at("nguoinop2", width=390, javascript=javascript)
    phone.goto(START)
    look(phone, "start-again")
    press(phone, "Làm tiếp")
    assert phone.url == draft
    look(phone, "list-half")
    press(phone, "Làm tiếp")
    assert phone.locator("[name='answers.officer_name']").input_value() == ANSWERS["officer_name"]
    while not phone.url.endswith("/check"):
        fill(phone, ANSWERS)
        look(phone, phone.url.rpartition("/")[2])
        for chooser in phone.locator("input[type=file][name^='component.']").all():
            chooser.set_input_files(paper)
        press(phone, "Lưu và tiếp tục")
        assert phone.locator(".mc-errorsum").count() == 0, phone.locator(".mc-errorsum").inner_text()
    look(phone, "check")
    press(phone, "Sửa Cơ sở xét nghiệm")
    phone.locator("[name='answers.laboratory_name']").fill("Phòng xét nghiệm đã sửa")
    press(phone, "Lưu và về trang kiểm tra")
    assert "Phòng xét nghiệm đã sửa" in phone.content()
    fill(phone, ANSWERS)
    press(phone, "Gửi hồ sơ")
    phone.wait_for_url("**/receipt*")
    phone.goto(draft)
    assert "/my/dossiers/" in phone.url
    assert found == []


def test_the_pages_of_a_filing_speak_english(new_page: Callable[..., Page], shot: Callable[[Page, str], Path]) -> None:
    page = People(new_page).at("nguoinop2")
    page.goto("/?lang=en")
    page.goto(START)
    shot(page, "filing-en-start")
    page.locator("form[action$='/file'] button[type=submit]").click()
    page.wait_for_url("**/my/drafts/**")
    draft = page.url
    words = page.locator("h1, h2, .btn, .mc-chip").all_inner_texts()
    shot(page, "filing-en-list")
    for name in ("Group_laboratory", "List_staff", "papers", "check"):
        page.goto(f"{draft}/{name}")
        shot(page, f"filing-en-{name}")
        words += page.locator("h2, .btn, .mc-chip").all_inner_texts()
    ours = ("Lưu", "Làm", "Chưa", "Kiểm", "Điền", "Giấy tờ", "Gửi", "Bỏ", "Bắt đầu", "Đã", "Thêm")
    assert [word for word in words if word.strip().startswith(ours)] == []


def test_what_is_typed_is_saved_by_itself_and_found_on_another_device(new_page: Callable[..., Page]) -> None:
    office, phone = People(new_page).at("nguoinop2"), People(new_page).at("nguoinop2", width=390)
    office.goto(START)
    office.locator("form[action$='/file'] button[type=submit]").click()
    office.wait_for_url("**/my/drafts/**")
    office.goto(f"{office.url}/Group_laboratory")
    office.fill("[name='answers.laboratory_name']", "Sao Mai")
    office.wait_for_selector("[data-draft-status]:has-text('Đã lưu nháp')")
    phone.goto(office.url)
    assert phone.locator("[name='answers.laboratory_name']").input_value() == "Sao Mai"
    phone.fill("[name='answers.laboratory_name']", "Sao Mai, gõ ở điện thoại")
    phone.wait_for_selector("[data-draft-status]:has-text('Đã lưu nháp')")
    office.fill("[name='answers.laboratory_name']", "Sao Mai, gõ ở cơ quan")
    office.wait_for_selector("#draft-choice")
    assert "gõ ở điện thoại" in office.locator("#draft-choice").inner_text()
    office.locator("button[name=draft][value=mine]").click()
    office.wait_for_load_state()
    assert office.locator("[name='answers.laboratory_name']").input_value() == "Sao Mai, gõ ở cơ quan"
