"""Drafts at the keyboard: saved by themselves, gone on with elsewhere, chosen between, with and without script."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services import drafts
from tests.browser.people import People
from tests.databases import Place
from tests.office import PROCEDURE, Office

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAVED = "[data-draft-status]:has-text('Đã lưu nháp lúc')"
Look = Callable[..., list[str]]


@pytest.fixture
def task(office: Office) -> str:
    """The address of the check of a new dossier."""
    return f"/tasks/{office.open(office.file())['check'].id}"


@pytest.fixture
def looks(axe: Callable[[Page], list[str]], sideways: Callable[[Page], int], shot: Callable[[Page, str], Path]) -> Look:
    """Take screenshots of a page on both screens; give what is wrong with it."""

    def look(page: Page, name: str) -> list[str]:
        found = []
        for width, height in ((390, 844), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            shot(page, f"{name}-{width}")
            found += axe(page)
            if beyond := sideways(page):
                found.append(f"{name}: {beyond} pixels too wide at {width}")
        return found

    return look


def at(new_page: Callable[..., Page], address: str, username: str = "motcua", **how: bool) -> Page:
    """Open a page on a device of its own."""
    page = People(new_page).at(username, **how)
    page.goto(address)
    return page


@contextmanager
def saves_are_held_up(place: Place) -> Iterator[None]:
    """Let nothing be written for a while; pages are shown as ever."""
    with sqlite3.connect(place.data / "motcua.sqlite", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.rollback()
    writer.close()


def leave_unsaved(page: Page) -> None:
    """Leave a page whose last save does not arrive: what Chromium sends last is beyond its own switch for offline."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('away')); }")
    page.goto("about:blank")


def until(found: Callable[[], bool], seconds: float = 15) -> None:
    ends = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.1)


def anew(page: Page) -> str:
    page.reload()
    return page.input_value("[name=reason]")


def shows(page: Page, words: str) -> None:
    """Wait until the page has found what this tab had left unsaved."""
    page.wait_for_function("words => document.querySelector('[name=reason]')?.value === words", arg=words)


def test_what_is_typed_is_saved_by_itself_and_gone_on_with_elsewhere(new_page: Callable[..., Page], task: str) -> None:
    office, home = at(new_page, task), at(new_page, task)
    office.fill("[name=reason]", "Đang đợi trả lời")
    office.wait_for_selector(SAVED)
    assert office.locator("[data-draft-status]").get_attribute("aria-live") == "polite"
    home.reload()
    assert home.input_value("[name=reason]") == "Đang đợi trả lời"
    home.context.set_offline(True)
    home.fill("[name=reason]", "Đã gọi điện")
    home.keyboard.press("Control+s")
    home.wait_for_selector("[data-draft-status]:has-text('Mất mạng')")
    home.context.set_offline(False)
    home.wait_for_selector(SAVED)
    home.fill("[name=reason]", "Đã gọi điện, rời trang ngay")
    home.goto("/inbox")
    until(lambda: anew(office) == "Đã gọi điện, rời trang ngay")


def test_what_is_typed_is_there_again_however_the_page_was_left(
    new_page: Callable[..., Page], task: str, demo_sqlite: Place
) -> None:
    page = at(new_page, task)
    with saves_are_held_up(demo_sqlite):
        page.fill("[name=reason]", "rời trang ngay")
        page.goto("/inbox")
        page.goto(task)
        assert page.input_value("[name=reason]") == ""
    shows(page, "rời trang ngay")
    page.fill("[name=reason]", "mất mạng đúng lúc")
    leave_unsaved(page)
    page.goto(task)
    shows(page, "mất mạng đúng lúc")
    with saves_are_held_up(demo_sqlite):
        page.fill("[name=reason]", "đang lưu")
        with page.expect_request(lambda sent: sent.url.endswith("/draft")):
            page.keyboard.press("Control+s")
        page.fill("[name=reason]", "đang lưu thì gõ thêm")
        page.goto("/inbox")
    page.goto(task)
    shows(page, "đang lưu thì gõ thêm")
    page.reload()
    assert page.input_value("[name=reason]") == "đang lưu thì gõ thêm"
    until(lambda: page.evaluate("!Object.values(sessionStorage).some((it) => it.includes('gõ thêm'))"))


def test_any_next_page_saves_what_could_not_be_saved(new_page: Callable[..., Page], task: str) -> None:
    page, other = at(new_page, task), at(new_page, task)
    page.fill("[name=reason]", "mất mạng đúng lúc")
    leave_unsaved(page)
    with page.expect_response(lambda got: got.url.endswith("/draft")):
        page.goto("/inbox")
    other.reload()
    assert other.input_value("[name=reason]") == "mất mạng đúng lúc"


def test_what_could_not_be_saved_in_time_overwrites_nobody(new_page: Callable[..., Page], task: str) -> None:
    mine, other = at(new_page, task), at(new_page, task)
    mine.fill("[name=reason]", "của tôi")
    leave_unsaved(mine)
    other.fill("[name=reason]", "bản kia")
    other.keyboard.press("Control+s")
    other.wait_for_selector(SAVED)
    mine.goto("/inbox")
    for _ in range(2):  # it is offered until one has chosen
        mine.goto(task)
        mine.locator("#draft-choice").wait_for()
        assert mine.input_value("[name=reason]") == "của tôi"
        mine.goto("/inbox")
    mine.goto(task)
    mine.locator("#draft-choice button[value=mine]").click()
    mine.wait_for_selector("details summary:has-text('để riêng')")
    assert mine.input_value("[name=reason]") == "của tôi"


@pytest.mark.parametrize(
    ("javascript", "button", "kept", "aside"),
    [(True, "mine", "của tôi", "bản kia"), (False, "theirs", "bản kia", "của tôi")],
    ids=["script", "plain"],
)
def test_two_devices_that_change_one_draft_lose_nothing(
    new_page: Callable[..., Page], task: str, looks: Look, javascript: bool, button: str, kept: str, aside: str
) -> None:
    mine, other = at(new_page, task, javascript=javascript), at(new_page, task)
    other.fill("[name=reason]", "bản kia")
    other.keyboard.press("Control+s")
    other.wait_for_selector(SAVED)
    mine.fill("[name=reason]", "của tôi")
    if not javascript:
        mine.click("[data-draft-save]")
    choice = mine.locator("#draft-choice")
    choice.wait_for()
    assert "Bạn đã lưu bản nháp này ở nơi khác" in choice.inner_text()
    assert choice.locator("tbody tr").last.locator("td").all_inner_texts() == ["của tôi", "bản kia"]
    assert mine.input_value("[name=reason]") == "của tôi"
    found = looks(mine, "draft-choice") if javascript else []
    choice.locator(f"button[value={button}]").click()
    mine.wait_for_selector("details summary:has-text('để riêng')")
    assert mine.input_value("[name=reason]") == kept
    mine.click("details summary:has-text('để riêng')")
    found += looks(mine, "draft-banner") if javascript else []
    mine.click("button:has-text('Lấy lại bản để riêng')")
    mine.wait_for_load_state()
    assert mine.input_value("[name=reason]") == aside
    assert not found, "\n".join(found)


def test_an_applicants_drafts(new_page: Callable[..., Page], office: Office, looks: Look) -> None:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Thiếu sơ đồ")
    task = f"/my/dossiers/{dossier.code}/tasks/{office.open(dossier)['answer_supplement'].id}"
    drafts.begin(office.viewer("nguoinop"), PROCEDURE, {}, device="Chrome, Android", now=office.now)
    page = at(new_page, task, "applicant")
    page.fill("[name='answers.supplement_items[0].reply']", "Đang viết dở")
    page.wait_for_selector(SAVED)
    page.goto(f"{task}?lang=en")
    assert page.input_value("[name='answers.supplement_items[0].reply']") == "Đang viết dở"
    found = looks(page, "draft-applicant-en")
    page.click("button:has-text('Discard draft')")
    page.click("button:has-text('Undo')")
    page.wait_for_load_state()
    assert page.input_value("[name='answers.supplement_items[0].reply']") == "Đang viết dở"
    page.goto("/my/drafts?lang=vi")
    found += looks(page, "my-drafts")
    page.locator("button:has-text('Bỏ bản nháp')").first.click()
    page.wait_for_selector("button:has-text('Hoàn tác')")
    found += looks(page, "my-drafts-dropped")
    page.click("button:has-text('Hoàn tác')")
    page.wait_for_selector("a:has-text('Làm tiếp')")
    assert not found, "\n".join(found)
