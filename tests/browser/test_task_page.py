"""The task page at a browser: its diagram marks what is done, current and possible, and says how long steps took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.people import People
from tests.office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_diagram_says_what_is_done_current_and_possible_and_how_long_it_took(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
) -> None:
    now = office.now
    office.now = now - timedelta(days=3)
    dossier = office.accepted()
    office.now = now - timedelta(days=1)
    office.step(dossier, "truongphong", "assign", "assign")
    page = People(new_page).at("chuyenvien")
    task = f"/tasks/{office.open(dossier)['appraise'].id}?tab=diagram"
    wrong = []
    for width, height, lang in ((390, 844, "en"), (1366, 768, "vi"), (1366, 768, "en")):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{task}&lang={lang}")
        page.wait_for_selector("[data-ready=yes]")
        shot(page, f"task-diagram-{width}-{lang}")
        wrong += axe(page)
        if beyond := sideways(page):
            wrong.append(f"{beyond} pixels too wide at {width}")
    assert wrong == []
    drawing = page.locator("[data-diagram]").first
    assert drawing.locator("[data-element-id=inspect].mc-next").count() == 1
    assert drawing.locator("[data-element-id=assign].mc-done").count() == 1
    assert drawing.locator(".mc-diagram-time").count() >= 2
    assert drawing.locator(".bjs-powered-by").is_visible()
