"""What else an officer does with a task, at a browser: it fits both windows, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.people import People
from tests.office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_pages_beside_the_form(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
) -> None:
    task = f"/tasks/{office.open(office.file())['check'].id}"
    page = People(new_page).at("motcua")
    page.goto(f"{task}?tab=talk")
    page.fill("#text", "Nhờ @lanhdao xem thêm giấy uỷ quyền")
    page.click("text=Gửi ý kiến")
    page.wait_for_selector("article")
    wrong = []
    for name, url in (("talk", "?tab=talk"), ("interest", "/do/interest"), ("follow", "/do/follow-up"), ("task", "")):
        for width, height, lang in ((390, 844, "en"), (1366, 768, "vi")):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{task}{url}{'&' if '?' in url else '?'}lang={lang}")
            shot(page, f"desk-{name}-{width}")
            wrong += axe(page)
            if beyond := sideways(page):
                wrong.append(f"{name}: {beyond} pixels too wide at {width}")
    assert wrong == []
