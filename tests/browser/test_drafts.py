"""Drafts at the keyboard: saved by themselves, gone on with elsewhere, chosen between, with and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.people import People
from tests.office import PAPER, course

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAVED = "[data-draft-status]:has-text('Đã lưu nháp lúc')"


@pytest.fixture
def task(new_page: Callable[..., Page], tmp_path: Path) -> str:
    """The address of the check of a new dossier."""
    people = People(new_page)
    paper = tmp_path / "giay.pdf"
    paper.write_bytes(PAPER)
    code = people.file(course("granted_at_once")["answers"], paper)
    page = people.at("motcua")
    page.goto("/inbox")
    link = page.locator("tbody tr").filter(has_text=code[-11:]).locator("a[href*='/tasks/']").first
    return (link.get_attribute("href") or "").partition("?")[0]


def at(new_page: Callable[..., Page], task: str, username: str = "motcua", **how: bool) -> Page:
    """Open the task on a device of its own."""
    page = People(new_page).at(username, **how)
    page.goto(task)
    return page


def test_what_is_typed_is_saved_by_itself_and_gone_on_with_elsewhere(new_page: Callable[..., Page], task: str) -> None:
    office, home = at(new_page, task), at(new_page, task)
    office.fill("[name=reason]", "Đang đợi trả lời")
    office.wait_for_selector(SAVED)
    assert office.locator("[data-draft-status]").get_attribute("aria-live") == "polite"
    home.reload()
    assert home.input_value("[name=reason]") == "Đang đợi trả lời"
    home.fill("[name=reason]", "Đang đợi trả lời, đã gọi điện")
    home.keyboard.press("Control+s")
    home.wait_for_selector(SAVED)
    office.reload()
    assert office.input_value("[name=reason]") == "Đang đợi trả lời, đã gọi điện"


def test_leaving_the_page_saves_what_was_just_typed(new_page: Callable[..., Page], task: str) -> None:
    page = at(new_page, task)
    page.fill("[name=reason]", "Rời trang ngay")
    page.goto("/inbox")
    page.goto(task)
    assert page.input_value("[name=reason]") == "Rời trang ngay"


def test_without_a_network_the_page_says_so_and_saves_later(new_page: Callable[..., Page], task: str) -> None:
    page = at(new_page, task)
    page.context.set_offline(True)
    page.fill("[name=reason]", "Giữa lúc mất mạng")
    page.keyboard.press("Control+s")
    page.wait_for_selector("[data-draft-status]:has-text('Mất mạng')")
    page.context.set_offline(False)
    page.wait_for_selector(SAVED)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize(
    ("button", "kept", "aside"), [("mine", "của tôi", "bản kia"), ("theirs", "bản kia", "của tôi")]
)
def test_two_devices_that_change_one_draft_lose_nothing(
    new_page: Callable[..., Page], task: str, javascript: bool, button: str, kept: str, aside: str
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
    choice.locator(f"button[value={button}]").click()
    mine.wait_for_selector("details summary:has-text('để riêng')")
    assert mine.input_value("[name=reason]") == kept
    mine.click("details summary:has-text('để riêng')")
    mine.click("button:has-text('Lấy lại bản để riêng')")
    mine.wait_for_load_state()
    assert mine.input_value("[name=reason]") == aside


def test_the_pages_of_drafts_look_and_sound_right(
    new_page: Callable[..., Page],
    task: str,
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
) -> None:
    mine, other = at(new_page, task), at(new_page, task)
    other.fill("[name=reason]", "bản kia")
    other.keyboard.press("Control+s")
    other.wait_for_selector(SAVED)
    mine.fill("[name=reason]", "của tôi")
    mine.wait_for_selector("#draft-choice")
    found = _looks(mine, "draft-choice", axe, sideways, shot)
    mine.click("#draft-choice button[value=mine]")
    mine.click("details summary:has-text('để riêng')")
    found += _looks(mine, "draft-banner", axe, sideways, shot)
    mine.goto(f"{task}?lang=en")
    mine.click("details summary:has-text('set aside')")
    found += _looks(mine, "draft-banner-en", axe, sideways, shot)
    assert not found, "\n".join(found)


def _looks(
    page: Page,
    name: str,
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
) -> list[str]:
    found = []
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        shot(page, f"{name}-{width}")
        found += axe(page)
        if beyond := sideways(page):
            found.append(f"{name}: {beyond} pixels too wide at {width}")
    page.set_viewport_size({"width": 1366, "height": 768})
    return found
