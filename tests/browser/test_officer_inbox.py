"""An officer's morning by keyboard alone: sign in, look, claim, open, fill in, complete; the next opens in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services import tasks
from services.passwords import DEMO_PASSWORD
from tests.browser.keys import Keys
from tests.browser.people import People, arrived
from tests.office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = "[data-rows] > .mc-here"


def test_an_officers_morning_by_keyboard_alone(
    page: Page,
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
) -> None:
    for minute, colour in enumerate(("Hồng", "Xanh", "Tím")):  # before what other tests file: theirs is the turn
        office.now = datetime(2026, 3, 5, 2, minute, tzinfo=UTC)
        office.file(organization_name=f"Phòng xét nghiệm Rạng Đông {colour}")
    keys = Keys(page)
    page.goto("/sign-in?next=/inbox?view=unassigned%26q=rang%2Bdong")
    keys.type("[name=username]", "motcua")
    keys.type("[name=password]", DEMO_PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")
    assert page.locator("[data-rows] > tr").count() == 3
    page.evaluate("window.stays = true")  # a page that is loaded anew has forgotten it
    keys.press("?")
    assert "nhận việc của dòng" in page.locator("#mc-keys").inner_text()
    shot(page, "inbox-keys")
    keys.press("Escape", "j", "j", "k", "x")
    assert page.locator(f"{HERE} input:checked").count() == 1
    first, second = page.locator("[data-rows] > tr").evaluate_all("rows => rows.slice(0, 2).map(r => r.dataset.task)")
    keys.press("x", "Enter")
    arrived(page)
    assert page.evaluate("window.stays")  # it opened in place
    assert f"/tasks/{first}?view=unassigned&q=rang+dong" in page.url
    assert page.locator(f".mc-queue [data-task='{first}'] [aria-current]").count() == 1
    assert axe(page) == []
    shot(page, "inbox-task-beside")
    keys.press("c")
    arrived(page)
    assert "Đã nhận việc" in page.locator(".mc-flashes").inner_text()
    page.locator("#main form[data-draft]").wait_for()
    keys.to("[name='answers.reception_complete']")
    keys.press("Space")
    keys.press("j")  # in a field a letter is a letter
    assert f"/tasks/{first}" in page.url
    for name in ("components", "files", "identity"):
        keys.to(f"[name='answers.reception_checks'][value={name}]")
        keys.press("Space")
    keys.type("[name='answers.reception_originals']", "2")
    keys.type("[name='answers.reception_copies']", "3")
    keys.press("Control+Enter", "Control+Enter")
    page.wait_for_url(f"**/tasks/{second}?*done={first}*")
    assert page.evaluate("window.stays")  # the next one opened in place, and what is done has left the list
    assert page.locator(f".mc-queue [data-task='{first}']").count() == 0
    assert axe(page) == []
    keys.press("Escape")
    page.wait_for_url("**/inbox?view=unassigned&q=rang+dong")
    assert page.evaluate("window.stays")
    assert page.locator("[data-rows] > tr").count() == 2
    assert page.locator(HERE).get_attribute("data-task") == second
    page.go_back()
    page.wait_for_url(f"**/tasks/{second}?*")
    arrived(page)
    assert page.locator("#main h1").inner_text() == "Kiểm tra hồ sơ"
    keys.press("u")
    page.wait_for_url("**/inbox?*")
    keys.press("f")
    page.keyboard.type("rang dong hong")
    with page.expect_navigation():
        keys.press("Enter")
    assert page.locator("[data-rows] > tr").count() <= 1
    keys.press("/")
    page.keyboard.type("rang dong")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/dossiers?q=rang" in page.url


def test_new_and_taken_tasks_say_so_without_moving_the_list(
    new_page: Callable[..., Page], office: Office, shot: Callable[[Page, str], Path], axe: Callable[[Page], list[str]]
) -> None:
    office.hire("banthuba", "officer", groups=["one_door"], unit="office")
    dossier = office.file(organization_name="Viện Kiểm nghiệm Hoa Sen")
    page = People(new_page).at("motcua")
    page.clock.install()
    page.goto("/inbox?q=hoa+sen")
    before = page.locator("[data-rows] > tr").bounding_box()
    tasks.claim(office.viewer("banthuba"), office.open(dossier)["check"].id, now=datetime.now(UTC), reason="gấp")
    office.now = datetime.now(UTC)
    office.file(organization_name="Viện Hoa Sen Hai")
    page.clock.run_for(40_000)
    page.wait_for_selector(".mc-news:visible")
    assert page.locator(".mc-news b").inner_text() == "1 việc mới"
    assert page.locator(".mc-taken-note").inner_text() == "Banthuba đã nhận việc này."
    after = page.locator("[data-rows] > tr").bounding_box()
    assert before is not None
    assert after is not None
    assert page.locator("[data-rows] > tr").count() == 1
    assert abs(after["y"] - before["y"]) < 1
    assert axe(page) == []
    shot(page, "inbox-news")
    with page.expect_navigation():
        page.keyboard.press("r")
    assert page.locator("[data-rows] > tr").count() == 2


def test_the_inbox_and_its_views_fit_both_windows(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
) -> None:
    office.file(organization_name="Công ty Xét nghiệm Sao Mai")
    page = People(new_page).at("motcua")
    page.goto("/inbox/views/new?view=unassigned&q=sao+mai")
    page.fill("#name", "Sao Mai chưa ai nhận")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wrong = []
    for name, url in (("inbox", page.url), ("views", "/inbox/views"), ("view", "/inbox/views/new?view=mine&q=a")):
        for width, height, lang in ((390, 844, "en"), (1366, 768, "vi")):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{url}{'&' if '?' in url else '?'}lang={lang}")
            shot(page, f"views-{name}-{width}")
            wrong += axe(page)
            if beyond := sideways(page):
                wrong.append(f"{name}: {beyond} pixels too wide at {width}")
            if name == "inbox" and width == 390:
                tall = page.locator("[data-rows] > tr").first.bounding_box()
                assert tall is not None
                assert tall["height"] <= 130  # five or six tasks on a phone
    assert wrong == []
